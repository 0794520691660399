"""A knowledge folder under version control, and what a small library's knowledge begins with."""

import subprocess
from pathlib import Path

LIBRARY = """\
programme: {name: 동네 도서관 안내}
defaults: {owner: 안내팀, verified_on: 2026-11-01, review_by: 2027-01-30, topic: visit, sources: [rules]}
sources:
- {id: rules, title: 도서관 이용 안내, date: "2026-10-01", url: "https://library.example.org/rules"}
entries:
"""


def git(place: Path, *words: str) -> str:
    """Run git in a place, as somebody, and return what it says."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *who, *words], cwd=place, check=True, capture_output=True, text=True).stdout
