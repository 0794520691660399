"""HelpDesk: what all channels share. One query in, one reply out."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.caches import LRUCache
from bot.desk import acts, choosing
from bot.desk.compose import Composer, marks, question_of
from bot.desk.context import Context
from bot.desk.decide import Decision
from bot.desk.language import concluded, settled
from bot.desk.readings import body, last_entry
from bot.desk.reasons import Reason
from bot.desk.suggest import Suggester
from bot.desk.trace import trace
from bot.desk.understand import Understanding, unknown
from bot.hangul import compact
from bot.knowledge.base import KnowledgeBase
from bot.matching.learned import Kept
from bot.matching.matcher import Matcher
from bot.matching.teach import served
from bot.matching.wordings import Readings
from bot.words import Entry, Kind, Match, Outcome, Query, Reply, Utterance

LONGEST = 2000
"""Characters of a question that are read; the rest is ignored."""
_MOST_REMEMBERED = 2_000
"""First questions whose replies are remembered."""
_LONGEST_REMEMBERED = 1_000
_STRAIGHT = 25
"""Up to this many letters a name in a question is what it asks about, and not part of a story."""
_NEW = Context()
_MOST_FAILED = 2
"""Turns without an answer after which a person is offered instead of another list."""
_MOST_USERS = 10_000


def _nearest(matcher: Matcher, text: str, limit: int) -> list[Match]:
    """Return the answers nearest to a text that may be unfinished, best first, at most `limit`."""
    u = matcher.read(text[:LONGEST])
    if not u.masked:
        return []
    ranking = matcher.rank(u, deep=False)
    beside = matcher.around(u).matches if ranking.exact else ()  # a known question is not all that is wanted
    found = [*ranking.matches, *(m for m in beside if m.entry != ranking.matches[0].entry)]
    kinds = (Kind.ANSWER, Kind.BOUNDARY)
    return [m for m in found if m.entry.kind in kinds and not matcher.base.is_urgent(m.entry)][:limit]


class HelpDesk:
    """Answers from one knowledge base and remembers conversations, in memory, for a short while."""

    def __init__(
        self,
        base: KnowledgeBase,
        kept: Kept | None = None,
        *,
        encoder: bool = True,
        readings: Readings | None = None,
    ) -> None:
        """`kept`: what was learned of the base; without it that is learned now, as far as the wordings go.

        `readings`: what was read of its wordings before, for another desk on nearly the same base.
        """
        self.base, self.kept = base, kept
        self.matcher = served(base, kept, encoder=encoder, readings=readings)
        self.understanding = Understanding(self.matcher)
        self.composer = Composer(base)
        # it knows no desk: one that is replaced is let go
        self.suggester = Suggester(base, partial(_nearest, self.matcher))
        self._firsts: LRUCache[tuple[Reply, Context]] = LRUCache(_MOST_REMEMBERED)
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
        """Do in advance what is otherwise done at the first question, so that nobody waits for it. Idempotent."""
        _ = self.matcher.own.initials, self.suggester.initials
        self.matcher.evidence.warm()

    def forget(self, user: str) -> None:
        """Forget a user's conversation. Idempotent."""
        self.contexts.pop(user, None)

    def search(self, text: str, limit: int) -> list[Match]:
        """Return the answers nearest to a text that may be unfinished, or in initial consonants, best first, at most `limit`."""
        read = self.suggester.read(text, limit)
        return [*read.matches[:limit]] if read is not None else _nearest(self.matcher, text, limit)

    def answer(self, query: Query, context: Context, *, explain: bool = False) -> tuple[Reply, Context]:
        """Return the reply and the conversation after it: a function of its arguments."""
        query = settled(query, context, self.base)
        if explain or not _is_first(query, context):
            return self._concluded(query, context, explain)
        return _now(self._firsts.get(self._key(query), lambda: self._concluded(query, Context(), False)), query)

    def remembered(self, query: Query, context: Context) -> tuple[Reply, Context] | None:
        """Return the same as `answer`, where that is remembered and takes no time: the first question of a conversation
        has one answer for everybody on a channel.
        """
        query = settled(query, context, self.base)
        if not _is_first(query, context):
            return None
        try:
            return _now(self._firsts.known(self._key(query)), query)
        except KeyError:
            return None

    def _key(self, query: Query) -> Hashable:
        """Return all of a query but whose it is and its id; of its moment what an answer can hang on."""
        moment = self.composer.moment(query.received_at)
        return query.text, query.choice, query.language, query.chosen, query.channel, moment

    def _concluded(self, query: Query, context: Context, explain: bool) -> tuple[Reply, Context]:
        reply, after = self._answer(query, context, explain)
        return concluded(query, reply, after, self.base)

    def _answer(self, query: Query, context: Context, explain: bool) -> tuple[Reply, Context]:
        now, context = query.received_at, context.within(self.base)
        chosen = self.base.entry(query.choice) if query.choice else None
        if chosen is not None:
            return self._chosen([chosen], context, now, query.language)
        picked = choosing.chosen(query.text, len(context.choices)) if context.choices else ()
        if picked:
            return self._chosen([self.base.entries[context.choices[i]] for i in picked], context, now, query.language)
        u = self.matcher.sober(self.matcher.read(query.text[:LONGEST]))
        if not u.masked:
            name = Reason.FALLBACK if query.text.strip() else Reason.EMPTY
            reply = self.composer.choices(
                Outcome.FALLBACK, self.base.reply(name, query.language), (), now, language=query.language
            )
            return replace(reply, why=name), context
        u, decision = self.understand(u, context)
        decision = _for_everyone(self.suggester.heeded(u, decision))
        done = self._act(decision, context, now, query.language)
        if done is not None:
            return done
        reply = replace(self._reply(u, decision, context, now, query.language), why=decision.why)
        if explain:
            reply = replace(reply, trace=trace(u, decision, self.matcher))
        return reply, self._after(u, decision, context, now)

    def _act(
        self, decision: Decision, context: Context, now: datetime, language: str
    ) -> tuple[Reply, Context] | None:
        """Return what comes of small talk that asks to do something; `None` where it asks nothing, or there is nothing to do."""
        if decision.outcome is not Outcome.SMALLTALK:
            return None
        is_yes = decision.matches[0].frame == self.base.talk.get("yes")
        if is_yes and (agreed := acts.agreed(context, self.base)) is not None:
            return self._chosen([agreed], context, now, language)
        last = last_entry(context, self.matcher)
        return acts.done(self.composer, decision, last, context, now, language)

    def _chosen(
        self, entries: Sequence[Entry], context: Context, now: datetime, language: str
    ) -> tuple[Reply, Context]:
        entry = entries[0]
        reply = self.composer.answer(
            entry.kind.outcome, entries, now, score=1.0, language=language, told=context.told
        )
        question = self.matcher.read(entry.questions[0]) if entry.questions else None
        named, told = (entry.member,) if entry.member else (), self._told(entries, context)
        left = context.choices if entry.id in context.choices else ()
        return replace(reply, why=Reason.CHOSEN), Context(
            entry.frame, entry.topic, named, question, left, taken=bool(left), told=told, at=now
        )

    @staticmethod
    def _told(entries: Sequence[Entry], context: Context) -> tuple[str, ...]:
        """Return what was shown once some entries are said: notices, and what has other words for the next time."""
        said = [mark for e in entries for mark in marks(e, context.told)]
        return tuple(dict.fromkeys([*context.told, *(e.notice for e in entries if e.notice), *said]))

    def understand(self, u: Utterance, context: Context) -> tuple[Utterance, Decision]:
        """Return the utterance as read in the conversation, and what to do."""
        return self.understanding(u, context)

    def _reply(self, u: Utterance, decision: Decision, context: Context, now: datetime, language: str) -> Reply:
        entries = [m.entry for m in decision.matches]
        score = round(decision.probability, 3)
        asks = decision.outcome is Outcome.ASK
        if asks or unknown(decision):
            if context.failed >= _MOST_FAILED:  # a third list helps nobody
                text = self.base.reply("ask_person", language)
                return self.composer.choices(Outcome.FALLBACK, text, (), now, score, language)
            if asks:
                return self._ask(decision, entries, now, score, language)
            return self._unknown(entries, now, score, language)
        name = next((m.surface for m in u.mentions if m.how == "pattern"), "")
        return self.composer.answer(
            decision.outcome,
            entries,
            now,
            lead=[
                *self._lead(u, entries, language),
                *self._read(decision, language),
                *self._general(u, decision, language),
            ],
            offered=[m.entry for m in decision.offered],
            missed=decision.missed,
            name=name,
            score=score,
            language=language,
            told=context.told,
        )

    def _unknown(self, entries: list[Entry], now: datetime, score: float, language: str) -> Reply:
        text = self.base.reply("fallback", language)
        text += f"\n{self.base.reply('nearest', language)}" if entries else ""
        return self.composer.choices(Outcome.FALLBACK, text, entries, now, score, language)

    def _ask(self, decision: Decision, entries: list[Entry], now: datetime, score: float, language: str) -> Reply:
        if decision.doubtful:
            names = " / ".join(self.base.terms[t].name for t in decision.doubtful)
            text = self.base.reply("did_you_mean_name", language)
            text = text.replace("{name:을/를}", "{name}").replace("{name}", names)
        elif decision.why is Reason.INITIALS:
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
                next((n for alias, n in term.notes.items() if compact(alias) == m.surface), "")
                if term and told
                else ""
            )
            if note and note not in lines:
                lines.append(note)
        return lines

    def _read(self, decision: Decision, language: str) -> list[str]:
        """Return a line that says which question is answered, where that is not quite certain."""
        ranking = decision.ranking
        if decision.outcome is not Outcome.ANSWER or decision.why != Reason.CLEAR or ranking.exact:
            return []
        if decision.probability >= ranking.cutoffs.plain:
            return []
        question = question_of(decision.matches[0].entry, language)
        return [self.base.reply("answering", language).replace("{question}", question)]

    def _general(self, u: Utterance, decision: Decision, language: str) -> list[str]:
        """Return a line that says that an answer holds in general, where the question names one of a kind."""
        named = [
            m.term for m in u.mentions if m.how in ("exact", "typo") and not m.negated and m.term in self.base.terms
        ]
        kinds = [t for t in dict.fromkeys(named) if self.matcher.descriptions.general(self.base.terms[t])]
        if len(kinds) != 1 or len(body(u)) > _STRAIGHT or decision.outcome is not Outcome.ANSWER:
            return []
        if self.understanding.is_about_a_name(decision.matches, u):
            return []
        return [self.base.reply("not_only", language).replace("{name}", self.base.terms[kinds[0]].name)]

    def _after(self, u: Utterance, decision: Decision, context: Context, now: datetime) -> Context:
        """Return the conversation after a turn."""
        if decision.outcome in (Outcome.ASK, Outcome.FALLBACK) and decision.why not in (Reason.CLEAR, Reason.CRISIS):
            offered = tuple(m.entry.id for m in decision.matches) if context.failed < _MOST_FAILED else ()
            if decision.outcome is Outcome.ASK and offered:
                after = self.understanding.asked_back(u, offered, context, now)
            else:
                after = replace(context.unused(now), choices=offered)
            return replace(after, failed=context.failed + 1)
        if decision.outcome is not Outcome.ANSWER and not (decision.matches and decision.matches[0].entry.member):
            # «네» and «고마워요» leave a list as it is: a number still chooses
            told = self._told([m.entry for m in decision.matches], context)
            return replace(context.unused(now), choices=context.choices, taken=context.taken, told=told)
        after = self.understanding.after(u, decision, context, now)
        return replace(after, told=self._told([m.entry for m in decision.matches], context))


def _is_first(query: Query, context: Context) -> bool:
    """Tell whether a query begins a conversation and is short enough for its answer to be remembered."""
    return context == _NEW and len(query.text) <= _LONGEST_REMEMBERED


def _now(found: tuple[Reply, Context], query: Query) -> tuple[Reply, Context]:
    """Return an answer that is remembered as it is at the moment of a query."""
    reply, after = found
    return reply, replace(after, at=query.received_at) if after.at else after


def _for_everyone(decision: Decision) -> Decision:
    """Return a decision without what is for staff among that which is only offered, unless it is the likeliest."""
    offered = tuple(m for m in decision.offered if not m.entry.for_staff)
    if decision.outcome in (Outcome.ASK, Outcome.FALLBACK) and len(decision.matches) > 1:
        first, *others = decision.matches
        return replace(decision, matches=(first, *(m for m in others if not m.entry.for_staff)), offered=offered)
    return decision if offered == decision.offered else replace(decision, offered=offered)
