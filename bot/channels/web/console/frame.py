"""What all pages of the console share: who may see them, that a request is meant, and the frame around them."""

import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.channels.web import assets
from bot.channels.web.console.library import Found, Library
from bot.channels.web.console.words import FAULTS, ROLE_NAMES, moment, numbers
from bot.channels.web.errors import ApiError
from bot.channels.web.parts import Parts
from bot.channels.web.popular import Popular
from bot.desk import office
from bot.desk.maintain import By
from bot.knowledge import locale
from bot.languages import KOREAN
from bot.privacy.redact import pseudonym
from bot.store import staff
from bot.store.passwords import Checker
from bot.store.staff import Member, Session

ROOT = "/console"
COOKIE = "helpdesk_console"
_BRISK = 5.0
_MOST_SEEN = 10_000
"""Sessions remembered; when there are more, all are forgotten."""
_BEFORE_CHANGE = (f"{ROOT}/me", f"{ROOT}/me/password", f"{ROOT}/logout")
"""What somebody may do before they have replaced a password that they were given."""
_UNTYPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_OURS = re.compile(r"/console(?:[/?#][!-~]*)?")
"""Addresses to go on to after logging in: of the console, in plain ASCII, and so of no other host."""
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "Content-Security-Policy": assets.policy("'none'"),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A route of the console. `role`: the least that its user must be.

    `title`: how it stands in the navigation, or empty; `key`: the letter that opens it after G. `quiet`: a program
    asks for it by itself, so that it does not count as a sign of life. `brisk`: asked for at every keystroke, and it
    shows nothing but public answers, so that a session that ended may see it for a few seconds more.
    """

    path: str
    handler: "Handler"
    method: str = "GET"
    role: str = "agent"
    title: str = ""
    key: str = ""
    quiet: bool = False
    brisk: bool = False


Handler = Callable[["Console", Request, Session], Awaitable[Response]]


class Console:
    """Renders pages and guards them."""

    def __init__(self, parts: Parts, pages: Sequence[Page], popular: Popular) -> None:
        self.parts, self.pages, self.popular = parts, pages, popular
        self.https = parts.options.public_url.startswith("https://")
        self.checker = Checker()
        self._seen: dict[str, tuple[float, Session]] = {}

    @property
    def library(self) -> Library:
        """What belongs to the knowledge that is served now."""
        return self.parts.front.made(Library)

    async def search(self, text: str) -> Found:
        """Return what a text finds; it is read where questions are."""
        library = self.library
        return await self.parts.front.apart(library.search, text, self.now()) if text.strip() else Found(text)

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)

    def pseudonym(self, kind: str, value: str) -> str:
        """Return the name under which something is kept that is not to be known."""
        return pseudonym(self.parts.secret, kind, value)

    # pages

    def render(
        self, request: Request, who: Session, name: str, values: Mapping[str, object], *, status: int = 200
    ) -> Response:
        """Return a page in the console's frame; where one of our scripts asks, only what is inside."""
        member = who.member
        shared = {
            "me": member,
            "role": ROLE_NAMES[member.role],
            "csrf": who.csrf,
            "nav": [p for p in self.pages if p.title and member.may(p.role)],
            "here": request.url.path,
            "keys": member.preferences.get("keys", True),
            "moment": moment,
            "name": self.library.base.name,
            "stale": bool(self.parts.front.faults),
            "doubts": self.parts.front.doubts if member.may("maintainer") else (),
            "bare": asked_by_script(request),
            "hours": self.hours(),
            "query": "",
        }
        return self.html(name, {**shared, **values}, status)

    def html(self, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """Return what a template makes of values."""
        text = self.text(name, {"numbers": numbers, **values})
        return Response(text, status, _HEADERS, "text/html; charset=utf-8")

    def text(self, name: str, values: Mapping[str, object]) -> str:
        """Return what a template makes of values, without a page around it."""
        return assets.templates(self.parts.options.below).get_template(f"console/{name}").render(values)

    def site(self, request: Request) -> str:
        """Return the address of the site as it is seen from outside, without a slash at its end."""
        return self.parts.options.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"

    def hours(self) -> tuple[str, ...]:
        """Return whether the desk is open, and until or from when; nothing where it has no opening hours."""
        hours, now = self.library.base.office, self.now()
        if hours is None:
            return ()
        until = office.open_until(hours, now)
        if until:
            return "상담 시간", f"{until:%H:%M}까지"
        opening = office.next_opening(hours, now)
        return "상담 시간 아님", f"{locale.of(KOREAN).moment(opening)}부터" if opening else ""

    # guarding

    async def session(self, request: Request, *, quiet: bool) -> Session | None:
        """Return the session of a request's cookie."""
        token = request.cookies.get(COOKIE, "")
        if not token:
            return None
        now = self.now()
        async with self.parts.database.read() as connection:
            found = await staff.session(connection, token, now)
        if found is not None and not quiet and staff.stale(found, now):
            async with self.parts.database.write() as connection:
                await staff.touch(connection, found, now)
        return found

    async def _known(self, request: Request) -> Session | None:
        """Return the session of a request's cookie as it was at most `_BRISK` seconds ago."""
        token = staff.digest(request.cookies.get(COOKIE, ""))
        until, found = self._seen.get(token, (0.0, None))
        if found is None or until < time.monotonic():
            self._seen.pop(token, None)
            found = await self.session(request, quiet=False)
            if found is not None:
                if len(self._seen) >= _MOST_SEEN:
                    self._seen.clear()
                self._seen[token] = (time.monotonic() + _BRISK, found)
        return found

    async def serve(self, page: Page, request: Request) -> Response:
        """Answer a request for a page, if it may be seen and is meant.

        Raises:
            ApiError: 401 nobody is logged in; 403 the role does not do, or the request was not sent by our pages; 415 it
                is no form as they send it.
        """
        plain(request)
        who = await (self._known(request) if page.brisk else self.session(request, quiet=page.quiet))
        if who is None:
            return self._to_login(request)
        if not who.member.may(page.role):
            raise ApiError(403, FAULTS["role"])
        if page.method != "GET":
            await self._meant(request, who)
        if who.member.preferences.get("must_change") and page.path not in _BEFORE_CHANGE:
            return RedirectResponse(f"{ROOT}/me", 303, _HEADERS)
        return await page.handler(self, request, who)

    def _to_login(self, request: Request) -> Response:
        if asked_by_script(request) or request.method != "GET":
            raise ApiError(401, FAULTS["session"])
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{ROOT}/login?next={quote(wanted, safe='')}", 303, _HEADERS)

    async def _meant(self, request: Request, who: Session) -> None:
        self.same_origin(request)
        sent = request.headers.get("x-csrf") or str((await request.form()).get("csrf", ""))
        if not hmac.compare_digest(sent.encode(), who.csrf.encode()):
            raise ApiError(403, FAULTS["csrf"])

    def same_origin(self, request: Request) -> None:
        """Refuse what another site's page sent.

        Raises:
            ApiError: 403
        """
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = request.headers.get("origin")
        ours = {request.headers.get("host"), urlsplit(self.parts.options.public_url).netloc or None}
        # an origin is a scheme and a host, and nothing else: whatever else was sent is no browser's
        if site not in ("same-origin", "none") or (origin is not None and origin.partition("://")[2] not in ours):
            raise ApiError(403, FAULTS["csrf"])


def plain(request: Request) -> None:
    """Refuse a form in another shape than that of our pages: in others whoever sends it chooses how it is decoded, and
    some ways (punycode) take the square of its length.

    Raises:
        ApiError: 415
    """
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if kind != _FORM:
        raise ApiError(415, FAULTS["csrf"])


def asked_by_script(request: Request) -> bool:
    """Tell whether one of our scripts asks, for a part of a page."""
    return request.headers.get("x-console") == "1"


def headers() -> dict[str, str]:
    """Return the headers of every page."""
    return dict(_HEADERS)


def onward(address: str) -> str:
    """Return where to go on to: an address of the console, whatever was asked."""
    plain = _OURS.fullmatch(address) and not any(bad in address for bad in ("\\", "..", f"{ROOT}/log"))
    return address if plain else ROOT


def back(request: Request, address: str) -> Response:
    """Return the answer to a form that was handled: go on to a page, or for a script that it is done."""
    if asked_by_script(request):
        return JSONResponse({"done": True, "next": address}, headers=_HEADERS)
    return RedirectResponse(address, 303, _HEADERS)


def done(values: Mapping[str, object]) -> Response:
    """Return values to a script."""
    return Response(json.dumps(values, ensure_ascii=False), headers=_HEADERS, media_type="application/json")


def field(form: FormData, name: str, longest: int = 2000) -> str:
    """Return a field of a form, trimmed and cut, without characters that nobody types: files and git refuse them."""
    value = form.get(name, "")
    return _UNTYPED.sub("", value).strip()[:longest] if isinstance(value, str) else ""


def by(member: Member) -> str:
    """Return the name by which others know a member."""
    return member.name or member.login


def doer(member: Member, why: str = "") -> By:
    """Return a member as who changes the knowledge."""
    return By(by(member), member.login, " ".join(why.split()))
