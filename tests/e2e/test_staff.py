"""`helpdesk staff`, as an operator uses it on a new machine."""

import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "HELPDESK_DATABASE_URL": f"sqlite:///{folder}/h.db", "HELPDESK_SECRET": "s" * 40}
    return subprocess.run(
        [sys.executable, "-m", "bot", "staff", *words],
        input=said,
        env=settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_first_administrator(tmp_path: Path) -> None:
    assert "계정이 없습니다" in run(tmp_path, "list").stdout
    made = run(tmp_path, "add", "Kim", "--role", "admin", "--name", "김관리", said="correct-horse-1\n")
    assert (made.returncode, "kim 계정을 만들었습니다(admin)" in made.stdout) == (0, True)
    shown = run(tmp_path, "list").stdout
    assert "kim  admin  active  김관리" in shown
    refused = run(tmp_path, "add", "B AD", "--role", "boss", said="x\n")
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 3, "all faults at once"
    last = run(tmp_path, "disable", "kim")
    assert (last.returncode, last.stderr.strip()) == (1, "마지막 관리자입니다. 다른 관리자를 먼저 만드세요.")
    assert run(tmp_path, "reset", "kim", said="another-horse-2\n").returncode == 0
    assert run(tmp_path, "reset", "nobody", said="another-horse-2\n").returncode == 1
