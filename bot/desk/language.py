"""The language that a question is asked in, where nobody chose one."""

import re

from bot.hangul import has_hangul

_WORDS = re.compile(r"[a-z']+")
_ENGLISH = frozenset(
    [
        "a",
        "about",
        "address",
        "after",
        "am",
        "an",
        "and",
        "any",
        "apply",
        "are",
        "be",
        "before",
        "can",
        "cost",
        "could",
        "did",
        "do",
        "does",
        "english",
        "find",
        "for",
        "from",
        "get",
        "give",
        "has",
        "have",
        "hello",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "last",
        "long",
        "me",
        "month",
        "morning",
        "much",
        "must",
        "my",
        "number",
        "of",
        "on",
        "open",
        "or",
        "our",
        "pay",
        "phone",
        "please",
        "problem",
        "program",
        "programme",
        "project",
        "rate",
        "show",
        "still",
        "tell",
        "thank",
        "thanks",
        "that",
        "the",
        "there",
        "this",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "year",
        "you",
        "your",
    ]
)
"""Words that make a sentence English. Korean typed on an English keyboard, and names alone, have none of them."""


def spoken(text: str) -> str:
    """Return `en` for a question in English; empty for one in Korean, and where it cannot be told."""
    if has_hangul(text):
        return ""
    words = _WORDS.findall(text.lower())
    known = sum(word in _ENGLISH for word in words)
    return "en" if known and 3 * known >= len(words) else ""
