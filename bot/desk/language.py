"""The language that a message is answered in, where its user chose none, and the one that a text is in."""

import re
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

from bot.desk.context import Context
from bot.desk.say import Say
from bot.hangul import has_hangul
from bot.knowledge import locale
from bot.knowledge.base import KnowledgeBase
from bot.languages import ENGLISH, KOREAN, USUAL
from bot.words import Query, Reply

_WORD = re.compile(r"(?:[^\W\d_]|')+")
_LEAST = 1 / 3
"""Share of the words of a text that a language must own: its short words, or words with its letters (2026-11-30)."""
_TOLD = "#language"
"""Name of what a conversation has been told of how to change the language."""


def spoken(text: str, languages: Sequence[str] = USUAL) -> str:
    """Return which of some languages a text is in; empty where it cannot be told.

    Korean typed on an English keyboard, and names alone, are in none.
    """
    if has_hangul(text):
        return KOREAN if KOREAN in languages else ""
    words = _WORD.findall(normalize("NFC", text).lower())
    shares = {code: locale.of(code).share(words) for code in languages if code != KOREAN}
    best = max(shares, key=lambda code: shares[code], default="")
    return best if best and shares[best] >= _LEAST else ""


def heard(told: str, text: str, base: KnowledgeBase) -> str:
    """Return the language in which to answer a message; `told`: what its platform says of it, empty where it says nothing.

    Letters that no other language has count more than what a telephone is set to.
    """
    lettered = [code for code in base.languages if code not in USUAL]
    if told in base.languages and not (lettered and spoken(text, lettered)):
        return told
    return spoken(text, base.languages) or base.language


def of_person(tag: str, text: str, base: KnowledgeBase) -> str:
    """Return the language in which to answer somebody whose messenger is set to a language, unless the text shows another."""
    return spoken(text, base.languages) or base.tongue(tagged(tag))


def settled(query: Query, context: Context, base: KnowledgeBase) -> Query:
    """Return a query with the language in which it is answered.

    Where nobody chose one it is that of the text, else that of the conversation: «2» after an English list.
    """
    if query.chosen:
        return query
    language = spoken(query.text, base.languages) or context.language or query.language
    return query if language == query.language else replace(query, language=language)


def concluded(query: Query, reply: Reply, context: Context, base: KnowledgeBase) -> tuple[Reply, Context]:
    """Return a reply to a settled query, and the conversation after it, with the language noted.

    Somebody who wrote in another language than the desk's own, and so is answered in it, is told once how to change that.
    """
    reply, context = replace(reply, language=query.language), replace(context, language=query.language)
    if query.chosen or query.choice or _TOLD in context.told or not _follows(query, base):
        return reply, context
    entry = base.entry(reply.entry)
    if entry is not None and base.is_urgent(entry):
        return reply, context
    line = _how_to_change(query.language, base)
    body, rest = f"{reply.body}\n\n{line}", reply.text[len(reply.body) :]
    text = f"{reply.text}\n\n{line}" if reply.choices else f"{body}{rest}"
    return replace(reply, text=text, body=body), replace(context, told=(*context.told, _TOLD))


def _how_to_change(language: str, base: KnowledgeBase) -> str:
    """Return the line that tells somebody who is answered in a language how to be answered in the desk's own, in both."""
    own = locale.of(language).names[base.language]
    return Say(base, language)("switch", language=own, here=base.reply("written_here", base.language))


def _follows(query: Query, base: KnowledgeBase) -> bool:
    """Tell whether a query is answered in another language than the desk's own because it is written in it."""
    return query.language != base.language and spoken(query.text, base.languages) == query.language


def tagged(tag: str) -> str:
    """Return the language of a tag as browsers and telephones send it: `vi-VN` is vi. Source: BCP 47."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def tongue_of(text: str, language: str) -> str:
    """Return the language of a text that stands on a page in `language`: it may be there untranslated."""
    if language == KOREAN or has_hangul(text):
        return KOREAN
    return language if language == ENGLISH or spoken(text, (language,)) else ENGLISH
