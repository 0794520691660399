"""The API for knowledge: suggestions, entries, institutions, the menu. Only what the public may read."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import api_models as wire
from bot.channels.web import assets, shelf
from bot.channels.web.api_request import PREFIX, failures
from bot.channels.web.errors import ApiError
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.desk.compose import Composer, question_of
from bot.desk.desk import HelpDesk
from bot.desk.menu import Menu
from bot.knowledge.base import KnowledgeBase
from bot.languages import KOREAN
from bot.words import Contact, Entry, Match, Outcome, Term

_INSTITUTION = "institution"
_MOVED: dict[int | str, dict[str, Any]] = {
    308: {
        "description": "번호가 바뀜. 지금의 주소는 Location에",
        "headers": {"Location": {"description": "지금의 주소", "schema": {"type": "string"}}},
    }
}
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "바뀌지 않음(If-None-Match)"}}
Lang = Annotated[wire.Language, Query(description="번역이 없는 답은 그렇다고 밝히고 한국어로 보냅니다.")]


class Directory:
    """What the API says of one knowledge base."""

    def __init__(self, base: KnowledgeBase, page: str) -> None:
        self.base, self._page = base, page
        self.menu = Menu(base)
        self.composer = Composer(base)
        self.entries = {e.id: e for e in sorted(base.entries.values(), key=lambda e: e.id) if _public(e)}

    def line(self, entry: Entry) -> wire.EntryLine:
        """Return an entry in short."""
        return wire.EntryLine(
            id=entry.id,
            question=question_of(entry),
            topic=entry.topic,
            kind=entry.kind.value,
            institution=entry.member if entry.member.startswith(f"{_INSTITUTION}.") else "",
            verified_on=entry.verified_on.isoformat() if entry.verified_on else "",
            review_by=entry.review_by.isoformat() if entry.review_by else "",
        )

    def entry(self, entry: Entry, now: datetime, language: str) -> wire.Entry:
        """Return an entry as it reads now."""
        reply = self.composer.answer(Outcome.ANSWER, [entry], now, language=language)
        return wire.Entry(
            **self.line(entry).model_dump(),
            questions=list(entry.questions),
            text=reply.text,
            body=reply.body,
            signature=reply.signature,
            say=entry.say,
            contacts=_contacts(reply.contacts),
            sources=[wire.Source(title=s.title, url=s.url, date=s.date, checked=s.checked) for s in reply.sources],
            related=[wire.Choice(question=c.question, entry=c.entry) for c in reply.related],
            page=f"{self._page}/a/{quote(entry.id, safe='')}",
            knowledge=self.base.version,
        )

    def institutions(self) -> list[Term]:
        """Return the institutions in the order of the knowledge base."""
        return [t for t in self.base.terms.values() if t.group == _INSTITUTION]

    def institution_line(self, term: Term, now: datetime) -> wire.InstitutionLine:
        """Return an institution in short, with the contacts that its entries name as its own."""
        texts = [self.composer.body(e, now) for e in self.menu.of_member(term.id)]
        found = dict.fromkeys(c for text in texts for c in self.composer.contacts(text))
        names = {term.name, *term.aliases}
        own = tuple(c for c in found if c.label in names)
        short = next((c.label for c in own), term.name)
        return wire.InstitutionLine(id=term.id, name=term.name, short=short, contacts=_contacts(own))

    def institution(self, term: Term, now: datetime) -> wire.Institution:
        """Return an institution."""
        return wire.Institution(
            **self.institution_line(term, now).model_dump(),
            names=sorted({*term.aliases, *term.exact} - {term.name}),
            regions=self._traits(term, "region"),
            fields=self._traits(term, "field"),
            entries=[self.line(e) for e in self.menu.of_member(term.id)],
            knowledge=self.base.version,
        )

    def _traits(self, term: Term, group: str) -> list[str]:
        terms = self.base.terms
        return sorted(terms[t].name for t in term.traits if t in terms and terms[t].group == group)

    def sections(self, language: str) -> list[wire.MenuSection]:
        """Return the menu."""
        return [
            wire.MenuSection(
                id=s.id,
                title=s.title.in_(language),
                items=[
                    wire.MenuItem(
                        title=i.title, entries=[wire.Choice(question=question_of(e), entry=e.id) for e in i.entries]
                    )
                    for i in self.menu.items(s, language)
                ],
            )
            for s in self.menu.sections.values()
        ]


def _public(entry: Entry) -> bool:
    """Tell whether an entry makes sense by itself: one for unlisted names does not."""
    return not entry.unlisted


def _contacts(contacts: tuple[Contact, ...]) -> list[wire.Contact]:
    return [wire.Contact.model_validate({"kind": c.kind, "label": c.label, "value": c.value}) for c in contacts]


class _Served:
    """What belongs to the knowledge that is served now: made again when that changes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def directory(self) -> Directory:
        """Return what the API says of it."""
        return self._parts.front.made(self._directory)

    def _directory(self, desk: HelpDesk) -> Directory:
        return Directory(desk.base, self._parts.options.public_url)

    async def near(self, text: str, limit: int) -> list[Match]:
        """Return what is worth suggesting from it."""
        front = self._parts.front
        return await front.apart(front.desk.suggester.near, text, limit)

    def sent(self, request: Request, model: BaseModel) -> Response:
        """Return a model as the response to a request, tagged with the version of the knowledge."""
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        body, version = model.model_dump_json().encode(), f"{self.directory().base.version}-"
        return assets.tagged(request, body, "application/json", headers, version=version)


def routes(parts: Parts, door: Door) -> APIRouter:
    """Return the routes."""
    router, served = APIRouter(prefix=PREFIX, tags=["지식"]), _Served(parts)
    for add in (_suggesting, _listing, _reading, _institutions, _menu):
        add(router, served, door)
    return router


def _suggesting(router: APIRouter, served: _Served, door: Door) -> None:
    @router.get(
        "/suggest",
        summary="적는 동안 찾기",
        response_class=Response,
        responses={200: {"model": wire.Suggestions, "description": "가까운 항목"}, **_NOT_MODIFIED, **failures(422)},
    )
    async def suggest(
        request: Request,
        q: Annotated[str, Query(max_length=200, description="적고 있는 글. 다 적지 않아도 됩니다.")] = "",
        limit: Annotated[int, Query(ge=1, le=20)] = 8,
    ) -> Response:
        """적고 있는 글과 가까운 항목입니다. 답할 때와 같은 것을 찾습니다. 적은 글은 남기지 않습니다."""
        await door.enter(request)
        found = [m for m in await served.near(q, limit) if shelf.is_public(m.entry)]
        lines = [
            wire.Suggestion(question=question_of(m.entry), entry=m.entry.id, score=min(max(m.score, 0.0), 1.0))
            for m in found
        ]
        return served.sent(request, wire.Suggestions(suggestions=lines, knowledge=served.directory().base.version))


def _listing(router: APIRouter, served: _Served, door: Door) -> None:
    @router.get(
        "/entries",
        summary="항목 목록",
        response_class=Response,
        responses={200: {"model": wire.Entries, "description": "항목"}, **_NOT_MODIFIED, **failures(422)},
    )
    async def entries(
        request: Request,
        topic: Annotated[str, Query(max_length=100, description="이 주제만")] = "",
        cursor: Annotated[str, Query(max_length=200, description="앞 쪽의 next")] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """항목을 번호 차례로 보냅니다. `next`가 null이 될 때까지 `cursor`로 이어 받습니다."""
        await door.enter(request)
        now = served.directory()
        listed = (e for e in now.entries.values() if not e.for_staff)
        found = [e for e in listed if e.id > cursor and topic in ("", e.topic)]
        more = found[limit - 1].id if len(found) > limit else None
        page = wire.Entries(entries=[now.line(e) for e in found[:limit]], next=more, knowledge=now.base.version)
        return served.sent(request, page)


def _reading(router: APIRouter, served: _Served, door: Door) -> None:
    @router.get(
        "/entries/{id:path}",
        summary="항목 하나",
        response_class=Response,
        responses={
            200: {"model": wire.Entry, "description": "항목"},
            **_NOT_MODIFIED,
            **_MOVED,
            **failures(404, 410, 422),
        },
    )
    async def entry(
        request: Request,
        id: Annotated[str, Path(min_length=1, max_length=200, examples=["institution-phone.changwon"])],
        language: Lang = KOREAN,
    ) -> Response:
        """항목의 답을 오늘 읽히는 대로 보냅니다. 번호가 바뀐 항목은 지금의 주소로 보내고(308), 거둔 항목은 410입니다."""
        await door.enter(request)
        now = served.directory()
        found = now.entries.get(id)
        if found is not None:
            return served.sent(request, now.entry(found, datetime.now(UTC), language))
        return _elsewhere(now, id, request.url.query)


def _elsewhere(now: Directory, id: str, query: str) -> Response:
    """Return the present id of an entry that was renamed.

    Raises:
        ApiError: 410 it was withdrawn, 404 there was never one.
    """
    moved = now.base.moved.get(id)
    if moved in now.entries:
        address = f"{PREFIX}/entries/{quote(str(moved), safe='')}{f'?{query}' if query else ''}"
        return Response(status_code=308, headers={"Location": address, "Cache-Control": "no-cache"})
    if now.base.taken_back(id):
        raise ApiError(410, says="entry_gone")
    raise ApiError(404, says="no_such_entry")


def _institutions(router: APIRouter, served: _Served, door: Door) -> None:
    @router.get(
        "/institutions",
        summary="기관 목록",
        response_class=Response,
        responses={200: {"model": wire.Institutions, "description": "기관"}, **_NOT_MODIFIED, **failures()},
    )
    async def institutions(request: Request) -> Response:
        """기관과 연락처입니다."""
        await door.enter(request)
        now, at = served.directory(), datetime.now(UTC)
        lines = [now.institution_line(t, at) for t in now.institutions()]
        return served.sent(request, wire.Institutions(institutions=lines, knowledge=now.base.version))

    @router.get(
        "/institutions/{id}",
        summary="기관 하나",
        response_class=Response,
        responses={200: {"model": wire.Institution, "description": "기관"}, **_NOT_MODIFIED, **failures(404, 422)},
    )
    async def institution(
        request: Request, id: Annotated[str, Path(max_length=200, examples=["institution.changwon"])]
    ) -> Response:
        """기관의 이름들, 지역과 분야, 연락처, 그 기관에 관한 항목입니다. `institution.`은 빼도 됩니다."""
        await door.enter(request)
        now = served.directory()
        name = id if id.startswith(f"{_INSTITUTION}.") else f"{_INSTITUTION}.{id}"
        term = next((t for t in now.institutions() if t.id == name), None)
        if term is None:
            raise ApiError(404, says="no_such_institution")
        return served.sent(request, now.institution(term, datetime.now(UTC)))


def _menu(router: APIRouter, served: _Served, door: Door) -> None:
    @router.get(
        "/menu",
        summary="처음 메뉴",
        response_class=Response,
        responses={200: {"model": wire.Menu, "description": "메뉴"}, **_NOT_MODIFIED, **failures(422)},
    )
    async def menu(request: Request, language: Lang = KOREAN) -> Response:
        """어느 답이든 세 번 안에 닿는 메뉴와, 처음에 보일 말입니다."""
        await door.enter(request)
        now = served.directory()
        made = wire.Menu(
            name=now.base.name,
            welcome=now.base.reply("welcome", language),
            text=now.base.reply("menu", language),
            sections=now.sections(language),
            knowledge=now.base.version,
        )
        return served.sent(request, made)
