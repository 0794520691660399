"""Send what staff say as soon as they say it. What cannot be sent is shown above the user's next reply.

Source: «보내기 API 작성 방법» and «오류 명세», github.com/navertalk/chatbot-api (README.md, 2025-05-14).
"""

import asyncio
import json
import logging

import aiohttp

from bot.channels.answering.platform import Item
from bot.channels.talktalk import render
from bot.channels.talktalk.platform import MEDIA, TALKTALK
from bot.desk.front import Front
from bot.desk.say import Say
from bot.store import cases
from bot.store.database import Database, unavailable

log = logging.getLogger(__name__)
API = "https://gw.talk.naver.com/chatbot/v1/event"
_LOOK = 2.0
"""Seconds between checks for something to send, and after a fault."""
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class Sender:
    """Sends each message once: if the response is lost nobody knows whether it arrived, so it is shown later."""

    def __init__(self, database: Database, front: Front, token: str, api: str = API, look: float = _LOOK) -> None:
        self.database, self.front, self.api, self.look = database, front, api, look
        self._headers = {"Authorization": token, "Content-Type": MEDIA}
        self._tried: set[int] = set()

    async def run(self) -> None:
        """Send until cancelled, where no other replica does."""
        while True:
            try:
                async with (
                    self.database.leading(TALKTALK.channel) as lost,
                    aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT, trust_env=True) as session,
                ):
                    while not lost.is_set():
                        await self.send(session)
                        await asyncio.sleep(self.look)
            except Exception as error:
                log.warning("sending begins anew: %s", type(error).__name__, exc_info=not unavailable(error))
                await asyncio.sleep(self.look)

    async def send(self, session: aiohttp.ClientSession) -> None:
        """Send what waits."""
        async with self.database.read() as connection:
            waiting = await cases.to_send(connection, TALKTALK.channel)
        self._tried &= {message.id for _, message in waiting}
        for ticket, message in waiting:
            if message.id in self._tried:
                continue
            self._tried.add(message.id)
            say = Say(self.front.base, ticket.language)
            event = render.text(say("person_says", text=message.text), say=say, ways=False)
            if await self._sent(session, {**event, "user": ticket.chat, "options": {"notification": True}}):
                async with self.database.write() as connection:
                    await cases.mark_read(connection, [message.id])

    async def _sent(self, session: aiohttp.ClientSession, event: Item) -> bool:
        """Tell whether an event was accepted."""
        try:
            async with session.post(self.api, data=render.written(event)) as response:
                told = json.loads(await response.text())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("a message may not have been sent: %s", type(error).__name__)
            return False
        if isinstance(told, dict) and told.get("success") is True:
            return True
        log.error(
            "TalkTalk refuses a message: %s", str(told.get("resultCode"))[:10] if isinstance(told, dict) else "?"
        )
        return False
