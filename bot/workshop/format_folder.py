"""Put the files of a knowledge folder in canonical form."""

from pathlib import Path

from bot.knowledge.documents import YAML, files_of
from bot.workshop.edit_folder import write_whole
from bot.workshop.format import formatted


def format_folder(folder: Path, *, write: bool = True) -> list[str]:
    """Put the YAML files of a folder in canonical form; return the names of those that were not.

    Raises:
        EditError: a file cannot be read; nothing is written.
    """
    paths = {p.relative_to(folder).as_posix(): p for p in files_of(folder) if p.suffix in YAML}
    made = {name: formatted(path.read_bytes(), name) for name, path in paths.items()}
    other = [name for name, content in made.items() if content != paths[name].read_bytes()]
    for name in other if write else ():
        write_whole(paths[name], made[name])
    return other
