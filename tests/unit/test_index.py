"""The ranker: what it must rank first, and laws that hold for any texts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.matching import postings
from bot.matching.grams import BREAK, grams, kind_of
from bot.matching.index import Index, Tuning

WORDINGS = [
    ["모집 기간이 언제였나요", "접수는 며칠까지 받았나요", "모집 마감일"],
    ["이의신청 기간이 며칠인가요", "평가 결과에 불복하려면 며칠 안에 하나요", "이의신청 기한"],
    ["기술료는 얼마를 내나요", "기술료 요율", "로열티 비율이 어떻게 되나요"],
]


def best(index: Index, text: str) -> int:
    return int(index.scores(text).argmax())


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("모집기간언제", 0),
        ("접수 마감 며칠까지", 0),
        ("이의 신청은 며칠 안에", 1),
        ("기술료 비율", 2),
        ("기술룡 요률", 2),
    ],
)
def test_finds_paraphrases_and_typos(text: str, frame: int) -> None:
    assert best(Index(WORDINGS), text) == frame


def test_every_wording_finds_its_own_frame_with_full_score_if_it_is_the_only_one() -> None:
    index = Index([[w] for group in WORDINGS for w in group])
    for i, text in enumerate(w for group in WORDINGS for w in group):
        scores = index.scores(text)
        assert int(scores.argmax()) == i
        assert scores[i] == pytest.approx(1.0, abs=1e-5)


def test_unknown_words_lower_the_score_and_not_the_order() -> None:
    index = Index(WORDINGS)
    plain, strange = index.scores("모집 기간"), index.scores("모집 기간 뷁쉙쀍 퀡뛟")
    assert strange.max() < plain.max()
    assert strange.argmax() == plain.argmax()


def test_what_siblings_share_weighs_more() -> None:
    index = Index(
        [["사과 가격", "사과 값", "사과 얼마"], ["배송 조회", "물건 어디", "언제 도착"]],
        Tuning(stability=2.5),
    )
    flat = Index(
        [["사과 가격", "사과 값", "사과 얼마"], ["배송 조회", "물건 어디", "언제 도착"]], Tuning(stability=0)
    )
    assert (
        index.scores("사과 언제")[0] / index.scores("사과 언제")[1]
        > flat.scores("사과 언제")[0] / flat.scores("사과 언제")[1]
    )


def test_concepts_join_wordings_without_a_letter_in_common() -> None:
    concept = BREAK + "\ue123"
    index = Index([["전화번호 알려줘" + concept], ["주소 알려줘"]])
    assert best(index, "폰넘버" + concept) == 0


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.text(max_size=30))
def test_scores_lie_between_zero_and_one_for_any_text(texts: list[str], question: str) -> None:
    scores = Index([[t] for t in texts]).scores(question)
    assert scores.shape == (len(texts),)
    assert np.isfinite(scores).all()
    assert scores.min() >= 0
    assert scores.max() <= 1.0001


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_grams_of_a_batch_are_those_of_each_text(texts: list[str]) -> None:
    batch = grams(texts, 16)
    for number, text in enumerate(texts):
        assert batch.bucket[batch.text == number].tolist() == grams([text], 16).bucket.tolist()
    assert list(zip(batch.bucket, batch.text, strict=True)) == sorted(zip(batch.bucket, batch.text, strict=True))
    assert set(kind_of(batch.bucket).tolist()) <= {0, 1, 2}


def test_large_indexes_drop_faint_grams_and_still_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.matching.index.LARGE", 10)
    texts = [[f"{i}번 물품 보관 위치 안내"] for i in range(100, 160)]
    full_size = Index(texts)
    assert best(full_size, "137번 물품 어디에 보관") == 37


_TEXTS = st.lists(
    st.lists(st.text("가나다라 마바1", min_size=1, max_size=8), min_size=1, max_size=3), min_size=1, max_size=6
)


@settings(max_examples=40)
@given(_TEXTS, st.text("가나다라 마바1", max_size=8), st.text("가나다라 마바1", max_size=8))
def test_scores_from_those_of_another_text_are_the_same(texts: list[list[str]], one: str, other: str) -> None:
    index = Index(texts)
    near = index.sums(one)
    plain, quick = index.sums(other), index.sums(other, near)
    assert plain.rows.tolist() == quick.rows.tolist()
    assert index.scored(quick).tolist() == index.scores(other).tolist()


@settings(max_examples=40)
@given(_TEXTS, st.text("가나다라 마바1", min_size=1, max_size=8), st.sampled_from([0, 40, 1 << 20]))
def test_scores_are_the_cosines_that_they_stand_for(texts: list[list[str]], question: str, room: int) -> None:
    """A third the best wording's cosine, two thirds the cosine with the mean; with room for no, few, all common grams."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bot.matching.postings._ROOM", room)
        index = Index(texts)

    def vector(text: str) -> np.ndarray:
        found = np.zeros(len(index.weight))
        found[list(index.cache.buckets(text))] = 1
        found *= index.weight
        return found / max(float(np.linalg.norm(found)), 1e-6)

    asked, scores = vector(question), index.scores(question)
    sums = index.sums(question)
    rounding = len(sums.buckets) * postings._UNIT / max(sums.length, 1e-6)  # common grams are held in whole units
    for number, group in enumerate(texts):
        each = [vector(text) for text in group]
        mean = sum(each[1:], each[0])
        mean = mean / max(float(np.linalg.norm(mean)), 1e-6)
        best = max(float(v @ asked) for v in each)
        expected = best if len(group) == 1 else (best + index.tuning.mean * float(mean @ asked)) / 3
        assert scores[number] == pytest.approx(expected, abs=1e-5 + rounding)
