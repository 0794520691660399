"""The evaluation file of a knowledge folder: fitted weights and cutoffs, and on what they were fitted."""

import json
from pathlib import Path
from typing import Any

from bot.knowledge.build import KnowledgeError
from bot.words import Problem

FILE = "evaluation.json"


def read_evaluation(folder: Path) -> dict[str, Any]:
    """Return what stands in a folder's evaluation file; empty where there is none.

    Raises:
        KnowledgeError: the file is there but is not JSON of the right shape.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(str(error)) from None
    if not isinstance(data, dict) or not isinstance(data.get("calibration"), dict):
        raise broken("calibration 항목이 없습니다")
    return data


def write_evaluation(folder: Path, document: dict[str, Any]) -> None:
    """Write a folder's evaluation file."""
    (folder / FILE).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def broken(why: str) -> KnowledgeError:
    """Return the error for an evaluation file that cannot be used."""
    hint = "helpdesk knowledge evaluate로 다시 만들거나 파일을 지우세요"
    return KnowledgeError([Problem(FILE, 1, f"평가 파일을 쓸 수 없습니다: {why}", hint, "evaluation")])
