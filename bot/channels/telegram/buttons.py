"""Buttons: what `callback_data` contains (at most 64 bytes), and keyboards made of it. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from telegram.constants import InlineKeyboardButtonLimit

from bot.desk.say import Say
from bot.lengths import address, cut
from bot.words import Contact, Reply

Row = list[dict[str, Any]]
Keyboard = list[Row]
LONGEST_LABEL = 60
"""Characters of a label: more does not fit a phone's width, and Telegram would cut it anywhere."""
_LONGEST_COPY = InlineKeyboardButtonLimit.MAX_COPY_TEXT
_MOST_CONTACTS = 3
REASONS = ("wrong", "old", "hard", "other")


def code_of(entry: str) -> str:
    """Return an entry's id for buttons and deep links: itself, or a hash where it is too long or has odd characters.

    At most 56 characters of A–Z a–z 0–9 _ -, so that it fits a deep link (64).
    """
    plain = entry.replace(".", "__")
    if len(plain) <= 56 and all(ch.isascii() and (ch.isalnum() or ch in "_-") for ch in plain):
        return plain
    return "0" + hashlib.blake2s(entry.encode(), digest_size=10).hexdigest()


class Codes:
    """Finds entries by the code in a button, also by that of a former id."""

    def __init__(self, entries: Iterable[str], moved: Mapping[str, str] = MappingProxyType({})) -> None:
        self._entries = {code_of(old): now for old, now in moved.items()} | {code_of(e): e for e in entries}

    def entry(self, code: str) -> str:
        """Return the entry's id, or empty where there is none any more."""
        return self._entries.get(code, "")


def button(label: str, data: str) -> dict[str, str]:
    """Return a button that calls back. `data`: 1 to 64 bytes."""
    assert 1 <= len(data.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA, data
    return {"text": cut(label, LONGEST_LABEL), "callback_data": data}


def label_of(markup: Sequence[Sequence[Mapping[str, Any]]], data: str) -> str:
    """Return the label of the button of a keyboard that calls back with `data`; empty where there is none."""
    return next((str(b.get("text", "")) for row in markup for b in row if b.get("callback_data") == data), "")


def choice_rows(reply: Reply, say: Say, exchange: str) -> Keyboard:
    """Return a button for each choice, and one for none of them."""
    rows = [[button(f"{i}. {c.question}", f"e:{code_of(c.entry)}")] for i, c in enumerate(reply.choices, 1)]
    if rows:
        rows.append([button(say("none_of_these"), f"n:{exchange}")])
    return rows


def answer_rows(reply: Reply, say: Say, exchange: str) -> Keyboard:
    """Return the buttons under an answer: contacts, related questions, feedback."""
    rows = [r for c in reply.contacts[:_MOST_CONTACTS] if (r := contact_row(c, say))]
    rows += [[button(f"› {c.question}", f"e:{code_of(c.entry)}")] for c in reply.related]
    rows.append([button(say("good"), f"g:{exchange}"), button(say("bad"), f"b:{exchange}")])
    return rows


def contact_row(contact: Contact, say: Say) -> Row:
    """Return the row for a contact: copy its number, or open its page."""
    if contact.kind == "url":
        link = address(contact.value)
        return [{"text": cut(say("page", label=contact.label), LONGEST_LABEL), "url": link}] if link else []
    if len(contact.value) > _LONGEST_COPY:
        return []
    label = f"{contact.label}: {say('copy', value=contact.value)}"
    return [{"text": cut(label, LONGEST_LABEL), "copy_text": {"text": contact.value}}]


def ways_on(say: Say) -> Row:
    """Return the row under every reply: a person, and the menu."""
    return [button(say("person"), "p"), button(say("menu_button"), "m")]


def reason_rows(say: Say, exchange: str) -> Keyboard:
    """Return the reasons for which an answer may be bad, two in a row."""
    made = [button(say(f"bad_{r}"), f"w:{exchange}:{r}") for r in REASONS]
    return [made[:2], made[2:]]


def without_feedback(
    markup: Sequence[Sequence[Mapping[str, Any]]], exchange: str, instead: Keyboard
) -> list[list[dict[str, Any]]]:
    """Return a keyboard with the rows of feedback on an exchange replaced."""
    mine = (f"g:{exchange}", f"b:{exchange}", *(f"w:{exchange}:{r}" for r in REASONS))
    out: list[list[dict[str, Any]]] = []
    put = False
    for row in markup:
        if any(b.get("callback_data") in mine for b in row):
            out += [] if put else instead
            put = True
        else:
            out.append([dict(b) for b in row])
    return out
