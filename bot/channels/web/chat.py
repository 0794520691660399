"""The web chat: a page that uses the HTTP API, by itself or in a frame, and the script that embeds it in other sites."""

from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import assets, shelf, tongues
from bot.channels.web.limits import Door
from bot.channels.web.parts import Parts
from bot.channels.web.popular import Popular
from bot.channels.web.seen import root_of
from bot.desk import checking
from bot.desk.compose import question_of
from bot.knowledge import locale
from bot.knowledge.guided import taps_of

_SAID = (
    *("welcome", "menu", "back", "person", "person_back", "none_of_these", "too_long", "trouble", "language_set"),
    *("good", "bad", "why_bad", "bad_wrong", "bad_old", "bad_hard", "bad_other"),
    *("forget", "forget_yes", "forget_no", "command_forget"),
)
"""Names of the sentences that the page's script says, beside those of its own: `web_…`."""

_MODULES = ("look.js", "below.js", *(f"chat/{path.name}" for path in sorted((assets.STATIC / "chat").glob("*.js"))))
"""Scripts that the page loads in parallel, rather than one after the other as each imports the next."""
_FRAMED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What a cross-origin isolated site requires of every frame; everything that the page loads is ours."""
MOST_ASKED = 10
"""How many questions a conversation begins with."""
_WHOM_TO_CALL = ("person_noted", "person_phone", "fallback", "trouble")


class Chat:
    """Makes the page and the script."""

    def __init__(self, parts: Parts, popular: Popular) -> None:
        self.parts, self.popular = parts, popular

    async def page(self, request: Request) -> Response:
        """Show the chat. `?lang=`, `?embed=1` in a frame, `?entry=` a question to begin with."""
        base, composer, now = self.parts.front.base, self.parts.front.desk.composer, datetime.now(UTC)
        offered = base.languages
        wanted = request.query_params.get("lang", "")
        language = wanted if wanted in offered else offered[0]
        embedded = request.query_params.get("embed") == "1"
        entry = base.entry(request.query_params.get("entry", ""))
        root = root_of(request, self.parts.options.public_url)
        asked = await self.popular.most(MOST_ASKED)
        notices = {name: composer.notice(base.notice, now, name) for name in offered}
        said = (*(name for name in base.replies[base.language] if name.startswith("web_")), *_SAID)
        setup = {
            "language": language,
            "languages": offered,
            "names": {code: locale.of(code).name for code in offered},
            "given": bool(wanted),
            "embedded": embedded,
            "notice": notices,
            "says": {code: {name: base.reply(name, code) for name in said} for code in offered},
            "sections": {code: [{"id": s.id, "title": s.title.in_(code)} for s in base.menu] for code in offered},
            "contacts": self._contacts(),
            "asked": {code: [{"entry": e.id, "question": question_of(e, code)} for e in asked] for code in offered},
            "guided": self._guided(),
            "choice": {"entry": entry.id, "question": question_of(entry)}
            if entry is not None and shelf.is_public(entry)
            else None,
        }
        values = {
            "name": base.name,
            "description": base.description or base.name,
            "language": language,
            "region": locale.of(language).region,
            "embedded": embedded,
            "notice": notices[language],
            **tongues.addresses(root, "/", language, offered),
            "image": root + assets.static("preview.png"),
            "say": lambda name: base.reply(name, language),
            "setup": shelf.structured(setup),
            "modules": _MODULES,
        }
        ancestors = self.parts.options.frame_ancestors
        page = assets.page(request, "chat/chat.html", values, frame_ancestors=ancestors)
        page.headers.update(_FRAMED)
        return page

    def _guided(self) -> dict[str, object] | None:
        """Return the guided check, whole: every step by the taps that lead to it, in each language."""
        base = self.parts.front.base
        guided = base.guided
        if guided is None:
            return None

        def steps(language: str) -> dict[str, object]:
            found: dict[str, object] = {}
            waiting = [""]
            while waiting:
                taps = waiting.pop()
                made = checking.step(base, guided, taps_of(taps), language)
                ends = [e for name in made.entries if (e := base.entry(name)) and shelf.is_public(e)]
                found[taps] = {
                    "text": made.text,
                    "options": [{"say": label, "taps": onward} for label, onward in made.options],
                    "entries": [{"entry": e.id, "question": question_of(e, language)} for e in ends],
                    "back": made.back,
                }
                waiting += [onward for _, onward in made.options]
            return found

        return {code: {"title": guided.title.in_(code), "steps": steps(code)} for code in base.languages}

    def _contacts(self) -> list[dict[str, str]]:
        """Return the contacts in the desk's own sentences, such as whom to call meanwhile."""
        front = self.parts.front
        text = "\n".join(front.base.reply(name, code) for name in _WHOM_TO_CALL for code in front.base.languages)
        found = front.desk.composer.contacts(text)
        return [{"kind": c.kind, "label": c.label, "value": c.value} for c in found]

    async def script(self, request: Request) -> Response:
        """Return the script that other sites include."""
        base = self.parts.front.base
        says = {
            code: {
                "open": base.reply("web_embed_open", code),
                "close": base.reply("web_embed_close", code),
                "news": base.reply("web_new_answer", code),
                "title": base.name,
            }
            for code in base.languages
        }
        values = {"says": shelf.structured(says), "language": shelf.structured(base.languages[0])}
        body = assets.templates(self.parts.options.below).get_template("chat/embed.js").render(values).encode()
        headers = {
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",  # of a module; there is nothing of anybody in it
        }
        return assets.tagged(request, body, "text/javascript; charset=utf-8", headers)


def install(web: FastAPI, parts: Parts, door: Door) -> None:
    """Put the chat into an application."""
    chat = Chat(parts, web.state.popular)
    page = door.counted(chat.page)
    for path, endpoint in (("/", page), ("/chat", page), ("/embed.js", chat.script)):
        web.add_route(path, endpoint, include_in_schema=False)
