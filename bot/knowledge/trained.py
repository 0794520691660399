"""The file of what was learned, beside the knowledge: bytes here, understood by `matching`."""

from pathlib import Path

from bot.knowledge.build import KnowledgeError
from bot.words import Problem

FILE = "learned.zip"


def read_trained(folder: Path) -> bytes | None:
    """Return the contents of a folder's file of what was learned; `None` where there is none."""
    file = folder / FILE
    if file.exists() and not file.is_file():
        raise unusable("파일이 아닙니다")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(error.strerror or str(error)) from None


def unusable(why: str) -> KnowledgeError:
    """Return the error for a file of what was learned that cannot be used."""
    hint = "helpdesk knowledge train으로 다시 만들거나 파일을 지우세요"
    return KnowledgeError([Problem(FILE, 1, f"배운 것을 적은 파일을 쓸 수 없습니다: {why}", hint, "learned")])
