"""Logging in and out, and one's own account."""

import hmac
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import metrics
from bot.channels.web.addresses import client
from bot.channels.web.console.frame import COOKIE, ROOT, Console, Page, back, field, headers, onward
from bot.channels.web.console.words import FAULTS, duration
from bot.channels.web.errors import ApiError
from bot.store import audit, passwords, second, staff
from bot.store.database import Connection
from bot.store.staff import Member, Session

_DOOR = "helpdesk_console_door"
"""A cookie that a login form must match, so that no other site can log somebody in."""
_KNOWN = "helpdesk_console_known"
"""A cookie of a browser from which an account was entered before."""
_RESULTS = {audit.ENTERED: "entered", audit.FAILED: "failed", audit.OVERTAKEN: "overtaken"}
"""What the metrics call that which became of an attempt."""


async def form_page(
    console: Console, request: Request, *, fault: str = "", login: str = "", status: int = 200
) -> Response:
    """Return the login form; after a wrong password it still leads where somebody wanted to go."""
    sent = field(await request.form(), "next") if request.method == "POST" else ""
    wanted = onward(sent or request.query_params.get("next", ROOT))
    async with console.parts.database.read() as connection:
        first = await staff.nobody(connection)
    token = request.cookies.get(_DOOR) or secrets.token_urlsafe(24)
    values: dict[str, object] = {
        "next": wanted,
        "door": token,
        "fault": fault,
        "login": login,
        "name": console.library.base.name,
    }
    values["first"] = first
    response = console.html("login.html", values, status)
    response.set_cookie(_DOOR, token, path=f"{ROOT}/login", httponly=True, samesite="strict", secure=console.https)
    return response


async def show(console: Console, request: Request) -> Response:
    """Show the login form; who is logged in already goes on."""
    if await console.session(request, quiet=True):
        return RedirectResponse(onward(request.query_params.get("next", ROOT)), 303, headers())
    fault = FAULTS["ended"] if request.query_params.get("ended") == "1" else ""
    return await form_page(console, request, fault=fault)


async def enter(console: Console, request: Request) -> Response:
    """Log in: a new session each time, whatever the browser sent before."""
    console.same_origin(request)
    form = await request.form()
    door = request.cookies.get(_DOOR, "")
    if not door or not hmac.compare_digest(field(form, "door").encode(), door.encode()):
        return await form_page(console, request, fault=FAULTS["csrf"], status=403)
    login, password = field(form, "login", 64).lower(), str(form.get("password", ""))
    token, wait = await _entered(console, request, login, password, field(form, "code", 20))
    if not token:
        fault, status = (_locked(wait), 429) if wait else (FAULTS["login"], 401)
        response = await form_page(console, request, fault=fault, login=login, status=status)
        if wait:
            response.headers["Retry-After"] = str(-int(-wait.total_seconds() // 1))
        return response
    response = RedirectResponse(onward(field(form, "next", 2000)), 303, headers())
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(staff.ABSOLUTE.total_seconds()),
        path=ROOT,
        httponly=True,
        samesite="lax",
        secure=console.https,
    )
    response.delete_cookie(_DOOR, path=f"{ROOT}/login")
    _remember(console, response, login)
    return response


def _locked(wait: timedelta) -> str:
    return FAULTS["locked"].format(wait=duration(wait))


async def _entered(console: Console, request: Request, login: str, password: str, code: str) -> tuple[str, timedelta]:
    """Return the token of a new session; or none, and how long to wait where there were too many tries. Takes the same time for accounts that exist and for others.

    Whether the password or the code of the second factor was wrong, nobody is told; nor that the account has changed
    while the password was checked.
    """
    address = console.pseudonym("address", client(request.scope, console.parts.options.proxies))
    account, browser = console.pseudonym("login", login), _browser(console, request, login)
    async with console.parts.database.write() as connection:
        tried = await audit.attempt(connection, account, browser or address, console.now(), known=bool(browser))
        member = await staff.find(connection, login)
    if tried.line is None:
        metrics.LOGINS.labels("locked").inc()
        return "", tried.wait
    right = await console.checker.fits(member.password if member else "", password)
    async with console.parts.database.write() as connection:
        became = await _became(console, connection, member, code, right=right)
        await audit.settle(connection, tried.line, member.login if member else "", became)
        token = ""
        if member is not None and became == audit.ENTERED:
            await staff.leave(connection, request.cookies.get(COOKIE, ""))
            token = await staff.enter(connection, member.id, console.now())
    metrics.LOGINS.labels(_RESULTS[became]).inc()
    return token, timedelta()


async def _became(console: Console, connection: Connection, checked: Member | None, code: str, *, right: bool) -> str:
    """Return what became of an attempt whose password was checked against a member's as it was then; the member is held.

    A code of the second factor is taken once.
    """
    if checked is None:
        return audit.FAILED
    member = await staff.hold_as_before(connection, checked)
    if member is None:
        return audit.OVERTAKEN
    if not right or not member.active:
        return audit.FAILED
    changed = second.accepted(member.preferences, code, console.now())
    if changed:
        await staff.prefer(connection, member.id, **changed)
    return audit.FAILED if changed is None else audit.ENTERED


def _browser(console: Console, request: Request, login: str) -> str:
    """Return the pseudonym of a browser from which an account was entered before, or empty."""
    token, _, proof = request.cookies.get(_KNOWN, "").partition(".")
    right = hmac.compare_digest(proof.encode(), console.pseudonym("known", f"{login} {token}").encode())
    return console.pseudonym("browser", token) if token and right else ""


def _remember(console: Console, response: Response, login: str) -> None:
    """Let a browser be known for the account that was entered from it: strangers' failures do not count for it."""
    token = secrets.token_urlsafe(24)
    response.set_cookie(
        _KNOWN,
        f"{token}.{console.pseudonym('known', f'{login} {token}')}",
        max_age=int(audit.REMEMBERED.total_seconds()),
        path=f"{ROOT}/login",
        httponly=True,
        samesite="strict",
        secure=console.https,
    )


async def leave(console: Console, request: Request, who: Session) -> Response:
    """Log out here, or everywhere."""
    form = await request.form()
    everywhere = field(form, "where") == "all"
    async with console.parts.database.write() as connection:
        if everywhere:
            await staff.leave_everywhere(connection, who.member.id)
        else:
            await staff.leave(connection, request.cookies.get(COOKIE, ""))
        await audit.note(connection, console.now(), who.member.login, "logout.all" if everywhere else "logout")
    response = RedirectResponse(f"{ROOT}/login", 303, headers())
    response.delete_cookie(COOKIE, path=ROOT)
    return response


async def me(console: Console, request: Request, who: Session) -> Response:
    """Show one's own account."""
    return console.render(request, who, "me.html", {"fault": "", "said": request.query_params.get("said", "")})


async def prefer(console: Console, request: Request, who: Session) -> Response:
    """Keep whether shortcuts of a single key are on."""
    form = await request.form()
    async with console.parts.database.write() as connection:
        await staff.prefer(connection, who.member.id, keys=field(form, "keys") == "on")
    return back(request, f"{ROOT}/me?said=kept")


async def sign(console: Console, request: Request, who: Session) -> Response:
    """Keep what somebody's mails end with."""
    signature = field(await request.form(), "signature", 300)
    async with console.parts.database.write() as connection:
        await staff.prefer(connection, who.member.id, signature=signature)
    return back(request, f"{ROOT}/me?said=kept")


async def password(console: Console, request: Request, who: Session) -> Response:
    """Change one's own password; all other sessions end."""
    form = await request.form()
    old, new, again = (str(form.get(n, "")) for n in ("old", "new", "again"))
    fault = passwords.fault(new, who.member.login) or ("새 비밀번호 두 칸이 서로 다릅니다." if new != again else "")
    if not fault:
        fault = await _old_is_right(console, request, who, old)
    if fault:
        return console.render(request, who, "me.html", {"fault": fault, "said": ""}, status=422)
    kept = await console.checker.hashed(new)
    async with console.parts.database.write() as connection:
        if await staff.hold_as_before(connection, who.member) is None:
            raise ApiError(401, FAULTS["session"])
        await staff.change(connection, who.member.id, password=kept)
        await staff.prefer(connection, who.member.id, must_change=False)
        await staff.leave_everywhere(connection, who.member.id)
        await audit.note(connection, console.now(), who.member.login, "password.change", who.member.login)
    response = RedirectResponse(f"{ROOT}/login", 303, headers())
    response.delete_cookie(COOKIE, path=ROOT)
    return response


async def _old_is_right(console: Console, request: Request, who: Session, old: str) -> str:
    """Return what is wrong with the password given as the present one; wrong ones count as failed log-ins."""
    address = console.pseudonym("address", client(request.scope, console.parts.options.proxies))
    async with console.parts.database.write() as connection:
        tried = await audit.attempt(connection, console.pseudonym("login", who.member.login), address, console.now())
    if tried.line is None:
        raise ApiError(429, _locked(tried.wait))
    right = await console.checker.fits(who.member.password, old)
    async with console.parts.database.write() as connection:
        same = await staff.hold_as_before(connection, who.member) is not None
        became = audit.OVERTAKEN if not same else audit.ENTERED if right else audit.FAILED
        await audit.settle(connection, tried.line, who.member.login, became)
    if not same:
        raise ApiError(401, FAULTS["session"])
    return "" if right else "지금 비밀번호가 맞지 않습니다."


PAGES = (
    Page(f"{ROOT}/logout", leave, "POST"),
    Page(f"{ROOT}/me", me),
    Page(f"{ROOT}/me/keys", prefer, "POST"),
    Page(f"{ROOT}/me/signature", sign, "POST"),
    Page(f"{ROOT}/me/password", password, "POST"),
)
