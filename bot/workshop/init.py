"""A new knowledge base: a small complete one to start from, with tests, hooks and a recipe for CI."""

from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from bot.languages import ENGLISH, KOREAN, WRITTEN
from bot.words import RefusedError
from bot.workshop.edit_folder import write_whole
from bot.workshop.edit_render import scalar
from bot.workshop.format import formatted
from bot.workshop.review import DAYS

_OWNER = {KOREAN: "안내팀", ENGLISH: "Desk team"}
_TOP = PurePosixPath()
_HIDDEN = "dot-"
"""Prefix of files that begin with a dot in the new folder: packages leave out dotfiles."""


def init(folder: Path, language: str, name: str, today: date) -> list[str]:
    """Make a knowledge base in a new or empty folder and return the names of its files.

    Raises:
        RefusedError: the folder is not empty (git's own folder does not count), or cannot be written.
    """
    if language not in WRITTEN:
        raise RefusedError(f"쓸 수 있는 말은 {', '.join(WRITTEN)}입니다: {language}")
    if folder.exists() and (not folder.is_dir() or any(p.name != ".git" for p in folder.iterdir())):
        raise RefusedError(f"{folder}: 비어 있지 않아 아무것도 적지 않았습니다. 새 폴더 이름을 적어 주세요.")
    name = " ".join(name.split()) or folder.resolve().name
    words = {
        "@@name@@": scalar(name, flow=True),
        "@@title@@": name.replace("\\", "").replace('"', "”"),
        "@@owner@@": scalar(_OWNER[language], flow=True),
        "@@today@@": today.isoformat(),
        "@@review@@": (today + timedelta(days=DAYS)).isoformat(),
    }
    starter = files("bot.workshop") / "starter"
    made = {**_texts(starter / "common"), **_texts(starter / language)}
    try:
        for path, text in made.items():
            for mark, word in words.items():
                text = text.replace(mark, word)
            write_whole(folder / path, _content(path, text))
    except OSError as error:
        raise RefusedError(f"{folder}: 적을 수 없습니다({error.strerror})") from None
    return sorted(made)


def _content(path: str, text: str) -> bytes:
    """Return what to write: knowledge files in canonical form, what is for other programs as it is."""
    content = text.encode("utf-8")
    return content if path.startswith(".") or not path.endswith(".yaml") else formatted(content, path)


def _texts(place: Traversable, under: PurePosixPath = _TOP) -> dict[str, str]:
    """Return all files below a place, name to text."""
    found: dict[str, str] = {}
    for item in place.iterdir():
        name = under / item.name.replace(_HIDDEN, ".", 1) if item.name.startswith(_HIDDEN) else under / item.name
        if item.is_dir():
            found.update(_texts(item, name))
        else:
            found[str(name)] = item.read_text(encoding="utf-8")
    return found
