"""Replies written as skill responses v2.0, within every limit of the guide. Pure.

Source: «응답 타입별 JSON 포맷», kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence

from bot.channels.answering.platform import Item, Offer, in_language, questions, ways
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import MORE, address, cut, filled, parted, shortened, units
from bot.words import Choice, Contact, Outcome, Reply, Section

LABEL = 14
"""Characters of a label. Source: the guide, `button.label`; community code for quick replies."""

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
MOST_LISTED = MOST_OUTPUTS * ITEMS[-1]
"""Lines of one page of a list."""
MOST_BUTTONS = 3
"""Buttons of a card, one below the other. Source: the guide, `buttons`."""
MOST_BYTES = 30_000
"""Bytes of a response in UTF-8; nothing of a larger one is delivered. Source: help centre, 30 KB."""
_SIGNATURE = 300
"""Units kept for the signature, so that a card has room for an answer as well."""
_MESSAGE = 200
"""Units of what a tap says in the user's name."""
_PHONE = re.compile(r"\+?[0-9][0-9 -]{1,19}")


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
        outputs = _answer(reply, choices, say, address(page(reply.entry)) if page and reply.entry else "")
    return _response(outputs, _offers(reply, choices, say, exchange), say)


def menu(sections: Sequence[Section], *, say: Say, language: str = KOREAN, lead: str = "", check: str = "") -> Item:
    """Return the menu, which is also the answer where there was no time for one: needs nothing but its arguments.

    `lead` stands above it. `check`: how the guided check is called, where there is one; it comes first. As many sections
    are shown as there is room for.
    """
    offers: list[Offer] = [(s.title.in_(language), {"menu": s.id}) for s in sections]
    first: list[Offer] = [(check, {"menu": "@check/"})] if check else []
    offers = [*first, *offers[: MOST_QUICK_REPLIES - 1 - len(first)], (say("person"), {"person": "1"})]
    return _response(_bubbles(f"{lead}\n{say('menu')}".strip(), "", []), offers, say)


def browse(title: str, lines: Sequence[Offer], *, say: Say, path: str, start: int = 0, back: str = "") -> Item:
    """Return one page of a list in the menu, at most 15 lines from `start`; `path` leads to the list, `back` above it."""
    shown = lines[start : start + MOST_LISTED]
    cards: list[Item] = []
    for at in range(0, len(shown), ITEMS[-1]):
        part = shown[at : at + ITEMS[-1]]
        items = [{"title": cut(words, TITLE), **_message(words, extra, say)} for words, extra in part]
        cards.append({"listCard": {"header": {"title": cut(title, TITLE)}, "items": items}})
    offers: list[Offer] = []
    if start + MOST_LISTED < len(lines):
        offers.append((say("more"), {"menu": f"{path}/{start + MOST_LISTED}"}))
    offers += [(say("back"), {"menu": back}), (say("person"), {"person": "1"})]
    return _response(cards or _bubbles(say("stale_button"), "", []), offers, say)


def text(message: str, *, say: Say, offers: Sequence[Offer] = (), ways: bool = True) -> Item:
    """Return a plain message with what can be tapped, and the ways on. Raises ValueError where it is blank."""
    if not message.strip():
        raise ValueError("a message without text is never shown")
    on: list[Offer] = [(say("menu_button"), {"menu": ""}), (say("person"), {"person": "1"})] if ways else []
    return _response(_bubbles(message, "", []), [*offers, *on], say)


def above(texts: Sequence[str], response: Item) -> tuple[Item, int]:
    """Return a response with texts in bubbles above it, and how many of them there was room for, the first first.

    A first text that is longer than all the room is shortened.
    """
    template = response["template"]
    assert isinstance(template, dict)
    room = MOST_OUTPUTS - len(template["outputs"])
    for count in range(len(texts), 0, -1) if room > 0 else ():
        words = "\n\n".join(texts[:count])
        if not words.strip() or (count > 1 and len(parted(words, TEXT)) > room):
            continue
        longer = {**template, "outputs": [*_bubbles(words, "", [], room), *template["outputs"]]}
        whole: Item = {**response, "template": longer}
        if _size(whole) <= MOST_BYTES:
            return whole, count
    return response, 0


def _list(reply: Reply, choices: Sequence[Choice], say: Say) -> list[Item]:
    """Return a listCard of the choices, numbered as they can be typed, under a text that does not fit its header."""
    body, signature = _said(reply, say)
    header, above = body, ""
    if signature or "\n" in body or units(body) > TITLE:
        header, above = say("ask"), body
    card = {
        "header": {"title": cut(header, TITLE)},
        "items": [
            {"title": cut(f"{i}. {c.question}", TITLE), **_message(c.question, {"entry": c.entry}, say)}
            for i, c in enumerate(choices, 1)
        ],
    }
    return [*(_bubbles(above, signature, [], MOST_OUTPUTS - 1) if above else []), {"listCard": card}]


def _answer(reply: Reply, choices: Sequence[Choice], say: Say, link: str) -> list[Item]:
    """Return the bubbles of a text, with its choices by number and its buttons."""
    body, signature = _said(reply, say)
    body = "\n".join([body, *(f"{i}. {c.question}" for i, c in enumerate(choices, 1))])
    buttons = _buttons(reply, say)
    if link and units(_signed(body, signature)) > FOLD:
        room = CARD - units(_signed("", signature))
        whole: Item = {"label": cut(say("whole"), LABEL), "action": "webLink", "webLinkUrl": link}
        return [_card(_signed(shortened(body, room), signature), [whole, *buttons])]
    return _bubbles(body, signature, buttons)


def _said(reply: Reply, say: Say) -> tuple[str, str]:
    """Return the body and the signature of a reply; the body is never empty."""
    signature = " ".join(reply.signature.split())
    body = reply.body.strip() or reply.text.strip().removesuffix(reply.signature.strip()).strip()
    if units(signature) > _SIGNATURE:
        head, dot, checked = signature.rpartition(" · ")
        room = _SIGNATURE - units(dot + checked)
        signature = cut(head, room) + dot + checked if room >= _SIGNATURE // 2 else cut(signature, _SIGNATURE)
    return body or say("fallback"), signature


def _signed(body: str, signature: str) -> str:
    return f"{body}\n\n{signature}" if signature else body


def _bubbles(body: str, signature: str, buttons: Sequence[Item], most: int = MOST_OUTPUTS) -> list[Item]:
    """Return a text in at most `most` components; with buttons the last one is a card that has them."""
    for limit in (FOLD, TEXT):
        last = CARD if buttons else limit
        parts = _closed(parted(body, limit), signature, last)
        if len(parts) <= most:
            break
    else:
        *parts, rest = parted(body, TEXT)[:most]
        parts.append(_signed(shortened(rest + MORE, last - units(_signed("", signature))), signature))
    bubbles: list[Item] = [{"simpleText": {"text": p}} for p in parts]
    if buttons:
        bubbles[-1] = _card(parts[-1], buttons)
    return bubbles


def _closed(parts: list[str], signature: str, limit: int) -> list[str]:
    """Return parts with the signature in the last one or after it, where the last takes at most `limit` units."""
    *before, last = parts
    if units(_signed(last, signature)) <= limit:
        return [*before, _signed(last, signature)]
    if signature:
        return [*parts, signature]
    tail = parted(last, limit)[-1]
    return [*before, last.removesuffix(tail).rstrip(), tail]


def _card(description: str, buttons: Sequence[Item]) -> Item:
    return {
        "textCard": {"description": description, "buttons": list(buttons[:MOST_BUTTONS]), "buttonLayout": "vertical"}
    }


def _buttons(reply: Reply, say: Say) -> list[Item]:
    """Return the buttons of a text, the most needed first: a person, the contacts in it, its first source."""
    made: list[Item] = []
    if reply.outcome is Outcome.HANDOVER:
        made.append({"label": cut(say("person"), LABEL), "action": "operator"})
    made += [b for c in reply.contacts if (b := _contact(c, say))]
    source = next((s for s in reply.sources if address(s.url)), None)
    if source and source.title.strip():
        made.append(_page(source.title, address(source.url), say))
    return made[:MOST_BUTTONS]


def _contact(contact: Contact, say: Say) -> Item | None:
    """Return the button for a telephone number or an address; none for anything else."""
    label = contact.label.strip() or contact.value
    if contact.kind == "phone" and _PHONE.fullmatch(contact.value):
        return {"label": filled(say("call"), label, LABEL), "action": "phone", "phoneNumber": contact.value}
    if contact.kind == "url" and (link := address(contact.value)):
        return _page(label, link, say)
    return None


def _page(label: str, link: str, say: Say) -> Item:
    return {"label": filled(say("page"), label, LABEL), "action": "webLink", "webLinkUrl": link}


def _offers(reply: Reply, choices: Sequence[Choice], say: Say, exchange: str) -> list[Offer]:
    """Return what can be tapped below a reply: choices, related questions, feedback, the ways on."""
    below = ways(reply, choices, say, exchange)
    return [*questions(choices, reply.related)[: MOST_QUICK_REPLIES - len(below)], *below]


def _message(words: str, tap: Mapping[str, str], say: Say) -> Item:
    return {"action": "message", "messageText": cut(words, _MESSAGE), "extra": in_language(tap, say)}


def _response(outputs: Sequence[Item], offers: Sequence[Offer], say: Say) -> Item:
    """Return the response; where it is too large, the largest quick replies are left out."""
    quick: list[Item] = []
    for number, (words, tap) in enumerate(offers, 1):
        label = cut(words, LABEL)
        if any(q["label"] == label for q in quick):
            label = cut(f"{number}. {words}", LABEL)
        if label:
            quick.append({"label": label, **_message(words, tap, say)})
    while True:
        template: Item = {"outputs": list(outputs), **({"quickReplies": quick} if quick else {})}
        response: Item = {"version": "2.0", "template": template}
        if not quick or _size(response) <= MOST_BYTES:
            return response
        quick.remove(max(quick, key=_size))


def written(response: Item) -> bytes:
    """Return a response as it goes over the wire."""
    return json.dumps(response, ensure_ascii=False).encode("utf-8", "replace")


def _size(value: Item) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
