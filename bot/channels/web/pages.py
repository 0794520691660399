"""The public pages: one for each answer, the index of all with its search, what search engines ask for, and «not there»."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import assets, errors, shelf, tongues
from bot.channels.web.limits import HEAVY, Door
from bot.channels.web.parts import Parts
from bot.channels.web.popular import Popular
from bot.channels.web.seen import root_of
from bot.channels.web.shelf import Shelf
from bot.desk.desk import HelpDesk
from bot.desk.freshness import freshness
from bot.desk.language import tongue_of
from bot.knowledge import locale
from bot.words import Entry

_MOST_FOUND = 20
_LONGEST_SEARCH = 200
_NOWHERE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class View:
    """One look at the pages: who looks, when, in which language, on which knowledge."""

    request: Request
    shelf: Shelf
    root: str
    """Address of the site, without a slash at its end; empty where it is not known (`seen.root_of`)."""
    now: datetime
    language: str

    def say(self, name: str) -> str:
        """Return one of the desk's own sentences."""
        return self.shelf.base.reply(name, self.language)

    @property
    def notice(self) -> str:
        """The notice that everybody should see first; empty where there is none."""
        return self.shelf.composer.notice(self.shelf.base.notice, self.now, self.language)

    @property
    def suffix(self) -> str:
        """What addresses of pages in this language end with."""
        return tongues.suffix(self.language, self.shelf.base.language)

    def values(self, **more: object) -> dict[str, object]:
        """Return what every page's template needs, and more."""
        base = self.shelf.base
        return {
            "say": self.say,
            "name": base.name,
            "language": self.language,
            "suffix": self.suffix,
            "notice": self.notice,
            "link": self.link,
            "headline": lambda e: self.shelf.headline(e, self.language),
            "tongue": lambda text: tongue_of(text, self.language),
            "q": "",
            "image": f"{self.root}{assets.static('preview.png')}",
            "description": base.description or base.name,
            "region": locale.of(self.language).region,
            "canonical": "",
            "tongues": [],
            **more,
        }

    def addresses(self, path: str) -> dict[str, Any]:
        """Return the addresses of a page that is there in every language: the one of this look, and of each."""
        return tongues.addresses(self.root, path, self.language, self.shelf.base.languages)

    def link(self, entry: Entry | str) -> str:
        """Return the path of an entry's page."""
        return f"/a/{quote(entry if isinstance(entry, str) else entry.id, safe='')}"

    def page(self, name: str, *, status: int = 200, **values: object) -> Response:
        """Return a page."""
        ancestors = self.request.app.state.parts.options.frame_ancestors
        made = self.values(**values)
        return assets.page(self.request, f"pages/{name}.html", made, status=status, frame_ancestors=ancestors)


class Pages:
    """Makes the pages of the knowledge that is served now."""

    def __init__(self, parts: Parts, door: Door, popular: Popular) -> None:
        self.parts, self.door, self.popular = parts, door, popular

    def view(self, request: Request) -> View:
        """Return a look at what is served now."""
        shelf = self.parts.front.made(_shelf)
        root = root_of(request, self.parts.options.public_url)
        wanted = request.query_params.get("lang", "")
        language = wanted if wanted in shelf.base.languages else shelf.base.language
        return View(request, shelf, root, datetime.now(UTC), language)

    async def entry(self, request: Request) -> Response:
        """Show one answer; one that has another id now stands at another address, for good."""
        view, id = self.view(request), request.path_params["id"]
        entry = view.shelf.entries.get(id) or view.shelf.unlisted.get(id)
        if entry is not None:
            return _entry_page(view, entry)
        moved = view.shelf.base.entry(id.rstrip("/"))
        if moved is not None and moved.id in view.shelf.entries:
            query = f"?{request.url.query}" if request.url.query else ""
            return Response(status_code=308, headers={"Location": view.link(moved) + query})
        return self.missing(request, gone=view.shelf.base.taken_back(id))

    async def browse(self, request: Request) -> Response:
        """Show all sections, or what a search finds."""
        query = request.query_params.get("q", "").strip()[:_LONGEST_SEARCH]
        if not query:
            view, weights = self.view(request), await self.popular.weights()
            sections = view.shelf.sections(view.language, weights)
            return view.page("browse", sections=sections, **view.addresses("/browse"))
        view = self.view(request)
        front = self.parts.front
        near = await front.apart(front.desk.suggester.near, query, _MOST_FOUND)
        found = [m.entry for m in near if shelf.is_public(m.entry)]
        answers = [(e, shelf.excerpt(view.shelf.reply(e, view.now, view.language).body)) for e in found]
        text = view.say("page_found" if found else "page_none")
        title = text.replace("{text}", query).replace("{count}", str(len(found)))
        return view.page("found", found=answers, title=title, q=query)

    async def section(self, request: Request) -> Response:
        """Show one section with all its questions."""
        view = self.view(request)
        name = request.path_params["section"]
        sections = view.shelf.sections(view.language, await self.popular.weights())
        part = next((p for p in sections if p.id == name), None)
        if part is None:
            return self.missing(request)
        return view.page("section", part=part, **view.addresses(f"/browse/{quote(part.id)}"))

    def missing(self, request: Request, *, gone: bool = False) -> Response:
        """Say that there is no such page, or no more, and help to find what was looked for."""
        view = self.view(request)
        title, more = ("page_gone", "page_gone_more") if gone else ("page_missing", "page_missing_more")
        lines = {"title": view.say(title), "more": view.say(more)}
        return view.page("missing", status=410 if gone else 404, sections=view.shelf.sections(view.language), **lines)

    async def sitemap(self, request: Request) -> Response:
        """List all pages for search engines, by whole addresses. Source: sitemaps.org/protocol.html."""
        view = self.view(request)
        if not view.root:
            return self.missing(request)
        check = ("/check",) if view.shelf.base.guided else ()
        rows = [_url(f"{view.root}{path}") for path in ("/", "/browse", *check)]
        rows += [_url(f"{view.root}/browse/{quote(p.id)}") for p in view.shelf.sections(view.shelf.base.language)]
        for entry in view.shelf.entries.values():
            address = f"{view.root}{view.link(entry)}"
            day = entry.verified_on.isoformat() if entry.verified_on else ""
            languages = view.shelf.base.languages_of(entry, view.now)
            others = {code: address + tongues.suffix(code, languages[0]) for code in languages}
            rows += [_url(other, day, others if len(others) > 1 else {}) for other in others.values()]
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        body = f'{head}xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "\n".join(rows) + "\n</urlset>\n"
        return _file(request, body, "application/xml")

    async def robots(self, request: Request) -> Response:
        """Tell search engines where to look. Source: RFC 9309."""
        root = self.view(request).root
        below = self.parts.options.below
        lines = [
            "User-agent: *",
            f"Disallow: {below}/api/",
            f"Disallow: {below}/console",
            "",
            *([f"Sitemap: {root}/sitemap.xml", ""] if root else []),
        ]
        return _file(request, "\n".join(lines), "text/plain; charset=utf-8")


def _entry_page(view: View, entry: Entry) -> Response:
    reply = view.shelf.reply(entry, view.now, view.language)
    place = view.shelf.place(entry, view.language)
    languages = view.shelf.base.languages_of(entry, view.now)
    told = view.shelf.told(entry, view.now, view.language)
    where = tongues.addresses(view.root, view.link(entry), told, languages)
    address = str(where["canonical"])
    checked = entry.verified_on.isoformat() if entry.verified_on else ""
    question = view.shelf.headline(entry, view.language)
    section = f"/browse/{quote(place.section)}"
    trail = [
        (view.say("page_browse"), f"{view.root}/browse"),
        (place.title, view.root + section),
        (question, address),
    ]
    return view.page(
        "entry",
        entry=entry,
        notice="" if view.notice and view.notice in reply.body else view.notice,  # the answer says it itself
        question=question,
        lines=shelf.lines(reply.body, reply.contacts),
        contacts=[(c, shelf.href(c)) for c in reply.contacts],
        sources=reply.sources,
        related=[view.shelf.entries[c.entry] for c in reply.related if c.entry in view.shelf.entries],
        checked=checked,
        freshness=freshness(entry.review_by, shelf.today(view.now)),
        doubted=view.shelf.trust.doubted(entry, reply.body),
        description=shelf.excerpt(reply.body),
        place=place,
        section=section,
        **where,
        data=shelf.structured(shelf.question_page(question, reply.text, address, told, checked, trail)),
    )


def _missing(pages: Pages, request: Request) -> Response:
    try:
        pages.door.look(request)
    except errors.ApiError as error:  # the handler of one error raises none
        return errors.shown(request, error)
    return pages.missing(request)


def _url(address: str, day: str = "", others: Mapping[str, str] = _NOWHERE) -> str:
    inside = f"<loc>{escape(address)}</loc>" + (f"<lastmod>{day}</lastmod>" if day else "")
    for code, other in others.items():
        inside += f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(other, {chr(34): "&quot;"})}"/>'
    return f"<url>{inside}</url>"


def _file(request: Request, text: str, kind: str) -> Response:
    return assets.tagged(request, text.encode(), kind, {"Cache-Control": "no-cache"})


def install(web: FastAPI, parts: Parts, door: Door) -> Pages:
    """Put the public pages into an application, and return them for those that are made like them."""
    pages = Pages(parts, door, web.state.popular)
    for path, endpoint in (
        ("/a/{id:path}", door.counted(pages.entry)),
        ("/browse", door.counted(pages.browse)),
        ("/browse/{section}", door.counted(pages.section)),
        ("/sitemap.xml", door.counted(pages.sitemap, HEAVY)),
        ("/robots.txt", pages.robots),
    ):
        web.add_route(path, endpoint, include_in_schema=False)

    async def not_found(request: Request, error: Exception) -> Response:
        path, wants = request.url.path, request.headers.get("accept", "")
        plain = path.rstrip("/")
        if plain != path and plain and not plain.startswith("//") and request.method in ("GET", "HEAD"):
            query = f"?{request.url.query}" if request.url.query else ""
            return Response(status_code=308, headers={"Location": quote(plain) + query})
        if "text/html" in wants and not path.startswith(("/api/", "/console", "/static/")):
            return _missing(pages, request)
        headers = error.headers if isinstance(error, HTTPException) else None
        return errors.shown(request, errors.ApiError(404, headers=headers))

    web.add_exception_handler(404, not_found)
    return pages


def _shelf(desk: HelpDesk) -> Shelf:
    return Shelf(desk.base, desk.composer)
