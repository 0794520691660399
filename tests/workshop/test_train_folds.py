"""Authors are left out in turn, so evenly that no figure hangs on who is left out with whom."""

from typing import Any, cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.voices import OUTSIDE, TALK
from bot.matching.lessons import CURATED, GENERAL, Lesson
from bot.workshop.train_folds import FOLDS, folds

KINDS = (OUTSIDE, f"{TALK}greeting", "an-entry")
AUTHORS = st.dictionaries(
    st.text("abc", min_size=1, max_size=4), st.tuples(*[st.integers(0, 40)] * 3).filter(any), min_size=1, max_size=30
)


def lessons(wrote: dict[str, tuple[int, ...]]) -> list[Lesson]:
    text: Any = None
    return [
        Lesson(author, 0, "", cast("Any", text), "", kind)
        for author, counts in wrote.items()
        for kind, count in zip(KINDS, counts, strict=True)
        for _ in range(count)
    ]


@given(AUTHORS)
def test_every_author_is_left_out_once_and_no_fold_leaves_out_nobody(wrote: dict[str, tuple[int, ...]]) -> None:
    found = folds(lessons({**wrote, CURATED: (0, 0, 9), GENERAL: (1, 1, 1)}))
    assert sorted(a for group in found for a in group) == sorted(wrote)
    assert len(found) == min(FOLDS, len(wrote))
    assert all(found)


def test_each_fold_leaves_out_about_as_much_of_each_kind() -> None:
    """Seventeen who ask, some who ask what nothing answers, some who chat: as it is in what ships."""
    wrote: dict[str, tuple[int, ...]] = {f"asks {n:02}": (0, 0, 2_250) for n in range(17)}
    wrote |= {f"strays {n}": (900, 0, 0) for n in range(4)} | {f"chats {n:02}": (40, 800, 0) for n in range(12)}
    out = np.array([np.sum([wrote[a] for a in group], axis=0) for group in folds(lessons(wrote))])
    assert out[:, 2].max() <= 3 * 2_250
    assert out[:, 2].min() >= 2 * 2_250
    assert np.ptp(out[:, 1]) <= 800
    assert out[:, 0].min() > 0
