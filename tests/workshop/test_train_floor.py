"""Training says nothing of people who were never met where there are too few of them to leave out."""

import shutil
from pathlib import Path

import pytest

from bot.words import RefusedError
from bot.workshop.train import train
from tests.workshop.test_learning import LIBRARY
from tests.workshop.test_verbs import Editor


def voices(folder: Path, author: str, count: int) -> None:
    place = folder / "voices" / author
    place.mkdir(parents=True)
    lines = [f"{author}이 {n}번째로 묻는 말" for n in range(count)]
    (place / "a.txt").write_text("[loan-count]\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "counts", [{}, {"kim": 400}, {"kim": 100, "lee": 100}], ids=["nobody", "one", "too-few-lines"]
)
def test_too_few_people_or_words_are_refused(tmp_path: Path, counts: dict[str, int]) -> None:
    folder = Path(shutil.copytree(LIBRARY, tmp_path / "kb"))
    for author, count in counts.items():
        voices(folder, author, count)
    with pytest.raises(RefusedError, match="잴 수 없습니다"):
        train(folder, encoder=False)


def test_the_command_leaves_what_serves_alone(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    before = editor.files()
    assert "두 명, 300줄 이상" in editor.run("train", code=1)
    assert editor.files() == before
