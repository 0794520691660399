"""Who takes part in a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.bench import ours, peers
from tests.bench.system import System, say


@dataclass(frozen=True)
class Roster:
    """The systems of one run, why others are missing from it, and what failed in the course of it."""

    command: str
    names: tuple[str, ...]
    absent: tuple[str, ...]
    failures: list[str] = field(default_factory=list)

    def failed(self, what: str) -> None:
        """Note what could not be measured."""
        say(f"  ! {what}")
        self.failures.append(what)

    def open(self, name: str) -> System:
        """Return a new system, not yet built."""
        return ours.Ours(self.command) if name == ours.NAME else peers.PEERS[name]()

    def slow(self, name: str) -> bool:
        """Return whether a question to it takes tenths of a second at 100,000 variants."""
        return name in peers.PEERS and peers.PEERS[name].slow


def gather(command: str) -> Roster:
    """Return the systems that can run here, ours first."""
    here, away = peers.installed()
    why = ours.missing(command)
    absent = [f"{name}: not installed (dependency group `bench`)" for name in away]
    if why:
        absent.insert(0, f"{ours.NAME}: {why}")
    return Roster(command, (*(() if why else (ours.NAME,)), *here), tuple(absent))


@contextmanager
def running(roster: Roster, name: str, what: str) -> Iterator[System]:
    """Open a system for one piece of work; when our command fails, say so and go on without it."""
    say(f"  {what}: {name}")
    system = roster.open(name)
    try:
        yield system
    except ours.CommandError as error:
        roster.failed(f"{what}: {error}")
    finally:
        system.close()
