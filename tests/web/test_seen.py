"""What a request calls our host is written into no page: a cache between us would lead others there."""

from pathlib import Path

import pytest

from bot.store.database import Database
from tests.web.conftest import Opens

EVIL = "evil.example"
PATHS = [
    "/",
    "/chat",
    "/browse",
    "/a/royalty-cap",
    "/browse?q=x",
    "/nothing",
    "/robots.txt",
    "/sitemap.xml",
    "/embed.js",
]


async def fetched(site: Opens, folder: Path, host: str, public_url: str = "") -> dict[str, tuple[int, str]]:
    """Return the status and the text of every public page, asked for by a name."""
    async with Database(f"sqlite:///{folder}/pages.db") as database:
        await database.migrate()
        async with site(database, rate=0, public_url=public_url) as made, made.client(Accept="text/html") as client:
            found = {}
            for path in PATHS:
                response = await client.get(path, headers={"Host": host})
                found[path] = (response.status_code, response.text + str(response.headers))
            return found


@pytest.mark.parametrize("public_url", ["", "https://desk.example.kr"])
@pytest.mark.parametrize("host", [EVIL, f"{EVIL}:8080", f"desk.test.{EVIL}", f"127.0.0.1.{EVIL}"])
async def test_a_host_that_we_do_not_have_is_not_repeated(
    site: Opens, tmp_path: Path, host: str, public_url: str
) -> None:
    found = await fetched(site, tmp_path, host, public_url)
    assert [path for path, (_, text) in found.items() if EVIL in text] == []
    address = f"{public_url}/a/royalty-cap"
    assert f'<link rel="canonical" href="{address}">' in found["/a/royalty-cap"][1]
    # a list of whole addresses cannot be made where ours is not known
    assert found["/sitemap.xml"][0] == (200 if public_url else 404)
    assert ("Sitemap:" in found["/robots.txt"][1]) is bool(public_url)


@pytest.mark.parametrize("host", ["desk.test", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
async def test_who_comes_straight_to_us_may_say_where_we_are(site: Opens, tmp_path: Path, host: str) -> None:
    found = await fetched(site, tmp_path, host)
    assert f'<link rel="canonical" href="http://{host}/a/royalty-cap">' in found["/a/royalty-cap"][1]
    assert f"<loc>http://{host}/a/royalty-cap</loc>" in found["/sitemap.xml"][1]
