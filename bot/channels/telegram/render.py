"""From replies to messages: HTML, escaped, and split so that nothing is cut in two. Pure."""

import html

from telegram.constants import MessageLimit

from bot.lengths import parted, units
from bot.words import Reply

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units of a message after its entities are parsed. Source: Bot API, sendMessage."""
CAPTION = int(MessageLimit.CAPTION_LENGTH)
"""The same of a photo's or a file's caption."""


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Return a text in parts of at most `limit` units, split where it hurts least; none is empty."""
    return [part for part in parted(text, limit) if part]


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
