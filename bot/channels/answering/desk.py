"""Answer one request, inside a transaction. What needs no memory needs no transaction either."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from bot.caches import IdentityCache
from bot.channels.answering.message import REASONS, Message
from bot.channels.answering.news import News
from bot.channels.answering.platform import Item, Offer, Platform
from bot.desk import feedback
from bot.desk.cases import Cases, Unsaid
from bot.desk.compose import question_of
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.desk.menu import CHECK, Menu
from bot.desk.say import Say, typed
from bot.store.database import Connection
from bot.store.memory import Memory
from bot.words import Outcome, Query, Reply

_MOST_WRITTEN = 1_000
"""Replies whose response is remembered."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A request with what the desk needs to know: the pseudonym, the time, the id of its exchange."""

    message: Message
    user: str
    now: datetime
    exchange: str


class Desk:
    """Answers turns."""

    def __init__(
        self, front: Front, cases: Cases, platform: Platform, public_url: str = "", *, writes_first: bool = False
    ) -> None:
        """`writes_first`: what staff say is sent to users as soon as it is said, to the address in their ticket."""
        self.front, self.cases, self.platform, self.public_url = front, cases, platform, public_url
        self.channel, self.shows, self.writes_first = platform.channel, platform.shows, writes_first
        self._written: IdentityCache[Reply, bytes] = IdentityCache(_MOST_WRITTEN)
        self._place = secrets.token_hex(16)
        """Placeholder for the exchange in remembered responses: as long as an exchange id, but never one."""
        self._news = News(front, platform)

    def page(self, entry: str) -> str:
        """Return the address of an entry's own page."""
        return f"{self.public_url}/a/{quote(entry, safe='')}"

    def say(self, language: str) -> Say:
        """Return the desk's sentences."""
        return Say(self.front.base, language)

    # without memory

    def menu(self, turn: Turn) -> Item:
        """Return a place in the menu."""
        base, language, path = self.front.base, turn.message.language, turn.message.menu or ""
        say = self.say(language)
        place = self.front.made(_menu).place(path, say)
        if place is None or place.back is None:
            lead, check = "" if path else say("welcome"), base.guided.title.in_(language) if base.guided else ""
            return self.shows.menu(base.menu, say=say, language=language, lead=lead, check=check)
        lines: list[Offer] = [(label, {"menu": onward}) for label, onward in place.leads]
        lines += [(question_of(e, language), {"entry": e.id}) for e in place.entries]
        name, number, start, *_ = [*path.split("/"), "", ""]
        if name == CHECK:
            back: list[Offer] = [(say("back"), {"menu": place.back})] if place.back else []
            return self.shows.text(place.title, say=say, offers=[*lines, *back])
        begin = int(start) if start.isdecimal() and len(start) < 6 else 0
        return self.shows.browse(place.title, lines, say=say, path=f"{name}/{number}", start=begin, back=place.back)

    async def alone(self, turn: Turn) -> Item:
        """Return the answer to a question as if nothing was known of its user."""
        return self.shown(await self.front.alone(self.query(turn)), turn, "")

    async def tried(self, turn: Turn) -> Item:
        """Return the answer for the bot tester: with a memory of its own, and nothing is kept."""
        return self.shown(await self.front.tried(self.query(turn)), turn, "")

    def query(self, turn: Turn) -> Query:
        """Return a turn's question."""
        entry = self.front.base.entry(turn.message.entry)
        said = turn.message
        text = said.text or (question_of(entry) if entry else "")
        choice = entry.id if entry else ""
        return Query(
            text, turn.user, turn.now, self.channel, turn.exchange, choice, said.language, chosen=said.chosen
        )

    def shown(self, reply: Reply, turn: Turn, exchange: str) -> Item:
        """Return a reply as a response."""
        page = self.page if self.public_url else None
        return self.shows.render(reply, say=self.say(_language(reply, turn)), page=page, exchange=exchange)

    def written(self, reply: Reply, turn: Turn) -> bytes:
        """Return a reply as it goes over the wire; the part that is the same for everybody is serialised once."""

        def write(reply: Reply) -> bytes:
            return self.shows.written(self.shown(reply, turn, self._place))

        made = self._written.of(reply, write, _language(reply, turn), self.front.generation)
        return made.replace(self._place.encode(), turn.exchange.encode())

    # with memory

    async def serve(self, connection: Connection, memory: Memory, turn: Turn) -> bytes:
        """Answer a turn and keep what it leaves; what staff said or corrected meanwhile is shown above the answer."""
        if turn.message.tap == "person":
            response: Item | Reply = await self._person(connection, memory, turn)
        elif turn.message.tap == "fb":
            response = await self._feedback(connection, memory, turn)
        elif turn.message.tap == "none":
            response = await self._none(connection, memory, turn)
        elif turn.message.tap == "forget":
            return self.shows.written(await self._forget(connection, memory, turn))
        elif not turn.message.entry and typed(self.front.base, "command_forget", turn.message.text):
            response = self._really(turn)
        else:
            response = await self._question(connection, memory, turn)
        news = await self._news.things(connection, turn.user, turn.message.language, turn.now)
        if isinstance(response, Reply):
            if not news:
                return self.written(response, turn)
            response = self.shown(response, turn, turn.exchange)
        if news:
            response = await self._news.above(connection, news, response, turn.user, turn.now)
        return self.shows.written(response)

    async def _question(self, connection: Connection, memory: Memory, turn: Turn) -> Item | Reply:
        reply = await self.front.ask(memory, self.query(turn))
        if reply.outcome is Outcome.HANDOVER:
            return await self._person(connection, memory, turn, reply.text)
        ticket = memory.tickets.get(turn.user)
        if ticket is None or not ticket.relay or reply.outcome is not Outcome.FALLBACK or turn.message.entry:
            return reply
        said = await self.cases.user_says(connection, ticket, turn.message.text, turn.now)
        if isinstance(said, Unsaid) and said.wait is None:
            del memory.tickets[turn.user]
            return reply
        say, response = self.say(turn.message.language), self.shown(reply, turn, turn.exchange)
        line = say("person_enough", minutes=said.minutes) if isinstance(said, Unsaid) else say("person_passed")
        return self.shows.above([line], response)[0]

    async def _person(self, connection: Connection, memory: Memory, turn: Turn, said: str = "") -> Item:
        """Open a ticket; a button leads to the channel's own chat with people, where the operator has one."""
        language = turn.message.language
        chat = turn.message.user if self.writes_first else ""
        opened = await self.cases.open(
            connection, turn.user, self.channel, turn.now, language=language, said=said, chat=chat
        )
        memory.tickets[turn.user] = opened.ticket
        later = [self.say(language)("person_later")] if opened.heard and not opened.ticket.chat else []
        body = "\n".join([*opened.lines, *later])
        contacts = self.front.desk.composer.contacts(body)
        return self.shown(Reply(Outcome.HANDOVER, body, body=body, contacts=contacts), turn, "")

    def _really(self, turn: Turn) -> Item:
        say = self.say(turn.message.language)
        offers: list[Offer] = [(say(f"forget_{a}"), {"forget": a}) for a in ("yes", "no")]
        return self.shows.text(say("forget"), say=say, offers=offers, ways=False)

    async def _forget(self, connection: Connection, memory: Memory, turn: Turn) -> Item:
        """Delete everything kept about a user, if they confirmed it."""
        say = self.say(turn.message.language)
        if turn.message.forget != "yes":
            return self.shows.text(say("kept"), say=say)
        await self.cases.forget(connection, memory, turn.user, turn.now)
        return self.shows.text(say("forgotten"), say=say)

    async def _feedback(self, connection: Connection, memory: Memory, turn: Turn) -> Item:
        said, say = turn.message, self.say(turn.message.language)
        exchange, verdict, reason = said.exchange[:40], said.verdict, said.reason
        asked = await feedback.rate(connection, memory, [turn.user], exchange, verdict, turn.now, reason)
        if asked is None:
            return self.shows.text(say("stale_button"), say=say)
        if verdict == "up" or reason:
            return self.shows.text(say("thanks" if verdict == "up" else "bad_noted"), say=say)
        why: list[Offer] = [(say(f"bad_{r}"), {"fb": "down", "x": asked.id, "why": r}) for r in REASONS]
        return self.shows.text(say("why_bad"), say=say, offers=why, ways=False)

    async def _none(self, connection: Connection, memory: Memory, turn: Turn) -> Item:
        say, exchange = self.say(turn.message.language), (turn.message.none_of or "")[:40]
        await feedback.none_fits(connection, memory, [turn.user], exchange, turn.now)
        return self.shows.text(say("none_noted"), say=say)


def _language(reply: Reply, turn: Turn) -> str:
    return reply.language or turn.message.language


def _menu(desk: HelpDesk) -> Menu:
    return Menu(desk.base)
