"""One page in several languages: an address for each, `?lang=` but for the desk's own, and links from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.knowledge import locale


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language in which there is a page, and where it is there."""

    code: str
    name: str
    region: str
    href: str


def suffix(language: str, own: str) -> str:
    """Return what an address ends with that leads to a page in a language; empty for the desk's own."""
    return "" if language == own else f"?lang={language}"


def addresses(root: str, path: str, language: str, languages: Sequence[str]) -> dict[str, Any]:
    """Return where a page is, that is looked at in one of several languages, the desk's own first, for its template."""
    whole, own = f"{root}{path}", languages[0]
    found = [locale.of(code) for code in languages]
    made = [Tongue(one.code, one.name, one.region, whole + suffix(one.code, own)) for one in found]
    here = language if language in languages else own
    return {"canonical": whole + suffix(here, own), "tongues": made if len(made) > 1 else []}
