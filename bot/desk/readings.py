"""Readings: what a message may say in its conversation. Each function proposes one reading or none; the model judges them."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from bot.desk import choosing
from bot.desk.context import Context
from bot.hangul import clean, compact, strip_particle
from bot.matching.grams import body_of, is_symbol
from bot.matching.lexicon import PLAIN_GROUPS, WORD
from bot.matching.matcher import Matcher
from bot.words import Entry, Utterance, is_unlisted

POINTING = tuple(f"reference.{name}" for name in ("there", "it", "both", "among", "also", "other"))
_PLURAL = ("reference.both", "reference.among")
_PLACE = "reference.there"
_REST = 3
"""Letters beside names up to which a message only names something: «그럼 조선대는?» (2026-11-30)."""
_LONGEST = 40
"""Letters up to which a message may lean on the conversation without pointing at it; what is longer tells its own story (2026-11-30)."""
_CARRIED = 160
"""Characters of the last question that go before a message: its end is what was asked."""
_LONGEST_ITEM = 80
"""Characters of one of the things that an answer lists."""
_GOING_ON = re.compile(r"^(?:(?:그럼|그러면|그리고|글고|근데|그런데|그거|그건|그게|그걸|아|또|and|then)\s+)+")
_NAMES_ONE = re.compile(r"(?<=[가-힣])(?:[은는도요여용]|[은는도]요|이요)?[\s?!.~]*$")
"""What may follow the name of one thing: «발표는요?»."""
_MOST_NAMED = 2
"""Words up to which a message may only name another thing (2026-11-30)."""
_LINK = re.compile(r"[은는이가을를도만요의]|그럼|그러면|이요|인가요|아니|쪽")
"""What stands beside a name that is all a message brings."""


class Way(StrEnum):
    """How a message is read."""

    TYPED = "typed"
    """By itself."""
    GENERAL = "general"
    """By itself, its one name as what it is the name of: «조선대에 기술료도 내요?» as «대학에 …»."""
    NAMED = "named"
    """About the names that were talked about."""
    REPLACED = "replaced"
    """The last question with its name replaced by the one in the message."""
    JOINED = "joined"
    """As the end of the last question."""
    TITLED = "titled"
    """As the end of the question that the last answer is filed under."""
    SWAPPED = "swapped"
    """The last question, about what the message names instead of its first word."""
    LISTED = "listed"
    """About the one of the things in the last answer that it points at: «두 번째 거 전화번호»."""


def body(u: Utterance) -> str:
    """Return the letters of an utterance that are not names."""
    return "".join(ch for ch in body_of(u.masked) if not is_symbol(ch))


def points(u: Utterance) -> bool:
    """Tell whether a message points at what was talked about."""
    return any(u.refers(r) for r in POINTING)


def members(u: Utterance, matcher: Matcher) -> tuple[str, ...]:
    """Return the names that a message is about, in the order in which they stand."""
    named = [
        m.term for m in u.mentions if m.group in matcher.reader.slots and not m.negated and not is_unlisted(m.term)
    ]
    return tuple(dict.fromkeys(named))


def last_entry(context: Context, matcher: Matcher) -> Entry | None:
    """Return what was answered last, for the name that was talked about."""
    number = matcher.number.get(context.frame)
    entries: Mapping[str, Entry] = matcher.base.frames[number].entries if number is not None else {}
    return next((entries[m] for m in (*context.members, "") if m in entries), None)


def readings(u: Utterance, context: Context, matcher: Matcher) -> dict[Way, Utterance]:
    """Return what a message may say, as it was typed first; alike readings once."""
    found = {Way.TYPED: u}
    leaning = (bool(context.frame) or context.question is not None) and (points(u) or len(body(u)) <= _LONGEST)
    for way, propose in (*_ALONE.items(), *(_LEANING.items() if leaning else ())):
        read = propose(u, context, matcher)
        if read is not None and read not in found.values():
            found[way] = read
    return found


def _general(u: Utterance, _: Context, matcher: Matcher) -> Utterance | None:
    named = [m for m in u.mentions if m.group in matcher.reader.slots and not m.negated and m.how == "exact"]
    if len(named) != 1 or named[0].term not in matcher.base.terms:
        return None
    kind = matcher.descriptions.general(matcher.base.terms[named[0].term])
    return matcher.read(_with(u.normal, named[0].surface, kind.name)) if kind else None


def _named(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    away = any(m.term == _PLACE and m.negated for m in u.mentions)
    if not context.members or members(u, matcher) or away:
        return None
    kind = matcher.base.terms[context.members[0]].group
    alike = [m for m in context.members if matcher.base.terms[m].group == kind]
    return _about(u, alike if any(u.refers(r) for r in _PLURAL) else alike[:1], matcher)


def _replaced(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    last = context.question
    if last is None or len(_remainder(u)) > _REST or any(m.group == WORD for m in u.mentions):
        return None
    text = last.normal
    for m in u.mentions:
        if m.negated or m.group in PLAIN_GROUPS:
            continue
        old = next((o for o in last.mentions if o.group == m.group and o.term != m.term and not o.negated), None)
        if old is not None and old.how == "context":  # the last question did not say the name either
            return _about(matcher.read(text), [m.term], matcher)
        text = _with(text, old.surface, m.surface) if old is not None else text
    return matcher.read(text) if text != last.normal else None


def _joined(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    last = context.question
    if last is None:
        return None
    lent = [m.term for m in last.mentions if m.how == "context"]
    return _after(_yielding(last, u, matcher)[-_CARRIED:], u, lent, matcher)


def _titled(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    entry = last_entry(context, matcher)
    if entry is None or not entry.questions:
        return None
    return _after(_yielding(matcher.read(entry.questions[0]), u, matcher), u, (), matcher)


def _swapped(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    last = context.question
    words = _NAMES_ONE.sub("", _GOING_ON.sub("", clean(u.original).lower())).split()
    if last is None or not 1 <= len(words) <= _MOST_NAMED:
        return None
    rest = last.normal.split()[1:]
    return matcher.read(" ".join([*words, *rest])) if rest else None


def _listed(u: Utterance, context: Context, matcher: Matcher) -> Utterance | None:
    entry = last_entry(context, matcher)
    if entry is None or not choosing.points(u.original):
        return None
    text = entry.phases[0].text
    named = [matcher.base.terms[t].name for t in members(matcher.read(text), matcher)]
    listed = named if len(named) > 1 else choosing.items(text)
    place, rest = choosing.places(u.original, len(listed))
    return matcher.read(f"{listed[place[0]][:_LONGEST_ITEM]} {rest}") if len(place) == 1 else None


_Propose = Callable[[Utterance, Context, Matcher], Utterance | None]
_ALONE: Mapping[Way, _Propose] = {Way.GENERAL: _general}
_LEANING: Mapping[Way, _Propose] = {
    Way.NAMED: _named,
    Way.REPLACED: _replaced,
    Way.JOINED: _joined,
    Way.TITLED: _titled,
    Way.SWAPPED: _swapped,
    Way.LISTED: _listed,
}


def without(text: str, name: str) -> str:
    """Return a text without a name and the particle that hangs on to it."""
    pattern = r"[\W_]*".join(map(re.escape, name)) + r"([가-힣]*)"
    return re.sub(pattern, lambda m: "" if strip_particle(name + m[1]) == name else m[1], text)


def _yielding(before: Utterance, u: Utterance, matcher: Matcher) -> str:
    """Return what was said before, with its name left out where a message brings another of the same kind."""
    brought = {matcher.base.terms[m].group for m in members(u, matcher)}
    text = before.normal
    for m in before.mentions:
        if m.group in brought:
            text = without(text, m.surface)
    return text


def _after(before: str, u: Utterance, lent: Iterable[str], matcher: Matcher) -> Utterance | None:
    """Return a message as the end of what was said before, about the names lent to that where it brings none."""
    said = _GOING_ON.sub("", clean(u.original).lower())
    if not any(map(str.isalpha, said)):
        return None
    read, names = matcher.read(f"{before} {said}"), list(lent)
    return _about(read, names, matcher) if names and not members(read, matcher) else read


def _about(u: Utterance, names: Iterable[str], matcher: Matcher) -> Utterance:
    """Return an utterance read as being about names that it does not say."""
    marks = [m for m in u.mentions if m.term in (*_PLURAL, _PLACE) and not m.negated][:1]
    return matcher.reader.standing_for(u, marks, names, "context")


def _remainder(u: Utterance) -> str:
    """Return what is left of a message without any term, filler or reference."""
    covered = [(m.start, m.end) for m in u.mentions]
    left = "".join(ch for i, ch in enumerate(compact(u.normal)) if not any(s <= i < e for s, e in covered))
    return _LINK.sub("", left)


def _with(text: str, old: str, new: str) -> str:
    """Return a text with a name replaced wherever it stands, however it is spaced there."""
    return re.sub(r"[\W_]*".join(map(re.escape, old)), lambda _: new, text)
