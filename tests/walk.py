"""Which functions of the program one piece of work enters, in which modules and rooms: how far a reader has to walk.

A room is a package of `bot`, or a module that lies directly in it. A change of room is a call from one into another;
what returns, and what the event loop resumes, is none. What everybody uses (`words`, `hangul` …) is no room of its own.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

import bot

_HOME = Path(bot.__file__).parent
_EVERYBODYS = {"words", "languages", "hangul", "lengths", "caches", "metrics", "logs"}


@dataclass
class Walk:
    """Notes what is entered within the block, in this thread."""

    steps: list[tuple[str, str, str]] = field(default_factory=list)
    """For each call: the module that calls (empty: the event loop), the module called, the function."""
    _entered: dict[int, FrameType] = field(default_factory=dict)
    """Frames by their ids; held, so that no other gets the id of one."""
    _modules: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Walk":
        sys.setprofile(self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setprofile(None)
        self._entered.clear()

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        module = self._module(frame)
        name = frame.f_code.co_qualname
        if event != "call" or not module or name.endswith(">") or id(frame) in self._entered:
            return
        self._entered[id(frame)] = frame
        caller = frame.f_back
        while caller is not None and not self._has_a_room(caller):
            caller = caller.f_back
        self.steps.append((self._module(caller) if caller else "", module, name))

    def _has_a_room(self, frame: FrameType) -> bool:
        """Tell whether somebody's own code runs: what everybody uses calls for whoever uses it."""
        module = self._module(frame)
        return bool(module) and room(module) not in _EVERYBODYS

    def _module(self, frame: FrameType) -> str:
        """Return the module that a frame runs, as a path below `bot`; empty where it is not ours."""
        file = frame.f_code.co_filename
        if file not in self._modules:
            path = Path(file)
            self._modules[file] = path.relative_to(_HOME).as_posix() if path.is_relative_to(_HOME) else ""
        return self._modules[file]

    @property
    def modules(self) -> set[str]:
        return {module for _, module, _ in self.steps}

    @property
    def functions(self) -> set[tuple[str, str]]:
        return {(module, name) for _, module, name in self.steps}

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The doors from one room into another, in the order in which they are first gone through."""
        doors = {
            (f"{caller} → {module}", name): None
            for caller, module, name in self.steps
            if caller and room(caller) != room(module) and room(module) not in _EVERYBODYS
        }
        return list(doors)

    @property
    def outside(self) -> list[tuple[str, str]]:
        """The changes of room but those into matching, which is asked about each reading of a text."""
        return [(where, name) for where, name in self.changes if "→ matching/" not in where]

    def told(self) -> str:
        """Return the counts, and every change of room, to be read."""
        return "\n".join(
            [
                f"{len(self.modules)} modules, {len(self.functions)} functions, {len(self.outside)} changes of room",
                f"and {len(self.changes) - len(self.outside)} into matching",
                f"modules: {' '.join(sorted(self.modules))}",
                *(f"{where}: {name}" for where, name in self.outside),
            ]
        )


def room(module: str) -> str:
    """Return the room of a module: `desk`, `channels/web`, `words`."""
    folder = module.rpartition("/")[0]
    return folder or module.removesuffix(".py")
