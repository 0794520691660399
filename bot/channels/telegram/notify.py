"""Correction notices: subscribe, unsubscribe, deliver. In private chats only."""

from datetime import datetime

from bot.channels.telegram.buttons import Row, button, ways_on
from bot.channels.telegram.render import escape, messages
from bot.channels.telegram.turn import CHANNEL, Turn, formatted
from bot.desk import corrections as desk
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import corrections, outbox
from bot.store.corrections import ROLE, Subscriber
from bot.store.database import Connection
from bot.store.outbox import Call

ON, OFF = "q:on", "q:off"


def offer(say: Say) -> Row:
    """Return the row that offers notices."""
    return [button(say("notify_start"), ON)]


class Notices:
    """Lets users of one bot subscribe to notices, and sends them."""

    def __init__(self, front: Front) -> None:
        self.front = front

    async def command(self, turn: Turn) -> None:
        """Say whether the user gets notices, with a button to change that."""
        say = turn.say
        if not turn.event.private:
            turn.send(escape(say("notify_private")))
        elif await corrections.subscribed(turn.connection, turn.user):
            turn.send(escape(say("notify_is_on")), [[button(say("notify_stop"), OFF)], ways_on(say)])
        else:
            turn.send(escape(say("notify_is_off")), [offer(say), ways_on(say)])

    async def tap(self, turn: Turn, choice: str) -> None:
        """Start or stop notices. The message that was tapped may be an answer, so it stays."""
        say = turn.say
        if not turn.event.private:
            return
        if choice == "on":
            who = Subscriber(turn.user, CHANNEL, str(turn.event.chat), turn.language, turn.now)
            await corrections.subscribe(turn.connection, who)
            turn.send(escape(say("notify_on")), [[button(say("notify_stop"), OFF)], ways_on(say)])
        else:
            await corrections.unsubscribe(turn.connection, turn.user)
            turn.send(escape(say("notify_off")), [ways_on(say)])

    async def step(self, connection: Connection, now: datetime) -> int:
        """Put the next notices into the outbox and return how many."""
        notices = await desk.next_slice(connection, self.front, CHANNEL, now)
        calls: list[Call] = []
        for notice in notices:
            say = Say(self.front.base, notice.person.language)
            parts = messages(notice.reply, notice.title)
            for number, part in enumerate(parts):
                last = number == len(parts) - 1
                keyboard = [[button(say("notify_stop"), OFF)], ways_on(say)] if last else None
                payload = {"chat_id": int(notice.person.chat), **formatted(part, keyboard)}
                key = f"{notice.key}:{number}" if number else notice.key
                calls.append(Call(key, notice.person.chat, "sendMessage", payload, notice.person.user, role=ROLE))
        await outbox.put(connection, calls, now)
        return len(notices)
