"""The database's URL: what operators write, turned into what our drivers take."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.store import sqlite
from bot.words import RefusedError


class StoreError(RefusedError):
    """The database cannot be used; the message says why, in the operator's words."""


def url_of(value: str) -> str:
    """Return a database URL with the driver that we use.

    Raises:
        StoreError: it is not a URL of SQLite or PostgreSQL.
    """
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise StoreError(
            "HELPDESK_DATABASE_URL을 읽을 수 없습니다. 예: sqlite:///data/helpdesk.db, "
            "postgresql://사용자:암호@호스트/데이터베이스"
        ) from None
    drivers = {"sqlite": sqlite.DRIVER, "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    driver = drivers.get(url.drivername.split("+")[0])
    if driver == sqlite.DRIVER and not url.database:
        raise StoreError("HELPDESK_DATABASE_URL에 파일이 없습니다. 예: sqlite:///data/helpdesk.db")
    if driver is None:
        raise StoreError(f"HELPDESK_DATABASE_URL은 sqlite나 postgresql이어야 합니다: {url.drivername}")
    return _with_drivers_words(url.set(drivername=driver)).render_as_string(hide_password=False)


def _with_drivers_words(url: URL) -> URL:
    """Return a URL with options renamed for our driver: what hosted PostgreSQL services show is written for libpq.

    Source: libpq, «sslmode»; asyncpg, `connect(ssl=…)`, which takes the same words.
    """
    if url.drivername.startswith("sqlite"):
        return url
    mode = url.query.get("sslmode")
    others = {k: v for k, v in url.query.items() if k not in ("sslmode", "channel_binding", "target_session_attrs")}
    return url.set(query={**others, **({"ssl": mode} if mode else {})})
