"""Acts: small talk that asks the desk to do something with the last answer. One table, for every channel alike."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from bot.desk.compose import Composer
from bot.desk.context import Context
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
