"""Commit what somebody wrote through the program, under their own name."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot.words import RefusedError
from bot.workshop.edit_folder import Drafts
from bot.workshop.revision import git

_COMMITTER = {"GIT_COMMITTER_NAME": "helpdesk", "GIT_COMMITTER_EMAIL": "helpdesk@helpdesk.invalid"}
_UNFIT = re.compile("[<>\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What an author's name cannot contain, and a message should not."""


def write(drafts: Drafts, name: str, login: str, message: str) -> str:
    """Write the changed files, and commit them alone, with somebody as the author. Return why not, or empty.

    What was written stays, committed or not. If a file had uncommitted changes before, they would be
    attributed to the wrong person: such files are not committed.

    Raises:
        EditError: somebody else changed a file meanwhile; nothing is written.
    """
    names = list(drafts.changed)
    try:
        fault = _why_not(drafts.folder, names)
    except RefusedError as error:
        fault = str(error)
    drafts.write()
    return fault or _committed(
        drafts.folder, names, f"{_plain(name) or _plain(login)} <{_plain(login)}@helpdesk.invalid>", message
    )


def _plain(text: str) -> str:
    return _UNFIT.sub("", text).strip()


def _why_not(folder: Path, names: Sequence[str]) -> str:
    found = git(folder, "status", "--porcelain", "--", *names)
    if found.returncode:
        return "git 저장소가 아니라 커밋하지 않았습니다."
    return "그 파일에 커밋하지 않은 다른 고침이 있어 커밋하지 않았습니다." if found.stdout else ""


def _committed(folder: Path, names: Sequence[str], author: str, message: str) -> str:
    added = git(folder, "add", "--", *names)
    if not added.returncode:
        words = (
            "commit",
            "-q",
            "--only",
            f"--author={author}",
            "-m",
            "\n".join(map(_plain, message.split("\n"))),
            "--",
            *names,
        )
        added = git(folder, *words, more=_COMMITTER)
    said = added.stderr.decode(errors="replace").strip()[:300]
    return f"적었지만 커밋하지 못했습니다. {said}" if added.returncode else ""
