"""Every type of update, and every kind of message: a useful reply, or ignored on purpose; never a fault (row 28)."""

import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from telegram.constants import MessageAttachmentType, MessageType, UpdateType

from bot.channels.telegram.receive import valid
from bot.channels.telegram.service import TelegramService
from bot.channels.telegram.updates import ALLOWED_UPDATES, Me, event_of, lane_of
from bot.store import inbox
from bot.store.database import Database
from bot.store.schema import inbox as inbox_table
from tests.telegram.conftest import Serve
from tests.telegram.fake import FakeTelegram

ME = Me(4242, "sanhak_bot")
USER = {"id": 77, "is_bot": False, "first_name": "김", "language_code": "ko"}
CHAT = {"id": 77, "type": "private", "first_name": "김"}
GROUP = {"id": -5, "type": "supergroup", "title": "방"}
FILE = {"file_id": "f", "file_unique_id": "f"}
PHOTO = {**FILE, "width": 1, "height": 1}
PLACE = {"latitude": 37.5, "longitude": 127.0}
POLL = {
    "id": "1",
    "question": "점심?",
    "options": [{"text": "밥", "voter_count": 0, "persistent_id": "1"}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
}
_EMPTY = (
    "invoice",
    "live_photo",
    "paid_media",
    "passport_data",
    "story",
    "successful_payment",
    "giveaway",
    "giveaway_winners",
)
MEDIA: dict[str, Any] = {
    "photo": [PHOTO],
    "voice": {**FILE, "duration": 1},
    "audio": {**FILE, "duration": 1},
    "video": {**PHOTO, "duration": 1},
    "video_note": {**FILE, "length": 1, "duration": 1},
    "animation": {**PHOTO, "duration": 1},
    "document": FILE,
    "sticker": {**PHOTO, "type": "regular", "is_animated": False, "is_video": False},
    "contact": {"phone_number": "01012345678", "first_name": "김"},
    "location": PLACE,
    "venue": {"location": PLACE, "title": "창원", "address": "x"},
    "poll": POLL,
    "dice": {"emoji": "🎲", "value": 1},
    "game": {"title": "x", "description": "x", "photo": [PHOTO]},
    "checklist": {"title": "x", "tasks": []},
    **{k: {} for k in _EMPTY},
}
"""Things that a person sends, and that cannot be read."""
SERVICE: dict[str, Any] = {
    "new_chat_members": [USER],
    "left_chat_member": USER,
    "new_chat_title": "x",
    "delete_chat_photo": True,
    "group_chat_created": True,
    "migrate_to_chat_id": -7,
    "pinned_message": {"message_id": 1, "date": 0, "chat": CHAT},
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 1},
    "forum_topic_created": {"name": "x", "icon_color": 1},
    "forum_topic_closed": {},
    "video_chat_started": {},
    "users_shared": {"request_id": 1, "users": []},
    "write_access_allowed": {},
    "boost_added": {"boost_count": 1},
    "future_thing_of_bot_api_11": {"x": [1]},
}
SERVICE |= {t.value: {} for t in MessageType if t.value not in {*MEDIA, *SERVICE, "text"}}
"""Things that happen to a chat."""
OTHERS: dict[str, Any] = {
    "channel_post": {"message_id": 1, "date": 0, "chat": {"id": -9, "type": "channel", "title": "x"}, "text": "글"},
    "edited_channel_post": {
        "message_id": 1,
        "date": 0,
        "edit_date": 1,
        "chat": {"id": -9, "type": "channel", "title": "x"},
        "text": "글",
    },
    "chosen_inline_result": {"result_id": "1", "from": USER, "query": "x"},
    "shipping_query": {"id": "1", "from": USER, "invoice_payload": "x", "shipping_address": {}},
    "pre_checkout_query": {"id": "1", "from": USER, "currency": "KRW", "total_amount": 1, "invoice_payload": "x"},
    "poll": POLL,
    "poll_answer": {"poll_id": "1", "user": USER, "option_ids": [0], "option_persistent_ids": ["1"]},
    "my_chat_member": {
        "chat": CHAT,
        "from": USER,
        "date": 0,
        "old_chat_member": {"user": USER, "status": "member"},
        "new_chat_member": {"user": USER, "status": "left"},
    },
    "chat_member": {"chat": CHAT, "from": USER, "date": 0},
    "chat_join_request": {"chat": GROUP, "from": USER, "user_chat_id": 77, "date": 0},
    "message_reaction": {
        "chat": CHAT,
        "message_id": 1,
        "user": USER,
        "date": 0,
        "old_reaction": [],
        "new_reaction": [],
    },
    "message_reaction_count": {"chat": CHAT, "message_id": 1, "date": 0, "reactions": []},
    "chat_boost": {"chat": GROUP, "boost": {}},
    "removed_chat_boost": {"chat": GROUP, "boost_id": "1", "remove_date": 0, "source": {}},
    "business_connection": {"id": "1", "user": USER, "user_chat_id": 77, "date": 0, "is_enabled": True},
    "business_message": {"message_id": 1, "date": 0, "chat": CHAT, "from": USER, "text": "글"},
    "edited_business_message": {"message_id": 1, "date": 0, "chat": CHAT, "from": USER, "text": "글"},
    "deleted_business_messages": {"business_connection_id": "1", "chat": CHAT, "message_ids": [1]},
    "purchased_paid_media": {"from": USER, "paid_media_payload": "x"},
    "guest_message": {"message_id": 1, "date": 0, "chat": CHAT, "from": USER, "text": "글"},
    "managed_bot": {"user": USER, "bot": USER},
    "update_of_bot_api_11": {"x": 1},
}
"""Types of update that are not asked for and ignored on purpose, should they come."""


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": USER, **more}


@pytest_asyncio.fixture
async def desk(database: Database, serve: Serve) -> AsyncIterator[TelegramService]:
    async with serve(database) as service:
        yield service


async def states(database: Database) -> list[str]:
    async with database.read() as c:
        return list((await c.execute(select(inbox_table.c.state))).scalars())


def test_every_type_of_update_is_known_here() -> None:
    """A new python-telegram-bot knows a new type: decide about it."""
    assert {t.value for t in UpdateType} <= {*OTHERS, *ALLOWED_UPDATES}
    assert {t.value for t in MessageAttachmentType} <= MEDIA.keys()


async def test_every_type_is_answered_or_ignored(
    telegram: FakeTelegram, desk: TelegramService, database: Database
) -> None:
    for body in OTHERS.items():
        telegram.put(dict([body]))
    for kind, what in SERVICE.items():
        telegram.put({"message": message(**{kind: what})})
        telegram.put({"message": message(chat=GROUP, **{kind: what})})
    for kind, what in MEDIA.items():
        telegram.put({"message": message(chat=GROUP, **{kind: what})})
    await telegram.until(lambda: not telegram.updates)
    for kind, what in MEDIA.items():
        answer = await telegram.reply(77, None, **{kind: what})
        assert "글로 적어" in answer.text, kind
    assert [m.chat for m in telegram.messages] == [77] * len(MEDIA)
    forwarded = {"type": "hidden_user", "sender_user_name": "남", "date": 1}
    assert "055-213-2114" in (await telegram.reply(77, "창원대 전화번호", forward_origin=forwarded)).text
    assert "055-213-2114" in (await telegram.reply(77, "창원대 전화번호", via_bot={**USER, "is_bot": True})).text
    assert set(await states(database)) == {"done"}


async def test_a_bot_is_not_answered(telegram: FakeTelegram, desk: TelegramService) -> None:
    telegram.put({"message": message(text="안녕", **{"from": {**USER, "is_bot": True}})})
    assert "055-213-2114" in (await telegram.reply(78, "창원대 전화번호")).text
    assert telegram.of(77) == []


async def test_an_edit_is_answered_anew_and_an_old_one_is_not(telegram: FakeTelegram, desk: TelegramService) -> None:
    said = telegram.say(77, "창원대 전화번호")
    await telegram.until(lambda: len(telegram.of(77)) == 1)
    telegram.put({"edited_message": {**said, "text": "조선대 주소", "edit_date": 4_000_000_000}})
    await telegram.until(lambda: len(telegram.of(77)) == 2)
    assert "조선대" in telegram.of(77)[1].text


async def test_poison_is_set_aside_and_blocks_nobody(
    telegram: FakeTelegram, desk: TelegramService, database: Database
) -> None:
    for poison in ({"message": {"chat": {"id": 77}}}, {"message": 5}, {"callback_query": []}, {"message": None}):
        telegram.put(poison)
    assert "055-213-2114" in (await telegram.reply(77, "창원대 전화번호")).text
    await telegram.until(lambda: not telegram.updates)
    async with database.read() as c:
        assert (await inbox.counts(c)).get("new", 0) == 0
        assert (await inbox.counts(c))["aside"] == 2  # one without a sender, and one that is none, are ignored


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, JSON, st.sampled_from([*OTHERS, *ALLOWED_UPDATES]))
def test_lanes_and_checks_take_anything(body: Any, inner: Any, kind: str) -> None:
    valid(body)
    for raw in ({"update_id": 1, kind: body}, {"update_id": 1, kind: {"chat": inner, "message": inner}}):
        assert valid(raw)
        assert len(lane_of(raw)[:64]) > 0


@given(st.randoms(use_true_random=False), st.sampled_from([*MEDIA, *SERVICE]), JSON)
def test_mangled_messages_are_read_or_refused(rng: random.Random, kind: str, junk: Any) -> None:
    whole = message(text="글", **{kind: {**MEDIA, **SERVICE}[kind]})
    del whole[rng.choice(list(whole))]
    whole[rng.choice(list(whole))] = junk
    raw = json.loads(json.dumps({"update_id": 1, "message": whole}))
    try:
        event = event_of(raw, ME)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        return  # set aside by the worker
    assert event is None or isinstance(event.text, str)


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_ignored_has_no_event(kind: str) -> None:
    assert event_of({"update_id": 1, kind: OTHERS[kind]}, ME) is None


@pytest.mark.parametrize(
    ("text", "kind", "command", "rest"),
    [
        ("/start e_x", "command", "start", "e_x"),
        ("/HELP@Sanhak_Bot", "command", "help", ""),
        ("/help@other_bot", "service", "", ""),
        ("/", "text", "", "/"),
        ("/ 창원대", "text", "", "/ 창원대"),
        ("창원대 /help", "text", "", "창원대 /help"),
        ("👩‍👩‍👧 @sanhak_bot 창원대", "text", "", "👩‍👩‍👧   창원대"),
    ],
)
def test_commands_and_mentions(text: str, kind: str, command: str, rest: str) -> None:
    entities = []
    if "@sanhak_bot 창" in text:
        start = len(text[: text.index("@")].encode("utf-16-le")) // 2
        entities = [{"type": "mention", "offset": start, "length": 11}]
    event = event_of({"update_id": 1, "message": message(text=text, entities=entities)}, ME)
    assert event is not None
    assert (event.kind, event.command, event.text) == (kind, command, rest)
