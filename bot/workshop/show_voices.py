"""Whose voices there are, as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.workshop.voices import Author


def as_text(authors: Sequence[Author], entries: int) -> str:
    """Return a line an author, for people."""
    if not authors:
        return "사람들의 말이 없습니다. voices/누구/주제.txt에 적거나 helpdesk knowledge voices import로 더하세요."
    lines = [f"{a.name}: {_shares(a, entries)}" for a in authors]
    return "\n".join([*lines, f"모두 {len(authors)}명, {sum(a.lines for a in authors):,}줄"])


def _shares(author: Author, entries: int) -> str:
    found = [f"{author.lines:,}줄"]
    found += [f"항목 {author.entries}개(전체 {entries}개)"] if author.entries else []
    found += [f"답하지 않을 것 {author.outside}줄"] if author.outside else []
    found += [f"인사와 대화의 말 {author.talk}줄"] if author.talk else []
    return " · ".join(found)


def as_json(authors: Sequence[Author]) -> str:
    """Return the same for programs."""
    return json.dumps([asdict(a) for a in authors], ensure_ascii=False, indent=1)
