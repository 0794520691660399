"""The knowledge base: all of a folder, validated, immutable, with a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from bot.words import BaseTests, Entry, Frame, Group, Phase, Source, Term

KST = timezone(timedelta(hours=9), "KST")
"""Korea has had no daylight saving time since 1988, so a fixed offset is exact."""


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """All of `knowledge/`. Replacing it is one assignment."""

    name: str
    version: str
    """First 12 hex digits of the SHA-256 of the files."""
    frames: tuple[Frame, ...]
    entries: Mapping[str, Entry]
    groups: Mapping[str, Group]
    terms: Mapping[str, Term]
    sources: Mapping[str, Source]
    notices: Mapping[str, tuple[Phase, ...]]
    replies: Mapping[str, str]
    tests: BaseTests
    files: tuple[str, ...] = ()

    def reply(self, name: str) -> str:
        """Return one of the desk's own sentences; a knowledge base that has none gets the built-in one."""
        return self.replies.get(name) or DEFAULT_REPLIES[name]


def current(phases: tuple[Phase, ...], now: datetime) -> Phase:
    """Return the first phase that has not passed; the last one when all have."""
    for phase in phases:
        if phase.until is None or now <= phase.until:
            return phase
    return phases[-1]


def days_left(phase: Phase, now: datetime) -> int:
    """Return the calendar days in Korea from `now` to the phase's end; 0 on its last day."""
    if phase.until is None:
        return 0
    return (phase.until.astimezone(KST).date() - now.astimezone(KST).date()).days


DEFAULT_REPLIES: Mapping[str, str] = {
    "fallback": "그 질문에는 확인된 답이 없습니다.",
    "nearest": "혹시 이 가운데 있나요?",
    "ask": "어느 쪽을 물으셨나요?",
    "did_you_mean_name": "혹시 {name:을/를} 말씀하시나요?",
    "rewritten": "‘{text}’(으)로 찾았어요.",
    "read_as": "‘{name}’에 관한 질문으로 읽었어요.",
    "empty": "질문을 적어 주세요.",
    "too_long": "질문이 너무 깁니다. {limit}자 안으로 줄여 주세요.",
    "initials": "초성만으로는 뜻이 여럿일 수 있어요. 어느 것인가요?",
    "none_of_these": "이 중에 없어요",
    "source": "출처",
    "verified": "확인일",
    "and_also": "또 물으신 것에 대해서는:",
    "reset": "처음부터 다시 시작합니다.",
    "welcome": "무엇이든 물어보세요.",
    "terminal_help": "번호를 누르면 고릅니다. /처음 다시 시작 · /도움말 · /종료",
    "no_answer_yet": "아직 답이 준비되지 않았습니다.",
}
"""What the desk says where the knowledge base's `replies` are silent."""
