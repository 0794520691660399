"""Mutants: each small change to a deciding module must break a unit test of that module. `make soak` counts those that do.

`python -m tests.mutants [WORD …]` takes the modules whose path has one of the words. Each mutant lives in a process of its own
that is forked once the libraries are loaded, reads the changed source in place of the file, and runs the tests that mirror it.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

import pytest

from tests import mutants_made

ROOT = Path(__file__).resolve().parent.parent
MIRRORS = {
    "bot/desk/decide.py": "tests/unit/test_decide.py",
    "bot/desk/acts.py": "tests/unit/test_acts_alone.py",
    "bot/desk/choosing.py": "tests/unit/test_choosing.py",
    "bot/matching/guard.py": "tests/unit/test_guard.py",
    "bot/matching/judge.py": "tests/unit/test_judge.py",
    "bot/matching/policy.py": "tests/unit/test_policy.py",
}
"""The unit tests that mirror each deciding module. They are made by hand: no conftest, no knowledge base, nothing learned."""
ENOUGH = 0.9
"""Share of mutants that must die (issue 11)."""
_PATIENCE = 10
"""Seconds of work after which a mutant that never ends is dead as well."""
_FAILED, _BROKEN = pytest.ExitCode.INTERRUPTED, 99
"""Exit codes up to which tests failed, or could not be loaded; and that of a process that ran none."""
_ALONE = (*["-q", "-x", "--noconftest", "-p", "no:cacheprovider"], "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""How pytest is run: plugins stand in memory already."""
_LIBRARIES = ("hypothesis", "numpy", "pydantic", "pytest_asyncio", "rapidfuzz", "yaml", "bot.desk.desk")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change to a module."""

    path: str
    line: int
    what: str
    code: CodeType

    @property
    def module(self) -> str:
        """Its name."""
        return self.path.removesuffix(".py").replace("/", ".")


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module as changed code."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._mutant.module else None

    def get_source(self, fullname: str) -> str:
        return (ROOT / self._mutant.path).read_text(encoding="utf-8")

    def get_code(self, fullname: str) -> CodeType:
        return self._mutant.code


def mutants(path: str) -> Iterator[Mutant]:
    """Iterate over the mutants of a module."""
    source = (ROOT / path).read_text(encoding="utf-8")
    for tree, line, what in mutants_made.changed(source):
        yield Mutant(path, line, what, compile(tree, path, "exec"))


def survivors(found: Sequence[Mutant | None], tests: str) -> list[Mutant | None]:
    """Return the mutants with which the tests pass, as many at a time as there are cores; `None` is the module as it is."""
    running: dict[int, Mutant | None] = {}
    alive = []
    waiting = list(reversed(found))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            child = os.fork()
            if not child:
                code = _BROKEN
                try:
                    code = _tested(mutant, tests)
                finally:
                    os._exit(code)
            running[child] = mutant
        child, status = os.wait()
        mutant, code = running.pop(child), os.waitstatus_to_exitcode(status)
        if code > _FAILED:
            raise RuntimeError(f"the tests did not run: {tests}, {code}, {mutant}")
        if code == 0:
            alive.append(mutant)
    return sorted(alive, key=lambda m: m.line if m else 0)


def _tested(mutant: Mutant | None, tests: str) -> int:
    """Return the exit code of the tests, run here."""
    signal.setitimer(signal.ITIMER_PROF, _PATIENCE)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if mutant is not None:
        _forget(mutant.module)
        sys.meta_path.insert(0, _Changed(mutant))
    return int(pytest.main([*_ALONE, tests]))


def _forget(module: str) -> None:
    """Drop a module and all that were made from it, so that they are loaded again."""
    stale, before = {module}, set[str]()
    loaded = {name: _imports(name) for name in sys.modules if name.startswith("bot.")}
    while stale != before:
        before = set(stale)
        stale |= {name for name, used in loaded.items() if used & before}
    for name in stale & sys.modules.keys():
        del sys.modules[name]
        package, _, last = name.rpartition(".")
        if hasattr(sys.modules.get(package), last):  # `from package import last` would find it there
            delattr(sys.modules[package], last)


@cache
def _imports(module: str) -> frozenset[str]:
    """Return the modules that a module imports from, and what it imports, as if that were modules."""
    tree = ast.parse(inspect.getsource(sys.modules[module]) or "pass")
    found = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return frozenset(name for n in found for a in n.names for name in (str(n.module), f"{n.module}.{a.name}"))


def main(words: Sequence[str]) -> int:
    """Run the mutants, print how many die and which live, and return 0 where enough die."""
    os.chdir(ROOT)
    for name in _LIBRARIES:
        importlib.import_module(name)
    for name in [n for n in sys.modules if n.startswith("bot.")]:
        _imports(name)  # once, and not in every process
    killed = made = 0
    for path, tests in MIRRORS.items():
        if words and not any(word in path for word in words):
            continue
        if not survivors([None], tests):
            print(f"{tests} fails without any mutant")
            return 1
        found = list(mutants(path))
        alive = survivors(found, tests)
        killed, made = killed + len(found) - len(alive), made + len(found)
        print(f"{path}: {len(found) - len(alive)} of {len(found)} mutants killed", flush=True)
        for m in alive:
            print(f"  {m.path}:{m.line} survived: {m.what}", flush=True)
    print(f"{killed} of {made} mutants killed: {killed / max(made, 1):.1%}")
    return 0 if killed >= ENOUGH * made else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
