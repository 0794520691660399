"""The menu of messengers that answer in the HTTP response: every line of a list can be reached, however long it is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot import app
from bot.channels.answering.desk import Desk, Turn
from bot.channels.answering.message import Message
from bot.channels.talktalk.platform import TALKTALK
from bot.desk.cases import Cases
from bot.desk.front import Front
from tests.channels.talktalk import tappable

COUNT = 23
FOLDER = (
    "groups:\n- id: city\n  name: 도시\n  terms:\n"
    + "".join(f"  - {{id: c{n}, name: {n}번시}}\n" for n in range(COUNT))
    + """menu:
- {id: cities, title: 도시, members: city}
templates:
- id: phone
  for: city
  questions: ["{name} 전화", "{name}에 걸 번호", "{name} 연락처"]
  answers: [{answer: "{name} 전화는 1357입니다."}]
"""
)


def test_a_long_section_can_be_paged_through(folder: Callable[..., Path]) -> None:
    front = Front(app.desk(folder(city=FOLDER)))
    desk = Desk(front, Cases(front), TALKTALK)
    found: set[str] = set()
    todo, seen = ["cities"], {"", "cities"}
    while todo:
        turn = Turn(Message("u", "", menu=todo.pop()), "u", datetime(2026, 11, 30, tzinfo=UTC), "x")
        for button in tappable(desk.menu(turn)):
            tap = json.loads(button["data"]["code"])
            if "entry" in tap:
                found.add(tap["entry"])
            elif "menu" in tap and tap["menu"] not in seen:
                seen.add(tap["menu"])
                todo.append(tap["menu"])
    assert found == {f"phone.c{n}" for n in range(COUNT)}
