"""Texts as the canonical form writes them, so that every YAML program reads the same text, not only ours."""

import re

import yaml

from bot.workshop.edit_render import literal, scalar

LONG = 100
"""Characters from which a text gets a block of its own, one sentence a line."""
_SENTENCE = re.compile(r"(?<=[.!?”’)]) (?=\S)")
_NUMBER = re.compile(r"[-+]?\.?\d[\w.:+-]*|[-+]?\.(?:inf|nan)|0[xo][\da-f]+", re.IGNORECASE)
"""What some parsers take for a number, a time or a date: YAML 1.1 and 1.2 differ."""
_SAFE = re.compile(r"[가-힣][^:#\n]*(?<!\s)")
"""A text that begins in Hangul is nothing but a text to any parser."""
_RESOLVERS = {
    first: [pattern for _, pattern in kinds] for first, kinds in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
"""What YAML 1.1 takes for something other than text, by the first letter: cached, since it is needed 20,000 times."""
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "=", "<<", ""})
_NOT_PLAIN = frozenset("?!&*|>%@`\"'#{}[],:")
_NOT_FIRST = frozenset("?!&*|>%@`\"'#{}[],- =")


def inline(text: str, *, flow: bool) -> str:
    """Return a text on one line: as it is where no parser reads anything else, else in double quotes."""
    if _is_plain(text, flow):
        return text
    quoted = scalar(text, flow=flow, style='"')
    return quoted if quoted.startswith('"') else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(text: str, flow: bool) -> bool:
    if text.lower() in _WORDS or _NUMBER.fullmatch(text) or text != text.strip() or not text.isprintable():
        return False
    if text[0] in _NOT_FIRST or (flow and _NOT_PLAIN & set(text)):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    if _SAFE.fullmatch(text):
        return True
    if text[0].isalnum():  # one plain scalar, as all above is ruled out: only its meaning remains to be checked
        return not any(kind.match(text) for kind in (*_RESOLVERS.get(text[0], ()), *_RESOLVERS.get(None, ())))
    try:
        return bool(yaml.safe_load(text) == text)
    except (yaml.YAMLError, ValueError):
        return False


def block(text: str) -> list[str] | None:
    """Return a text as the header and the lines of a block scalar, without indentation; `None` where it reads well inline.

    A text with lines keeps them («|-»). Running text has one sentence a line («>-»), which parsers join by blanks.
    """
    body = text.rstrip("\n")
    if "\n" not in body and len(body) <= LONG:
        return None
    lines = literal(body)
    if lines is None or any(line != line.rstrip() for line in lines):
        return None
    if len(lines) > 1:
        return ["|-", *lines]
    return [">-", *_SENTENCE.split(body)]
