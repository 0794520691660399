"""Decide: answer, ask back, or say that the desk does not know."""

import re
from dataclasses import dataclass, field, replace

from bot.matching.calibrate import Calibration
from bot.matching.matcher import Ranking
from bot.words import Kind, Match, Outcome, Utterance

MOST_CHOICES = 4
_AS_GOOD = 0.6
"""Share of the first score from which an entry about another name in the question is said as well."""
_CERTAIN = 0.95
"""Similarity from which initial consonants are small talk: they stand in a wording as they are (ㄱㅅ)."""
_TALK = 0.2
"""Similarity below which nothing is small talk: what is said to be polite is short and said in few ways."""
_SAID = 0.5
"""Similarity below which a text in Latin letters must hold words of small talk whole: «now» is not «no»."""
_LATIN = re.compile(r"[a-z']+")
_REPAIRED = 0.3
"""Margin, relative to the first score, that a text must show when all of it was corrected on suspicion or is unread."""
_UNREAD = 0.1
"""Margin demanded beside for any word that stays unread: it may be the one that matters."""
_MOSTLY = 0.6
"""Share of a text from which on a correction is asked about, whatever the margin."""
_OUTCOME = {
    Kind.ANSWER: Outcome.ANSWER,
    Kind.SMALLTALK: Outcome.SMALLTALK,
    Kind.HANDOVER: Outcome.HANDOVER,
    Kind.BOUNDARY: Outcome.FALLBACK,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `matches` are the entries to say (answer) or to offer (ask, fallback), best first."""

    outcome: Outcome
    matches: tuple[Match, ...] = ()
    probability: float = 0.0
    why: str = ""
    doubtful: tuple[str, ...] = ()
    """Names to ask about: «혹시 창원대를 말씀하시나요?»."""
    ranking: Ranking = field(default_factory=Ranking)
    last: Utterance | None = None
    """Of several questions that are answered the last."""
    offered: tuple[Match, ...] = ()
    """What is offered beside an answer, for a question that is in doubt."""
    missed: bool = False
    """Whether a further question had nothing near it."""


def decide(u: Utterance, ranking: Ranking, calibration: Calibration) -> Decision:
    """Return the decision for one utterance. A wrong answer is worse than none."""
    if u.normal.isascii():
        ranking = _worded(u, ranking)
    p = calibration.probability(ranking, u)
    near = _distinct(ranking)
    asks = Outcome.ASK if near else Outcome.FALLBACK
    if not ranking.matches:
        return Decision(Outcome.FALLBACK, (), p, "nothing found", _doubts(u), ranking)
    if ranking.exact:
        kind = ranking.matches[0].entry.kind
        return Decision(_OUTCOME[kind], ranking.matches[:1], max(p, _CERTAIN), "clear", (), ranking)
    if _doubts(u):
        return Decision(Outcome.ASK, near, p, "a name in doubt", _doubts(u), ranking)
    first = ranking.matches[0]
    same = _same_frame(ranking)
    cut = calibration.cutoffs
    if u.initials and (first.similarity < _CERTAIN or first.entry.kind is Kind.ANSWER):
        return Decision(asks, near, p, "initial consonants only", (), ranking)
    if len(same) > 1 and p >= cut.ask:
        if _all_named(u, same) and p >= cut.answer:
            return Decision(_OUTCOME[first.entry.kind], same[:3], p, "several are named", (), ranking)
        return Decision(Outcome.ASK, same[:MOST_CHOICES], p, "several fit the name", (), ranking)
    pair = _two_slots(u, ranking)
    if pair and p >= cut.answer:
        return Decision(_OUTCOME[first.entry.kind], pair, p, "two names of different kinds", (), ranking)
    if ranking.repaired > _MOSTLY and p >= cut.ask:
        return Decision(asks, near, p, "mostly corrected", (), ranking)
    if first.entry.kind is Kind.SMALLTALK and first.similarity < _TALK:
        return Decision(asks, near, p, "hardly small talk", (), ranking)
    if p >= cut.answer and _clear(ranking, cut.margin + _asked_of(u, ranking)):
        return Decision(_OUTCOME[first.entry.kind], (first,), p, "clear", (), ranking)
    if p >= cut.ask:
        return Decision(asks, near, p, "near tie" if p >= cut.answer else "not sure", (), ranking)
    return Decision(Outcome.FALLBACK, near, p, "too weak", (), ranking)


def _worded(u: Utterance, ranking: Ranking) -> Ranking:
    """Return the ranking without small talk that a text in Latin letters shares letters with, but no words."""
    words = set(_LATIN.findall(u.normal))
    kept = [m for m in ranking.matches if m.entry.kind is not Kind.SMALLTALK or _says(m, words)]
    return ranking if len(kept) == len(ranking.matches) else replace(ranking, matches=tuple(kept))


def _says(match: Match, words: set[str]) -> bool:
    """Tell whether a wording of small talk stands in a text word for word, or is nearly all of it."""
    latin = (set(_LATIN.findall(q.lower())) for q in match.entry.questions if q.isascii())
    return match.similarity >= _SAID or any(found and found <= words for found in latin)


def _asked_of(u: Utterance, ranking: Ranking) -> float:
    """Return the margin that a misspelt text must show beside the usual one, relative to the first score."""
    margin = _REPAIRED * (ranking.repaired + u.unread)
    return margin + _UNREAD if u.unread else margin


def _doubts(u: Utterance) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.term for m in u.doubtful if not u.terms(m.group)))[:MOST_CHOICES]


def _same_frame(ranking: Ranking) -> tuple[Match, ...]:
    first = ranking.matches[0]
    if not first.entry.member:
        return (first,)
    alike: dict[str, Match] = {}
    for m in ranking.matches:
        if m.frame == first.frame and m.score >= 0.9 * first.score:
            alike.setdefault(m.entry.id, m)
    return tuple(alike.values())


def _two_slots(u: Utterance, ranking: Ranking) -> tuple[Match, ...]:
    """Return the first two where each answers for another name in the question: a region and a field."""
    first, *others = ranking.matches
    second = next((m for m in others if m.frame != first.frame), None)
    if second is None or second.score < _AS_GOOD * first.score:
        return ()
    places = {m.term: m.start for m in u.mentions if m.how == "exact" and not m.negated}
    members = [m.entry.member for m in (first, second)]
    groups = {member.split(".", 1)[0] for member in members}
    named = all(member in places for member in members)
    kinds = {first.entry.kind, second.entry.kind}
    return (first, second) if named and len(groups) == 2 and kinds == {Kind.ANSWER} else ()


def _all_named(u: Utterance, matches: tuple[Match, ...]) -> bool:
    """Tell whether each match's member stands in the text at a place of its own."""
    if any(m.how == "context" for m in u.mentions):
        return True
    places = {m.term: (m.start, m.end) for m in u.mentions if not m.negated}
    found = [places.get(match.entry.member) for match in matches]
    return None not in found and len(set(found)) == len(found)


def _clear(ranking: Ranking, margin: float) -> bool:
    first = ranking.matches[0]
    rival = next((m for m in ranking.matches[1:] if m.frame != first.frame), None)
    return rival is None or first.score - rival.score >= margin * first.score


def _distinct(ranking: Ranking) -> tuple[Match, ...]:
    """Return the first matches to offer, one an entry, those that are not small talk first."""
    seen: dict[str, Match] = {}
    for match in ranking.matches:
        seen.setdefault(match.entry.id, match)
    return tuple(m for m in seen.values() if m.entry.kind is Kind.ANSWER)[: MOST_CHOICES - 1]
