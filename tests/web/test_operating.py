"""What an operator relies on: failures are counted, the console opens behind any proxy, the files to start from name it."""

import asyncio
import re
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot import app
from bot.channels.web.addresses import networks
from bot.chores import Chores
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.serve import listening
from bot.settings import Settings
from bot.store.database import Database
from tests.served import connected, disconnected
from tests.telegram.running import small_knowledge
from tests.web.conftest import Opens
from tests.web.staffroom import ONE, PASSWORD, Colleague, hidden, hire

ROOT = Path(__file__).resolve().parents[2]
AWAY = "sqlite:////proc/none/x.db"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    """A small desk in its place: nothing here depends on what it knows."""
    return app.desk(small_knowledge(tmp_path_factory.mktemp("knowledge")))


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_an_answer_that_is_not_kept_is_counted(site: Opens) -> None:
    before, threads = counted("helpdesk_unremembered_total", channel="web"), connected()
    async with Database(AWAY) as away, site(away) as opened, opened.user() as client:
        assert (await client.post("/api/v1/ask", json={"text": "창원대 전화번호"})).status_code == 200
    await disconnected(threads)
    assert counted("helpdesk_unremembered_total", channel="web") == before + 1


async def test_deleting_that_fails_is_counted_and_told(shipped: HelpDesk, caplog: pytest.LogCaptureFixture) -> None:
    before, last = counted("helpdesk_purge_failed_total"), counted("helpdesk_purged_timestamp_seconds")
    threads = connected()
    async with Database(AWAY) as away:
        working = asyncio.create_task(Chores(Front(shipped), away, Settings()).housekeeping())
        while counted("helpdesk_purge_failed_total") == before:
            await asyncio.sleep(0.01)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    await disconnected(threads)
    assert counted("helpdesk_purged_timestamp_seconds") == last
    assert "nothing was purged" in caplog.text


@ONE
@pytest.mark.parametrize(("origin", "status"), [("https://desk.example", 303), ("https://other.example", 403)])
async def test_a_proxy_may_call_us_by_its_own_name(database: Database, site: Opens, origin: str, status: int) -> None:
    await hire(database)
    async with site(database, public_url="https://desk.example") as opened:
        http = Colleague(opened).http
        inside = {"Host": "upstream:8080"}
        page = await http.get("/console/login", headers=inside)
        http.cookies = {c.name: c.value for c in http.cookies.jar}  # Secure: the proxy speaks http to us
        form = {**hidden(page.text), "login": "agent1", "password": PASSWORD}
        came = await http.post("/console/login", data=form, headers={**inside, "Origin": origin})
    assert came.status_code == status


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_two_colons_are_all_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    with listening(Settings(_env_file=None, host="::", port=0)) as listener:
        port = listener.getsockname()[1]
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=5).close()
    assert f"http://[::]:{port}" in capsys.readouterr().out


_EXAMPLE = re.compile(r"(?:HELPDESK_PROXIES(?:[=:]|, value:) ?\"?|프록시의 주소\(|\. 예: )([\d.:/, ]+)")
_PRIVATE = networks("10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16")


@pytest.mark.parametrize(
    "name",
    [
        *("README.md", "README.ko.md", "docs/deploy/compose.yaml", "docs/deploy/kubernetes.yaml"),
        *("bot/settings.py", "bot/chosen.py"),
    ],
)
def test_where_one_starts_from_proxies_are_named(name: str) -> None:
    """None of the examples is a network that users may be in: they would choose their own addresses."""
    found = _EXAMPLE.findall((ROOT / name).read_text(encoding="utf-8"))
    assert found
    for one in (network for example in found for network in networks(example)):
        assert not any(one.version == 4 and private.subnet_of(one) for private in _PRIVATE), one
