"""Understand: what a message asks in its conversation, one question or several. Deterministic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import followup
from bot.desk.context import Context
from bot.desk.decide import Decision, decide
from bot.matching import parts
from bot.matching.matcher import Matcher, Ranking
from bot.matching.policy import MOST_CHOICES
from bot.words import UNNAMED, Match, Outcome, Utterance

_PLAIN_TALK = 0.8
"""Probability from which small talk is taken as such in any conversation."""
_LENT = 0.25
"""Similarity below which a message that only takes a name from the conversation is not answered by it."""
_FOLLOWS = 0.85
"""Share of its own score at which a message is rather about the name that was talked about."""
_PLAIN = 0.9
"""Probability from which a message is not read with the subject of the last question."""
_MORE = 0.05
"""Probability by which that reading must be the likelier where another one is there."""
_SURE = 0.65
"""Probability that an answer needs to a message that gets none in its own words."""
_BARE = 4
"""Letters up to which a message is a bare word, which goes with the name that was just talked about."""
_ELLIPTIC = 7
"""Letters up to which a message that is answered without it may still leave its subject out."""
_AS_GOOD = 0.95
"""Share of the whole's score that each thing that a question joins must reach to be a question of its own."""
_MOST_ANSWERS = 3
_TELLING = 6
"""Letters from which a question without an answer is said to have none: «그런가요» is hardly one."""

Understood = tuple[Utterance, Decision]


class Understanding:
    """Reads messages of one knowledge base in the light of their conversations. Pure."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher

    def __call__(self, u: Utterance, context: Context) -> Understood:
        """Return the utterance as read in the conversation, and what to do."""
        asked = self.matcher.parts(u, asking=True)
        several = self._each(u, asked, context) if len(asked) > 1 else None
        if several is not None:
            return u, several
        read, decision = self.one(u, context)
        joined = self._joined(u, decision, context)
        return (u, joined) if joined is not None else (read, decision)

    def one(self, u: Utterance, context: Context) -> Understood:
        """Return an utterance that is one question as read in the conversation, and what to do."""
        replaced = followup.substituted(u, context, self.matcher)
        if replaced is not None:
            decision = self._decide(replaced, self.matcher.rank(replaced))
            if decision.outcome is Outcome.ANSWER:
                return replaced, decision
        u, alone = self._alone(u)
        choice = self._among_choices(u, context)
        if choice is not None:
            return u, Decision(Outcome.ANSWER, (choice,), 1.0, "picked by name", (), Ranking((choice,)))
        read, decision = u, alone
        found = followup.bound(u, context, self.matcher)
        if found is not None and found[1].matches:
            leaning = self._decide(*found)
            if _better(leaning, alone, u, found[0], context) or (unknown(alone) and leaning.outcome is Outcome.ASK):
                read, decision = found[0], leaning
        again = alone.matches[:1] and alone.matches[0].frame == context.frame  # it asks for the same by itself
        return (read, decision) if again else self._continued(u, context, read, decision)

    def _alone(self, u: Utterance) -> Understood:
        """Return an utterance and its decision by itself, or both in the other words that say the same more plainly."""
        alone = self._decide(u, self.matcher.rank(u))
        text = u.original if alone.outcome is Outcome.ANSWER else parts.one_way(u.original)
        if text != u.original:
            shorter = self.matcher.read(text)
            decision = self._decide(shorter, self.matcher.rank(shorter))
            if decision.probability > alone.probability:
                return shorter, decision
        wider = None if self.is_about_a_name(alone.matches[:1], u) else followup.generic(u, self.matcher)
        if wider is not None:
            decision = self._decide(wider, self.matcher.rank(wider))
            needed = alone.probability if alone.outcome is Outcome.ANSWER else _SURE
            if decision.outcome is Outcome.ANSWER and decision.probability > needed:
                return u, decision
        return u, alone

    def is_about_a_name(self, matches: Sequence[Match], u: Utterance) -> bool:
        """Tell whether any of some matches is about a name in the utterance."""
        named = set(followup.members(u, self.matcher))
        return any(m.entry.member in named or not named.isdisjoint(self.matcher.about(m.frame)) for m in matches)

    def _continued(self, u: Utterance, context: Context, read: Utterance, decision: Decision) -> Understood:
        """Return a message and its decision, or both with the last question's subject where that says clearly more."""
        found = decision.outcome is Outcome.ANSWER
        answered = found and not followup.repeats(u, decision.matches[0], context, self.matcher)
        if answered and (decision.probability >= _PLAIN or len(followup.body(u)) > _ELLIPTIC):
            return read, decision
        longer = followup.continued(u, context, self.matcher)
        others = [(r, self._decide(r, followup.spoken_for(u, r, context, self.matcher))) for r in longer]
        needed = decision.probability + _MORE if answered else _SURE
        answers = [o for o in others if o[1].outcome is Outcome.ANSWER and o[1].probability >= needed]
        asking = [
            o for o in others if o[1].outcome is Outcome.ASK and o[1].probability >= decision.probability + _MORE
        ]
        fits = answers or ([] if found else asking)
        best = fits[0] if fits else (read, decision)
        for other in fits[1:]:  # the nearer subject comes first, and is left only for what is clearly likelier
            best = other if other[1].probability > best[1].probability + _MORE else best
        return best

    def _decide(self, u: Utterance, ranking: Ranking) -> Decision:
        return decide(u, ranking)

    def _among_choices(self, u: Utterance, context: Context) -> Match | None:
        """Return the one offered choice that the message names."""
        named = self.matcher.reader.named(u) or self.matcher.described_in(u)
        if not named or not context.choices:
            return None
        entries = self.matcher.base.entries
        fits = [e for c in context.choices if (e := entries[c]).member in named or e.about & named]
        return Match(fits[0], fits[0].frame, 1.0, 1.0) if len(fits) == 1 else None

    # several questions in one message

    def _in_turn(self, asked: Sequence[Utterance], context: Context) -> list[Understood]:
        """Return each of several questions as understood after those before it."""
        found = []
        for part in asked:
            read, decision = self.one(part, context)
            found.append((read, decision))
            answered = decision.outcome is Outcome.ANSWER
            context = self.after(read, decision, context) if answered else replace(context, question=part)
        return found

    def _each(self, u: Utterance, asked: Sequence[Utterance], context: Context) -> Decision | None:
        """Return an answer to each of several questions; later ones in doubt are offered, and those without an answer
        are missed. `None` without the first."""
        if self.matcher.rank(u).exact:
            return None
        found = self._in_turn(asked, context)
        sure = [f for f in found if f[1].outcome is Outcome.ANSWER]
        doubtful = [d for _, d in found if d.outcome is Outcome.ASK]
        missed = any(
            d.outcome is Outcome.FALLBACK and len(followup.body(part)) >= _TELLING
            for part, (_, d) in zip(asked, found, strict=True)
        )
        if sure[:1] != found[:1] or len(sure) + len(doubtful) + missed < 2:  # what follows may lean on the first
            return None
        return _together(sure, tuple(m for d in doubtful for m in d.matches), missed=missed)

    def _joined(self, u: Utterance, whole: Decision, context: Context) -> Decision | None:
        """Return an answer to each of the things that a question joins, where it clearly asks for each."""
        joined = () if whole.ranking.exact else self.matcher.parts(u, asking=False)
        if len(joined) < 2 or _of_one_meaning(joined):
            return None
        found = self._in_turn(joined, context)
        if any(d.outcome is not Outcome.ANSWER or d.why != "clear" for _, d in found):
            return None
        top = whole.matches[0].score if whole.matches else 0.0
        if min(d.matches[0].score for _, d in found) < _AS_GOOD * top:
            return None
        return _together(found, ())

    def after(self, u: Utterance, decision: Decision, context: Context, now: datetime | None = None) -> Context:
        """Return the conversation after an answer."""
        first = decision.matches[-1 if decision.last else 0].entry
        named = [m.entry.member for m in decision.matches if m.entry.member and not m.entry.id.endswith(UNNAMED)]
        told = followup.members(u, self.matcher)
        described = sorted(self.matcher.described_in(u))
        if len(described) == 1:  # the one institution that a field stood for is what «주소요» asks about next
            named = [*described, *named]
        named += told or described[:2]
        names, age = context.remembered(tuple(named))
        asked, offered = decision.last or u, tuple(m.entry.id for m in decision.offered)
        about = followup.subject(asked, context, first.topic)
        return Context(first.frame, first.topic, names, asked, about, offered, at=now, unnamed=age)


def unknown(decision: Decision) -> bool:
    """Tell whether nothing in the knowledge base is near."""
    return decision.outcome is Outcome.FALLBACK and (not decision.matches or decision.why == "too weak")


def _together(found: Sequence[Understood], offered: tuple[Match, ...], *, missed: bool = False) -> Decision | None:
    """Return the answers to several questions as one, and what to offer beside; `None` where they are one and the same."""
    matches = {m.entry.id: m for _, d in found for m in d.matches}
    beside = {m.entry.id: m for m in offered if m.entry.id not in matches}
    if len({m.frame for m in matches.values()}) < 2 and len(matches) < 2 and not beside and not missed:
        return None
    first, last = found[0][1], found[-1][0]
    return replace(
        first,
        matches=tuple(matches.values())[:_MOST_ANSWERS],
        probability=min(d.probability for _, d in found),
        why="two questions",
        last=last,
        offered=tuple(beside.values())[: MOST_CHOICES - 1],
        missed=missed,
    )


def _of_one_meaning(joined: Sequence[Utterance]) -> bool:
    """Tell whether the things that a question joins are two words for one: «자격과 요건»."""
    first, *others = ({m.term for m in part.mentions} for part in joined)
    return bool(first) and any(first <= other for other in others)


def _hardly_asked(leaning: Decision, u: Utterance) -> bool:
    """Tell whether nearly all that a message shares with an answer is the name that the conversation lends it."""
    return leaning.matches[0].similarity < _LENT and any(m.how == "context" for m in u.mentions)


def _faded(leaning: Decision, context: Context) -> bool:
    """Tell whether a message would take a name from the conversation that its last turn had nothing to do with."""
    return context.unnamed > 0 and leaning.matches[0].entry.member in context.members


def _better(leaning: Decision, alone: Decision, u: Utterance, lent: Utterance, context: Context) -> bool:
    """Tell whether a message makes more sense as a follow-up than by itself."""
    if alone.outcome in (Outcome.SMALLTALK, Outcome.HANDOVER) and alone.probability > _PLAIN_TALK:
        return False
    if leaning.outcome is not Outcome.ANSWER or _hardly_asked(leaning, lent):
        return False
    pointing = any(u.refers(f"reference.{r}") for r in ("there", "both", "among", "it"))
    if alone.outcome is not Outcome.ANSWER or not alone.matches:
        return not _faded(leaning, context) or pointing or len(followup.body(u)) <= _ELLIPTIC
    bound = leaning.matches[0].entry.member in context.members
    own = {m.term for m in u.mentions if not m.negated}
    if alone.matches[0].entry.member in own and leaning.matches[0].entry.member not in own:
        return False  # «배터리도 해요?» brings the name that it is about
    if bound and not context.unnamed and len(followup.body(u)) <= _BARE and leaning.probability >= _PLAIN:
        return True  # «연락처», right after a name was talked about
    needed = _FOLLOWS * alone.matches[0].score if bound else alone.matches[0].score
    return (pointing and bound) or leaning.matches[0].score >= needed
