"""The language that a message is answered in, where its user chose none, and the one that a text is in."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from bot.hangul import has_hangul
from bot.knowledge import locale
from bot.knowledge.base import KnowledgeBase
from bot.languages import ENGLISH, KOREAN, USUAL

_WORD = re.compile(r"(?:[^\W\d_]|')+")
_LEAST = 1 / 3
"""Share of the words of a text that a language must own: its short words, or words with its letters (2026-11-30)."""


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
    return heard(base.tongue(KOREAN if has_hangul(text) else tagged(tag)), text, base)


def tagged(tag: str) -> str:
    """Return the language of a tag as browsers and telephones send it: `vi-VN` is vi. Source: BCP 47."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def tongue_of(text: str, language: str) -> str:
    """Return the language of a text that stands on a page in `language`: it may be there untranslated."""
    if language == KOREAN or has_hangul(text):
        return KOREAN
    return language if language == ENGLISH or spoken(text, (language,)) else ENGLISH
