"""What a disk may hold after the power went: rebuilt from the system calls that a process made, as strace wrote them down.

`kill -9` cannot see it: there the operating system still writes everything. Here a write that was not followed by a sync
of its file may have reached the disk or not, in any order, and the last one by half.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,sendto,sendmsg,writev"
_LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*?)(?:\) += (-?\d+).*| <unfinished \.\.\.>)$")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PLACE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")
_OFFSET = re.compile(rb'"offset": ?(\d+)')


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the process did. `kind`: write, cut, sync, or ack: an update below `at` is forgotten by its sender."""

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""


def steps(trace: Path, database: Path) -> Iterator[Step]:
    """Yield what a process did to a database's file and its log, and what it acknowledged."""
    begun: dict[str, str] = {}
    files = {str(database): "db", f"{database}-wal": "wal"}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            found = _LINE.match(line.rstrip("\n"))
            if found is None:
                continue
            process, call, rest, result = found.groups()
            if result is None:
                begun[process] = rest
            elif int(result) >= 0:
                step = _step(call, begun.pop(process, "") + rest, files)
                if step is not None:
                    yield step


def _step(call: str, rest: str, files: dict[str, str]) -> Step | None:
    place = _PLACE.match(rest)
    path = _bytes(place[1]).decode(errors="replace") if place else ""
    data = b"".join(map(_bytes, _HEX.findall(rest)))
    if path.startswith(("socket:", "TCP")):
        offsets = [int(n) for n in _OFFSET.findall(data)]
        return Step("ack", at=max(offsets)) if offsets else None
    if path not in files:
        return None
    if call == "pwrite64":
        return Step("write", files[path], int(rest.rpartition(",")[2]), data)
    if call == "ftruncate":
        return Step("cut", files[path], int(rest.rpartition(",")[2]))
    return Step("sync", files[path]) if call in ("fsync", "fdatasync") else None


def _bytes(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


@dataclass
class Disk:
    """What surely stands on the disk, and what was written since."""

    sure: dict[str, bytearray] = field(default_factory=lambda: {"db": bytearray(), "wal": bytearray()})
    since: list[Step] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Do one step."""
        if step.kind == "sync":
            for before in self.since:
                if before.file == step.file:
                    _do(self.sure, before)
            self.since = [s for s in self.since if s.file != step.file]
        else:
            self.since.append(step)

    def after(self, chosen: Sequence[Step]) -> dict[str, bytearray]:
        """Return what would stand there if of what was written since only some had arrived."""
        found = {name: bytearray(data) for name, data in self.sure.items()}
        for step in chosen:
            _do(found, step)
        return found


def _do(files: dict[str, bytearray], step: Step) -> None:
    data = files[step.file]
    if step.kind == "cut":
        del data[step.at :]
        data.extend(bytes(max(0, step.at - len(data))))
    else:
        data.extend(bytes(max(0, step.at - len(data))))
        data[step.at : step.at + len(step.data)] = step.data


def states(done: Sequence[Step], most: int, rng: random.Random) -> Iterator[tuple[int, dict[str, bytearray]]]:
    """Yield disks as a power loss may leave them, and the number below which updates were acknowledged by then.

    Only after the first acknowledgement: before it nothing can be lost.
    """
    first = next((i for i, s in enumerate(done) if s.kind == "ack" and s.at > 1), len(done))
    each = max(1, (len(done) - first) * 5 // max(most, 1))
    disk, acknowledged = Disk(), 0
    for i, step in enumerate(done):
        if step.kind == "ack":
            acknowledged = max(acknowledged, step.at)
        else:
            disk.take(step)
        if i < first or (i - first) % each:
            continue
        for chosen in _choices(disk.since, rng):
            yield acknowledged, disk.after(chosen)


def _choices(since: Sequence[Step], rng: random.Random) -> Iterator[list[Step]]:
    """Yield which of the writes arrived: none, all, some, some others, and all of which the last by half."""
    yield []
    if not since:
        return
    yield [*since]
    for _ in range(2):
        yield [s for s in since if rng.random() < 0.5]
    last = since[-1]
    yield [*since[:-1], Step(last.kind, last.file, last.at, last.data[: len(last.data) // 2])]
