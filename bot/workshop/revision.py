"""Revision: the knowledge as it was at a revision of its git repository, in a folder of its own for a while."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.knowledge.build import KnowledgeError
from bot.knowledge.documents import is_voices
from bot.knowledge.trained import FILE
from bot.words import RefusedError

_READ = (".yaml", ".yml")
"""Ends of the names of files that knowledge is read from."""
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""What git sets for its hooks: it would point at another repository than the folder's own."""
_LINK = "120000"


@contextmanager
def opened(folder: Path, against: str) -> Iterator[tuple[Path, str]]:
    """Give the folder that `against` names, a folder or else a revision of `folder`'s repository, and what to call it.

    Raises:
        RefusedError: git or the repository is missing, there is no such revision, or the folder is not in it.
    """
    if Path(against).is_dir():
        yield Path(against), against
        return
    with TemporaryDirectory(prefix="helpdesk-diff-") as place:
        commit = _extract(folder.resolve(), against, Path(place))
        yield Path(place), f"{against}({commit[:10]})"


@contextmanager
def named(place: Path, name: str) -> Iterator[None]:
    """Say of faults in the other folder that they are not in the present one.

    Raises:
        RefusedError: what is read inside the block cannot serve; every fault is listed.
    """
    try:
        yield
    except KnowledgeError as error:
        faults = "\n".join(str(p).replace(str(place), name) for p in error.problems)
        raise RefusedError(
            f"{name}의 지식에 문제가 {len(error.problems)}건 있어 견줄 수 없습니다.\n{faults}"
        ) from None


def changed_files(folder: Path) -> dict[str, bytes]:
    """Return the files that are others than at the last commit, as they were there; none where there is no repository."""
    try:
        done = git(folder, "diff", "--name-only", "-z", "--relative", "HEAD", "--", ".")
    except RefusedError:  # no git: nothing is known of before
        return {}
    names = [os.fsdecode(n) for n in done.stdout.split(b"\0") if n] if done.returncode == 0 else []
    found = {}
    for name in names:
        was = git(folder, "show", f"HEAD:./{name}")
        if _is_read(name) and was.returncode == 0:
            found[name] = was.stdout
    return found


def _extract(folder: Path, revision: str, place: Path) -> str:
    """Write the folder's files of a revision to a place; return the commit."""
    if not folder.is_dir():
        raise RefusedError(f"{folder}: 지식 폴더가 없습니다. --knowledge에 폴더 이름을 적어 주세요.")
    done = git(folder, "rev-parse", "--is-inside-work-tree")
    if done.returncode:
        raise RefusedError(
            f"{folder}: git 저장소가 아니라 이전 버전이 없습니다. 견줄 다른 폴더의 이름을 적어 주세요.\n{_said(done)}"
        )
    done = git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode:
        raise RefusedError(
            f"'{revision}': 그런 버전(커밋, 브랜치, 태그)도 폴더도 없습니다. git log --oneline으로 볼 수 있습니다."
        )
    commit = done.stdout.decode().strip()
    files = _files(folder, commit)
    if not files:
        raise RefusedError(f"'{revision}'에는 이 폴더의 지식 파일이 없습니다: {folder}")
    contents = _contents(folder, [object_id for _, object_id, _ in files])
    for (mode, _, name), data in sorted(zip(files, contents, strict=True), key=lambda f: f[0][0] == _LINK):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            path.symlink_to(os.fsdecode(data))
        else:
            path.write_bytes(data)
    return commit


def _files(folder: Path, commit: str) -> list[tuple[str, str, str]]:
    """Return mode, object and name, below the folder, of each file that knowledge may be read from."""
    listed = _checked(git(folder, "ls-tree", "-r", "-z", commit))
    found = []
    for line in listed.split(b"\0"):
        head, _, name = line.partition(b"\t")
        if name and head.split()[1] == b"blob" and (_is_read(os.fsdecode(name)) or name == FILE.encode()):
            mode, _, object_id = head.decode().split()
            found.append((mode, object_id, os.fsdecode(name)))
    return found


def _is_read(name: str) -> bool:
    return name.endswith(_READ) or is_voices(name)


def _contents(folder: Path, objects: list[str]) -> list[bytes]:
    """Return the contents of objects, in order."""
    data = _checked(git(folder, "cat-file", "--batch", given="\n".join(objects).encode() + b"\n"))
    found, at = [], 0
    for name in objects:
        end = data.index(b"\n", at)
        head = data[at:end].split()
        if len(head) != 3:
            raise RefusedError(
                f"git 저장소에 {name}의 내용이 없습니다. 얕은 사본이면 git fetch --unshallow를 해 보세요."
            )
        size = int(head[2])
        found.append(data[end + 1 : end + 1 + size])
        at = end + size + 2
    return found


def git(
    folder: Path,
    *words: str,
    given: bytes = b"",
    more: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """Run git in a folder, with some more in its environment, for some seconds at most.

    Raises:
        RefusedError: there is no git, or it took longer.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _OF_A_HOOK} | {"LC_ALL": "C", **(more or {})}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            input=given,
            capture_output=True,
            check=False,
            env=environment,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise RefusedError(
            "git이 없어 이전 버전을 볼 수 없습니다. git을 깔거나 견줄 폴더의 이름을 적어 주세요."
        ) from None
    except subprocess.TimeoutExpired:
        raise RefusedError(f"git이 {seconds:.0f}초 안에 답하지 않습니다.") from None


def _checked(done: "subprocess.CompletedProcess[bytes]") -> bytes:
    if done.returncode:
        raise RefusedError(f"git이 이전 버전을 내주지 않습니다.\n{_said(done)}")
    return done.stdout


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stderr.decode(errors="replace").strip()
