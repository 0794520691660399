"""Who changed which entry: the authors of commits, by the entry whose lines they changed."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.desk.maintain import EditShown
from bot.words import RefusedError
from bot.workshop.revision import git

_MOST_COMMITS = 300
_SECONDS = 5.0
"""Seconds for git: somebody is waiting for the page."""
_FILES = ("*.yaml", "*.yml")
_ITEM = r"^(- .*|[ ]+- +[{]?[ ]*id:.*)$"
"""The first line of a list item: git names it for a change below it."""
_MARKS = ("--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--relative")
_HEAD = "\1"
"""Marks the line of a commit; no file of ours can contain it."""
_ID = re.compile(r"\s*- +\{? *[\"']?id[\"']?: *[\"']?([\w.-]+)")
_HUNK = re.compile(r"@@ [-+,0-9 ]+ @@ ?(.*)")


def edits(folder: Path, since: datetime) -> dict[str, tuple[EditShown, ...]]:
    """Return who changed the item with an id since a moment, newest first; nothing where git does not know."""
    found: dict[str, dict[EditShown, None]] = {}
    try:
        for id, edit in _all(folder, since):
            found.setdefault(id, {})[edit] = None
    except RefusedError:  # no git, or it takes too long: the page does without
        return {}
    return {id: tuple(some) for id, some in found.items()}


def _all(folder: Path, since: datetime) -> Iterator[tuple[str, EditShown]]:
    """Iterate over the ids that changed and who changed them: what is not committed, then commits, the newest first."""
    form = f"--format={_HEAD}%an{_HEAD}%aI{_HEAD}%s"
    past = ("log", "-p", f"--max-count={_MOST_COMMITS}", f"--since={since.isoformat()}", form)
    with TemporaryDirectory(prefix="helpdesk-authors-") as place:
        attributes = Path(place) / "attributes"
        attributes.write_text("".join(f"{name} diff=helpdesk\n" for name in _FILES), encoding="utf-8")
        how = ("-c", f"core.attributesFile={attributes}", "-c", f"diff.helpdesk.xfuncname={_ITEM}")
        for words in (("diff", "HEAD"), past):
            done = git(folder, *how, *words, *_MARKS, "--", *_FILES, seconds=_SECONDS)
            if not done.returncode:
                yield from _read(done.stdout.decode(errors="replace"))


def _read(text: str) -> Iterator[tuple[str, EditShown]]:
    """Iterate over the ids of the items that a patch changes."""
    who, item, inside = EditShown(""), "", False
    for line in text.split("\n"):
        if line.startswith(_HEAD):
            _, name, at, what = line.split(_HEAD, 3)
            who, inside = EditShown(name, datetime.fromisoformat(at), what), False
        elif line.startswith("diff --git "):
            inside = False
        elif hunk := _HUNK.match(line):
            item, inside = _id(hunk[1]), True
        elif inside and line[:1] in ("+", "-"):
            if begun := _item(line[1:]):
                item = _id(begun)
            if item:
                yield item, who


def _item(line: str) -> str:
    return line if re.match(_ITEM, line) else ""


def _id(line: str) -> str:
    """Return the id in the first line of an item; empty where it is further down, and so cannot be told."""
    found = _ID.match(line)
    return found[1] if found else ""
