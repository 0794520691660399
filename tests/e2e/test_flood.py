"""Beside one address that asks without pause what costs most, others are served as if it had one question."""

import asyncio
import random
import statistics
import time
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.matching import encoder
from tests.telegram.running import Process, ready, small_knowledge

FLOOD, QUIET, OFFICE, QUESTIONS = 20, 3, 30, 2


def rare(random_: random.Random, letters: int) -> str:
    """Return letters that make no word, which the encoder takes longest to read."""
    return "".join(chr(random_.randrange(0xAC00, 0xD7A4)) for _ in range(letters))


class Visitors:
    """Ask a desk from many addresses, through a proxy that it trusts, and note how long each waited for what."""

    def __init__(self, client: aiohttp.ClientSession, port: int) -> None:
        self.client, self.root = client, f"http://127.0.0.1:{port}"
        self.seconds: dict[str, list[float]] = {}
        self.outcomes: dict[str, Counter[int]] = {}
        self.random = random.Random(7)

    async def ask(self, who: str, address: str, text: str, user: str = "") -> None:
        """Ask one question."""
        headers = {"X-Forwarded-For": address} | ({"X-Helpdesk-User": user} if user else {})
        began = time.monotonic()
        async with self.client.post(f"{self.root}/api/v1/ask", json={"text": text}, headers=headers) as reply:
            await reply.read()
        self.seconds.setdefault(who, []).append(time.monotonic() - began)
        self.outcomes.setdefault(who, Counter())[reply.status] += 1

    async def flood(self, done: asyncio.Event) -> None:
        """Ask what takes long, again and again."""
        while not done.is_set():
            await self.ask("flood", "198.51.100.1", rare(self.random, 100))

    async def quiet(self, number: int) -> None:
        """Ask a few questions that nobody asked before, one after the other."""
        for _ in range(QUESTIONS):
            text = f"사과나무 {rare(self.random, 2)} 알려 주세요"
            await self.ask("quiet", f"203.0.113.{number}", text)

    async def office(self, number: int) -> None:
        """Ask one question of many from one address."""
        await self.ask("office", "192.0.2.9", f"바닷가재 {number}번", f"colleague-{number:08}")

    async def looked_after(self, done: asyncio.Event) -> None:
        """See whether the process still lives, as an orchestrator does."""
        while not done.is_set():
            began = time.monotonic()
            async with self.client.get(f"{self.root}/healthz"):
                self.seconds.setdefault("health", []).append(time.monotonic() - began)
            await asyncio.sleep(0.05)


@pytest.mark.skipif(not encoder._is_installed(), reason="no sentence encoder")
async def test_a_flood_waits_behind_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without any limit of requests: the order alone protects. Nobody is refused, an office behind one address least of all."""
    process = Process.of(
        *("", f"sqlite:///{tmp_path}/h.db", tmp_path),
        knowledge=small_knowledge(tmp_path),
        TELEGRAM_BOT_TOKEN="",
        HELPDESK_ENCODER="auto",
        HELPDESK_RATE="0",
        HELPDESK_PROXIES="127.0.0.1",
    )
    connector = aiohttp.TCPConnector(limit=0)
    async with process, aiohttp.ClientSession(connector=connector) as client:
        await ready(process.port, 180)
        visitors, done = Visitors(client, process.port), asyncio.Event()
        flood = [asyncio.create_task(visitors.flood(done)) for _ in range(FLOOD)]
        health = asyncio.create_task(visitors.looked_after(done))
        await asyncio.sleep(1)
        await asyncio.gather(*map(visitors.quiet, range(QUIET)), *map(visitors.office, range(OFFICE)))
        done.set()
        await asyncio.gather(*flood, health)
    took = {who: (statistics.median(times), max(times)) for who, times in visitors.seconds.items()}
    with capsys.disabled():
        print({who: f"{middle:.2f} s, at most {most:.2f} s" for who, (middle, most) in took.items()})
    assert {status for outcomes in visitors.outcomes.values() for status in outcomes} == {200}
    assert len(visitors.seconds["office"]) == OFFICE
    assert took["quiet"][1] <= took["flood"][0] / 2
    assert took["health"][0] <= took["flood"][0] / 10
