"""PostgreSQL behind SQLAlchemy: its settings, and the one character that it cannot hold."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_NUL = "\0"


def engine(url: str) -> AsyncEngine:
    """Return an engine on a server."""
    made = create_async_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        pool_timeout=5,
        hide_parameters=True,
        connect_args={"timeout": 5, "command_timeout": 60},
    )
    event.listen(made.sync_engine, "before_cursor_execute", _cleaned, retval=True)
    return made


def _cleaned(
    _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool
) -> tuple[str, Any]:
    """Take the character U+0000 out of every value that goes to the server, which refuses any text with one.

    What was sent with one is found as it was kept, for what is looked for goes through here as well.
    """
    return statement, _without_nul(parameters)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_NUL, "") if _NUL in value else value
    if isinstance(value, list | tuple):
        return type(value)([_without_nul(v) for v in value])
    return value
