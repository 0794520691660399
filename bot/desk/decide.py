"""Decide: answer, ask back, or say that the desk does not know. The probabilities come from the model, the cutoffs from the policy."""

from dataclasses import dataclass, field

from bot.desk.reasons import Reason
from bot.matching.policy import MOST_ANSWERS, MOST_CHOICES, MOST_NAMES, PROMISES
from bot.matching.ranking import Ranking
from bot.words import Entry, Kind, Match, Outcome, Utterance

_TALK = (Kind.SMALLTALK, Kind.HANDOVER)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `matches` are the entries to say (answer) or to offer (ask, fallback), best first."""

    outcome: Outcome
    matches: tuple[Match, ...] = ()
    probability: float = 0.0
    why: Reason = Reason.NONE
    doubtful: tuple[str, ...] = ()
    """Names to ask about: «혹시 창원대를 말씀하시나요?»."""
    ranking: Ranking = field(default_factory=Ranking)
    last: Utterance | None = None
    """Of several questions that are answered the last."""
    offered: tuple[Match, ...] = ()
    """What is offered beside an answer, for a question that is in doubt."""
    missed: bool = False
    """Whether a further question had nothing near it."""


def decide(u: Utterance, ranking: Ranking) -> Decision:
    """Return the decision for one utterance. A wrong answer is worse than none."""
    doubts = _doubts(u)
    if not ranking.matches:
        return Decision(Outcome.FALLBACK, (), 0.0, Reason.NOTHING_FOUND, doubts, ranking)
    first, cut, crisis = ranking.matches[0], ranking.cutoffs, ranking.crisis
    p = first.score
    if crisis is not None and crisis.score >= cut.crisis:
        return Decision(crisis.entry.kind.outcome, (crisis,), crisis.score, Reason.CRISIS, (), ranking)
    if ranking.exact:
        return Decision(first.entry.kind.outcome, ranking.matches[:1], p, Reason.CLEAR, (), ranking)
    offered = _choices(ranking)
    asks = Outcome.ASK if offered else Outcome.FALLBACK
    if doubts:
        return Decision(Outcome.ASK, offered, p, Reason.NAME_IN_DOUBT, doubts, ranking)
    if u.initials and first.entry.kind not in _TALK:
        return Decision(asks, offered, p, Reason.INITIALS, (), ranking)
    several = _several(u, ranking)
    if several is not None:
        return several
    talk, said = _talk(ranking)
    if talk is not None and said >= max(cut.talk, ranking.none, p):
        return Decision(talk.entry.kind.outcome, (talk,), said, Reason.CLEAR, (), ranking)
    if first.entry.kind not in _TALK and p >= (cut.answer if first.entry.kind is Kind.ANSWER else cut.other):
        return Decision(first.entry.kind.outcome, (first,), p, Reason.CLEAR, (), ranking)
    if (
        max((m.score for m in offered), default=p) >= cut.ask
    ):  # where small talk comes first, nothing offered may be likely
        return Decision(asks, offered, p, Reason.UNSURE, (), ranking)
    return Decision(Outcome.FALLBACK, offered, p, Reason.TOO_WEAK, (), ranking)


def _several(u: Utterance, ranking: Ranking) -> Decision | None:
    """Return the decision where several entries are meant at once or one name fits several; `None` where it is one."""
    first, cut = ranking.matches[0], ranking.cutoffs
    p, same = first.score, _same_frame(ranking)
    if len(same) > 1 and p >= cut.ask:
        if _all_named(u, same) and p >= cut.answer:
            return Decision(first.entry.kind.outcome, same[:MOST_ANSWERS], p, Reason.SEVERAL_NAMED, (), ranking)
        return Decision(Outcome.ASK, same[:MOST_NAMES], p, Reason.SEVERAL_FIT, (), ranking)
    return None


def _talk(ranking: Ranking) -> tuple[Match | None, float]:
    """Return the likeliest small talk, and how likely it and the next are together."""
    found = [m for m in ranking.matches if m.entry.kind in _TALK][:2]
    return (found[0] if found else None), sum(m.score for m in found)


def _doubts(u: Utterance) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.term for m in u.doubtful if not u.terms(m.group)))[:MOST_NAMES]


def _same_frame(ranking: Ranking) -> tuple[Match, ...]:
    first = ranking.matches[0]
    if not first.entry.member:
        return (first,)
    alike: dict[str, Match] = {}
    for m in ranking.matches:
        if (
            m.frame == first.frame and m.score == first.score
        ):  # one candidate: what another reading found is another one
            alike.setdefault(m.entry.id, m)
    return tuple(alike.values())


def _all_named(u: Utterance, matches: tuple[Match, ...]) -> bool:
    """Tell whether each match's member stands in the text at a place of its own."""
    if any(m.how == "context" for m in u.mentions):
        return True
    places = {m.term: (m.start, m.end) for m in u.mentions if not m.negated}
    found = [places.get(match.entry.member) for match in matches]
    return None not in found and len(set(found)) == len(found)


def _is_offered(entry: Entry) -> bool:
    """Tell whether an entry may stand among choices: not small talk, not what refuses, not what only says that a name is unknown."""
    return entry.kind is Kind.ANSWER and entry.topic != "smalltalk" and not entry.unlisted


def _choices(ranking: Ranking) -> tuple[Match, ...]:
    """Return the fewest answers, two or three, that hold the right one as often as promised, if any does."""
    seen: dict[str, Match] = {}
    for match in ranking.matches:
        seen.setdefault(match.entry.id, match)
    urgent = ranking.crisis.frame if ranking.crisis is not None else None
    near = [m for m in seen.values() if m.frame != urgent and _is_offered(m.entry)]
    enough = 2 if sum(m.score for m in near[:2]) >= PROMISES.held else MOST_CHOICES
    return tuple(near[:enough])
