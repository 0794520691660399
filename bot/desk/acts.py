"""Acts: small talk that asks the desk to do something with the last answer. One table, for every channel alike."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime

from bot.desk.compose import Composer
from bot.desk.context import Context
from bot.desk.decide import Decision
from bot.desk.reasons import Reason
from bot.knowledge.base import KnowledgeBase
from bot.matching.policy import MOST_CHOICES
from bot.words import Entry, Outcome, Reply

Act = Callable[[Composer, Entry, datetime, str, Collection[str]], Reply]
"""Makes the reply from the last answer, for a moment and a language, without the notices that were told."""


def again(composer: Composer, last: Entry, now: datetime, language: str, told: Collection[str]) -> Reply:
    """Say the last answer again, with its source."""
    return composer.answer(Outcome.ANSWER, [last], now, score=1.0, language=language, told=told)


def simpler(composer: Composer, last: Entry, now: datetime, language: str, told: Collection[str]) -> Reply:  # noqa: ARG001
    """Say the last answer in one short sentence, and that a person can be asked."""
    lines = [composer.base.reply("in_short", language), composer.short(last, now, language)]
    return composer.retold(last, "\n".join([*lines, composer.base.reply("ask_person", language)]), now, language)


def more(composer: Composer, last: Entry, now: datetime, language: str, told: Collection[str]) -> Reply:
    """Say the last answer in full, and offer what is related."""
    related = composer.related(last)[:MOST_CHOICES]
    return composer.answer(Outcome.ANSWER, [last], now, score=1.0, language=language, offered=related, told=told)


ACTS: Mapping[str, Act] = {"repeat": again, "not-understood": simpler, "more": more}
"""By label of small talk."""


def agreed(context: Context, base: KnowledgeBase) -> Entry | None:
    """Return the one thing that was offered, to which somebody says yes."""
    return base.entry(context.choices[0]) if len(context.choices) == 1 and not context.taken else None


def done(
    composer: Composer, decision: Decision, last: Entry | None, context: Context, now: datetime, language: str
) -> tuple[Reply, Context] | None:
    """Return what comes of small talk that asks to do something; `None` where it asks nothing, or there is nothing to do."""
    base = composer.base
    act = next((act for label, act in ACTS.items() if decision.matches[0].frame == base.talk.get(label)), None)
    if act is again and context.asked:
        entries = [base.entries[id] for id in context.choices]
        listed = composer.choices(Outcome.ASK, base.reply("ask", language), entries, now, language=language)
        return replace(listed, why=Reason.ACT), replace(context, at=now)
    if act is None or last is None:
        return None
    told = [name for name in context.told if name in base.notices]
    reply = replace(act(composer, last, now, language, told), why=Reason.ACT)
    offered = tuple(c.entry for c in reply.related)
    return reply, replace(context, choices=offered, taken=False, idle=0, failed=0, at=now)
