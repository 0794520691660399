"""Why a maintainer's work is refused, in words for the console."""

from bot.knowledge.build import KnowledgeError
from bot.words import RefusedError


def broken(error: KnowledgeError) -> RefusedError:
    """Return the refusal of what needs knowledge that can be used."""
    return RefusedError("\n".join(["지식 파일에 문제가 있어 할 수 없습니다.", *map(str, error.problems)]))
