"""Amend: change what an entry says with the smallest change to its file, checked before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.desk import HelpDesk
from bot.knowledge.base import KST
from bot.matching.learned import Kept
from bot.words import Entry, Kind, Outcome, Query, RefusedError
from bot.workshop import review
from bot.workshop.edit_check import desk_of, new_problems
from bot.workshop.edit_folder import Drafts, Found
from bot.workshop.edit_render import Value

FIELDS = ("answer", "say", "staff_note")
"""What can be changed, by its key in the file."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A change that is checked, but not written. `tests`: how many of the entry's own tests were asked and passed."""

    drafts: Drafts
    body: str
    signature: str
    say: str
    tests: int


def found_in(drafts: Drafts, entry: Entry) -> Found:
    """Return an entry in its own file.

    Raises:
        RefusedError: it is made by a template, or its answer depends on the date: there is no single text to change.
    """
    draft = drafts.of(entry.file)
    items = [((), draft.value)] if isinstance(draft.value, list) else [(("entries",), draft.value.get("entries"))]
    for prefix, listed in items:
        for number, item in enumerate(listed or []):
            if isinstance(item, dict) and item.get("id") == entry.id and isinstance(item.get("answer"), str):
                return Found(draft, (*prefix, number))
    place = f"{entry.file}:{entry.line}"
    raise RefusedError(
        f"이 답은 틀이나 날짜마다 다른 글로 되어 있어 여기서 고칠 수 없습니다. 파일에서 고치세요: {place}"
    )


def raw(drafts: Drafts, entry: Entry) -> dict[str, str]:
    """Return what the file says of an entry, as it can be changed."""
    found = found_in(drafts, entry)
    return {name: str(found.get(name) or "") for name in FIELDS}


def amend(
    drafts: Drafts, entry: Entry, wanted: Mapping[str, str], kept: Kept | None, by: str, now: datetime
) -> Amended:
    """Change what an entry says, and note who checked it and when.

    Raises:
        RefusedError: nothing would change, the folder would be at fault, or a test of the entry would fail.
    """
    found = found_in(drafts, entry)
    before = {name: str(found.get(name) or "").strip() for name in FIELDS}
    changed = {n: wanted[n].strip() for n in FIELDS if n in wanted and wanted[n].strip() != before[n]}
    if not changed:
        raise RefusedError("바뀐 것이 없습니다.")
    if not changed.get("answer", before["answer"]):
        raise RefusedError("답이 비어 있습니다.")
    for name, text in changed.items():
        if text:
            found.draft.set((*found.path, name), _ended_alike(text, found.get(name)))
        else:
            found.draft.remove((*found.path, name))
    day = now.astimezone(KST).date()
    checked: dict[str, Value] = {
        "verified_on": day,
        "review_by": day + timedelta(days=review.DAYS),
        "verified_by": by,
    }
    for name, value in checked.items():
        found.draft.set((*found.path, name), value)
    if problems := new_problems(drafts, now):
        raise RefusedError("\n".join(["고치면 지식에 잘못이 생깁니다.", *map(str, problems)]))
    return _checked(drafts, entry.id, desk_of(drafts, kept), now)


def _ended_alike(text: str, old: object) -> str:
    """Return a text with the final line break of the file's block, so that it stays a block."""
    return f"{text}\n" if isinstance(old, str) and old.endswith("\n") else text


def _checked(drafts: Drafts, id: str, desk: HelpDesk, now: datetime) -> Amended:
    entry = desk.base.entries[id]
    tests = next((f.tests.match for f in desk.base.frames if f.id == entry.frame), ())
    failed = [t for t in tests if desk.ask(Query(t, f"mend {t}", now)).entry != id]
    if failed and entry.kind is Kind.ANSWER:
        raise RefusedError("\n".join(["이 항목의 시험이 깨집니다.", *failed]))
    reply = desk.composer.answer(Outcome.ANSWER, [entry], now)
    return Amended(drafts, reply.body, reply.signature, entry.say, len(tests))
