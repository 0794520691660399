"""Why a maintainer's task is refused, in words for the console."""

from bot.knowledge.build import KnowledgeError
from bot.words import RefusedError


def broken(error: KnowledgeError) -> RefusedError:
    """Return the refusal of a task that needs usable knowledge."""
    return RefusedError("\n".join(["지식 파일에 문제가 있어 할 수 없습니다.", *map(str, error.problems)]))
