"""For administrators: accounts of staff, and who did what."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.console.frame import ROOT, Console, Page, back, field
from bot.channels.web.console.words import ACTION_NAMES, DETAIL_NAMES, ROLE_NAMES
from bot.store import accounts, audit, staff
from bot.store.numbers import count
from bot.store.staff import Session, StaffRefusedError

_LINES = 100


async def page(console: Console, request: Request, who: Session) -> Response:
    """Show all accounts."""
    return await _shown(console, request, who)


async def _shown(
    console: Console, request: Request, who: Session, *, fault: str = "", given: tuple[str, str] | None = None
) -> Response:
    async with console.parts.database.read() as connection:
        members = await staff.every(connection)
        open_sessions = await staff.count_sessions(connection, console.now())
    values = {"members": members, "sessions": open_sessions, "roles": ROLE_NAMES, "fault": fault, "given": given}
    return console.render(request, who, "people.html", values, status=422 if fault else 200)


async def add(console: Console, request: Request, who: Session) -> Response:
    """Make an account with a password that is shown once and must be replaced."""
    form = await request.form()
    login, name, role = field(form, "login", 64), field(form, "name", 80), field(form, "role", 20)
    password = secrets.token_urlsafe(12)
    try:
        async with console.parts.database.write() as connection:
            made = await accounts.add(
                connection, who.member.login, login, name, role, password, console.now(), provisional=True
            )
    except StaffRefusedError as error:
        return await _shown(console, request, who, fault=str(error))
    return await _shown(console, request, who, given=(made.login, password))


async def change(console: Console, request: Request, who: Session) -> Response:
    """Give an account another role or password, stop it, or let it work again."""
    form = await request.form()
    login, what, by, now = request.path_params["login"], field(form, "what", 20), who.member.login, console.now()
    password = secrets.token_urlsafe(12)
    try:
        async with console.parts.database.write() as connection:
            if what == "role":
                await accounts.give_role(connection, by, login, field(form, "role", 20), now)
            elif what == "stop":
                await accounts.disable(connection, by, login, now)
            elif what == "start":
                await accounts.enable(connection, by, login, now)
            elif what == "reset":
                account = console.pseudonym("login", login)
                await accounts.reset(connection, by, login, password, now, account=account, provisional=True)
            else:
                raise StaffRefusedError("무엇을 할지 알 수 없습니다.")
    except StaffRefusedError as error:
        return await _shown(console, request, who, fault=str(error))
    if what == "reset":
        return await _shown(console, request, who, given=(login, password))
    return back(request, f"{ROOT}/people")


async def log(console: Console, request: Request, who: Session) -> Response:
    """Show who did what, newest first."""
    before = request.query_params.get("before", "")
    action = request.query_params.get("action", "")
    async with console.parts.database.read() as connection:
        lines = await audit.recent(connection, _LINES + 1, count(before), action if action in _KINDS else "")
    more = lines[_LINES - 1].id if len(lines) > _LINES else None
    values: dict[str, object] = {
        "lines": lines[:_LINES],
        "more": more,
        "actions": ACTION_NAMES,
        "kinds": _KINDS,
        "action": action,
    }
    values["details"] = DETAIL_NAMES
    return console.render(request, who, "audit.html", values)


_KINDS = {
    "login": "로그인",
    "password": "비밀번호",
    "staff": "계정",
    "ticket": "상담",
    "flag": "표시",
    "call": "못 찾음",
    "gap": "답이 없는 물음",
    "entry": "답",
    "review": "다시 보기",
}
PAGES = (
    Page(f"{ROOT}/people", page, role="admin", title="계정", key="P"),
    Page(f"{ROOT}/people", add, "POST", role="admin"),
    Page(f"{ROOT}/people/{{login}}", change, "POST", role="admin"),
    Page(f"{ROOT}/audit", log, role="admin", title="기록", key="A"),
)
