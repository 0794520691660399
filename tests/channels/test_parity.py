"""One entry, one meaning, on all channels: every shipped entry, rendered for each, says the same and breaks no limit."""

import html
import json
import re

import pytest

from bot.channels import terminal
from bot.channels.kakao.render import render
from bot.channels.telegram.render import LIMIT, messages, units
from bot.channels.web.asking import wire
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.words import Query
from tests.channels.test_kakao import check, shown, squeezed
from tests.conftest import NOW

TAGS = re.compile(r"</?(?:b|i|a|code)(?: [^>]*)?>")


def stripped(markup: str) -> str:
    """What a reader of Telegram's HTML sees, without white space."""
    return squeezed(html.unescape(TAGS.sub("", markup)))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_entry_says_the_same_everywhere(shipped: HelpDesk, language: str) -> None:
    say = Say(shipped.base, language)
    for entry in shipped.base.entries:
        reply = shipped.answer(Query("", "u", NOW, "test", choice=entry, language=language), Context())[0]
        assert reply.entry == entry
        meant = squeezed(reply.text)
        assert meant

        parts = messages(reply)
        assert all(0 < units(html.unescape(TAGS.sub("", p))) <= LIMIT for p in parts), entry
        assert "".join(map(stripped, parts)) == meant, entry

        sent = json.loads(json.dumps(wire(reply, "x")))
        assert squeezed(sent["text"]) == meant, entry
        assert squeezed(sent["body"] + sent["signature"]) == meant, entry

        line = terminal.as_json(reply)
        assert squeezed(str(line["text"])) == meant, entry

        response = render(reply, say=say, page=None, exchange="0123456789ab")
        check(response)
        assert shown(response) == meant, entry
        linked = render(reply, say=say, page=lambda e: f"https://desk.example.kr/a/{e}", exchange="0123456789ab")
        check(linked)
        body, signature = shown(linked).removesuffix(squeezed(reply.signature)), squeezed(reply.signature)
        assert shown(linked).endswith(signature), entry
        if body != squeezed(reply.body):  # shortened: whole sentences from the start, and a link to the rest
            assert squeezed(reply.body).startswith(body.removesuffix("…")), entry
            assert body.endswith(("다.…", "요.…", ".…", "…")), entry
            buttons = linked["template"]["outputs"][0]["textCard"]["buttons"]
            assert buttons[0]["webLinkUrl"].startswith("https://desk.example.kr/a/"), entry
