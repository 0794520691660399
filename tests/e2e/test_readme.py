"""The README is true: its session happens as shown, and the commands it names exist."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_session_on_the_first_screen_happens_as_shown() -> None:
    (session,) = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = session.splitlines()[1:]
    asked = [line[2:] for line in lines if line.startswith("> ")]
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input="\n".join(asked).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    out = done.stdout.decode()
    for line in lines:
        if not line.startswith("> "):
            assert line.removesuffix(" …") in out, line


def test_every_make_target_it_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", README))
    assert named
    assert named <= targets


def test_every_option_of_ask_that_it_names_exists() -> None:
    shown = subprocess.run([sys.executable, "-m", "bot", "ask", "--help"], capture_output=True, check=True, cwd=ROOT)
    for option in set(re.findall(r"`helpdesk ask (--[a-z]+)", README)):
        assert option in shown.stdout.decode()
