"""The web application in this process, on a database, with a clock that nobody waits for."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.web import app
from bot.channels.web.parts import Parts, WebOptions
from bot.desk.courier import Courier
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.store import keys
from bot.store.database import Database
from tests.served import counting

SECRET = b"k" * 32
Opens = Callable[..., AbstractAsyncContextManager["Site"]]


class Site:
    """The application, and a browser or program that uses it."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.web: FastAPI = app.create(parts)

    def client(self, address: str = "203.0.113.7", **headers: str) -> httpx.AsyncClient:
        """A client at an address; what the application raises is the application's to answer."""
        transport = httpx.ASGITransport(self.web, raise_app_exceptions=False, client=(address, 4711))
        return httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers)

    def user(self, name: str = "u") -> httpx.AsyncClient:
        """A client of one user."""
        return self.client(**{"X-Helpdesk-User": f"{name}-0123456789abcdef"})

    async def key(self, role: str = "agent", name: str = "콜센터") -> dict[str, str]:
        """The header of a new key."""
        async with self.parts.database.write() as connection:
            secret = await keys.add(connection, name, role, datetime.now(UTC))
        return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def site(shipped: HelpDesk) -> Opens:
    """Open the application on a database inside the block."""

    @asynccontextmanager
    async def opened(
        database: Database, *, desk: HelpDesk | None = None, courier: Courier | None = None, **options: object
    ) -> AsyncIterator[Site]:
        front = Front(desk or shipped)
        async with counting(database, front) as counter:
            yield Site(Parts(front, database, counter, SECRET, courier, WebOptions(**options)))

    return opened
