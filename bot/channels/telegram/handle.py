"""From events to replies: questions, commands, taps. People behind the bot are in `handover`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.channels.telegram import notify
from bot.channels.telegram.buttons import (
    Codes,
    answer_rows,
    button,
    choice_rows,
    label_of,
    reason_rows,
    ways_on,
    without_feedback,
)
from bot.channels.telegram.handover import Handover
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.notify import Notices
from bot.channels.telegram.render import escape, messages
from bot.channels.telegram.turn import CHANNEL, Turn
from bot.desk import feedback
from bot.desk.compose import question_of
from bot.desk.desk import LONGEST, HelpDesk
from bot.desk.front import Front
from bot.desk.say import Say, typed
from bot.knowledge import locale
from bot.store import inbox, outbox
from bot.store.numbers import count
from bot.words import Outcome, Reply

DOUBLE_TAP = timedelta(seconds=3)
"""Taps on one button within this time, with no other tap in between, count as one."""
_EDITABLE = timedelta(minutes=10)
_DONE = {"text": "✓", "callback_data": "z"}


class Handler:
    """Answers the events of one bot."""

    def __init__(self, front: Front, handover: Handover) -> None:
        self.front, self.handover = front, handover
        self.notices = Notices(front)
        self._commands: dict[str, Callable[[Turn], Awaitable[None]]] = {
            "start": self._start,
            "help": self._help,
            "person": self.handover.open,
            "language": self._language,
            "notify": self.notices.command,
            "forget": self._forget,
        }
        self._taps: dict[str, Callable[[Turn, str], Awaitable[None]]] = {
            "e": self._entry,
            "n": self._none,
            "g": self._good,
            "b": self._bad,
            "w": self._reason,
            "l": self._choose_language,
            "f": self._really_forget,
            "a": self._again,
            "q": self._notices,
            "p": lambda turn, _: self.handover.open(turn),
            "pb": lambda turn, _: self.handover.leave(turn),
            "z": self._nothing,
            "m": self._menu,
            "t": self._menu,
            "s": self._menu,
        }

    @property
    def menu(self) -> Menu:
        """The menu of the knowledge that is served now."""
        return self.front.made(_menu)

    @property
    def codes(self) -> Codes:
        """The codes of its entries in buttons."""
        return self.front.made(_codes)

    async def handle(self, turn: Turn) -> None:
        """Add to the turn what the event asks for; nothing if it is not meant for the bot."""
        event = turn.event
        if await self.handover.staff.handle(turn):
            return
        if not event.called or event.kind == "service":
            return
        if event.kind == "tap":
            await self._tap(turn)
        elif event.private and await self.handover.user_side(turn):
            return
        elif event.kind == "command":
            await self._command(turn)
        elif event.kind == "media" and not turn.text:
            await self._picture(turn)
        elif event.album and not await self._first_of_album(turn):
            return
        else:
            await self._message(turn)
        if turn.maybe_lost and event.private:
            await self._offer_again(turn)

    async def _picture(self, turn: Turn) -> None:
        """Say that only text is read, to a picture without any."""
        if turn.event.private and not turn.event.edited and await self._first_of_album(turn):
            turn.send(escape(turn.say("text_only")), [ways_on(turn.say)])

    async def _message(self, turn: Turn) -> None:
        """Answer a text, unless it was changed long after it was sent."""
        if turn.event.private and typed(self.front.base, "command_forget", turn.text):
            await self._forget(turn)
        elif not (turn.event.edited and turn.now - turn.event.at > _EDITABLE):
            await self._question(turn)

    async def _first_of_album(self, turn: Turn) -> bool:
        """Tell whether an album is still unanswered: to its sender it is one message."""
        key = f"{CHANNEL}:album:{turn.conversation}:{turn.event.album}"[:160]
        return not turn.event.album or await inbox.first_time(turn.connection, key, "", turn.now, _EDITABLE)

    async def _question(self, turn: Turn) -> None:
        reply = await self.front.ask(turn.memory, turn.query(), turn.conversation)
        lead = turn.say("too_long", limit=LONGEST) if len(turn.text) > LONGEST else ""
        await self._answer(turn, reply, lead=lead)

    async def _answer(self, turn: Turn, reply: Reply, title: str = "", lead: str = "") -> None:
        say = Say(self.front.base, reply.language)
        if reply.outcome in (Outcome.ASK, Outcome.FALLBACK):
            keyboard = choice_rows(reply, say, turn.exchange)
        elif reply.outcome is Outcome.ANSWER:
            keyboard = answer_rows(reply, say, turn.exchange)
        elif reply.outcome is Outcome.HANDOVER:
            await self.handover.open(turn, reply.text)
            return
        else:
            keyboard = []
        if lead:
            turn.send(escape(lead))
        parts = messages(reply, title)
        for part in parts[:-1]:
            turn.send(part)
        turn.send(parts[-1], [*keyboard, ways_on(say)])

    async def _command(self, turn: Turn) -> None:
        command = self._commands.get(turn.event.command)
        if command is not None:
            await command(turn)
        elif turn.event.command == "id" and not turn.event.private:
            turn.send(escape(turn.say("staff_group_here", chat=turn.event.chat)))
        elif turn.event.private and turn.text:  # a question that begins with a slash
            turn.text = f"{turn.event.command} {turn.text}"
            await self._question(turn)
        elif turn.event.private:
            turn.send(escape(turn.say("unknown_command")), [ways_on(turn.say)])

    async def _start(self, turn: Turn) -> None:
        """Start over, or go where a deep link points: `e_CODE` an entry, `m_ID` a section, `person`."""
        self.front.reset(turn.memory, turn.query(), turn.conversation)
        kind, _, rest = turn.event.text.partition("_")
        entry = self.codes.entry(rest) if kind == "e" else ""
        page = self.menu.page(f"m:{rest}", turn.say) if kind == "m" and rest else None
        if entry:
            await self._show(turn, entry)
        elif page is not None:
            turn.send(escape(page.text), page.keyboard)
        elif kind == "person" and turn.event.private:
            await self.handover.open(turn)
        else:
            top = self.menu.top(turn.say)
            turn.send(f"{escape(turn.say('welcome'))}\n\n{escape(top.text)}", top.keyboard)

    async def _help(self, turn: Turn) -> None:
        keyboard = [notify.offer(turn.say)] if turn.event.private else []
        turn.send(escape(turn.say("help")), [*keyboard, ways_on(turn.say)])

    async def _language(self, turn: Turn) -> None:
        turn.send(
            escape(turn.say("language")), [[button(locale.of(c).name, f"l:{c}") for c in self.front.base.languages]]
        )

    async def _forget(self, turn: Turn) -> None:
        say = turn.say
        turn.send(escape(say("forget")), [[button(say("forget_yes"), "f:yes"), button(say("forget_no"), "f:no")]])

    async def _tap(self, turn: Turn) -> None:
        event = turn.event
        key = f"{CHANNEL}:{turn.conversation}:{event.message}"
        if not await inbox.first_time(turn.connection, key, event.data, turn.now, DOUBLE_TAP):
            return
        kind, _, rest = event.data.partition(":")
        await self._taps.get(kind, self._stale)(turn, rest)

    async def _menu(self, turn: Turn, rest: str) -> None:
        data = turn.event.data
        page = self.menu.page(data, turn.say)
        if page is None:
            await self._stale(turn, rest)
        elif data == "m":  # from under an answer, which stays
            turn.send(escape(page.text), page.keyboard)
        else:
            turn.edit(escape(page.text), page.keyboard)

    async def _notices(self, turn: Turn, rest: str) -> None:
        if rest in ("on", "off"):
            await self.notices.tap(turn, rest)
        else:  # of a former version: a step of the guided check
            await self._stale(turn, rest)

    async def _nothing(self, turn: Turn, rest: str) -> None:
        """A button that only shows that something was done."""

    async def _stale(self, turn: Turn, rest: str) -> None:  # noqa: ARG002
        turn.send(escape(turn.say("stale_button")), [ways_on(turn.say)])

    async def _entry(self, turn: Turn, code: str) -> None:
        turn.text = label_of(turn.event.markup, turn.event.data)  # the answer is in its language
        entry = self.codes.entry(code)
        await (self._show(turn, entry) if entry else self._stale(turn, code))

    async def _show(self, turn: Turn, entry: str) -> None:
        turn.text = title = question_of(self.front.base.entries[entry], turn.language)
        reply = await self.front.ask(turn.memory, turn.query(entry), turn.conversation)
        await self._answer(turn, reply, title)

    async def _none(self, turn: Turn, exchange: str) -> None:
        await feedback.none_fits(turn.connection, turn.memory, [turn.user], exchange, turn.now)
        turn.send(escape(turn.say("none_noted")), [ways_on(turn.say)])

    async def _good(self, turn: Turn, exchange: str) -> None:
        if await self._note(turn, exchange, "up"):
            done = {**_DONE, "text": f"✓ {turn.say('thanks')}"}
            turn.edit_buttons(without_feedback(turn.event.markup, exchange, [[done]]))

    async def _bad(self, turn: Turn, exchange: str) -> None:
        if await self._note(turn, exchange, "down"):
            turn.edit_buttons(without_feedback(turn.event.markup, exchange, reason_rows(turn.say, exchange)))

    async def _reason(self, turn: Turn, rest: str) -> None:
        exchange, _, reason = rest.partition(":")
        if await self._note(turn, exchange, "down", reason):
            done = {**_DONE, "text": f"✓ {turn.say(f'bad_{reason}')}"}
            turn.edit_buttons(without_feedback(turn.event.markup, exchange, [[done]]))
            keyboard = [notify.offer(turn.say)] if turn.event.private else []
            turn.send(escape(turn.say("bad_noted")), [*keyboard, ways_on(turn.say)])

    async def _note(self, turn: Turn, exchange: str, verdict: str, reason: str = "") -> bool:
        """Keep a user's verdict on their own answer; return whether there is such an answer."""
        asked = await feedback.rate(turn.connection, turn.memory, [turn.user], exchange, verdict, turn.now, reason)
        if asked is None:
            turn.send(escape(turn.say("stale_button")), [ways_on(turn.say)])
        return asked is not None

    async def _choose_language(self, turn: Turn, language: str) -> None:
        if language in self.front.base.languages:
            turn.memory.languages[turn.user] = language
            turn.memory.seen[turn.user] = turn.now
            page = self.menu.top(turn.say)
            turn.edit(f"{escape(turn.say('language_set'))}\n\n{escape(page.text)}", page.keyboard)

    async def _really_forget(self, turn: Turn, answer: str) -> None:
        say = turn.say
        if answer != "yes":
            turn.edit(escape(say("kept")), [ways_on(say)])
            return
        await self.handover.forget(turn)
        turn.user = ""  # the confirmation leaves no trace of who it went to
        turn.edit(escape(say("forgotten")), [[button(say("menu_button"), "m")]])

    async def _offer_again(self, turn: Turn) -> None:
        """Say that earlier answers may not have arrived, and offer them."""
        lane = str(turn.event.chat)
        lost = await outbox.unknown_of(turn.connection, lane)
        if lost:
            turn.send(escape(turn.say("maybe_lost")), [[button(turn.say("again"), f"a:{lost[0]}:{lost[-1]}")]])
            await outbox.acknowledge(turn.connection, lane)

    async def _again(self, turn: Turn, numbers: str) -> None:
        first, last = map(count, numbers.partition(":")[::2])
        lost = []
        if first is not None and last is not None:
            lost = await outbox.unknown_between(turn.connection, str(turn.event.chat), first, last)
        for call in lost:
            turn.call(call.method, call.payload, role="answer")
        if not lost:
            await self._stale(turn, numbers)


def _menu(desk: HelpDesk) -> Menu:
    return Menu(desk.base)


def _codes(desk: HelpDesk) -> Codes:
    return Codes(desk.base.entries, desk.base.moved)
