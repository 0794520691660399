"""What one thread has freed is there for the next, and goes back to the system."""

import platform
import subprocess
import sys

import pytest

GROWS = """
import sys, threading
from bot import heap

def size():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmRSS"))

def desk():
    held = [bytes(20_000) for _ in range(5_000)]  # 100 MB, each too small to be mapped by itself
    kept.append(bytes(20_000))  # what stays at the end of it, as something always does

kept, waiting = [], []
if sys.argv[1] == "shared":
    heap.share()
before = size()
for _ in range(5):
    there = threading.Barrier(2)
    threading.Thread(target=lambda there=there: (desk(), there.wait(), there.wait())).start()
    there.wait()
    waiting.append(there)  # the thread stays, so that the next one is another
if sys.argv[1] == "shared":
    heap.give_back()
print(size() - before)
for there in waiting:
    there.wait()
"""


def grown(how: str) -> int:
    """Return by how many MB a process grows in which five threads, one after the other, take and free 100 MB."""
    done = subprocess.run([sys.executable, "-c", GROWS, how], capture_output=True, check=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no arenas")
def test_threads_that_take_and_free_much_do_not_add_up() -> None:
    assert grown("shared") < 30
    assert grown("apart") > 100, "this is what it is for"
