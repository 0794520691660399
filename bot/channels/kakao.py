"""KakaoTalk: a skill request read, and replies written as skill responses v2.0. Pure.

A tap comes back with the `extra` of what was tapped: {"entry": id} a choice, {"fb": "up"|"down", "x": exchange}
feedback, {"none": exchange} none of the choices, {"menu": section} a menu line ("": its top), {"person": "1"} a person.

Source: «응답 타입별 JSON 포맷», kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Literal

from bot.words import Choice, Contact, Outcome, Reply, Section

LONGEST_USER = 70
"""Characters of a user's id. Source: the guide, `userRequest.user`."""
MOST_OUTPUTS = 3
"""Components of a response. Source: the guide, `template.outputs`."""
MOST_QUICK_REPLIES = 10
"""Source: the guide, `template.quickReplies`."""
TEXT = 1000
"""Characters of a simpleText. Source: the guide, `simpleText.text`."""
FOLD = 500
"""Characters of a simpleText above which the rest is folded behind «전체 보기». Source: the guide, `simpleText`."""
CARD = 400
"""Characters of a textCard, title and description together. Source: the guide, `textCard`."""
TITLE = 50
"""Characters of a textCard's title; the guide has no number for a listCard's, which is held to the same."""
ITEMS = range(2, 6)
"""Choices that make a listCard: at most 5 items. Source: the guide, `listCard.items`."""
MOST_BUTTONS = 3
"""Buttons of a card, one below the other. Source: the guide, `buttons`."""
LABEL = 14
"""Characters of a label. Source: the guide, `button.label`; community code for quick replies."""
MOST_BYTES = 30_000
"""Bytes of a response in UTF-8; nothing of a larger one is delivered. Source: help centre, 30 KB."""
BUCKET = 2
"""Seconds within which the same message from the same user is the same request."""
_SIGNATURE = 300
"""Units kept for the signature, so that a card has room for an answer as well."""
_MESSAGE = 200
"""Units of what a tap says in the user's name."""
_SENTENCE = re.compile(r"(?:(?<!\d)\.|[!?…。])[)\]'\"’”」]*(?=\s|$)|\S(?=[^\S\n]*\n)")
"""Ends of sentences and lines; «2022. 4. 25.» and «1. » are none."""
_WORD = re.compile(r"\S(?=\s)")
_LINK = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,1000}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,19}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MORE = " …"

Say = Callable[[str], str]
Item = dict[str, object]
Offer = tuple[str, Mapping[str, str]]


class BadRequest(ValueError):  # noqa: N818 - named after the HTTP answer that it leads to
    """What came in is not a skill request; the message says why."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill request. Fields that were missing are empty; `None` where empty has a meaning of its own."""

    user: str
    """Kakao's key for the person, different for each bot; to be made pseudonymous before it is stored."""
    text: str
    entry: str = ""
    verdict: Literal["", "up", "down"] = ""
    exchange: str = ""
    """The exchange that the verdict is on."""
    none_of: str | None = None
    """The exchange of which no choice fitted."""
    menu: str | None = None
    """A section of the menu; empty: its top."""
    person: bool = False
    language: str = "ko"
    bot: str = ""
    tester: bool = False
    """Sent from the bot tester: to be left out of statistics."""
    trigger: str = ""
    """How it came about, such as TEXT_INPUT; empty in older requests."""
    extra: str = "{}"
    """The whole `clientExtra` as JSON with sorted keys."""


def parse(body: object) -> Skill:
    """Return the skill request in a decoded JSON body. Unknown, missing and null fields never fail.

    Raises:
        BadRequest: not an object, no utterance, or no user id of 1 to 70 characters.
    """
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    request = _map(body.get("userRequest"))
    if not isinstance(request.get("utterance"), str):
        raise BadRequest("userRequest.utterance is not a string")
    user = _text(_map(request.get("user")).get("id"))
    if not 1 <= len(user) <= LONGEST_USER:
        raise BadRequest(f"userRequest.user.id is not a string of 1 to {LONGEST_USER} characters")
    extra = _map(_map(body.get("action")).get("clientExtra"))
    verdict = extra.get("fb")
    return Skill(
        user,
        _text(request["utterance"]),
        entry=_text(extra.get("entry")),
        verdict="up" if verdict == "up" else "down" if verdict == "down" else "",
        exchange=_text(extra.get("x")),
        none_of=_text(extra["none"]) if "none" in extra else None,
        menu=_text(extra["menu"]) if "menu" in extra else None,
        person="person" in extra,
        language="en" if _text(request.get("lang")).lower().startswith("en") else "ko",
        bot=_text(_map(body.get("bot")).get("id")),
        tester=_map(request.get("params")).get("surface") == "BuilderBotTest",
        trigger=_text(_map(_map(body.get("flow")).get("trigger")).get("type")),
        extra=json.dumps(extra, sort_keys=True),
    )


def fingerprint(skill: Skill, received: datetime) -> str:
    """Return a hash by which a repeated request is known: 32 hex digits, for there is no message id.

    The same user, utterance and extra within one bucket of 2 seconds. A repetition that falls into the next
    bucket is found by asking for `received` less 2 seconds as well.
    """
    parts = [skill.user, skill.text, skill.extra, int(received.timestamp() // BUCKET)]
    return blake2s(json.dumps(parts).encode(), digest_size=16).hexdigest()


def render(reply: Reply, *, say: Say, page: Callable[[str], str] | None, exchange: str = "") -> Item:
    """Return the response that shows a reply.

    Up to 500 characters an answer is whole, in one bubble or, with buttons, two. A longer one is shortened at the
    end of a sentence and linked to `page(entry)`; without a page it is split over up to 3 bubbles, and shortened
    only beyond these. The signature stays. Feedback needs an `exchange`.
    """
    choices = [c for c in reply.choices if c.question.strip()]
    if reply.outcome is Outcome.ASK and len(choices) in ITEMS:
        outputs = _list(reply, choices, say)
    else:
        outputs = _answer(reply, choices, say, _link(page(reply.entry)) if page and reply.entry else "")
    return _response(outputs, _offers(reply, choices, say, exchange))


def menu(sections: Sequence[Section], *, say: Say, language: str = "ko", lead: str = "") -> Item:
    """Return the menu, which is also the answer where there was no time for one: needs nothing but its arguments.

    `lead` stands above it. The first 9 sections are shown.
    """
    offers: list[Offer] = [(s.english if language == "en" else s.title, {"menu": s.id}) for s in sections]
    offers = [*offers[: MOST_QUICK_REPLIES - 1], (say("person"), {"person": "1"})]
    return _response(_bubbles(f"{lead}\n{say('menu')}".strip(), "", []), offers)


def text(message: str) -> Item:
    """Return a plain message. Raises ValueError where it is blank."""
    if not message.strip():
        raise ValueError("a message without text is never shown")
    return _response(_bubbles(message, "", []), [])


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Return a string as it can be encoded; anything else is empty."""
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else ""


def _list(reply: Reply, choices: Sequence[Choice], say: Say) -> list[Item]:
    """Return a listCard of the choices, numbered as they can be typed, under a text that does not fit its header."""
    body, signature = _said(reply, say)
    header, above = body, ""
    if signature or "\n" in body or _units(body) > TITLE:
        header, above = say("ask"), body
    card = {
        "header": {"title": _cut(header, TITLE)},
        "items": [
            {"title": _cut(f"{i}. {c.question}", TITLE), **_message(c.question, {"entry": c.entry})}
            for i, c in enumerate(choices, 1)
        ],
    }
    return [*(_bubbles(above, signature, [], MOST_OUTPUTS - 1) if above else []), {"listCard": card}]


def _answer(reply: Reply, choices: Sequence[Choice], say: Say, link: str) -> list[Item]:
    """Return the bubbles of a text, with its choices by number and its buttons."""
    body, signature = _said(reply, say)
    body = "\n".join([body, *(f"{i}. {c.question}" for i, c in enumerate(choices, 1))])
    buttons = _buttons(reply, say)
    if link and _units(_signed(body, signature)) > FOLD:
        room = CARD - _units(_signed("", signature))
        whole: Item = {"label": _cut(say("whole")), "action": "webLink", "webLinkUrl": link}
        return [_card(_signed(_shortened(body, room), signature), [whole, *buttons])]
    return _bubbles(body, signature, buttons)


def _said(reply: Reply, say: Say) -> tuple[str, str]:
    """Return the body and the signature of a reply; the body is never empty."""
    signature = " ".join(reply.signature.split())
    body = reply.body.strip() or reply.text.strip().removesuffix(reply.signature.strip()).strip()
    if _units(signature) > _SIGNATURE:
        head, dot, checked = signature.rpartition(" · ")
        room = _SIGNATURE - _units(dot + checked)
        signature = _cut(head, room) + dot + checked if room >= _SIGNATURE // 2 else _cut(signature, _SIGNATURE)
    return body or say("fallback"), signature


def _signed(body: str, signature: str) -> str:
    return f"{body}\n\n{signature}" if signature else body


def _bubbles(body: str, signature: str, buttons: Sequence[Item], most: int = MOST_OUTPUTS) -> list[Item]:
    """Return a text in at most `most` components; with buttons the last one is a card that has them."""
    for limit in (FOLD, TEXT):
        last = CARD if buttons else limit
        parts = _closed(_parts(body, limit), signature, last)
        if len(parts) <= most:
            break
    else:
        *parts, rest = _parts(body, TEXT)[:most]
        parts.append(_signed(_shortened(rest + _MORE, last - _units(_signed("", signature))), signature))
    bubbles: list[Item] = [{"simpleText": {"text": p}} for p in parts]
    if buttons:
        bubbles[-1] = _card(parts[-1], buttons)
    return bubbles


def _closed(parts: list[str], signature: str, limit: int) -> list[str]:
    """Return parts with the signature in the last one or after it, where the last takes at most `limit` units."""
    *before, last = parts
    if _units(_signed(last, signature)) <= limit:
        return [*before, _signed(last, signature)]
    if signature:
        return [*parts, signature]
    tail = _parts(last, limit)[-1]
    return [*before, last.removesuffix(tail).rstrip(), tail]


def _card(description: str, buttons: Sequence[Item]) -> Item:
    return {
        "textCard": {"description": description, "buttons": list(buttons[:MOST_BUTTONS]), "buttonLayout": "vertical"}
    }


def _buttons(reply: Reply, say: Say) -> list[Item]:
    """Return the buttons of a text, the most needed first: a person, the contacts in it, its first source."""
    made: list[Item] = []
    if reply.outcome is Outcome.HANDOVER:
        made.append({"label": _cut(say("person")), "action": "operator"})
    made += [b for c in reply.contacts if (b := _contact(c, say))]
    source = next((s for s in reply.sources if _link(s.url)), None)
    if source and source.title.strip():
        made.append(_page(source.title, _link(source.url), say))
    return made[:MOST_BUTTONS]


def _contact(contact: Contact, say: Say) -> Item | None:
    """Return the button for a telephone number or an address; none for anything else."""
    label = contact.label.strip() or contact.value
    if contact.kind == "phone" and _PHONE.fullmatch(contact.value):
        return {"label": _filled(say("call"), label), "action": "phone", "phoneNumber": contact.value}
    if contact.kind == "url" and (link := _link(contact.value)):
        return _page(label, link, say)
    return None


def _page(label: str, link: str, say: Say) -> Item:
    return {"label": _filled(say("page"), label), "action": "webLink", "webLinkUrl": link}


def _link(address: str) -> str:
    """Return a web address with its scheme; empty where it is none."""
    address = address.strip()
    whole = address if "://" in address or not address else f"https://{address}"
    return whole if _LINK.fullmatch(whole) else ""


def _offers(reply: Reply, choices: Sequence[Choice], say: Say, exchange: str) -> list[Offer]:
    """Return what can be tapped below a reply: choices, related questions, feedback, the ways on."""
    ways: list[Offer] = [(say("none_of_these"), {"none": exchange})] if choices else []
    if reply.outcome is Outcome.ANSWER and exchange:
        ways += [(say("good"), {"fb": "up", "x": exchange}), (say("bad"), {"fb": "down", "x": exchange})]
    if reply.outcome is Outcome.FALLBACK:
        ways.append((say("menu_button"), {"menu": ""}))
    if reply.outcome is not Outcome.HANDOVER:
        ways.append((say("person"), {"person": "1"}))
    questions: dict[str, str] = {}
    for choice in (*choices, *reply.related):
        if choice.question.strip():
            questions.setdefault(choice.entry, choice.question)
    offers: list[Offer] = [(question, {"entry": entry}) for entry, question in questions.items()]
    return [*offers[: MOST_QUICK_REPLIES - len(ways)], *ways]


def _message(words: str, extra: Mapping[str, str]) -> Item:
    return {"action": "message", "messageText": _cut(words, _MESSAGE), "extra": dict(extra)}


def _response(outputs: Sequence[Item], offers: Sequence[Offer]) -> Item:
    """Return the response; where it is too large, the largest quick replies are left out."""
    quick: list[Item] = []
    for number, (words, extra) in enumerate(offers, 1):
        label = _cut(words)
        if any(q["label"] == label for q in quick):
            label = _cut(f"{number}. {words}")
        if label:
            quick.append({"label": label, **_message(words, extra)})
    while True:
        template: Item = {"outputs": list(outputs), **({"quickReplies": quick} if quick else {})}
        response: Item = {"version": "2.0", "template": template}
        if not quick or _size(response) <= MOST_BYTES:
            return response
        quick.remove(max(quick, key=_size))


def _size(value: Item) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _units(text: str) -> int:
    """Return the length in UTF-16 units: never less than Kakao counts, whose count of emoji is not documented."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _parts(text: str, limit: int) -> list[str]:
    """Return a text in parts of at most `limit` units; joined, they are the text but for white space."""
    parts = []
    rest = text.strip()
    while _units(rest) > limit:
        end = _end(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest]


def _shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` units, with an ellipsis where it was cut after a sentence or a word."""
    return text if _units(text) <= limit else text[: _end(text, limit - len(_MORE))].rstrip() + _MORE


def _cut(text: str, limit: int = LABEL) -> str:
    """Return a text on one line in at most `limit` units, with an ellipsis where it was cut."""
    text = " ".join(text.split())
    if _units(text) <= limit:
        return text
    end = _fitting(text, limit - 1)
    space = text.rfind(" ", 0, end + 1)
    return text[: space if space > end * 2 // 3 else end].rstrip() + "…"


def _filled(sentence: str, label: str) -> str:
    """Return a button's label whose `{label}` gives way to the words around it."""
    room = LABEL - _units(sentence.replace("{label}", ""))
    return _cut(sentence.replace("{label}", _cut(label, max(room, 2))))


def _end(text: str, limit: int) -> int:
    """Return where to cut a text that is too long: after a sentence or line, else a word, else a character."""
    most = _fitting(text, limit)
    for pattern in (_SENTENCE, _WORD):
        ends = [m.end() for m in pattern.finditer(text) if m.end() <= most]
        if ends and ends[-1] >= most // 3:
            return ends[-1]
    return most


def _fitting(text: str, limit: int) -> int:
    """Return how many characters take at most `limit` units, at least one, none parted from its marks."""
    used = 0
    for i, ch in enumerate(text):
        used += 1 + (ch > "\uffff")
        if used > limit:
            whole = next((end for end in range(i, 0, -1) if not _joined(text, end)), i)
            return max(whole, 1)
    return len(text)


def _joined(text: str, at: int) -> bool:
    """Tell whether the character at a place belongs to the one before it: marks, vowels and finals, emoji."""
    ch = text[at]
    return (
        unicodedata.combining(ch) > 0
        or ch in "\u200d\ufe0f\u20e3"
        or text[at - 1] == "\u200d"
        or "\u1160" <= ch <= "\u11ff"
        or "🏻" <= ch <= "🏿"
    )
