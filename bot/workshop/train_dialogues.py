"""Fit how the readings of a message in a conversation are weighed, on labelled dialogues, leaving dialogues out in turn.

Every message is asked after what its dialogue wants before it, as the desk would remember it. First questions of other dialogues are
asked in between, and what nothing answers: they lean on nothing, and must not lose or win by what was talked about.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bot.desk import conversation
from bot.desk.context import Context
from bot.desk.conversation import FEATURES, Candidates
from bot.desk.decide import Decision, decide
from bot.desk.readings import Way, last_entry, readings
from bot.desk.reasons import Reason
from bot.desk.understand import Understanding
from bot.knowledge.voices import OUTSIDE
from bot.matching import moves
from bot.matching.learned import Judgement
from bot.matching.matcher import Matcher
from bot.matching.model import Choice, Model, fitted
from bot.matching.moves import Move, Moves
from bot.matching.policy import PROMISES, Cutoffs
from bot.matching.ranking import Ranking
from bot.words import Entry, Kind, LabelledTurn, Match, Outcome, Utterance
from bot.workshop.train_judge import UNDECIDED, lowest

FOLDS = 5
_INTERRUPTED = 0.5
"""Share of the messages after which the first question of another dialogue is asked as well."""
_STRAYED = 0.15
"""Share of the messages after which something is asked as well that nothing answers."""
_LONGEST = 300
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Turned:
    """A message of a dialogue, what it may mean, and which of that is right."""

    dialogue: int
    sort: str
    """first, later, asked (right after the desk asked back), or said in between: other, the first question of another dialogue; outside, what nothing answers."""
    turn: LabelledTurn
    read: Utterance
    found: Mapping[Way, Ranking]
    candidates: Candidates
    last: Entry | None

    def is_right(self, match: Match) -> bool:
        """Tell whether a match is among what is wanted."""
        kind, entry = match.entry.kind, match.entry
        return any(
            kind is Kind.SMALLTALK
            if want == "talk"
            else kind is Kind.HANDOVER
            if want == "person"
            else self.last is not None and entry.id == self.last.id
            if want == "repeat"
            else want == "none" and kind is Kind.BOUNDARY
            for want in self.turn.want
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a message."""

    turned: Turned
    decision: Decision
    verdict: str
    """right, asked, offered, abstained or wrong."""


class Dialogues:
    """The labelled dialogues of a knowledge base, asked of a matcher on it."""

    def __init__(self, matcher: Matcher, *, deep: bool) -> None:
        """`deep`: with the sentence encoder."""
        self.matcher, self.base, self.deep = matcher, matcher.base, deep
        self.understanding = Understanding(matcher)
        said = (
            texts for sections in self.base.voices.values() for name, texts in sections.items() if name == OUTSIDE
        )
        self.outside = [text for texts in said for text in texts]

    def all(self) -> list[Turned]:
        """Return every message."""
        firsts = [d.turns[0] for d in self.base.dialogues if not d.turns[0].asked]
        chance = np.random.default_rng(0)
        return [t for i in range(len(self.base.dialogues)) for t in self._dialogue(i, firsts, chance)]

    def _dialogue(self, number: int, firsts: Sequence[LabelledTurn], chance: np.random.Generator) -> Iterator[Turned]:
        context, sort = Context(), "first"
        for turn in self.base.dialogues[number].turns:
            turned = self._turned(number, sort, turn, context)
            yield turned
            going = context.question is not None
            if going and chance.random() < _INTERRUPTED:
                other = firsts[int(chance.integers(len(firsts)))]
                if other is not self.base.dialogues[number].turns[0]:
                    yield self._turned(number, "other", other, context)
            if going and self.outside and chance.random() < _STRAYED:
                text = self.outside[int(chance.integers(len(self.outside)))]
                yield self._turned(number, "outside", LabelledTurn(text, ("none",)), context)
            context, sort = self._after(turned, context), "asked" if turn.asked else "later"

    def _turned(self, number: int, sort: str, turn: LabelledTurn, context: Context) -> Turned:
        u = self.matcher.sober(self.matcher.read(turn.q[:_LONGEST]))
        read = readings(u, context, self.matcher)
        found = {way: self.matcher.rank(r, deep=self.deep and way is Way.TYPED) for way, r in read.items()}
        options = conversation.candidates(read, found, context, self.matcher)
        return Turned(number, sort, turn, u, found, options, last_entry(context, self.matcher))

    def _after(self, t: Turned, context: Context) -> Context:
        """Return the conversation after what was wanted was said, or after it was asked back about."""
        if t.turn.asked:
            asked = self.understanding.asked_back(t.read, t.turn.asked, context, _SINCE)
            return replace(asked, failed=context.failed + 1)
        wanted = [e for w in t.turn.want if (e := self.base.entry(w)) is not None]
        if "repeat" in t.turn.want and t.last is not None:
            return replace(context, at=_SINCE)
        if not wanted:
            return context.unused(_SINCE)
        likely = {e.id: self._likeliest(e, t.found) for e in wanted}
        best = max(wanted, key=lambda e: likely[e.id][0])
        read = readings(t.read, context, self.matcher)[likely[best.id][1]]
        decision = Decision(Outcome.ANSWER, (Match(best, best.frame, 1.0, 1.0),), 1.0, Reason.CLEAR)
        return self.understanding.after(read, decision, context, _SINCE)

    @staticmethod
    def _likeliest(entry: Entry, found: Mapping[Way, Ranking]) -> tuple[float, Way]:
        """Return how likely an entry is under the reading that makes it likeliest, and that."""
        return max(
            (
                (max((m.score for m in r.matches if m.entry.id == entry.id), default=0.0), way)
                for way, r in found.items()
            ),
            key=lambda pair: pair[0],
        )

    def right(self, t: Turned, match: Match) -> bool:
        """Tell whether a match is what a message wants."""
        wanted = {e.id for w in t.turn.want if (e := self.base.entry(w)) is not None}
        return match.entry.id in wanted or t.is_right(match)

    def move(self, t: Turned) -> Move:
        """Return what a message does in its conversation."""
        for want, move in (("repeat", Move.REPEAT), ("talk", Move.TALK), ("person", Move.PERSON)):
            if want in t.turn.want:
                return move
        frames = {e.frame for w in t.turn.want if (e := self.base.entry(w)) is not None}
        return Move.SAME if t.last is not None and t.sort == "later" and t.last.frame in frames else Move.NEW

    def choice(self, t: Turned) -> Choice:
        """Return a message to learn from."""
        nothing = not {"none", "ask"}.isdisjoint(t.turn.want)
        right = [all(self.right(t, m) for m in matches) for matches in t.candidates.matches]
        return Choice(t.candidates.features, np.array([*right, nothing]))

    def fitted(self, turned: Sequence[Turned]) -> Model:
        """Return the model that is likeliest given messages."""
        choices = [c for t in turned if (c := self.choice(t)).right.any()]
        return fitted(choices, FEATURES)

    def verdict(self, t: Turned, judgement: Judgement) -> Verdict:
        """Return what becomes of a message under a judgement."""
        decision = decide(t.read, conversation.judged(t.candidates, judgement, t.found))
        return Verdict(t, decision, self._verdict(t, decision))

    def _verdict(self, t: Turned, d: Decision) -> str:
        said = d.why in (Reason.CLEAR, Reason.CRISIS)
        asks = d.outcome is Outcome.ASK or (d.outcome is Outcome.FALLBACK and not said)
        if not asks and any(self.right(t, m) for m in d.matches):
            return "right"
        if d.outcome is Outcome.ANSWER:
            return "wrong"
        if (asks and "none" in t.turn.want) or (d.outcome is Outcome.ASK and "ask" in t.turn.want):
            return "right"
        offered = asks and any(self.right(t, m) for m in d.matches)
        return "abstained" if not offered else "asked" if d.outcome is Outcome.ASK else "offered"


@dataclass(frozen=True, slots=True)
class Talked:
    """What was learned of conversations, and what becomes of messages whose dialogue was left out."""

    judgement: Judgement
    moves: Moves
    verdicts: list[Verdict]


def learned(dialogues: Dialogues) -> Talked:
    """Return what is learned of conversations.

    The moves that the model sees of a message are those of a classifier that did not learn from its dialogue.
    """
    turned = [t for t in dialogues.all() if t.sort != "first" or len(t.found) > 1]
    texts = [dialogues.matcher.evidence.plain(t.read) for t in turned]
    labels = np.array([list(Move).index(dialogues.move(t)) for t in turned])
    fold_of = np.array([t.dialogue % FOLDS for t in turned])
    for fold in range(FOLDS):
        taught = np.flatnonzero(fold_of != fold).tolist()
        known = moves.learn([texts[i] for i in taught], labels[taught])
        for i in np.flatnonzero(fold_of == fold).tolist():
            moved = turned[i].candidates.moving(known.scores(texts[i]))
            turned[i] = replace(turned[i], candidates=moved)
    models = [dialogues.fitted([t for t in turned if t.dialogue % FOLDS != fold]) for fold in range(FOLDS)]

    def judged(cut: Cutoffs) -> list[Verdict]:
        return [dialogues.verdict(t, Judgement(models[t.dialogue % FOLDS], cut)) for t in turned]

    alone = dialogues.matcher.judgements["full" if dialogues.deep else "cheap"].cutoffs
    cut = cutoffs(judged(UNDECIDED), alone.crisis)
    return Talked(Judgement(dialogues.fitted(turned), cut), moves.learn(texts, labels), judged(cut))


def cutoffs(found: Sequence[Verdict], crisis: float) -> Cutoffs:
    """Return the lowest probabilities from which on the promises are kept, given what becomes of messages if all is said.

    `crisis`: the one for people in distress, which their message alone decides.
    """
    later = [v for v in found if v.turned.sort == "later"]
    p = np.array([v.decision.probability for v in later])
    wrong = np.array([v.verdict == "wrong" for v in later])
    answer = lowest(lambda cut: bool((wrong & (p >= cut)).sum() <= PROMISES.leaning * len(later)))
    sure = lowest(lambda cut: bool((wrong & (p >= cut)).sum() <= PROMISES.leaning / 3 * len(later)))
    talked = np.array([v.decision.outcome in (Outcome.SMALLTALK, Outcome.HANDOVER) for v in later])
    missed = np.array([v.verdict == "abstained" for v in later])

    def brushing(kind: NDArray[np.bool_]) -> float:
        return lowest(lambda cut: bool((missed & kind & (p >= cut)).sum() <= PROMISES.brushed_on * len(later)))

    other, talk = brushing(~talked), brushing(talked)
    return Cutoffs(answer, other, round(answer / 3, 2), max(sure, answer), sure, talk, crisis)


def lines(found: Sequence[Verdict]) -> Iterator[str]:
    """Iterate over a table of what became of messages."""
    groups: dict[str, Counter[str]] = {}
    for v in found:
        for name in (v.turned.sort, f"{v.turned.sort} {_sort(v.turned.turn)}"):
            groups.setdefault(name, Counter())[v.verdict] += 1
    for name, count in sorted(groups.items()):
        n = count.total()
        shares = " ".join(
            f"{c} {100 * count[c] / n:5.1f}" for c in ("right", "asked", "offered", "abstained", "wrong")
        )
        yield f"{name:16}{n:>6}  {shares}"


def _sort(turn: LabelledTurn) -> str:
    """Return what kind of thing a message wants."""
    return next((w for w in ("repeat", "person", "talk", "ask", "none") if w in turn.want), "answer")
