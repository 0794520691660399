"""Notices of corrections: to whom, in which words, and never twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.channels.telegram.notify import Notices
from bot.channels.telegram.turn import CHANNEL
from bot.desk import corrections as desk
from bot.desk import history
from bot.desk.front import Front
from bot.store import corrections, outbox, retention
from bot.store.corrections import Subscriber
from bot.store.database import Database
from bot.store.memory import Conversation, Exchange, Memory
from bot.store.outbox import Outgoing
from tests.conftest import NOW

DAY = timedelta(days=1)
ENTRIES = """
entries:
- id: period
  questions: [접수 기간이 언제인가요]
  correction: {correction}
  answer: {answer}
  english: {{answer: "{english}"}}
- id: other
  questions: [다른 것이 무엇인가요]
  answer: 그대로
"""
Base = Callable[..., Path]


class World:
    """A database, and a folder that changes."""

    def __init__(self, database: Database, folder: Callable[..., Path]) -> None:
        self.database, self.folder = database, folder

    def front(self, answer: str, *, correction: str = "true", english: str = "old") -> Front:
        text = ENTRIES.format(answer=answer, correction=correction, english=english)
        return Front(app.desk(self.folder(entries=text)))

    async def publish(self, front: Front, at: datetime) -> Notices:
        async with self.database.write() as c:
            await history.note(c, front.base, at)
        return Notices(front)

    async def gave(self, user: str, entry: str, at: datetime, knowledge: str = "v0", channel: str = CHANNEL) -> None:
        async with self.database.write() as c:
            memory = await Memory.load(c, [user], [user], at)
            memory.remember(Conversation(user, user, "{}", at))
            memory.answered(
                Exchange(f"{user}{at:%m%d%H%M}", user, channel, at, "?", "답", "answer", entry, 1, knowledge)
            )
            await memory.flush(c)

    async def subscribe(self, *users: str, language: str = "ko") -> None:
        async with self.database.write() as c:
            for user in users:
                chat = str(abs(hash(user)) % 10**9)
                await corrections.subscribe(c, Subscriber(user, CHANNEL, chat, language, NOW - 9 * DAY))

    async def step(self, notices: Notices, at: datetime) -> int:
        async with self.database.write() as c:
            return await notices.step(c, at)

    async def told(self) -> dict[str, Outgoing]:
        async with self.database.read() as c:
            return {call.user: call for call in await outbox.heads(c, NOW + 99 * DAY, 10_000)}


@pytest.fixture
def world(database: Database, folder: Callable[..., Path]) -> World:
    return World(database, folder)


async def test_who_got_the_old_text_and_asked_for_it_is_told_once(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    for user, entry, ago in (
        ("old", "period", 2),
        ("new", "period", -1),
        ("else", "other", 2),
        ("silent", "period", 2),
    ):
        await world.gave(user, entry, NOW - ago * timedelta(hours=1))
    await world.gave("web", "period", NOW - DAY, channel="web")
    await world.subscribe("old", "new", "else", "web")
    await world.gave("old", "period", NOW + timedelta(hours=1))  # and the new one since
    front = world.front("고친 답")
    notices = await world.publish(front, NOW)
    assert await world.step(notices, NOW) == 1
    assert await world.step(notices, NOW) == 0
    told = await world.told()
    assert set(told) == {"old"}
    text = told["old"].payload["text"]
    assert "2026-11-24에 받으신 답이 2026-11-24에 바로잡혔습니다" in text
    assert text.rstrip().endswith("고친 답")
    assert "<b>접수 기간이 언제인가요</b>" in text
    assert told["old"].role == corrections.ROLE
    (stop, _) = told["old"].payload["reply_markup"]["inline_keyboard"]
    assert stop[0]["callback_data"] == "q:off"


async def test_a_change_that_is_no_correction_is_told_to_nobody(world: World) -> None:
    await world.publish(world.front("옛 답", correction="false"), NOW - 9 * DAY)
    await world.gave("old", "period", NOW - DAY)
    await world.subscribe("old")
    notices = await world.publish(world.front("새 답", correction="false"), NOW)
    assert await world.step(notices, NOW) == 0
    notices = await world.publish(world.front("새 답", correction="true"), NOW + DAY)  # marked, but nothing changed
    assert await world.step(notices, NOW + DAY) == 0


async def test_each_is_told_in_their_language(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    for user in ("korean", "english", "changed"):
        await world.gave(user, "period", NOW - DAY)
    await world.subscribe("korean", "changed")
    await world.subscribe("english", language="en")
    async with world.database.write() as c:
        memory = await Memory.load(c, ["changed"], ["changed"], NOW)
        memory.languages["changed"] = "en"
        memory.seen["changed"] = NOW
        await memory.flush(c)
    assert await world.step(await world.publish(world.front("고친 답", english="put right"), NOW), NOW) == 3
    told = await world.told()
    assert "고친 답" in told["korean"].payload["text"]
    for user in ("english", "changed"):
        assert "put right" in told[user].payload["text"]
        assert "The answer that you got on 2026-11-23 was put right on 2026-11-24" in told[user].payload["text"]


async def test_many_are_told_in_slices_also_across_a_restart(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    users = [f"u{i:03}" for i in range(2 * desk.SLICE + 5)]
    for user in users:
        await world.gave(user, "period", NOW - DAY)
    await world.subscribe(*users)
    front = world.front("고친 답")
    await world.publish(front, NOW)
    assert [await world.step(Notices(front), NOW) for _ in range(4)] == [desk.SLICE, desk.SLICE, 5, 0]
    assert set(await world.told()) == set(users)


async def test_a_failure_while_telling_tells_again_and_nobody_twice(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    await world.gave("old", "period", NOW - DAY)
    await world.subscribe("old")
    notices = await world.publish(world.front("고친 답"), NOW)

    async def interrupted() -> None:
        async with world.database.write() as c:
            await notices.step(c, NOW)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await interrupted()
    assert await world.told() == {}
    assert await world.step(notices, NOW) == 1
    assert set(await world.told()) == {"old"}


async def test_a_replica_that_lags_behind_waits_and_who_asked_it_is_told(world: World) -> None:
    old = world.front("옛 답")
    await world.publish(old, NOW - 9 * DAY)
    await world.gave("before", "period", NOW - timedelta(hours=1), old.base.version)
    await world.gave("lagged", "period", NOW + timedelta(minutes=1), old.base.version)
    new = world.front("고친 답")
    await world.gave("fresh", "period", NOW + timedelta(minutes=1), new.base.version)
    await world.subscribe("before", "lagged", "fresh")
    await world.publish(new, NOW)
    assert await world.step(Notices(old), NOW) == 0
    assert await world.step(Notices(new), NOW) == 0  # put off for a while
    assert await world.step(Notices(new), NOW + timedelta(minutes=2)) == 2
    assert set(await world.told()) == {"before", "lagged"}


async def test_of_two_corrections_that_wait_the_last_is_told(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    await world.gave("old", "period", NOW - DAY)
    await world.subscribe("old")
    await world.publish(world.front("고친 답"), NOW)
    notices = await world.publish(world.front("또 고친 답"), NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    assert sum([await world.step(notices, later) for _ in range(3)]) == 1
    assert "또 고친 답" in (await world.told())["old"].payload["text"]


async def test_who_has_enough_or_is_forgotten_hears_nothing_not_even_what_waits(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    for user in ("stops", "forgets", "stays"):
        await world.gave(user, "period", NOW - DAY)
    await world.subscribe("stops", "forgets", "stays")
    assert await world.step(await world.publish(world.front("고친 답"), NOW), NOW) == 3
    async with world.database.write() as c:
        await corrections.unsubscribe(c, "stops")
        await retention.forget(c, "forgets", NOW)
    assert set(await world.told()) == {"stays"}
    async with world.database.read() as c:
        assert [await corrections.subscribed(c, u) for u in ("stops", "forgets", "stays")] == [False, False, True]


async def test_an_entry_that_went_since_is_told_to_nobody(world: World) -> None:
    await world.publish(world.front("옛 답"), NOW - 9 * DAY)
    await world.gave("old", "period", NOW - DAY)
    await world.subscribe("old")
    await world.publish(world.front("고친 답"), NOW)
    gone = Front(app.desk(world.folder(entries="entries:\n- {id: other, questions: [다른 것], answer: 글}\n")))
    notices = await world.publish(gone, NOW + timedelta(minutes=1))
    assert await world.step(notices, NOW + timedelta(minutes=2)) == 0
    assert await world.step(notices, NOW + 2 * DAY) == 0


async def test_who_comes_back_where_nothing_can_be_sent_misses_what_they_were_given_for_a_month(world: World) -> None:
    old = world.front("옛 답")
    await world.publish(old, NOW - 9 * DAY)
    await world.gave("web", "period", NOW - DAY, channel="web")
    await world.gave("other", "other", NOW - DAY, channel="web")
    new = world.front("고친 답", english="put right")
    await world.gave("fresh", "period", NOW + timedelta(minutes=1), new.base.version, channel="web")
    await world.publish(new, NOW)

    async def missed(user: str, after: int = 0, days: int = 1, front: Front = new, language: str = "ko") -> list:
        async with world.database.read() as c:
            return await desk.missed(c, front, user, language, NOW + days * DAY, after)

    (found,) = await missed("web")
    assert found.notice.title == "접수 기간이 언제인가요"
    assert "2026-11-23에 받으신 답이 2026-11-24에 바로잡혔습니다" in found.notice.reply.text
    assert found.notice.reply.body.endswith("고친 답")
    assert "put right" in (await missed("web", language="en"))[0].notice.reply.body
    assert await missed("web", after=found.row) == []
    assert await missed("web", days=31) == []
    assert [await missed(user) for user in ("other", "fresh", "nobody")] == [[], [], []]
    assert await missed("web", front=old) == []  # a replica that lags behind says nothing yet


async def test_what_was_shown_is_known_until_it_is_shown_no_more_or_forgotten(world: World) -> None:
    async with world.database.write() as c:
        await desk.mark_seen(c, "u1", [3, 4], NOW)
        await desk.mark_seen(c, "u1", [4], NOW)
        await retention.purge(c, NOW + desk.SHOWN, 90 * DAY)
        assert await desk.unseen(c, "u1", [3, 4, 5]) == {5}
        assert await desk.unseen(c, "u11", [3, 4]) == {3, 4}
        await retention.forget(c, "u1", NOW)
        assert await desk.unseen(c, "u1", [3, 4, 5]) == {3, 4, 5}
        await desk.mark_seen(c, "u1", [3], NOW)
        await retention.purge(c, NOW + desk.SHOWN + 3 * DAY, 90 * DAY)
        assert await desk.unseen(c, "u1", [3]) == {3}
