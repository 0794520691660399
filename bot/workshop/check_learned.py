"""Check what was learned: can the file be used, and was it learned from the knowledge as it is now?"""

from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.build import KnowledgeError
from bot.knowledge.trained import FILE, read_trained
from bot.matching.learned import STALE, LearnedError, source_of, unpack
from bot.words import Problem

OUTDATED = "outdated"
"""Code of a file that was learned from an earlier state of the knowledge."""
_MOST_NAMED = 5


def problems(folder: Path, base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over what is wrong with a folder's file of what was learned; nothing where there is none."""
    try:
        data = read_trained(folder)
    except KnowledgeError as error:
        yield from error.problems
        return
    if data is None:
        return
    try:
        kept = unpack(data)
    except LearnedError as error:
        hint = "helpdesk knowledge train으로 다시 만들거나 파일을 지우세요"
        yield Problem(FILE, 1, f"배운 것을 적은 파일을 쓸 수 없습니다: {error}", hint, "learned")
        return
    if kept.source == source_of(base):
        return
    columns = zip(base.frames, kept.columns(base), strict=False)
    changed = [
        f.id for f, column in columns if column == STALE and f.file
    ]  # what ships with the program is no editor's
    if not changed:
        return
    named = ", ".join(changed[:_MOST_NAMED]) + (" …" if len(changed) > _MOST_NAMED else "")
    what = f"그 뒤에 바뀐 항목 {len(changed)}개({named})"
    hint = "바뀐 항목은 그때그때 따로 배워 답하지만, helpdesk knowledge train을 돌려야 모두 함께 배우고 다시 잽니다"
    yield Problem(FILE, 1, f"배운 것이 지금 지식보다 오래되었습니다: {what}", hint, OUTDATED)
