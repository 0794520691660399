"""Whether an answer can still be relied on: by the dates on which it was checked and is to be checked again. Pure."""

from dataclasses import dataclass
from datetime import date

from bot.desk.freshness import Freshness, freshness
from bot.words import Entry

_LABELS = {"verify": "확인 필요", "good": "확인됨", "soon": "곧 만료", "expired": "만료", "unknown": "확인일 없음"}
_STATES = {Freshness.STALE: "expired", Freshness.SOON: "soon"}


@dataclass(frozen=True, slots=True)
class Standing:
    """State: good, soon, expired, verify (it holds what no official source confirms), or unknown (no day of a check)."""

    state: str
    checked: str
    until: str
    owner: str
    doubted: str = ""
    """What no official source confirms."""

    @property
    def label(self) -> str:
        """The state in a word."""
        return _LABELS[self.state]

    @property
    def tone(self) -> str:
        """The badge's colour; its words say the same."""
        return {"good": "good", "soon": "warn", "verify": "warn", "expired": "bad"}.get(self.state, "")

    @property
    def sentence(self) -> str:
        """Who checked it and when, and until when that holds."""
        parts = [f"공식 출처에서 확인하지 못한 값: {self.doubted}" if self.doubted else ""]
        parts += [f"{self.checked} 확인" if self.checked else "확인일 없음", self.owner]
        parts.append(f"{self.until}까지" if self.until and self.state != "expired" else "")
        parts.append(f"{self.until}에 기한 지남" if self.state == "expired" else "")
        return " · ".join(filter(None, parts))

    @property
    def warning(self) -> str:
        """What copies of an expired answer begin with."""
        return f"[주의] 확인 기한({self.until})이 지난 안내입니다." if self.state == "expired" else ""


def standing(entry: Entry, today: date, doubted: str = "") -> Standing:
    """Return how far an entry can be relied on today; `doubted`: what in it no official source confirms."""
    checked, until = entry.verified_on, entry.review_by
    state = _STATES.get(freshness(until, today), "good" if checked else "unknown")
    if doubted and state != "expired":  # what is no longer to be relied on at all stays so
        state = "verify"
    days = checked.isoformat() if checked else "", until.isoformat() if until else ""
    return Standing(state, *days, entry.owner, doubted if state == "verify" else "")
