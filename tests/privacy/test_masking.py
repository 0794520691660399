"""How much of what is personal is hidden, and how much of what is not stays: strings written for this, in many forms."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.privacy.redact import Redactor, seen

DATA = Path(__file__).resolve().parents[1] / "data" / "masking.txt"
PROMISED = ("phone", "rrn", "business", "account", "card", "licence", "passport", "email")
"""Kinds that README says are hidden."""
BY_RULE = ("name", "plate", "address")
"""Kinds that are hidden as far as a rule can."""
PUBLIC = ("1357", "1877-2041", "044-204-7777")


@dataclass(frozen=True)
class Line:
    kind: str
    text: str
    number: int

    @property
    def given(self) -> str:
        return self.text.replace("⟦", "").replace("⟧", "")

    def right(self, redacted: str) -> bool:
        """Tell whether just what is marked was hidden; what separates it from the rest may go with it."""
        if self.kind == "keep":
            return redacted == seen(self.given)
        wanted = re.sub(r"⟦.*?⟧", "§", self.text)
        return _bare(re.sub(r"\[[가-힣]+\]", "§", redacted)) == _bare(seen(wanted))


def _bare(text: str) -> str:
    return re.sub(r"§+", "§", re.sub(r"[\s()\[\]<>{}\"'\-:,./+]", "", text))


def lines() -> list[Line]:
    rows = [r.partition(" | ") for r in DATA.read_text(encoding="utf-8").splitlines() if not r.startswith("#")]
    return [Line(kind.strip(), text, n) for n, (kind, _, text) in enumerate(rows, 1)]


def wrong(kinds: tuple[str, ...]) -> tuple[list[tuple[str, str]], int]:
    redact = Redactor(PUBLIC)
    mine = [line for line in lines() if line.kind in kinds]
    return [(ln.given, redact(ln.given)) for ln in mine if not ln.right(redact(ln.given))], len(mine)


@pytest.mark.parametrize(("kinds", "most"), [(PROMISED, 0.01), (BY_RULE, 0.1), (("keep",), 0.02)])
def test_shares_hold(kinds: tuple[str, ...], most: float) -> None:
    missed, count = wrong(kinds)
    assert len(missed) <= most * count, missed


def test_there_are_enough_strings() -> None:
    assert len(lines()) >= 400
    assert len({line.text for line in lines()}) == len(lines())
