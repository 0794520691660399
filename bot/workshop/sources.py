"""Sources: which entries rest on a document, and whether it has changed since they were checked against it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.knowledge.base import KnowledgeBase
from bot.words import RefusedError, Source
from bot.workshop.edit_folder import Drafts


@dataclass(frozen=True, slots=True)
class Used:
    """A source and what rests on it: plain entries by their id, templates with the members concerned."""

    source: Source
    entries: tuple[str, ...]
    places: tuple[str, ...]
    """File and line of each entry, in the same order."""

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON has it."""
        s = self.source
        names = {"id": s.id, "title": s.title, "date": s.date, "url": s.url, "sha256": s.sha256}
        return {**names, "entries": list(self.entries), "places": list(self.places)}


def used(base: KnowledgeBase) -> list[Used]:
    """Return every source with the entries that rest on it, directly or through a fact that they use."""
    entries: dict[str, list[str]] = {id: [] for id in base.sources}
    places: dict[str, list[str]] = {id: [] for id in base.sources}
    for entry in base.entries.values():
        for source in entry.sources:
            if source in entries:
                entries[source].append(entry.id)
                places[source].append(f"{entry.file}:{entry.line}")
    return [Used(s, tuple(entries[id]), tuple(places[id])) for id, s in base.sources.items()]


def changed(base: KnowledgeBase, what: str) -> list[Used]:
    """Return the sources with an id, an address or a hash, and what rests on them.

    Raises:
        RefusedError: there is none.
    """
    found = [u for u in used(base) if what in (u.source.id, u.source.sha256) or _same_page(u.source.url, what)]
    if not found:
        near = [u.source.id for u in used(base) if what.lower() in f"{u.source.id} {u.source.title}".lower()][:5]
        hint = f" 혹시: {', '.join(near)}" if near else " helpdesk knowledge sources로 모두 볼 수 있습니다."
        raise RefusedError(f"'{what}'인 출처가 없습니다(id, 주소, sha256 가운데 하나를 적으세요).{hint}")
    return found


def _same_page(one: str, other: str) -> bool:
    """Tell whether two addresses are of one page: the scheme, «www.» and a slash at the end do not count."""
    return bool(one) and _page(one) == _page(other)


def _page(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url if "//" in url else f"//{url}")
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/"), parts.query


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a document in hexadecimal.

    Raises:
        RefusedError: it cannot be read.
    """
    try:
        with path.open("rb") as document:
            return hashlib.file_digest(document, "sha256").hexdigest()
    except OSError as error:
        raise RefusedError(f"{path}: 파일을 읽을 수 없습니다({error.strerror})") from None


def of_document(base: KnowledgeBase, digest: str) -> list[Used]:
    """Return the sources that are recorded with a document's hash: it is one of these, unchanged."""
    return [u for u in used(base) if u.source.sha256 == digest]


def record(drafts: Drafts, id: str, digest: str) -> bool:
    """Write a document's hash to its source; return whether it was another one before.

    Raises:
        RefusedError: there is no such source.
    """
    for draft in drafts.all():
        listed: Iterable[dict[str, str]] = (draft.get(("sources",)) or []) if isinstance(draft.value, dict) else []
        for number, source in enumerate(listed):
            if source.get("id") == id:
                old = source.get("sha256", "")
                draft.set(("sources", number, "sha256"), digest)
                return bool(old) and old != digest
    raise RefusedError(f"'{id}'이라는 출처가 없습니다. helpdesk knowledge sources로 모두 볼 수 있습니다.")
