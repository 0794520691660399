"""Undo: what the last edits of a folder changed is kept beside the database, and put back where nothing else was done since."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.words import RefusedError
from bot.workshop.edit_folder import patch_of, write_whole

_MOST = 20
"""Edits that are kept."""


def keep(file: Path, folder: Path, what: str, changed: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Keep an edit: of each changed file what it was and what it became. `what`: the edit in the editor's words."""
    edits = _edits(file)
    edits.append(
        {
            "folder": str(folder.resolve()),
            "what": what,
            "files": {
                name: {"before": b64encode(before).decode(), "after": sha256(after).hexdigest()}
                for name, (before, after) in changed.items()
            },
        }
    )
    write_whole(file, json.dumps(edits[-_MOST:], ensure_ascii=False).encode())


def undo(file: Path, folder: Path, *, dry_run: bool) -> tuple[str, str]:
    """Put back what the last edit of a folder changed; return which it was, and the change as a patch.

    Raises:
        RefusedError: no edit is kept, or a file was changed since: nothing is written.
    """
    edits = _edits(file)
    number = next((i for i in range(len(edits) - 1, -1, -1) if edits[i]["folder"] == str(folder.resolve())), None)
    if number is None:
        raise RefusedError("되돌릴 것이 없습니다. 도구로 고친 것만 되돌릴 수 있습니다.")
    edit = edits[number]
    now = {name: (folder / name).read_bytes() if (folder / name).is_file() else b"" for name in edit["files"]}
    moved = [name for name, f in edit["files"].items() if sha256(now[name]).hexdigest() != f["after"]]
    if moved:
        raise RefusedError(f"{', '.join(moved)}: 그 뒤에 다시 고쳐져 되돌릴 수 없습니다. git으로 되돌려 주세요.")
    before = {name: b64decode(f["before"]) for name, f in edit["files"].items()}
    patch = "".join(patch_of(folder, name, now[name], data) for name, data in before.items())
    if not dry_run:
        for name, data in before.items():
            if data:
                write_whole(folder / name, data)
            else:
                (folder / name).unlink()
        write_whole(file, json.dumps(edits[:number] + edits[number + 1 :], ensure_ascii=False).encode())
    return str(edit["what"]), patch


def _edits(file: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
