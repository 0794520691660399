"""Write replies as `send` events, within every limit of the Chat Bot API. Pure.

A text with buttons below it is a `compositeContent`; a text alone, and one too long for that, is a `textContent`. What
is always offered (feedback, a person) is in the row of quick buttons, which disappears with the next message.

Telephone numbers need no button: TalkTalk makes those in a text callable.

Source: «메시지 타입 명세», github.com/navertalk/chatbot-api (README.md, 2025-05-14).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from bot.channels.answering.platform import Item, Offer, in_language, questions, ways
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.lengths import address, cut, filled, shortened, units
from bot.words import Reply, Section

TEXT = 10_000
"""Characters of a textContent. Source: `textContent`, «1만자 이내»."""
DESCRIPTION = 1_000
"""Characters of a composite's description. Source: `Composite` Object."""
MOST_BUTTONS = 10
"""Buttons of a composite, and of a list of quick ones. Source: `Composite`, and the OPTION button, which is similar."""
BUTTON = 18
"""Characters of a button. Source: `ButtonData` Object."""
QUICK = 10
"""Characters of a quick button. Source: «퀵 버튼»."""
CODE = 1_000
"""Characters behind a button. Source: `ButtonData` Object, TEXT."""


def render(reply: Reply, *, say: Say, page: Callable[[str], str] | None, exchange: str = "") -> Item:
    """Return the event that shows a reply: whole, with its choices by number, its links and what can be tapped.

    Only what is longer than a message may be is shortened at the end of a sentence, and linked to `page(entry)`; the
    signature stays. Feedback needs an `exchange`.
    """
    text, links = reply.text.strip() or say("fallback"), _links(reply, say)
    if units(text) > TEXT:
        closing = f"\n\n{cut(reply.signature, DESCRIPTION)}".rstrip()
        text = shortened(reply.body.strip() or text, TEXT - units(closing)) + closing
        whole = address(page(reply.entry)) if page and reply.entry else ""
        links = [_link(say("whole"), whole), *links] if whole else links
    choices = [c for c in reply.choices if c.question.strip()]
    below = ways(reply, choices, say, exchange)
    return _event(text, [*links, *_taps(questions(choices, reply.related), say)], _taps(below, say))


def menu(sections: Sequence[Section], *, say: Say, language: str = KOREAN, lead: str = "", check: str = "") -> Item:
    """Return the menu below a `lead`; as many sections as there is room for. `check`: how the guided check is called."""
    offers: list[Offer] = [(check, {"menu": "@check/"})] if check else []
    offers += [(s.title.in_(language), {"menu": s.id}) for s in sections]
    quick: list[Offer] = [(say("person"), {"person": "1"})]
    return _event(f"{lead}\n{say('menu')}".strip(), _taps(offers, say), _taps(quick, say))


def browse(title: str, lines: Sequence[Offer], *, say: Say, path: str, start: int = 0, back: str = "") -> Item:
    """Return one page of a list in the menu, 10 lines from `start`, whole in the text and on buttons."""
    shown = [(f"{n}. {words}", tap) for n, (words, tap) in enumerate(lines[start : start + MOST_BUTTONS], start + 1)]
    text = "\n".join([title, *(words for words, _ in shown)]) if shown else say("stale_button")
    on: list[Offer] = []
    if start + MOST_BUTTONS < len(lines):
        on.append((say("more"), {"menu": f"{path}/{start + MOST_BUTTONS}"}))
    on += [(say("back"), {"menu": back}), (say("person"), {"person": "1"})]
    return _event(text, _taps(shown, say), _taps(on, say))


def text(message: str, *, say: Say, offers: Sequence[Offer] = (), ways: bool = True) -> Item:
    """Return a plain message with what can be tapped, and the ways on. TalkTalk takes no blank text."""
    on: list[Offer] = [(say("menu_button"), {"menu": ""}), (say("person"), {"person": "1"})] if ways else []
    return _event(message.strip() or say("fallback"), _taps(offers, say), _taps(on, say))


def above(texts: Sequence[str], response: Item) -> tuple[Item, int]:
    """Return a response with texts above it, and how many there was room for; a first one too long is shortened."""
    said, buttons, quick = _parts(response)
    room = TEXT - units(said) - 2
    for count in range(len(texts), 0, -1):
        words = "\n\n".join(texts[:count])
        if units(words) <= room or (count == 1 and room > DESCRIPTION):
            return _event(f"{shortened(words, room)}\n\n{said}", buttons, quick), count
    return response, 0


def written(response: Item) -> bytes:
    """Return a response as it goes over the wire."""
    return json.dumps(response, ensure_ascii=False).encode("utf-8", "replace")


def _event(text: str, buttons: Sequence[Item], quick: Sequence[Item]) -> Item:
    """Return a text with buttons below it and quick ones below that; all become the same kind where
    the quick ones have words too long for it, or the text is."""
    if any(units(_title(b)) > QUICK for b in quick):
        buttons, quick = [*buttons[: MOST_BUTTONS - len(quick)], *quick], []
    text = shortened(text, TEXT)
    content: Item = {"text": text}
    kind = "textContent"
    if buttons and units(text) <= DESCRIPTION:
        card: Item = {"description": text, "buttonList": _distinct(buttons[:MOST_BUTTONS], BUTTON)}
        kind, content = "compositeContent", {"compositeList": [card]}
    else:
        quick = [*buttons[: MOST_BUTTONS - len(quick)], *quick]
    if quick:
        content["quickReply"] = {"buttonList": _distinct(quick, QUICK)}
    return {"event": "send", kind: content}


def _parts(event: Item) -> tuple[str, list[Item], list[Item]]:
    """Return what an event was made of."""
    content: Any = event.get("textContent") or event["compositeContent"]
    card = content["compositeList"][0] if "compositeList" in content else {"description": content["text"]}
    return card["description"], card.get("buttonList", []), content.get("quickReply", {}).get("buttonList", [])


def _taps(offers: Sequence[Offer], say: Say) -> list[Item]:
    """Return buttons that come back as messages."""
    made: list[Item] = []
    for words, tap in offers:
        code = json.dumps(in_language(tap, say), ensure_ascii=False)
        if words.strip() and units(code) <= CODE:
            made.append({"type": "TEXT", "data": {"title": words, "code": code}})
    return made


def _links(reply: Reply, say: Say) -> list[Item]:
    """Return buttons for the web pages in a text, and for its first source that has one."""
    pages = [(c.label.strip() or c.value, address(c.value)) for c in reply.contacts if c.kind == "url"]
    pages += [(s.title, address(s.url)) for s in reply.sources if s.title.strip() and address(s.url)][:1]
    return [_link(filled(say("page"), label, BUTTON), link) for label, link in pages if link][:3]


def _link(title: str, link: str) -> Item:
    return {"type": "LINK", "data": {"title": title, "url": link, "mobileUrl": link}}


def _title(button: Item) -> str:
    return str(button["data"]["title"])  # type: ignore[index]


def _distinct(buttons: Sequence[Item], limit: int) -> list[Item]:
    """Return buttons whose titles fit, each different: titles that are equal once cut are numbered."""
    made: dict[str, Item] = {}
    for number, button in enumerate(buttons, 1):
        title = cut(_title(button), limit)
        if title in made:
            title = cut(f"{number}. {title}", limit)
        made.setdefault(title, {**button, "data": {**button["data"], "title": title}})  # type: ignore[dict-item]
    return list(made.values())
