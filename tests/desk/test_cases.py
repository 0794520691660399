"""Cases: opened, carried on and closed the same way by API, web chat and console, on both databases."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.desk import office
from bot.desk.cases import MOST_SAID, PUBLIC, WITHIN, Cases, Unsaid
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import cases as query
from bot.store import keys, memory, tickets
from bot.store.database import Connection, Database
from bot.store.memory import Memory
from bot.store.schema import unanswered
from bot.store.tickets import Ticket, TicketMessage
from bot.words import Query
from tests.conftest import NOW


@dataclass
class Messenger:
    """A messenger with a staff group: what was sent where. `key` of a repetition is dropped, as an outbox does."""

    group: bool = True
    to_users: dict[str, str] = field(default_factory=dict)
    to_group: dict[str, str] = field(default_factory=dict)

    async def to_user(
        self, connection: Connection, ticket: Ticket, text: str, *, key: str, message: int | None = None
    ) -> bool:
        assert len(key) <= 60
        if not ticket.chat:
            return False
        self.to_users.setdefault(key, text)
        return True

    async def to_staff(self, connection: Connection, ticket: Ticket | None, text: str, *, key: str) -> bool:
        assert len(key) <= 60
        if self.group:
            self.to_group.setdefault(key, text)
            if ticket is not None and await tickets.get(connection, ticket.id):
                await tickets.change(connection, ticket.id, staff_chat="-1")
        return self.group


@pytest.fixture
def front(shipped: HelpDesk) -> Front:
    return Front(shipped)


async def asked(database: Database, front: Front, *texts: str) -> None:
    """Let a user ask the desk."""
    async with database.write() as connection:
        kept = await Memory.load(connection, ["u1"], ["u1"], NOW)
        for number, text in enumerate(texts):
            at = NOW - timedelta(minutes=5 - number)
            await front.ask(kept, Query(front.redact(text), "u1", at, "web", f"x{number}"))
        await kept.flush(connection)


async def test_a_whole_case(database: Database, front: Front) -> None:
    group = Messenger()
    desk = Cases(front, group)
    await asked(database, front, "창원대 전화번호", "상담원 연결해 주세요")
    async with database.write() as connection:
        opened = await desk.open(connection, "u1", "web", NOW)
        assert opened.new
        assert opened.ticket.relay
        assert opened.ticket.question == "창원대 전화번호"
        assert f"접수 번호 {opened.ticket.id}" in opened.lines[0]
        assert "지금 상담 시간입니다(18:00까지)." in opened.lines
        assert any("1357" in line for line in opened.lines)
        again = await desk.open(connection, "u1", "web", NOW)
        assert (again.new, again.ticket.id) == (False, opened.ticket.id)
        assert "이미" in again.lines[0]

        said = await desk.user_says(connection, opened.ticket, "제 번호는 010-1234-5678입니다", NOW)
        assert isinstance(said, TicketMessage)
        assert said.text == "제 번호는 [전화번호]입니다"
        claimed = await desk.claim(connection, opened.ticket, "김상담", NOW)
        assert claimed is not None
        assert claimed.claimed_by == "김상담"
        assert await desk.claim(connection, opened.ticket, "이상담", NOW) is None
        assert desk.standing(claimed) == front.base.reply("person_claimed")
        answer = await desk.staff_says(connection, claimed, "김상담", "055-213-2114 또는 010-9999-8888", NOW)
        assert answer is not None
        assert answer.hidden
        assert answer.text == "055-213-2114 또는 [전화번호]"  # the first stands in the knowledge base
        await desk.note(connection, claimed, "김상담", "까다로운 분", NOW)
        seen = await query.messages_after(connection, claimed.id, 0, PUBLIC, 50)
        assert [(m.author, m.name) for m in seen] == [("user", ""), ("staff", "김상담")]
        assert await query.messages_after(connection, claimed.id, seen[-1].id, PUBLIC, 50) == []
        assert next(e.question for e in await desk.transcript(connection, claimed)) == "창원대 전화번호"

        about = await desk.recordable(connection, claimed, NOW)
        assert await desk.record(connection, claimed, about, NOW)
        closed = await desk.close(connection, claimed, "김상담", NOW)
        assert closed is not None
        assert closed.state == "closed"
        assert not closed.relay
        assert await desk.close(connection, closed, "김상담", NOW) is None
        assert await desk.staff_says(connection, closed, "김상담", "네", NOW) is None
        assert await query.latest(connection, "u1") == closed
        rows = (await connection.execute(unanswered.select())).mappings().all()
        kept = [r for r in rows if r["why"] == "staff"]
        assert [(r["question"], r["answer"]) for r in kept] == [("창원대 전화번호", answer.text)]
    told = "\n".join(group.to_group.values())
    assert "010-" not in told
    assert "까다로운" not in told
    assert next(iter(group.to_group)) == f"case:{closed.id}:open"


async def test_nobody_there_is_said_and_noted(database: Database, front: Front) -> None:
    desk = Cases(front)
    await asked(database, front, "창원대 전화번호")
    async with database.write() as connection:
        opened = await desk.open(connection, "u1", "web", NOW, language="en")
        assert not opened.ticket.relay
        assert opened.lines == (front.base.reply("person_noted", "en").replace("{ticket}", str(opened.ticket.id)),)
        rows = (await connection.execute(unanswered.select())).mappings().all()
        assert [(r["why"], r["ticket"]) for r in rows] == [("staff", opened.ticket.id)]


async def test_the_words_of_somebody_in_danger_are_left_for_nobody(database: Database, front: Front) -> None:
    """Staff see them in the case, and nobody is to learn from them: not where nobody is there, nor when all is over."""
    group = Messenger()
    desk = Cases(front, group)
    await asked(database, front, "죽고 싶다 회사 망했어")
    async with database.write() as connection:
        opened = await Cases(front).open(connection, "u1", "web", NOW)
        assert opened.ticket.question == "죽고 싶다 회사 망했어"
        about = await desk.recordable(connection, opened.ticket, NOW)
        assert await desk.record(connection, opened.ticket, about, NOW) is None
        assert (await connection.execute(unanswered.select())).first() is None
    assert "남기지 않았습니다" in " ".join(group.to_group.values())


async def test_a_case_is_opened_without_reading_its_question_again(
    database: Database, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read when it was answered; everybody else who writes would wait for it."""
    await asked(database, front, "죽고 싶다 회사 망했어 " + "아무도 없는 밤이다 " * 90)
    monkeypatch.setattr(front.desk, "answer", None)
    async with database.write() as connection:
        opened = await Cases(front).open(connection, "u1", "web", NOW)
        assert opened.new
        assert (await connection.execute(unanswered.select())).first() is None


async def test_a_staff_key_makes_the_desk_staffed(database: Database, front: Front) -> None:
    async with database.write() as connection:
        assert not await query.staffed(connection)
        await keys.add(connection, "화면", "public", NOW)
        assert not await query.staffed(connection)
        await keys.add(connection, "콜센터", "agent", NOW)
        assert await query.staffed(connection)
        assert (await Cases(front).open(connection, "u1", "web", NOW)).ticket.relay


async def test_leaving_and_coming_back(database: Database, front: Front) -> None:
    group = Messenger()
    desk = Cases(front, group)
    async with database.write() as connection:
        opened = await desk.open(connection, "u1", "web", NOW)
        left = await desk.leave(connection, opened.ticket)
        assert not left.relay
        assert await desk.leave(connection, left) == left
        assert (await desk.open(connection, "u1", "web", NOW)).ticket.relay
    assert sum("자동 안내로" in text for text in group.to_group.values()) == 1


async def test_a_messengers_user_is_told_word_for_word(database: Database, front: Front) -> None:
    phone = Messenger()
    desk = Cases(front, phone)
    async with database.write() as connection:
        ticket = await tickets.open_ticket(connection, "u2", "telegram", "77", "ko", "물음", NOW, "-1")
        said = await desk.staff_says(connection, ticket, "김상담", "010-9999-8888로 전화하세요", NOW)
        assert said is not None
        closed = await desk.close(connection, said.ticket, "김상담", NOW)
    assert list(phone.to_users.values()) == [
        front.base.reply("person_claimed"),
        "010-9999-8888로 전화하세요",
        front.base.reply("person_closed"),
    ]
    assert closed is not None
    assert closed.chat == ""


async def test_forgetting_tells_staff_and_leaves_nothing(database: Database, front: Front) -> None:
    group = Messenger()
    desk = Cases(front, group)
    await asked(database, front, "창원대 전화번호")
    async with database.write() as connection:
        opened = await desk.open(connection, "u1", "web", NOW)
        await desk.user_says(connection, opened.ticket, "네", NOW)
        await desk.forget(connection, Memory(), "u1", NOW)
        await desk.forget(connection, Memory(), "u1", NOW)
        assert await query.latest(connection, "u1") is None
        assert await memory.recent(connection, "u1", 9) == []
        assert await tickets.messages(connection, opened.ticket.id) == []
    assert sum("정보를 지웠습니다" in text for text in group.to_group.values()) == 1


async def test_hours_outside_opening_times(shipped: HelpDesk) -> None:
    night = NOW.replace(hour=22)
    lines = office.lines(Say(shipped.base, "ko"), night)
    assert lines[0].startswith("지금은 상담 시간이 아닙니다. 다음 상담은 11월 25일(수) 09:00")
    assert office.lines(Say(replace(shipped.base, office=None), "ko"), night) == []


async def test_what_one_person_may_leave_in_a_case_is_limited(database: Database, front: Front) -> None:
    """Else everything that shows the case would grow with what they write. What staff say is not."""
    desk = Cases(front)
    async with database.write() as connection:
        ticket = (await desk.open(connection, "u1", "web", NOW)).ticket
        for number in range(MOST_SAID - 1):
            await tickets.say(connection, ticket.id, "user", f"말 {number}", NOW + timedelta(seconds=number))
        assert isinstance(await desk.user_says(connection, ticket, "말", NOW + timedelta(minutes=2)), TicketMessage)
        refused = await desk.user_says(connection, ticket, "또", NOW + timedelta(minutes=2, seconds=30))
        assert refused == Unsaid(WITHIN - timedelta(minutes=2, seconds=30))
        assert refused.minutes == 8
        assert len(await tickets.messages(connection, ticket.id, MOST_SAID + 9)) == MOST_SAID
        assert await desk.staff_says(connection, ticket, "김상담", "네", NOW + timedelta(minutes=3))
        assert isinstance(await desk.user_says(connection, ticket, "또", NOW + WITHIN), TicketMessage)
        other = (await desk.open(connection, "u2", "web", NOW)).ticket
        assert isinstance(await desk.user_says(connection, other, "네", NOW + WITHIN), TicketMessage)
        assert await desk.close(connection, other, "김상담", NOW + WITHIN)
        assert await desk.user_says(connection, other, "네", NOW + WITHIN) == Unsaid()


async def test_a_long_case_is_read_in_parts(database: Database, front: Front) -> None:
    async with database.write() as connection:
        ticket = (await Cases(front).open(connection, "u1", "web", NOW)).ticket
        other = (await Cases(front).open(connection, "u2", "web", NOW)).ticket
        ids = [await tickets.say(connection, ticket.id, "user", str(n), NOW) for n in range(7)]
        await tickets.say(connection, other.id, "user", "네", NOW)
        assert [m.text for m in await tickets.messages(connection, ticket.id, 3)] == ["4", "5", "6"]
        assert [m.text for m in await tickets.messages(connection, ticket.id, 3, ids[2])] == ["0", "1"]
        assert await tickets.last_message(connection, ticket.id) == ids[-1]
        assert await tickets.last_message(connection, other.id + 1) == 0
