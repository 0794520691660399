"""A Telegram for what the emulator does not have: flood control, topics, groups, faults, and speed.

It keeps the Bot API's rules that matter here: updates are confirmed by a higher offset or a 2xx only; a second poller
ends the first one's request; a webhook gets the updates of one chat and type one after another, and one that failed
again before those that follow it; lengths are counted in UTF-16 units after parsing; unknown tags, wrong buttons,
deleted topics, edits that change nothing and taps that are answered twice are refused.
Source: github.com/tdlib/telegram-bot-api, Client.cpp and WebhookActor.cpp.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

TOKEN = "4242:synthetic-token"
_TAGS = {"b", "i", "a", "code", "pre", "u", "s"}


class Refused(Exception):  # noqa: N818
    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        self.code, self.description, self.parameters = code, description, parameters


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.open = "", []

    def handle_starttag(self, tag, attrs):
        if tag not in _TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data):
        self.text += data


def plain(text: str, mode: str | None) -> str:
    """Return a message as a reader sees it; refuse bad markup, empty and overlong text."""
    if mode == "HTML":
        parser = _Text()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise Refused(400, "Bad Request: can't parse entities: unclosed tag")
        text = parser.text
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise Refused(400, "Bad Request: message is too long")
    return text


def check_markup(markup: dict[str, Any] | None) -> None:
    if markup is None:
        return
    buttons = [b for row in markup["inline_keyboard"] for b in row]
    if len(buttons) > 100 or any(not 1 <= len(row) <= 8 for row in markup["inline_keyboard"]):
        raise Refused(400, "Bad Request: reply markup is too long")
    for b in buttons:
        if not b.get("text") or len(b) != 2:
            raise Refused(400, "Bad Request: inline keyboard button is invalid")
        if "callback_data" in b and not 1 <= len(b["callback_data"].encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if "copy_text" in b and not 1 <= len(b["copy_text"]["text"]) <= 256:
            raise Refused(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")
        if "url" in b and not urlsplit(b["url"]).netloc:
            raise Refused(400, "Bad Request: BUTTON_URL_INVALID")


@dataclass
class Sent:
    """A message in a chat, as it stands there now."""

    chat: int
    id: int
    text: str
    payload: dict[str, Any]
    edits: int = 0

    @property
    def buttons(self) -> list[dict[str, Any]]:
        markup = self.payload.get("reply_markup") or {}
        return [b for row in markup.get("inline_keyboard", []) for b in row]

    def button(self, part: str) -> dict[str, Any]:
        return next(b for b in self.buttons if part in b["text"] or part in b.get("callback_data", ""))


@dataclass
class FakeTelegram:
    """Serve it with `async with`; feed it with `say`, `tap`, `put`; read `messages`."""

    forum: frozenset[int] = frozenset()
    username: str = "sanhak_bot"
    flood: Callable[[int], float] | None = None
    """Chat to seconds of `retry_after`, 0 to let pass; called for each message."""
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    messages: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    """Groups that became supergroups, and their new numbers."""
    topics: set[tuple[int, int]] = field(default_factory=set)
    polls: int = 0
    conflicts: int = 0
    webhook: str = ""
    port: int = 0
    secret: str = ""

    def __post_init__(self) -> None:
        self._next = 0
        self._message = 1000
        self._topic = 7
        self._arrived = asyncio.Event()
        self._poll = 0
        self._taps: set[str] = set()
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(40)
        self.delivered = 0

    async def __aenter__(self) -> "FakeTelegram":
        app = web.Application(client_max_size=1 << 22)
        app.router.add_post("/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._queues.values():
            task.cancel()
        await asyncio.gather(*self._queues.values(), return_exceptions=True)
        self._arrived.set()
        await self._runner.cleanup()

    # feeding

    def put(self, update: dict[str, Any]) -> int:
        """Queue an update; it gets the next id unless it has one."""
        self._next = max(self._next + 1, update.get("update_id", 0))
        self.updates.append({"update_id": self._next, **update})
        self._arrived.set()
        if tap := update.get("callback_query"):
            self._taps.add(tap["id"])
        if self.webhook:
            self._deliver()
        return self._next

    def message(self, chat: int, user: int, text: str | None, **more: Any) -> dict[str, Any]:
        self._message += 1
        kind = "private" if chat > 0 else "supergroup"
        made = {
            "message_id": self._message,
            "date": int(asyncio.get_running_loop().time()) + 1_790_000_000,
            "chat": {"id": chat, "type": kind, **({"first_name": "김"} if chat > 0 else {"title": "방"})},
            "from": {"id": user, "is_bot": False, "first_name": f"사람{user}", "language_code": "ko"},
            **({"text": text} if text is not None else {}),
            **more,
        }
        if text and text.startswith("/"):
            command = re.match(r"/[A-Za-z0-9_]{1,32}(@\w+)?", text)
            made["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}] if command else []
        handle = f"@{self.username}"
        if text and handle in text:
            start = len(text[: text.index(handle)].encode("utf-16-le")) // 2
            made["entities"] = [{"type": "mention", "offset": start, "length": len(handle)}]
        return made

    def say(self, chat: int, text: str | None, user: int | None = None, **more: Any) -> dict[str, Any]:
        made = self.message(chat, user or abs(chat), text, **more)
        self.put({"message": made})
        return made

    def tap(self, sent: Sent, part: str, user: int | None = None) -> str:
        """Tap the button whose label or data has `part`; return its data."""
        data = str(sent.button(part)["callback_data"])
        self._message += 1
        self.put(
            {
                "callback_query": {
                    "id": f"cb{self._message}",
                    "from": {"id": user or sent.chat, "is_bot": False, "first_name": "김", "language_code": "ko"},
                    "chat_instance": "1",
                    "data": data,
                    "message": {
                        "message_id": sent.id,
                        "date": 1_790_000_000,
                        "chat": {"id": sent.chat, "type": "private" if sent.chat > 0 else "supergroup"},
                        "text": sent.text,
                        "reply_markup": sent.payload.get("reply_markup"),
                        **(
                            {"message_thread_id": t, "is_topic_message": True}
                            if (t := sent.payload.get("message_thread_id"))
                            else {}
                        ),
                    },
                }
            }
        )
        return data

    def of(self, chat: int) -> list[Sent]:
        return [m for m in self.messages if m.chat == chat]

    async def until(self, done: Callable[[], object], seconds: float = 40.0) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(seconds):
            while not done():
                await asyncio.sleep(0.01)

    async def reply(self, chat: int, text: str, **more: Any) -> Sent:
        """Say something and return the next message in that chat."""
        before = len(self.of(chat))
        self.say(chat, text, **more)
        await self.until(lambda: len(self.of(chat)) > before)
        return self.of(chat)[before]

    # the Bot API

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body = await request.read()
        payload = json.loads(body) if body else {}
        try:
            if request.match_info["token"] != TOKEN:
                raise Refused(401, "Unauthorized")
            answer: Callable[[dict[str, Any]], Awaitable[Any]] | None = getattr(self, f"do_{method}", None)
            if answer is None:
                raise Refused(404, "Not Found: method not found")
            if method != "getUpdates":
                self.calls.append((method, payload))
            if method == "getUpdates":
                payload["_gone"] = lambda: request.transport is None or request.transport.is_closing()
            return web.json_response({"ok": True, "result": await answer(payload)})
        except Refused as error:
            more = {"parameters": error.parameters} if error.parameters else {}
            return web.json_response(
                {"ok": False, "error_code": error.code, "description": error.description, **more}, status=error.code
            )

    async def do_getMe(self, payload):
        return {"id": 4242, "is_bot": True, "first_name": "안내", "username": self.username}

    async def do_getUpdates(self, payload):
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self.polls += 1
        self._poll = mine = self.polls
        offset = payload.get("offset", 0)
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        end = asyncio.get_running_loop().time() + payload.get("timeout", 0)
        while not self.updates and asyncio.get_running_loop().time() < end:
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), 0.1)
            if payload["_gone"]():
                return []
            if self.webhook:
                raise Refused(409, "Conflict: terminated by setWebhook request")
            if self._poll != mine:
                self.conflicts += 1
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return list(self.updates)[: payload.get("limit", 100)]

    async def do_setWebhook(self, payload):
        if not payload["url"].startswith(("https://", "http://127.0.0.1")):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook, self.secret = payload["url"], payload.get("secret_token", "")
        if self.webhook:
            self._deliver()
        return True

    async def do_getWebhookInfo(self, payload):
        return {"url": self.webhook, "pending_update_count": len(self.updates)}

    async def do_deleteWebhook(self, payload):
        self.webhook = ""
        return True

    def _deliver(self) -> None:
        for update in self.updates:
            queue = _queue_of(update)
            if queue not in self._queues or self._queues[queue].done():
                self._queues[queue] = asyncio.create_task(self._deliver_queue(queue))

    async def _deliver_queue(self, queue: str) -> None:
        """Deliver the updates of one chat and type, each until it is taken."""
        async with aiohttp.ClientSession() as session:
            while self.webhook and (waiting := [u for u in self.updates if _queue_of(u) == queue]):
                for update in waiting:
                    async with self._room:
                        taken = await self._post(session, update)
                    if not taken:
                        await asyncio.sleep(0.05)
                        break
                    self.updates.remove(update)
                    self.delivered += 1

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        try:
            async with session.post(
                self.webhook, json=update, headers=headers, timeout=aiohttp.ClientTimeout(total=5)
            ) as response:
                return 200 <= response.status < 300
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _sent(self, payload: dict[str, Any], text: str) -> dict[str, Any]:
        chat = int(payload["chat_id"])
        if chat in self.moved:
            new = self.moved[chat]
            raise Refused(
                400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": new}
            )
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if self.flood and (wait := self.flood(chat)):
            raise Refused(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
        thread = payload.get("message_thread_id")
        if thread is not None and (chat, thread) not in self.topics:
            raise Refused(400, "Bad Request: message thread not found")
        self._message += 1
        self.messages.append(Sent(chat, self._message, text, payload))
        return {"message_id": self._message, "date": 1, "chat": {"id": chat, "type": "private"}}

    async def do_sendMessage(self, payload):
        check_markup(payload.get("reply_markup"))
        return self._sent(payload, plain(payload["text"], payload.get("parse_mode")))

    async def do_copyMessage(self, payload):
        if len(payload.get("caption", "").encode("utf-16-le")) // 2 > 1024:
            raise Refused(400, "Bad Request: message caption is too long")
        return {"message_id": self._sent(payload, payload.get("caption") or "(copied)")["message_id"]}

    def _find(self, payload: dict[str, Any]) -> Sent:
        for m in self.messages:
            if m.chat == int(payload["chat_id"]) and m.id == payload["message_id"]:
                return m
        raise Refused(400, "Bad Request: message to edit not found")

    async def do_editMessageText(self, payload):
        check_markup(payload.get("reply_markup"))
        found = self._find(payload)
        text = plain(payload["text"], payload.get("parse_mode"))
        if (found.text, found.payload.get("reply_markup")) == (text, payload.get("reply_markup")):
            raise Refused(400, "Bad Request: message is not modified")
        found.text = text
        found.payload, found.edits = {**payload}, found.edits + 1
        return {"message_id": found.id}

    async def do_editMessageCaption(self, payload):
        found = self._find(payload)
        if len(payload.get("caption", "").encode("utf-16-le")) // 2 > 1024:
            raise Refused(400, "Bad Request: message caption is too long")
        found.text, found.edits = payload.get("caption", ""), found.edits + 1
        return {"message_id": found.id}

    async def do_editMessageReplyMarkup(self, payload):
        check_markup(payload.get("reply_markup"))
        found = self._find(payload)
        if found.payload.get("reply_markup") == payload["reply_markup"]:
            raise Refused(400, "Bad Request: message is not modified")
        found.payload, found.edits = {**found.payload, "reply_markup": payload["reply_markup"]}, found.edits + 1
        return {"message_id": found.id}

    async def do_createForumTopic(self, payload):
        chat = int(payload["chat_id"])
        if chat not in self.forum:
            raise Refused(400, "Bad Request: the chat is not a forum")
        if not 1 <= len(payload["name"]) <= 128:
            raise Refused(400, "Bad Request: TOPIC_TITLE_INVALID")
        self._topic += 1
        self.topics.add((chat, self._topic))
        return {"message_thread_id": self._topic, "name": payload["name"], "icon_color": 1}

    async def do_getChat(self, payload):
        chat = int(payload["chat_id"])
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was kicked from the supergroup chat")
        return {"id": chat, "type": "supergroup", "is_forum": chat in self.forum}

    async def do_answerCallbackQuery(self, payload):
        if payload["callback_query_id"] not in self._taps:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._taps.remove(payload["callback_query_id"])
        return True

    async def do_answerInlineQuery(self, payload):
        if len(payload["results"]) > 50 or any(len(r["id"].encode()) > 64 for r in payload["results"]):
            raise Refused(400, "Bad Request: RESULT_ID_INVALID")
        for r in payload["results"]:
            plain(r["input_message_content"]["message_text"], r["input_message_content"].get("parse_mode"))
        return True

    async def do_sendChatAction(self, payload):
        return True

    async def do_setMyCommands(self, payload):
        if any(not 1 <= len(c["description"]) <= 256 for c in payload["commands"]):
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        return True

    async def do_setMyDescription(self, payload):
        return True

    async def do_setMyShortDescription(self, payload):
        return True


def _queue_of(update: dict[str, Any]) -> str:
    """Return what an update queues with at a webhook: those of one type in one chat, or of one person."""
    kind, what = next((k, v) for k, v in update.items() if k != "update_id")
    return f"{kind}:{(what.get('chat') or what.get('from') or update)!s}" if isinstance(what, dict) else kind


def texts(messages: Iterable[Sent]) -> list[str]:
    return [m.text for m in messages]
