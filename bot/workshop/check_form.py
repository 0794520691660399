"""Check that the YAML files are in the canonical form, which `helpdesk knowledge format` writes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.words import Problem
from bot.workshop.edit_tree import EditError
from bot.workshop.format import formatted
from bot.workshop.format_folder import knowledge_files
from bot.workshop.kept import Kept, Results, nowhere

OTHER_FORM = "form"
"""Code of a file in another form: its content is the same, so it may be published."""


def problems(folder: Path, kept: Kept | None = None) -> Iterator[Problem]:
    """Iterate over files in another form, with the first line that differs; broken files are reported elsewhere."""
    results = Results(kept or nowhere(), "form")
    for name, path in knowledge_files(folder):
        data = path.read_bytes()
        yield from results.problems(name, data, partial(_of_file, name, data))
    results.close()


def _of_file(name: str, data: bytes) -> Iterator[Problem]:
    try:
        made = formatted(data, name)
    except EditError:
        return
    if made != data:
        line = next(_differing(data.splitlines(), made.splitlines()), 1)
        hint = "helpdesk knowledge format이 고칩니다"
        yield Problem(name, line, "정해진 꼴로 적히지 않았습니다", hint, OTHER_FORM)


def _differing(old: list[bytes], new: list[bytes]) -> Iterator[int]:
    """Iterate over the numbers of the lines that differ, and the one behind the last."""
    for number, (a, b) in enumerate(zip(old, new, strict=False), 1):
        if a != b:
            yield number
    yield min(len(old), len(new)) + 1
