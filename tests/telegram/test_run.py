"""`helpdesk serve` (`make run`) as an operator sees it: with a token, with a wrong one, with none."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp

from tests.conftest import SHIPPED
from tests.telegram.fake import TOKEN, FakeTelegram
from tests.telegram.running import free_port, ready, small_knowledge


async def started(folder: Path, port: int = 0, **settings: str) -> asyncio.subprocess.Process:
    """Start in an empty folder, with nothing set but what is given."""
    folder.mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HELPDESK_", "TELEGRAM_"))}
    return await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("helpdesk")),
        "serve",
        cwd=folder,
        env={
            **kept,
            "HELPDESK_KNOWLEDGE": str(small_knowledge(folder)),
            "HELPDESK_PORT": str(port or free_port()),
            **settings,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def told(process: asyncio.subprocess.Process, part: str) -> str:
    """Return what was printed up to the line that has `part`."""
    assert process.stdout is not None
    text = ""
    async with asyncio.timeout(60):
        while part not in text:
            line = await process.stdout.readline()
            assert line, text
            text += line.decode()
    return text


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(60):
        _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_a_token_alone_serves_telegram_by_polling(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        process = await started(tmp_path, TELEGRAM_BOT_TOKEN=TOKEN, HELPDESK_TELEGRAM_API=telegram.url)
        text = await told(process, "텔레그램")
        assert "항목 8개" in text
        assert "sqlite" in text
        assert "@sanhak_bot: 폴링으로 받습니다" in text
        answer = await telegram.reply(77, "사과나무 알려 주세요")
        assert "사과나무의 답입니다." in answer.text
        asked = next(p for m, p in telegram.calls if m == "deleteWebhook")
        assert asked == {"drop_pending_updates": False}
        code, errors = await ended(process)
    assert (code, "Traceback" in errors) == (0, False)
    assert TOKEN not in text + errors
    assert (tmp_path / "data" / "helpdesk.db").exists()
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o77 == 0


async def test_without_a_token_it_says_how_to_get_one_and_serves_the_web(tmp_path: Path) -> None:
    port = free_port()
    process = await started(tmp_path, port)
    text = await told(process, "TELEGRAM_BOT_TOKEN=")
    assert "@BotFather" in text
    assert "/newbot" in text
    await ready(port)
    second = await started(tmp_path / "second", port)
    async with asyncio.timeout(60):
        _, errors = await second.communicate()
    assert (second.returncode, "Traceback" in errors.decode()) == (1, False)
    assert f"127.0.0.1:{port}를 열 수 없습니다: 이미 쓰는 포트입니다." in errors.decode()
    assert (await ended(process))[0] == 0


async def test_what_is_counted_is_for_the_operator_alone(tmp_path: Path) -> None:
    port, private = free_port(), free_port()
    process = await started(tmp_path, port, HELPDESK_METRICS_PORT=str(private))
    await ready(port)
    async with aiohttp.ClientSession() as client:
        async with client.get(f"http://127.0.0.1:{port}/metrics") as public:
            assert public.status == 404
        async with client.get(f"http://127.0.0.1:{private}/metrics") as shown:
            counted = await shown.text()
        async with client.get(f"http://127.0.0.1:{port}/healthz") as health:
            assert health.status == 200
    assert 'helpdesk_knowledge_info{entries="8"' in counted
    named = set(
        re.findall(r"`(helpdesk_\w+)", (SHIPPED.parent / "docs" / "monitoring.md").read_text(encoding="utf-8"))
    )
    assert len(named) > 10
    assert {n for n in named if n not in counted} == set()
    second = await started(tmp_path, HELPDESK_METRICS_PORT=str(private))
    async with asyncio.timeout(60):
        _, errors = await second.communicate()
    assert second.returncode == 1
    assert f"HELPDESK_METRICS_PORT 127.0.0.1:{private}를 열 수 없습니다" in errors.decode()
    assert "Traceback" not in errors.decode()
    assert (await ended(process))[0] == 0


async def test_a_wrong_token_is_refused_in_plain_words_and_the_web_stays(tmp_path: Path) -> None:
    async with FakeTelegram() as telegram:
        port = free_port()
        process = await started(tmp_path, port, TELEGRAM_BOT_TOKEN="1:wrong", HELPDESK_TELEGRAM_API=telegram.url)
        await ready(port)
        await told(process, "@BotFather에서 토큰을 다시 확인하세요")
        code, errors = await ended(process)
    assert code == 0
    assert "Traceback" not in errors
    assert "1:wrong" not in errors


async def test_the_web_opens_while_telegram_cannot_be_reached(tmp_path: Path) -> None:
    port, api = free_port(), free_port()
    process = await started(tmp_path, port, TELEGRAM_BOT_TOKEN=TOKEN, HELPDESK_TELEGRAM_API=f"http://127.0.0.1:{api}")
    await ready(port)
    async with FakeTelegram(port=api) as telegram:  # and is there at last
        await told(process, "폴링으로 받습니다")
        assert "사과나무의 답입니다." in (await telegram.reply(77, "사과나무 알려 주세요")).text
        assert (await ended(process))[0] == 0
