"""What would mend a failed test, in the editor's words: which word no wording of the entry has, or who took the question."""

from collections.abc import Iterator

from bot.hangul import with_particle
from bot.knowledge.base import KnowledgeBase
from bot.workshop.gaps_group import content
from bot.workshop.test import WRONG, Failure


def hints(base: KnowledgeBase, failure: Failure) -> Iterator[str]:
    """Iterate over what an editor may do about a failed test."""
    frame = next((f for f in base.frames if f.id == failure.frame), None)
    if frame is None or failure.wanted.endswith("아닌 것"):
        return
    words = content(failure.question)
    if failure.kind == WRONG:
        yield from _taken(base, failure, words)
    own = frozenset[str]().union(*map(content, frame.wordings))
    lacking = sorted(w for w in words if not any(w in o or o in w for o in own))
    if lacking:
        named = with_particle(", ".join(f"'{w}'" for w in lacking), "이라는/라는")
        yield f'[{frame.id}]의 질문에는 {named} 낱말이 없습니다. 그 낱말로 묻는 다른 말을 더해 보세요: helpdesk knowledge add {frame.id} "…"'
    elif failure.kind != WRONG:
        yield f'낱말은 다 있습니다. 비슷하게 묻는 말을 하나 더해 보세요: helpdesk knowledge add {frame.id} "…"'


def _taken(base: KnowledgeBase, failure: Failure, words: frozenset[str]) -> Iterator[str]:
    """Say by which wording of another entry a question was taken."""
    id = failure.got.split()[-1] if failure.got else ""
    entry = base.entry(id)
    other = next((f for f in base.frames if entry and f.id == entry.frame), None)
    if other is None or not other.wordings:
        return
    nearest = max(other.wordings, key=lambda w: len(words & content(w)))
    if words & content(nearest):
        yield f"[{other.id}]의 질문 「{nearest}」와(과) 낱말이 겹칩니다. 그 말을 좁히거나 두 항목을 나누어 주세요"
