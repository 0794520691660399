"""Members of staff for tests: accounts, and clients that are logged in."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from bot.store import accounts
from bot.store.database import Database
from tests.web.conftest import Site

ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For tests in which nothing depends on which database it is."""
PASSWORD = "correct-horse-1"
NAMES = {"agent": "김상담", "maintainer": "이지식", "admin": "박관리"}


async def hire(
    database: Database, role: str = "agent", login: str = "", name: str = "", password: str = PASSWORD
) -> str:
    """Make an account and return its login."""
    login = login or f"{role}1"
    async with database.write() as connection:
        now = datetime.now(UTC)
        await accounts.add(connection, "", login, name or NAMES[role], role, password, now)
    return login


class Colleague:
    """A member of staff at a browser without scripts."""

    def __init__(self, site: Site, address: str = "203.0.113.50") -> None:
        self.http = site.client(address, Accept="text/html")
        self.csrf = ""

    async def log_in(self, login: str, password: str = PASSWORD, onward: str = "") -> httpx.Response:
        """Fill in the log-in form."""
        page = await self.http.get("/console/login", params={"next": onward} if onward else {})
        form = {**hidden(page.text), "login": login, "password": password}
        return await self.http.post("/console/login", data=form)

    async def enter(self, login: str) -> "Colleague":
        """Log in, and remember the CSRF token of the pages."""
        self.http.cookies.clear()
        response = await self.log_in(login)
        assert response.status_code == 303, response.text
        home = await self.http.get("/console/me")
        self.csrf = re.search(r'<meta name="csrf" content="([^"]+)">', home.text)[1]
        return self

    async def get(self, path: str, *, script: bool = False) -> httpx.Response:
        return await self.http.get(path, headers={"X-Console": "1", "Accept": "*/*"} if script else {})

    async def send(self, path: str, **form: str) -> httpx.Response:
        """Send a form, as a script does."""
        return await self.http.post(path, data=form, headers={"X-Console": "1", "X-CSRF": self.csrf, "Accept": "*/*"})


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
