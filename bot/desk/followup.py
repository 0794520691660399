"""Follow-ups: read a short message in the light of the conversation. Deterministic, and it expires."""

import re
from collections.abc import Iterable

from bot.desk.context import Context
from bot.matching.grams import BREAK, is_symbol
from bot.matching.lexicon import PLAIN_GROUPS, WORD
from bot.matching.matcher import Matcher, Ranking
from bot.words import Mention, Utterance

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
        replaced = _replace(text, old, m)
        changed = changed or replaced != text
        text = replaced
    return matcher.read(text) if changed else None


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


def _replace(text: str, old: Mention, new: Mention) -> str:
    """Return a text with a name replaced wherever it stands, however it is spaced there."""
    return re.sub(r"[\W_]*".join(map(re.escape, old.surface)), lambda _: new.surface, text)


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
