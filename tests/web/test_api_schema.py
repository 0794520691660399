"""The OpenAPI document is true: schemathesis asks the running application what it allows, and what it forbids."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn

from bot.channels.web import app
from bot.channels.web.parts import Parts, WebOptions
from bot.desk.counter import Counter
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store import keys
from bot.store.database import Database
from tests.conftest import SHIPPED
from tests.telegram.running import free_port
from tests.web.conftest import SECRET

USER = "schemathesis-0123456789"


class Running:
    """The application behind a real socket, in a thread of its own."""

    def __init__(self, desk: HelpDesk, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.key = ""
        self._desk, self._folder, self._port = desk, folder, port
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        async with Database(f"sqlite:///{self._folder}/x.db") as database:
            await database.migrate()
            async with database.write() as connection:
                self.key = await keys.add(connection, "schemathesis", "maintainer", datetime.now(UTC))
            front = Front(self._desk)
            counter = Counter(database, front)
            running = asyncio.create_task(counter.run())
            web = app.create(Parts(front, database, counter, SECRET, options=WebOptions(rate=0)))
            config = uvicorn.Config(web, port=self._port, log_config=None, lifespan="off", proxy_headers=False)
            self._server = uvicorn.Server(config)
            self._ready.set()
            await self._server.serve()
            running.cancel()

    def __enter__(self) -> "Running":
        self._thread.start()
        assert self._ready.wait(60)
        for _ in range(600):
            if self._server.started:
                return self
            threading.Event().wait(0.05)
        raise TimeoutError

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(60)


@pytest.fixture(scope="module")
def running(shipped: HelpDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(shipped, tmp_path_factory.mktemp("schema")) as server:
        for text in ("창원대 전화번호", "ㅊㅇ"):
            httpx.post(f"{server.url}/api/v1/ask", json={"text": text}, headers={"X-Helpdesk-User": USER})
        httpx.post(f"{server.url}/api/v1/ticket", headers={"X-Helpdesk-User": USER})
        yield server


def test_the_api_does_what_its_description_says(running: Running, tmp_path: Path) -> None:
    """All checks of schemathesis, in all of its phases: examples, limits of every value, random values, sequences."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{running.url}/api/v1/openapi.json"),
        *("--checks", "all", "--max-examples", "15", "--seed", "7", "--no-color", "--continue-on-failure"),
        *("--header", f"Authorization: Bearer {running.key}", "--request-timeout", "30"),
        *("--suppress-health-check", "all"),
    ]
    around = os.environ | {"SCHEMATHESIS_HOOKS": "tests.web.schema_hooks", "PYTHONPATH": str(SHIPPED.parent)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False, env=around)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_the_document_names_what_is_there(running: Running) -> None:
    document = httpx.get(f"{running.url}/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = {f"{m.upper()} {p}" for p, methods in document["paths"].items() for m in methods}
    assert operations == {
        "POST /api/v1/ask",
        "POST /api/v1/feedback",
        "POST /api/v1/none",
        "DELETE /api/v1/me",
        "POST /api/v1/reset",
        "GET /api/v1/corrections",
        "POST /api/v1/ticket",
        "GET /api/v1/ticket",
        "POST /api/v1/ticket/messages",
        "PUT /api/v1/ticket/callback",
        "POST /api/v1/ticket/leave",
        "GET /api/v1/tickets",
        "GET /api/v1/tickets/{number}",
        "POST /api/v1/tickets/{number}/claim",
        "POST /api/v1/tickets/{number}/messages",
        "POST /api/v1/tickets/{number}/close",
        "GET /api/v1/suggest",
        "GET /api/v1/entries",
        "GET /api/v1/entries/{id}",
        "GET /api/v1/institutions",
        "GET /api/v1/institutions/{id}",
        "GET /api/v1/menu",
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert any("가" <= ch <= "힣" for ch in operation["summary"])
