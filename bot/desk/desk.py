"""HelpDesk: what all channels share. One query in, one reply out."""

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime

from bot.desk import followup
from bot.desk.compose import Composer
from bot.desk.context import Context
from bot.desk.decide import Decision, decide
from bot.desk.trace import trace
from bot.knowledge.base import KnowledgeBase
from bot.matching.calibrate import Calibration
from bot.matching.lexicon import key_of
from bot.matching.matcher import Matcher, Ranking
from bot.matching.remember import Remembered
from bot.words import UNNAMED, Entry, Kind, Match, Outcome, Query, Reply, Utterance

LONGEST = 2000
"""Characters of a question that are read; the rest is left out."""
_MOST_REMEMBERED = 2_000
"""First questions whose replies are remembered."""
_LONGEST_REMEMBERED = 1_000
_NEW = Context()
_MOST_USERS = 10_000
_OUTCOMES = {Kind.SMALLTALK: Outcome.SMALLTALK, Kind.HANDOVER: Outcome.HANDOVER} | dict.fromkeys(
    (Kind.ANSWER, Kind.BOUNDARY), Outcome.ANSWER
)
_PLAIN_TALK = 0.8
"""Probability from which small talk is taken as such in any conversation."""
_LENT = 0.25
"""Similarity below which a message that only takes a name from the conversation is not answered by it."""
_FOLLOWS = 0.85
"""Share of its own score at which a message is rather about the name that was talked about."""


_PLAIN = 0.9
"""Probability from which a message is not read with the subject of the last question."""
_BARE = 4
"""Letters up to which a message is a bare word, which goes with the name that was just talked about."""
_ELLIPTIC = 7
"""Letters up to which a message that is answered without it may still leave its subject out."""
_MORE = 0.05
"""Probability by which that reading must be the likelier where the message is answered without it."""


class HelpDesk:
    """Answers from one knowledge base and remembers conversations, in memory, for a short while."""

    def __init__(self, base: KnowledgeBase, calibration: Calibration | None = None) -> None:
        self.base = base
        self.calibration = calibration or Calibration()
        self.matcher = Matcher(base, self.calibration.tuning, self.calibration.weights)
        self.composer = Composer(base)
        self._firsts: Remembered[tuple[Reply, Context]] = Remembered(_MOST_REMEMBERED)
        self.contexts: OrderedDict[str, Context] = OrderedDict()

    def ask(self, query: Query, *, explain: bool = False) -> Reply:
        """Return the reply to one query. Never raises on any text.

        Queries of one user are one conversation and must come in order.
        """
        context = self.contexts.pop(query.user, Context()).live(query.received_at)
        reply, context = self.answer(query, context, explain=explain)
        self.contexts[query.user] = context
        if len(self.contexts) > _MOST_USERS:
            self.contexts.popitem(last=False)
        return reply

    def warm(self) -> None:
        """Make what is otherwise made when somebody first needs it, so that nobody waits for it. Idempotent."""
        _ = self.matcher.initials

    def forget(self, user: str) -> None:
        """Forget a user's conversation. Idempotent."""
        self.contexts.pop(user, None)

    def search(self, text: str, limit: int) -> list[Match]:
        """Return the answers nearest to a text that may be unfinished, best first, at most `limit`."""
        u = self.matcher.read(text[:LONGEST])
        if not u.masked:
            return []
        found = self.matcher.rank(u).matches
        return [m for m in found if m.entry.kind in (Kind.ANSWER, Kind.BOUNDARY)][:limit]

    def answer(self, query: Query, context: Context, *, explain: bool = False) -> tuple[Reply, Context]:
        """Return the reply and the conversation after it: a function of its arguments."""
        if context == _NEW and not explain and len(query.text) <= _LONGEST_REMEMBERED:
            return self._first(query)
        return self._answer(query, context, explain)

    def _first(self, query: Query) -> tuple[Reply, Context]:
        """Answer the first question of a conversation: the same for everybody, so that it is remembered."""
        key = (query.text, query.choice, query.language, self.composer.moment(query.received_at))
        reply, after = self._firsts.get(key, lambda: self._answer(query, Context(), False))
        return reply, replace(after, at=query.received_at) if after.at else after

    def _answer(self, query: Query, context: Context, explain: bool) -> tuple[Reply, Context]:
        now, context = query.received_at, context.within(self.base)
        chosen = self.base.entry(query.choice) if query.choice else None
        if chosen is not None:
            return self._chosen(chosen, now, query.language)
        number = followup.picked(query.text, len(context.choices))
        if number is not None:
            return self._chosen(self.base.entries[context.choices[number]], now, query.language)
        u = self.matcher.read(query.text[:LONGEST])
        if not u.masked:
            name = "fallback" if query.text.strip() else "empty"
            reply = self.composer.choices(
                Outcome.FALLBACK, self.base.reply(name, query.language), (), now, language=query.language
            )
            return replace(reply, why=name), context
        u, decision = self.understand(u, context)
        reply = replace(self._reply(u, decision, now, query.language), why=decision.why)
        if explain:
            reply = replace(reply, trace=trace(u, decision, self.matcher))
        return reply, self._after(u, decision, context, now)

    def _chosen(self, entry: Entry, now: datetime, language: str) -> tuple[Reply, Context]:
        reply = self.composer.answer(_OUTCOMES[entry.kind], [entry], now, score=1.0, language=language)
        reply = replace(reply, why="chosen")
        question = self.matcher.read(entry.questions[0]) if entry.questions else None
        return reply, Context(entry.frame, entry.topic, (entry.member,) if entry.member else (), question, at=now)

    def understand(self, u: Utterance, context: Context) -> tuple[Utterance, Decision]:
        """Return the utterance as read in the conversation, and what to do."""
        replaced = followup.substituted(u, context, self.matcher)
        if replaced is not None:
            decision = self._decide(replaced, self.matcher.rank(replaced))
            if decision.outcome is Outcome.ANSWER:
                return replaced, decision
        alone = self._decide(u, self.matcher.rank(u))
        choice = self._among_choices(u, context)
        if choice is not None:
            return u, Decision(Outcome.ANSWER, (choice,), 1.0, "picked by name", (), Ranking((choice,)))
        found = followup.bound(u, context, self.matcher)
        if found is not None and found[1].matches:
            leaning = self._decide(*found)
            if _better(leaning, alone, u, found[0], context) or (_unknown(alone) and leaning.outcome is Outcome.ASK):
                return self._continued(u, context, found[0], leaning)
        several = self._several(u, alone)
        return (u, several) if several else self._continued(u, context, u, alone)

    def _continued(
        self, u: Utterance, context: Context, read: Utterance, decision: Decision
    ) -> tuple[Utterance, Decision]:
        """Return a message and its decision, or both with the last question's subject where that says clearly more."""
        found = decision.outcome is Outcome.ANSWER
        answered = found and not followup.repeats(u, decision.matches[0].frame, context, self.matcher)
        if answered and (decision.probability >= _PLAIN or len(followup.body(u)) > _ELLIPTIC):
            return read, decision
        for longer in followup.continued(u, context, self.matcher):
            other = self._decide(longer, followup.spoken_for(u, longer, context, self.matcher))
            likelier = other.probability >= decision.probability + _MORE
            if (other.outcome is Outcome.ANSWER and (likelier or not answered)) or (
                other.outcome is Outcome.ASK and likelier and not found
            ):
                read, decision, found, answered = longer, other, other.outcome is Outcome.ANSWER, True
        return read, decision

    def _decide(self, u: Utterance, ranking: Ranking) -> Decision:
        return decide(u, ranking, self.calibration)

    def _among_choices(self, u: Utterance, context: Context) -> Match | None:
        """Return the one offered choice that the message names."""
        named = self.matcher.reader.named(u) or self.matcher.described_in(u)
        if not named or not context.choices:
            return None
        fits = [e for c in context.choices if (e := self.base.entries[c]).member in named or e.about & named]
        return Match(fits[0], fits[0].frame, 1.0, 1.0) if len(fits) == 1 else None

    def _several(self, u: Utterance, whole: Decision) -> Decision | None:
        """Return an answer to each of two questions in one message, where it clearly holds two."""
        parts = self.matcher.parts(u)
        if len(parts) != 2:
            return None
        found = [self._decide(p, self.matcher.rank(p)) for p in parts]
        if any(d.outcome is not Outcome.ANSWER or d.why != "clear" for d in found):
            return None
        first, second = (d.matches[0] for d in found)
        top = whole.matches[0].score if whole.matches else 0.0
        if first.frame == second.frame or min(first.score, second.score) < 0.95 * top:
            return None
        return Decision(
            Outcome.ANSWER,
            (first, second),
            min(d.probability for d in found),
            "two questions",
            (),
            found[0].ranking,
        )

    def _reply(self, u: Utterance, decision: Decision, now: datetime, language: str) -> Reply:
        entries = [m.entry for m in decision.matches]
        score = round(decision.probability, 3)
        if decision.outcome is Outcome.ASK:
            return self._ask(u, decision, entries, now, score, language)
        if _unknown(decision):
            text = self.base.reply("fallback", language)
            text += f"\n{self.base.reply('nearest', language)}" if entries else ""
            return self.composer.choices(Outcome.FALLBACK, text, entries, now, score, language)
        name = next((m.surface for m in u.mentions if m.how == "pattern"), "")
        return self.composer.answer(
            decision.outcome,
            entries,
            now,
            lead=self._lead(u, entries, language),
            name=name,
            score=score,
            language=language,
        )

    def _ask(
        self, u: Utterance, decision: Decision, entries: list[Entry], now: datetime, score: float, language: str
    ) -> Reply:
        if decision.doubtful:
            names = " / ".join(self.base.terms[t].name for t in decision.doubtful)
            text = self.base.reply("did_you_mean_name", language)
            text = text.replace("{name:을/를}", "{name}").replace("{name}", names)
        elif u.initials:
            text = self.base.reply("initials", language)
        else:
            text = self.base.reply("ask", language)
        return self.composer.choices(Outcome.ASK, text, entries, now, score, language)

    def _lead(self, u: Utterance, entries: list[Entry], language: str) -> list[str]:
        """Return the lines that say how a question was read, where that is not plain."""
        lines = [self.base.reply("rewritten", language).replace("{text}", u.rewritten)] if u.rewritten else []
        for m in u.mentions:
            term = self.base.terms.get(m.term)
            if term and m.how in ("typo", "initials") and m.group != "word":
                lines.append(self.base.reply("read_as", language).replace("{name}", term.name))
            told = term is not None and any(e.member == m.term for e in entries)
            note = (
                next((n for alias, n in term.notes.items() if key_of(alias) == m.surface), "")
                if term and told
                else ""
            )
            if note and note not in lines:
                lines.append(note)
        return lines

    def _after(self, u: Utterance, decision: Decision, context: Context, now: datetime) -> Context:
        """Return the conversation after a turn."""
        if decision.outcome in (Outcome.ASK, Outcome.FALLBACK) and decision.why not in ("clear",):
            offered = tuple(m.entry.id for m in decision.matches)
            return replace(context.unused(now), choices=offered, at=now)
        if decision.outcome is not Outcome.ANSWER:
            return context.unused(now)
        first = decision.matches[0].entry
        named = [m.entry.member for m in decision.matches if m.entry.member and not m.entry.id.endswith(UNNAMED)]
        told = followup.members(u, self.matcher)
        described = sorted(self.matcher.described_in(u))
        if len(described) == 1:  # the one institution that a field stood for is what «주소요» asks about next
            named = [*described, *named]
        named += told or described[:2]
        names, age = context.remembered(tuple(named))
        return Context(first.frame, first.topic, names, u, at=now, unnamed=age)


def _unknown(decision: Decision) -> bool:
    return decision.outcome is Outcome.FALLBACK and decision.why in ("too weak", "nothing found")


def _hardly_asked(leaning: Decision, u: Utterance) -> bool:
    """Tell whether nearly all that a message shares with an answer is the name that the conversation lends it."""
    return leaning.matches[0].similarity < _LENT and any(m.how == "context" for m in u.mentions)


def _better(leaning: Decision, alone: Decision, u: Utterance, lent: Utterance, context: Context) -> bool:
    """Tell whether a message makes more sense as a follow-up than by itself."""
    if alone.outcome in (Outcome.SMALLTALK, Outcome.HANDOVER) and alone.probability > _PLAIN_TALK:
        return False
    if leaning.outcome is not Outcome.ANSWER or _hardly_asked(leaning, lent):
        return False
    if alone.outcome is not Outcome.ANSWER or not alone.matches:
        return True
    bound = leaning.matches[0].entry.member in context.members
    if bound and not context.unnamed and len(followup.body(u)) <= _BARE and leaning.probability >= _PLAIN:
        return True  # «연락처», right after a name was talked about
    pointing = any(u.refers(f"reference.{r}") for r in ("there", "both", "among", "it"))
    needed = _FOLLOWS * alone.matches[0].score if bound else alone.matches[0].score
    return (pointing and bound) or leaning.matches[0].score >= needed
