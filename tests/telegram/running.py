"""The help desk as a process of its own, and Telegram beside it."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.telegram.fake import TOKEN

SECRET = "s" * 40


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


async def ready(port: int, seconds: float = 60) -> None:
    """Wait until the web server at a port says that it is ready."""
    async with asyncio.timeout(seconds), aiohttp.ClientSession() as client:
        while True:
            with suppress(aiohttp.ClientError):
                async with client.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


@dataclass
class Process:
    """`helpdesk serve` that can be killed and started again with the same settings."""

    settings: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    metrics: int = field(default_factory=free_port)
    running: asyncio.subprocess.Process | None = None

    @classmethod
    def of(
        cls,
        telegram: str,
        database: str,
        folder: Path,
        *,
        knowledge: Path | None = None,
        webhook: bool = False,
        **more: str,
    ) -> "Process":
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "HELPDESK_TELEGRAM_API": telegram,
            "HELPDESK_DATABASE_URL": database,
            "HELPDESK_SECRET": SECRET,
            **more,
        }
        if knowledge:
            settings["HELPDESK_KNOWLEDGE"] = str(knowledge)
        made = cls(settings, folder / "serve.log")
        if webhook:
            settings["HELPDESK_PUBLIC_URL"] = f"http://127.0.0.1:{made.port}"
        return made

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "serve",
                env={
                    **os.environ,
                    **self.settings,
                    "HELPDESK_PORT": str(self.port),
                    "HELPDESK_METRICS_PORT": str(self.metrics),
                },
                stdout=log,
                stderr=log,
            )

    async def answers(self) -> None:
        """Wait until the web server of the process says that it is ready."""
        await ready(self.port)

    async def kill(self, how: int = signal.SIGKILL) -> int:
        assert self.running is not None
        if self.running.returncode is None:
            self.running.send_signal(how)
        return await self.running.wait()

    async def __aenter__(self) -> "Process":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill(signal.SIGTERM)


SMALL = """
entries:
""" + "".join(
    f"- {{id: e{i}, questions: [{word} 알려 주세요, {word}은 무엇인가요, {word} 뜻], answer: '{word}의 답입니다.'}}\n"
    for i, word in enumerate(
        ["사과나무", "바닷가재", "우체국장", "고속도로", "냉장고문", "피아노줄", "운동화끈", "보름달빛"]
    )
)
WORDS = ["사과나무", "바닷가재", "우체국장", "고속도로", "냉장고문", "피아노줄", "운동화끈", "보름달빛"]


def small_knowledge(folder: Path) -> Path:
    """Write a knowledge base of eight entries whose answers can be told apart, and return its folder."""
    made = folder / "small"
    made.mkdir(exist_ok=True)
    (made / "entries.yaml").write_text(SMALL, encoding="utf-8")
    return made
