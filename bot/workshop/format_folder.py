"""Put the files of a knowledge folder in canonical form."""

from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.documents import VOICES, YAML, files_of
from bot.workshop.edit_folder import write_whole
from bot.workshop.format import formatted


def knowledge_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Iterate over the files to format, by name: not those of voices, which others collect."""
    for path in files_of(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix in YAML and not name.startswith(f"{VOICES}/"):
            yield name, path


def format_folder(folder: Path, *, write: bool = True) -> list[str]:
    """Put the YAML files of a folder in canonical form; return the names of those that were not.

    Raises:
        EditError: a file cannot be read; nothing is written.
    """
    paths = dict(knowledge_files(folder))
    made = {name: formatted(path.read_bytes(), name) for name, path in paths.items()}
    other = [name for name, content in made.items() if content != paths[name].read_bytes()]
    for name in other if write else ():
        write_whole(paths[name], made[name])
    return other
