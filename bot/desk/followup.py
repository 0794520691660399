"""Follow-ups: read a short message in the light of the conversation. Deterministic, and it expires."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.desk.context import Context
from bot.hangul import clean
from bot.matching.grams import BREAK, is_symbol
from bot.matching.lexicon import PLAIN_GROUPS, WORD
from bot.matching.matcher import Matcher, Ranking
from bot.words import Match, Utterance

_POINTING = (
    "reference.there",
    "reference.it",
    "reference.both",
    "reference.among",
    "reference.also",
    "reference.other",
)
_PLURAL = ("reference.both", "reference.among")
_PLACE = ("reference.there",)
_REST = 3
"""Letters beside names up to which a message only names something: «그럼 조선대는?»."""
_SHORT = 14
"""Letters up to which a message may lean on the conversation without pointing at it."""
_NEARBY = 0.3
"""How much a short message prefers the topic that was talked about."""
_ORDINALS = {"첫": 0, "두": 1, "둘": 1, "세": 2, "셋": 2, "네": 3, "넷": 3}
_ASKED = re.compile(
    r"얼마|얼만|몇|언제|언젠|어디|누구|누가|누굴|뭐|뭘|뭔|무엇|무슨|어떤|어떻|왜|어느|어떡|어케|며칠"
    r"|^(?:how|what|when|where|who|which|why)$"
)
"""A word that says what is asked about a subject."""
_GOING_ON = re.compile(r"^(?:(?:그럼|그러면|그리고|글고|근데|그런데|그거|그건|그게|그걸|아|또|and|then)\s+)+")
_POLITE = re.compile(r"(?<=[가-힣])(?:은요|는요|이요|요)?[\s?!.~]*$")
_NOUN = re.compile(r"(?<=[가-힣])(?:은|는|도)(?:요|여|용)?[\s?!.~]*$")
"""The end of a message that names one thing more: «발표는요?»."""
_OWN = 0.1
"""Similarity from which a message speaks for an answer by itself."""
_LONGEST_SUBJECT = 3
"""Words of a subject; what has more is a story."""
_NUMBER = re.compile(
    r"^\s*(?:([1-9])\s*(?:번|번째|\.|\))?|(첫|두|둘|세|셋|네|넷)\s*(?:번째|째))\s*(?:거|것|꺼|요|이요|으로)?[.!요]*\s*$"
)


def picked(text: str, offered: int) -> int | None:
    """Return which of `offered` choices a text picks by number, from 0; `None` where it picks none."""
    m = _NUMBER.match(text)
    if not m:
        return None
    number = int(m[1]) - 1 if m[1] else _ORDINALS[m[2]]
    return number if 0 <= number < offered else None


def body(u: Utterance) -> str:
    """Return the letters of an utterance that are not names."""
    return "".join(ch for ch in u.masked.split(BREAK)[0] if not is_symbol(ch))


def leans(u: Utterance) -> bool:
    """Tell whether a message points at the conversation, or is short enough to be meant so."""
    return any(u.refers(r) for r in _POINTING) or len(body(u)) <= _SHORT


def substituted(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    """Return the last question with its name replaced by the one that this message brings, if it only brings that."""
    last = context.question
    if last is None or len(_remainder(u)) > _REST or any(m.group == WORD for m in u.mentions):
        return None
    text = last.normal
    changed = False
    for m in u.mentions:
        if m.negated or m.group in PLAIN_GROUPS:
            continue
        old = next((o for o in last.mentions if o.group == m.group and o.term != m.term and not o.negated), None)
        if old is None:
            continue
        if old.how == "context":  # the last question did not say the name either
            return _about(matcher.read(text), [m.term], matcher)
        replaced = _replace(text, old.surface, m.surface)
        changed = changed or replaced != text
        text = replaced
    return matcher.read(text) if changed else None


def generic(u: Utterance, matcher: Matcher) -> Utterance | None:
    """Return a message with the one name that it holds as what it is the name of; `None` where it holds none or more.

    «조선대에 기술료도 내요?»: «대학에 기술료도 내요?».
    """
    named = [m for m in u.mentions if m.group in matcher.reader.slots and not m.negated and m.how == "exact"]
    if len(named) != 1 or named[0].term not in matcher.base.terms:
        return None
    kind = matcher.descriptions.general(matcher.base.terms[named[0].term])
    return matcher.read(_replace(u.normal, named[0].surface, kind.name)) if kind else None


def _about(u: Utterance, names: Iterable[str], matcher: Matcher) -> Utterance:
    """Return an utterance read as being about names that it does not say."""
    marks = [m for m in u.mentions if m.term in (*_PLURAL, *_PLACE) and not m.negated][:1]
    return matcher.reader.standing_for(u, marks, names, "context")


def _remainder(u: Utterance) -> str:
    """Return what is left of a message without any term, filler or reference."""
    covered = [(m.start, m.end) for m in u.mentions]
    squeezed = "".join(ch for ch in u.normal if ch.isalnum())
    left = "".join(ch for i, ch in enumerate(squeezed) if not any(s <= i < e for s, e in covered))
    return re.sub(r"[은는이가을를도만요의]|그럼|그러면|이요|인가요|아니|쪽", "", left)


def _replace(text: str, old: str, new: str) -> str:
    """Return a text with a name replaced wherever it stands, however it is spaced there."""
    return re.sub(r"[\W_]*".join(map(re.escape, old)), lambda _: new, text)


def members(u: Utterance, matcher: Matcher) -> tuple[str, ...]:
    """Return the names that a message is about, in the order in which they stand."""
    named = [
        m.term for m in u.mentions if m.group in matcher.reader.slots and not m.negated and not m.term.endswith(".*")
    ]
    return tuple(dict.fromkeys(named))


def bound(u: Utterance, context: Context, matcher: Matcher) -> tuple[Utterance, Ranking] | None:
    """Return a message with the conversation's names filled in, and its ranking; `None` where that adds nothing."""
    if not context.frame or not leans(u):
        return None
    away = any(m.term in _PLACE and m.negated for m in u.mentions)
    if context.members and not members(u, matcher) and not away:
        both = any(u.refers(r) for r in _PLURAL)
        kind = matcher.base.terms[context.members[0]].group
        alike = [m for m in context.members if matcher.base.terms[m].group == kind]
        u = _about(u, alike if both else context.members[:1], matcher)
    u = matcher.reader.with_concepts(u, matcher.concepts.get(context.topic, ""))
    return u, matcher.rank(u, matcher.topics.get(context.topic, frozenset()), _NEARBY)


def continued(u: Utterance, context: Context, matcher: Matcher) -> list[Utterance]:
    """Return a short message read as asking more about the subject of the last question; none where it cannot.

    «참여기업 몇 곳이에요» → «어디어디예요»: «참여기업 어디어디예요».
    """
    last = context.question
    if last is None or not leans(u) or members(u, matcher):
        return []
    subject, rest = _subject(last.normal)
    said = _GOING_ON.sub("", clean(u.original).lower())
    if not any(map(str.isalpha, said)):
        return []
    texts = [f"{' '.join(subject)} {said}"] if 0 < len(subject) <= _LONGEST_SUBJECT else []
    bare = _POLITE.sub("", said)
    if texts and rest and _ASKED.search(bare) and " " not in bare:  # «왜요?»: what was told of the subject stays
        texts.append(" ".join((*subject, bare, *rest[1:])))
    elif texts and rest and _names_more(said):  # «발표는요?»: the same of something else
        texts.append(" ".join((_NOUN.sub("", said), *subject[1:], *rest)))
    if context.about and context.about != " ".join(subject):
        texts.append(f"{context.about} {said}")
    lent = [m.term for m in last.mentions if m.how == "context"]
    read = [matcher.read(text) for text in texts]
    return [_about(r, lent, matcher) if lent and not members(r, matcher) else r for r in read]


def subject(u: Utterance, context: Context, topic: str) -> str:
    """Return what the first question on a topic was about, after an answer to an utterance."""
    if context.about and context.topic == topic and leans(u):
        return context.about
    words = _subject(u.normal)[0]
    return " ".join(words) if len(words) <= _LONGEST_SUBJECT else ""


def _names_more(text: str) -> bool:
    """Tell whether a message only names something else to ask the same of."""
    return bool(_NOUN.search(text)) and not _ASKED.search(text)


def _subject(text: str) -> tuple[list[str], list[str]]:
    """Return the words of a question that say what it is about, and those that ask something of it."""
    words = text.split()
    place = next((i for i, word in enumerate(words) if _ASKED.search(word)), None)
    if place is None:
        return words[:-1] or words, words[-1:]
    return words[:place], words[place:]


def spoken_for(u: Utterance, read: Utterance, context: Context, matcher: Matcher) -> Ranking:
    """Return the ranking of a message with the last question's subject, empty where the message does not speak for it.

    The last answer is left out where the last question fits it better: what follows asks for something else.
    """
    ranking, last = matcher.rank(read), context.question
    if last is None or ranking.exact:
        return ranking
    again = not _names_more(u.normal) and _gains(context.frame, read, last, matcher)
    found = [m for m in ranking.matches if again or m.frame != context.frame]
    if not found:
        return Ranking()
    first = found[0].frame
    gains = not _names_more(u.normal) and _gains(first, read, last, matcher)
    if matcher.likeness(u, first) < _OWN and not gains:
        return Ranking()
    return replace(ranking, matches=tuple(found))


def repeats(u: Utterance, first: Match, context: Context, matcher: Matcher) -> bool:
    """Tell whether an answer is the last one again, though the message is less like it than the last question was."""
    last, frame = context.question, first.frame
    if last is None or frame != context.frame or first.entry.member not in ("", *context.members[:1]):
        return False
    return matcher.likeness(u, frame) < matcher.likeness(last, frame)


def _gains(frame: str, read: Utterance, last: Utterance, matcher: Matcher) -> bool:
    return matcher.likeness(read, frame) > matcher.likeness(last, frame)
