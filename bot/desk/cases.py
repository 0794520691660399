"""Cases: questions that a person answers. What users and staff do with them, in any channel.

Everything that is kept is redacted here. The courier carries messages to users of a messenger and to its staff group.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import metrics
from bot.desk import office
from bot.desk.courier import Courier
from bot.desk.front import Front, is_crisis
from bot.desk.say import Say
from bot.languages import KOREAN
from bot.store import callbacks, cases, due, memory, retention, tickets
from bot.store.database import Connection
from bot.store.memory import Exchange, Memory, Unanswered
from bot.store.tickets import Ticket, TicketMessage

HISTORY = 6
"""Exchanges before a ticket that staff see."""
MOST_SAID, WITHIN = 100, timedelta(minutes=10)
"""Messages that a user may leave in a case, and in what time: somebody who chats fast leaves half as many."""
_RECORDED = 100
"""Messages of staff that are left for maintainers."""
PUBLIC = ("user", "staff", "desk")
"""Authors whose messages a ticket's user may read. Messages of "system" are for staff only."""
LONGEST = 4096
"""Characters of a message that are kept: as many as any channel allows in one message."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket, and what to show its user, line by line."""

    ticket: Ticket
    lines: tuple[str, ...]
    new: bool
    heard: bool
    """Whether any staff will hear of it."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Words of a user that were not added to their case: it is closed or deleted, or, with `wait`, they left too many."""

    wait: timedelta | None = None

    @property
    def minutes(self) -> int:
        """After how many they may leave more, at least one."""
        return max(1, -int(-(self.wait or timedelta()) // timedelta(minutes=1)))


@dataclass(frozen=True, slots=True)
class Said:
    """What a member of staff said, as it was kept."""

    ticket: Ticket
    message: int
    text: str
    hidden: bool
    """Whether personal data was removed from what is kept (and, on the web, shown)."""


def reopens(ticket: Ticket) -> bool:
    """Tell whether the user of a closed case still sees new messages: on the web they look themselves."""
    return ticket.channel in ("web", "api")


class Cases:
    """Opens, carries on and closes tickets, each step in the transaction of `connection`."""

    def __init__(self, front: Front, courier: Courier | None = None) -> None:
        self.front, self.courier = front, courier

    # the user's side

    async def open(
        self,
        connection: Connection,
        user: str,
        channel: str,
        now: datetime,
        *,
        language: str = KOREAN,
        said: str = "",
        chat: str = "",
    ) -> Opened:
        """Open a ticket for a user, or continue the one that is open.

        `said` is what the knowledge base tells somebody who asks for a person; without it, whom to call meanwhile.
        `chat`: where the channel can write to the user first; it is kept until the ticket is closed.
        """
        await tickets.hold(connection, user)
        ticket = (await tickets.open_tickets(connection, [user])).get(user)
        new, crisis = ticket is None, False
        if ticket is None:
            ticket, crisis = await self._new(connection, user, channel, now, language, chat)
        heard = await self.heard(connection, ticket)
        if heard and not ticket.relay:
            ticket = await tickets.change(connection, ticket.id, relay=True)
        if new and not heard and not crisis:
            row = Unanswered(user, channel, now, ticket.question, "staff", ticket=ticket.id)
            await memory.leave(connection, row)
        say = Say(self.front.base, language)
        name = ("person_opened" if new else "person_already") if heard else "person_noted"
        lines = [say(name, ticket=ticket.id)]
        lines += [*office.lines(say, now), said or say("person_phone")] if heard else [said]
        return Opened(ticket, tuple(filter(None, lines)), new, heard)

    async def _new(
        self, connection: Connection, user: str, channel: str, now: datetime, language: str, chat: str
    ) -> tuple[Ticket, bool]:
        """Open a ticket for what was asked last; return also whether that was answered as somebody's who may be in danger."""
        past = await memory.recent(connection, user, HISTORY)
        last = next((e for e in reversed(past) if e.outcome != "handover"), None)
        question, answered = (last.question, last.entry) if last else ("", "")
        ticket = await tickets.open_ticket(connection, user, channel, chat, language, question, now)
        metrics.TICKETS.labels(channel).inc()
        return ticket, is_crisis(self.front.base, answered)

    async def heard(self, connection: Connection, ticket: Ticket) -> bool:
        """Tell whether any staff will hear of a ticket. The staff group gets its card, if it has not yet."""
        group = self.courier is not None and await self.courier.to_staff(
            connection, ticket, "", key=f"case:{ticket.id}:open"
        )
        return group or await cases.staffed(connection)

    def standing(self, ticket: Ticket) -> str:
        """Return what to tell a user about the state of their ticket."""
        say = Say(self.front.base, ticket.language)
        name = {"claimed": "person_claimed", "closed": "person_closed"}.get(ticket.state, "")
        return say(name or ("person_passed" if ticket.relay else "person_idle"))

    async def user_says(
        self,
        connection: Connection,
        ticket: Ticket,
        text: str,
        now: datetime,
        *,
        user_message: int | None = None,
        shown: bool = False,
    ) -> TicketMessage | Unsaid:
        """Add what the user says to their ticket and tell staff, unless it is `shown` to them as it is."""
        held = await tickets.held(connection, ticket.id)
        if held is None or held.state == "closed":
            return Unsaid()
        before = await tickets.said_at(connection, ticket.id, "user", MOST_SAID)
        if before is not None and timedelta() <= now - before < WITHIN:
            return Unsaid(before + WITHIN - now)
        kept = self.front.redact(text[:LONGEST])
        number = await tickets.say(
            connection, ticket.id, "user", kept, now, user_message=user_message, delivery="sent"
        )
        if not shown:
            await self._tell_staff(connection, ticket, f"m{number}", "staff_user", text=kept)
        return TicketMessage(number, ticket.id, "user", "", kept, now, delivery="sent")

    async def leave(self, connection: Connection, ticket: Ticket) -> Ticket:
        """Give a user back to the automatic answers; the ticket stays open. Idempotent."""
        held = await tickets.held(connection, ticket.id)
        if held is None or not held.relay or held.state == "closed":
            return held or replace(ticket, relay=False)
        last = await tickets.last_message(connection, ticket.id)
        await self._tell_staff(connection, held, f"left{last}", "staff_left")
        return await tickets.change(connection, ticket.id, relay=False)

    async def forget(self, connection: Connection, left: Memory, user: str, now: datetime, *, lane: str = "") -> None:
        """Delete everything kept about a user, for good, and tell staff of an open ticket that disappears. Idempotent.

        `lane`: their chat, where updates of theirs may be set aside.
        """
        await tickets.hold(connection, user)
        ticket = (await tickets.open_tickets(connection, [user])).get(user)
        await retention.forget(connection, user, now, lane)
        left.forget(user)
        if ticket is not None and ticket.staff_chat:
            await self._tell_staff(connection, ticket, "forgot", "staff_forgot")

    # the staff's side: a ticket is given as `tickets.held` returned it

    async def transcript(self, connection: Connection, ticket: Ticket) -> list[Exchange]:
        """Return the questions and answers before the ticket was opened, oldest first."""
        past = await memory.recent(connection, ticket.user, HISTORY * 3)
        return [e for e in past if e.at <= ticket.opened_at][-HISTORY:]

    async def claim(self, connection: Connection, ticket: Ticket, name: str, now: datetime) -> Ticket | None:
        """Let a member of staff take an open ticket; `None` where it is taken or closed already."""
        claimed = await tickets.claim(connection, ticket.id, name, now)
        if claimed is None:
            return None
        await due.drop(connection, f"ticket:{ticket.id}")
        await self._tell_staff(connection, claimed, "claimed", "staff_claimed", name=name)
        await self._tell_user(connection, claimed, "claimed", "person_claimed")
        return claimed

    async def take_over(
        self, connection: Connection, ticket: Ticket, name: str, now: datetime, *, by: str = ""
    ) -> Ticket | None:
        """Give a case that is not closed to a member of staff, whoever had it; `None` where it is closed or theirs.

        `by`: who hands it over, where that is somebody else. Staff read in the case from whom to whom it went.
        """
        if ticket.state == "closed" or (ticket.state == "claimed" and ticket.claimed_by == name):
            return None
        if ticket.state == "open":
            claimed = await self.claim(connection, ticket, name, now)
            if claimed is not None and by:
                await self._event(connection, claimed, f"{by} → {name}: 넘김", now)
            return claimed
        before = ticket.claimed_by
        ticket = await tickets.change(connection, ticket.id, claimed_by=name, claimed_at=now)
        number = await self._event(
            connection, ticket, f"{by or before} → {name}: {'넘김' if by else '넘겨받음'}", now
        )
        await self._tell_staff(connection, ticket, f"to{number}", "staff_handed", name=by or before, to=name)
        return ticket

    async def release(self, connection: Connection, ticket: Ticket, name: str, now: datetime) -> Ticket | None:
        """Release a case for somebody else; `None` if nobody has it."""
        if ticket.state != "claimed":
            return None
        ticket = await tickets.change(connection, ticket.id, state="open", claimed_by="", claimed_at=None)
        number = await self._event(connection, ticket, f"{name}: 내려놓음", now)
        await self._tell_staff(connection, ticket, f"free{number}", "staff_released", name=name)
        return ticket

    async def reopen(self, connection: Connection, ticket: Ticket, name: str, now: datetime) -> Ticket | None:
        """Reopen a closed case; `None` if it is not closed, if its user has a newer one, or if they
        cannot be reached any more: a messenger's address went when the case was closed.
        """
        newest = await cases.latest(connection, ticket.user)
        if ticket.state != "closed" or not reopens(ticket) or (newest is not None and newest.id != ticket.id):
            return None
        values = {"state": "claimed", "claimed_by": name, "claimed_at": now, "closed_at": None, "relay": True}
        ticket = await tickets.change(connection, ticket.id, **values)
        number = await self._event(connection, ticket, f"{name}: 다시 엶", now)
        await self._tell_staff(connection, ticket, f"again{number}", "staff_reopened", name=name)
        return ticket

    async def _event(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> int:
        """Note in a case what became of it, for staff. It has no author."""
        return await tickets.say(connection, ticket.id, "system", text, now)

    async def staff_says(
        self,
        connection: Connection,
        ticket: Ticket,
        name: str,
        text: str,
        now: datetime,
        *,
        staff_message: int | None = None,
    ) -> Said | None:
        """Send the user what a member of staff says, who thereby takes an open ticket; `None` if it is closed.

        A messenger's user gets it word for word (it may name an official's number); what is kept is redacted.
        `staff_message`: by which message in the staff group it is said, where all staff there see it.
        """
        if ticket.state == "closed":
            return None
        ticket = await self.claim(connection, ticket, name, now) or ticket
        text = text[:LONGEST]
        kept = self.front.redact(text)
        number = await tickets.say(
            connection, ticket.id, "staff", kept, now, name=name, staff_message=staff_message, delivery="sent"
        )
        if self.courier is not None:
            await self.courier.to_user(connection, ticket, text, key=f"case:{ticket.id}:m{number}", message=number)
        if staff_message is None:
            await self._tell_staff(connection, ticket, f"s{number}", "staff_said", name=name, text=kept)
        return Said(ticket, number, kept, kept != text)

    async def amend(self, connection: Connection, message: TicketMessage, text: str) -> None:
        """Keep the new text of a message that was edited."""
        await tickets.amend(connection, message.id, text=self.front.redact(text[:LONGEST]))

    async def note(
        self, connection: Connection, ticket: Ticket, name: str, text: str, now: datetime
    ) -> TicketMessage:
        """Keep a note among staff; the user never sees it."""
        kept = self.front.redact(text[:LONGEST])
        number = await tickets.say(connection, ticket.id, "system", kept, now, name=name)
        return TicketMessage(number, ticket.id, "system", name, kept, now)

    async def close(self, connection: Connection, ticket: Ticket, name: str, now: datetime) -> Ticket | None:
        """Close a ticket: the user's conversation starts over, and their address is deleted. `None` if it was closed already."""
        if ticket.state == "closed":
            return None
        await self._tell_user(connection, ticket, "closed", "person_closed")
        await self._tell_staff(connection, ticket, "closed", "staff_closed", name=name)
        await due.drop(connection, f"ticket:{ticket.id}")
        await callbacks.drop(connection, ticket.id)
        await memory.drop_context(connection, ticket.user)
        return await tickets.change(connection, ticket.id, state="closed", relay=False, closed_at=now, chat="")

    async def recordable(self, connection: Connection, ticket: Ticket, now: datetime) -> str | None:
        """Return what a case is about, for `record`; `None` where its user may be in danger.

        It is read as a question is, which takes time: no transaction that writes need wait for it.
        """
        asked = ticket.question
        if not asked:
            said = await cases.messages_after(connection, ticket.id, 0, ("user",), 1)
            asked = said[0].text if said else ""
        return None if await self.front.in_danger(asked, now) else asked

    async def record(self, connection: Connection, ticket: Ticket, asked: str | None, now: datetime) -> bool | None:
        """Leave what was asked and staff's answer for maintainers; return whether there was an answer.

        Of somebody who may be in danger nothing is left: `None`.
        """
        key = f"rec{await tickets.last_message(connection, ticket.id)}"
        if asked is None:
            await self._tell_staff(connection, ticket, key, "staff_not_recorded")
            return None
        said = await cases.messages_after(connection, ticket.id, 0, ("staff",), _RECORDED)
        answer = "\n".join(m.text for m in said)
        row = Unanswered(ticket.user, ticket.channel, now, asked, "staff", answer=answer, ticket=ticket.id)
        await memory.leave(connection, row)
        await self._tell_staff(connection, ticket, key, "staff_recorded" if answer else "staff_no_answer")
        return bool(answer)

    async def _tell_staff(
        self, connection: Connection, ticket: Ticket, key: str, line: str, **values: object
    ) -> None:
        if self.courier is not None:
            text = Say(self.front.base, KOREAN)(line, ticket=ticket.id, **values)
            await self.courier.to_staff(connection, ticket, text, key=f"case:{ticket.id}:{key}")

    async def _tell_user(self, connection: Connection, ticket: Ticket, key: str, line: str) -> None:
        if self.courier is not None:
            text = Say(self.front.base, ticket.language)(line)
            await self.courier.to_user(connection, ticket, text, key=f"case:{ticket.id}:u{key}")
