"""Understand: what a message asks in its conversation, one question or several. Deterministic."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import conversation
from bot.desk.context import Context
from bot.desk.decide import Decision, decide
from bot.desk.readings import Way, body, last_entry, members, readings, without
from bot.desk.reasons import Reason
from bot.matching.matcher import Matcher
from bot.matching.policy import MOST_ANSWERS, MOST_CHOICES
from bot.matching.ranking import Ranking
from bot.words import Match, Outcome, Utterance

_AS_GOOD = 0.95
"""Share of the whole's score that each thing that a question joins must reach to be a question of its own (2026-11-25)."""
_TELLING = 6
"""Letters from which a question without an answer is said to have none: «그런가요» is hardly one (2026-11-25)."""

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
        joined = self._joined(u, decision, context) or self._by_name(u, decision)
        return (u, joined) if joined is not None else (read, decision)

    def one(self, u: Utterance, context: Context) -> Understood:
        """Return an utterance that is one question as read in the conversation, and what to do."""
        chosen = self._among_choices(u, context)
        if chosen is not None:
            return u, Decision(Outcome.ANSWER, (chosen,), 1.0, Reason.PICKED, (), Ranking((chosen,)))
        read = readings(u, context, self.matcher)
        way, ranking = self._ranked(read, context)
        return read[way], decide(read[way], ranking)

    def _ranked(self, read: dict[Way, Utterance], context: Context) -> tuple[Way, Ranking]:
        """Return the ranking of what the readings of a message may mean, and the reading under which the first is likeliest."""
        typed = self.matcher.rank(read[Way.TYPED])
        if len(read) == 1 or (typed.exact and context.question is None):
            return Way.TYPED, typed
        heard = typed.heard if typed.heard in self.matcher.conversations else "cheap"
        judgement = self.matcher.conversations[heard]
        found = {way: typed if way is Way.TYPED else self.matcher.rank(r, deep=False) for way, r in read.items()}
        ranking = conversation.judged(conversation.candidates(read, found, context, self.matcher), judgement, found)
        return _likeliest(ranking, found), ranking

    def is_about_a_name(self, matches: Sequence[Match], u: Utterance) -> bool:
        """Tell whether any of some matches is about a name in the utterance."""
        named = set(members(u, self.matcher))
        return any(m.entry.member in named or not named.isdisjoint(self.matcher.about(m.frame)) for m in matches)

    def _among_choices(self, u: Utterance, context: Context) -> Match | None:
        """Return the one offered choice that the message names."""
        named = self.matcher.reader.named(u) or self.matcher.described_in(u)
        if not named or not context.choices or context.taken:
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
            d.outcome is Outcome.FALLBACK and len(body(part)) >= _TELLING
            for part, (_, d) in zip(asked, found, strict=True)
        )
        if sure[:1] != found[:1] or len(sure) + len(doubtful) + missed < 2:  # what follows may lean on the first
            return None
        return _together(sure, tuple(m for d in doubtful for m in d.matches), missed=missed)

    def _joined(self, u: Utterance, whole: Decision, context: Context) -> Decision | None:
        """Return an answer to each of the things that a question joins, where it clearly asks for each.

        Where it does not say clearly what it asks for as a whole, a later thing in doubt is offered beside what is answered.
        """
        joined = () if whole.ranking.exact else self.matcher.parts(u, asking=False)
        if len(joined) < 2 or _of_one_meaning(joined):
            return None
        alone = [self.one(part, Context()) for part in joined]
        found = list(
            map(_clearer, self._in_turn(joined, context), alone)
        )  # «기간이랑 방법»: the second leans on the first
        sure, doubtful = [f for f in found if _is_clear(f[1])], [d for _, d in found if not _is_clear(d)]
        if (
            sure[:1] != found[:1]
            or any(d.outcome is not Outcome.ASK for d in doubtful)
            or (doubtful and _is_clear(whole))
        ):
            return None
        top = whole.matches[0].score if whole.matches else 0.0
        if min(d.matches[0].score for _, d in sure) < _AS_GOOD * top:
            return None
        return _together(sure, tuple(m for d in doubtful for m in d.matches))

    def _by_name(self, u: Utterance, whole: Decision) -> Decision | None:
        """Return an answer to each of two names of different kinds, a region and a field, each asked about without the other."""
        named = [m for m in u.mentions if m.group in self.matcher.reader.slots and m.how == "exact" and not m.negated]
        if whole.ranking.exact or len(named) != 2 or len({m.group for m in named}) < 2:
            return None
        answered = {m.entry.member for m in whole.matches} if whole.outcome is Outcome.ANSWER else set()
        found = [(u, whole)] if answered else []
        for mine, other in (named, named[::-1]):
            if mine.term in answered:
                continue
            read = self.matcher.read(without(u.normal, other.surface))
            decision = decide(read, self.matcher.rank(read, deep=False))
            if decision.outcome is not Outcome.ANSWER or {m.entry.member for m in decision.matches} != {mine.term}:
                return None
            found.append((read, decision))
        return _together(found, ())

    def after(self, u: Utterance, decision: Decision, context: Context, now: datetime | None = None) -> Context:
        """Return the conversation after an answer."""
        first = decision.matches[-1 if decision.last else 0].entry
        named = [m.entry.member for m in decision.matches if m.entry.member and not m.entry.unlisted]
        told = members(u, self.matcher)
        names, age = self._remembered(u, named, context)
        again = last_entry(context, self.matcher)
        asked = context.question if again is not None and first.id == again.id and not told else decision.last or u
        offered = tuple(m.entry.id for m in decision.offered)
        return Context(first.frame, first.topic, names, asked or u, offered, at=now, unnamed=age)

    def asked_back(self, u: Utterance, offered: Sequence[str], context: Context, now: datetime) -> Context:
        """Return the conversation after a question was asked back about, and what was offered: what follows may lean on both."""
        names, age = self._remembered(u, [], context)
        rest = context.unused(now)
        return replace(rest, question=u, members=names, unnamed=age, choices=tuple(offered), asked=True)

    def _remembered(self, u: Utterance, answered: Sequence[str], context: Context) -> tuple[tuple[str, ...], int]:
        """Return the names to remember after a turn, and their age; `answered`: those that the answers are about."""
        described = sorted(self.matcher.described_in(u))
        one = described if len(described) == 1 else []  # what a field stood for is what «주소요» asks about next
        return context.remembered((*one, *answered, *(members(u, self.matcher) or described[:2])))


def unknown(decision: Decision) -> bool:
    """Tell whether nothing in the knowledge base is near."""
    return decision.outcome is Outcome.FALLBACK and (not decision.matches or decision.why == Reason.TOO_WEAK)


def _is_clear(decision: Decision) -> bool:
    return decision.outcome is Outcome.ANSWER and decision.why == Reason.CLEAR


def _clearer(in_turn: Understood, alone: Understood) -> Understood:
    """Return how one of several things is understood: after those before it, or by itself where that is clearer."""
    if not _is_clear(alone[1]):
        return in_turn
    return alone if not _is_clear(in_turn[1]) or alone[1].probability > in_turn[1].probability else in_turn


def _likeliest(ranking: Ranking, found: dict[Way, Ranking]) -> Way:
    """Return the reading under which the first match of a ranking is likeliest."""
    first = ranking.matches[0].entry.id if ranking.matches else ""
    score = {way: max((m.score for m in r.matches if m.entry.id == first), default=0.0) for way, r in found.items()}
    return max(found, key=lambda way: score[way])


def _together(found: Sequence[Understood], offered: tuple[Match, ...], *, missed: bool = False) -> Decision | None:
    """Return the answers to several questions as one, and what to offer beside; `None` where they are one and the same."""
    matches = {m.entry.id: m for _, d in found for m in d.matches}
    beside = {m.entry.id: m for m in offered if m.entry.id not in matches}
    if len({m.frame for m in matches.values()}) < 2 and len(matches) < 2 and not beside and not missed:
        return None
    first, last = found[0][1], found[-1][0]
    return replace(
        first,
        matches=tuple(matches.values())[:MOST_ANSWERS],
        probability=min(d.probability for _, d in found),
        why=Reason.TWO_QUESTIONS,
        last=last,
        offered=tuple(beside.values())[: MOST_CHOICES - 1],
        missed=missed,
    )


def _of_one_meaning(joined: Sequence[Utterance]) -> bool:
    """Tell whether the things that a question joins are two words for one: «자격과 요건»."""
    first, *others = ({m.term for m in part.mentions} for part in joined)
    return bool(first) and any(first <= other for other in others)
