"""From replies to messages: HTML, escaped, and split so that nothing is cut in two. Pure."""

import html
import re
import unicodedata

from telegram.constants import MessageLimit

from bot.words import Reply

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units of a message after its entities are parsed. Source: Bot API, sendMessage."""
CAPTION = int(MessageLimit.CAPTION_LENGTH)
"""The same of a photo's or a file's caption."""
_BREAKS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))
"""Where to split a text, best first: paragraphs, lines, sentences, words."""


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Return a text in parts of at most `limit` units (2 or more), split where it hurts least; none is empty.

    Joined, the parts are the text except for white space at the splits. A word is cut only if it is longer than a
    whole part, and never between the two halves of a character or before a mark that belongs to the one before.
    """
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        end = _split_at(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [p for p in [*parts, rest] if p]


def cut(text: str, limit: int) -> str:
    """Return the beginning of a text that takes at most `limit` units."""
    return text[: _fitting(text, limit)]


def _split_at(text: str, limit: int) -> int:
    most = _fitting(text, limit)
    for pattern in _BREAKS:
        ends = [m.start() for m in pattern.finditer(text, 0, most + 1) if 0 < m.start() <= most]
        if ends and (ends[-1] >= most // 3 or pattern is _BREAKS[-1]):
            return ends[-1]
    end = most
    while end > 1 and _joined(text, end):
        end -= 1
    return end if end > 1 or not _joined(text, 1) else most


def _fitting(text: str, limit: int) -> int:
    """Return how many characters from the start take at most `limit` units; at least one."""
    used = 0
    for i, ch in enumerate(text):
        used += 2 if ord(ch) > 0xFFFF else 1
        if used > limit:
            return max(i, 1)
    return len(text)


def _joined(text: str, at: int) -> bool:
    """Tell whether the character at a place belongs to the one before it."""
    ch, before = text[at], text[at - 1]
    return unicodedata.combining(ch) > 0 or ch in "\u200d\ufe0f\u20e3" or before == "\u200d" or "🏻" <= ch <= "🏿"


def messages(reply: Reply, title: str = "") -> list[str]:
    """Return a reply as one or more messages in Telegram's HTML.

    Stripped of markup they say `title` and the reply's text, and nothing else.
    """
    room = LIMIT - (units(title) + 2 if title else 0)
    body = reply.text if reply.choices else reply.body or reply.text
    parts = split(body, max(room, LIMIT // 2))
    signature = reply.signature
    if parts and signature and units(parts[-1]) + 2 + units(signature) <= room:
        out = [escape(p) for p in parts]
        out[-1] += f"\n\n{signed(reply)}"
    else:
        out = [escape(p) for p in parts]
        out += [signed(reply)] if signature and units(signature) <= LIMIT else map(escape, split(signature))
    if title and out:
        out[0] = f"<b>{escape(title)}</b>\n\n{out[0]}"
    return out


def escape(text: str) -> str:
    """Return plain text escaped for HTML."""
    return html.escape(text, quote=False)


def signed(reply: Reply) -> str:
    """Return the signature in italics, with the titles of sources linked to their pages."""
    text = escape(reply.signature)
    for source in reply.sources:
        title = escape(source.title)
        if source.url.startswith(("http://", "https://")) and title in text:
            link = f'<a href="{html.escape(source.url, quote=True)}">{title}</a>'
            text = text.replace(title, link, 1) if f">{title}<" not in text else text
    return f"<i>{text}</i>"
