"""The process as an orchestrator sees it: it starts without Telegram, says that it stops, and does so in time."""

import asyncio
import signal
import time
from pathlib import Path

import aiohttp

from tests.telegram.fake import FakeTelegram
from tests.telegram.running import Process, small_knowledge

ASK = {"text": "사과나무 알려 주세요"}


async def test_a_refused_token_and_an_order_to_stop(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        process = Process.of(
            telegram.url,
            f"sqlite:///{tmp_path}/h.db",
            tmp_path,
            knowledge=small_knowledge(tmp_path),
            TELEGRAM_BOT_TOKEN="1:refused",
            HELPDESK_DRAIN="2",
        )
        await process.start()
        await process.answers()
        root = f"http://127.0.0.1:{process.port}"
        statuses: dict[str, set[int]] = {"ask": set(), "ready": set()}
        async with aiohttp.ClientSession() as client:
            _, half = await asyncio.open_connection("127.0.0.1", process.port)
            half.write(b"POST /api/v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{")
            _, begun = await asyncio.open_connection("127.0.0.1", process.port)
            begun.write(b"GET / HTTP/1.1\r\nHos")
            assert process.running is not None
            process.running.send_signal(signal.SIGTERM)
            told = time.monotonic()
            await asyncio.sleep(0.3)
            while time.monotonic() - told < 1.6:
                async with client.post(f"{root}/api/v1/ask", json=ASK) as answer:
                    statuses["ask"].add(answer.status)
                async with client.get(f"{root}/readyz") as answer:
                    statuses["ready"].add(answer.status)
                await asyncio.sleep(0.05)
        code = await asyncio.wait_for(process.running.wait(), 20)
        half.close()
        begun.close()
    assert statuses == {"ask": {200}, "ready": {503}}
    assert code == 0
    assert time.monotonic() - told < 2 + 10
    said = process.log.read_text(encoding="utf-8")
    assert "받아들이지 않습니다" in said
    assert "Traceback" not in said
