"""The C library's memory: what a desk that was replaced took is there for the next one, and goes back to the system.

glibc gives each thread an arena of its own, and what is freed in one is used by no other. A new desk arrives in whichever
thread is idle, so with the usual eight arenas a core a process that follows its knowledge grew by 100 MB each time.
"""

import ctypes
from contextlib import suppress

_ARENA_MAX = -8
"""M_ARENA_MAX of mallopt(3): how many arenas there may be."""


def share() -> None:
    """Let all threads use one arena, where the C library knows such: before any thread runs. The GIL lets one work at a time anyway."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Return what is free to the system (malloc_trim(3)); some ten milliseconds, and other threads run meanwhile."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
