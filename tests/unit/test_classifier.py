"""The classifier: any text becomes buckets, an unseen paraphrase goes where it belongs, a byte a weight is enough."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.classifier import BIAS, BITS, Classifier, buckets, examples, features, learn, learn_on, scored
from bot.matching.grams import BREAK
from bot.matching.learned import VERSION
from bot.matching.linear import Fit, fit

SAID = [
    ["책 몇 권까지 빌려요", "한 번에 몇 권 빌릴 수 있나요", "대출 권수 알려 주세요"],
    ["주차장 있나요", "차를 댈 곳이 있어요", "주차 요금이 얼마예요"],
    ["회원증을 잃어버렸어요", "회원증 다시 만들기", "카드를 분실했어요"],
]
TEXTS = [(text, text) for group in SAID for text in group]
LABELS = np.repeat(np.arange(3), 3)


@pytest.fixture(scope="module")
def learned() -> Classifier:
    return learn(TEXTS, LABELS, 3)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_distinct_buckets_in_range_and_always_the_same(masked: str, plain: str) -> None:
    found = buckets(masked, plain)
    assert found == buckets(masked, plain)
    assert found == sorted(set(found))
    assert all(0 <= bucket < 1 << BITS for bucket in found)


def test_buckets_are_the_same_in_every_run() -> None:
    """Files of what was learned hold them: whoever changes them must raise the version of the files too."""
    assert VERSION == 6
    assert buckets("가", "가") == [329, 6223, 15714, 18023, 37104, 39244, 41365, 53604, 60161]


def test_a_concept_is_a_bucket_of_its_own() -> None:
    alone, other = set(buckets("전화", "전화")), set(buckets(f"전화{BREAK}\ue123", "전화"))
    assert alone < other
    assert len(other - alone) == 1


@pytest.mark.parametrize(
    ("text", "label"),
    [("몇 권 빌릴 수 있는지", 0), ("주차할 곳이 있을까요", 1), ("회원증 분실", 2), ("대출은 몇 권", 0)],
)
def test_an_unseen_paraphrase_goes_where_it_belongs(learned: Classifier, text: str, label: int) -> None:
    scores = learned.scores(text, text)
    assert int(scores.argmax()) == label


def test_a_byte_a_weight_changes_no_order() -> None:
    rows, counts = examples(TEXTS)
    weights = fit(rows, LABELS, Fit.blank(rows, 3)).weights
    packed = Classifier.packed(weights, counts)
    assert packed.weights.dtype == np.int8
    for i in range(len(rows)):
        at = slice(rows.start[i], rows.start[i + 1])
        exact = rows.value[at] @ weights[rows.index[at]]
        assert packed.scores(*TEXTS[i]).argsort().tolist() == exact.argsort().tolist()
        assert packed.scores(*TEXTS[i]) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("text", ["", " ", "😀", "뷁쉙쀍"])
def test_a_text_that_says_nothing_gets_what_every_text_gets(learned: Classifier, text: str) -> None:
    unknown = learned.weights[BIAS] * learned.scale * np.float32(0.3)
    assert np.isfinite(learned.scores(text, text)).all()
    if not text.strip():
        assert learned.scores(text, text) == pytest.approx(unknown, abs=0.2)


def test_what_one_text_alone_has_does_not_count() -> None:
    rows, counts = examples([("가나", "가나"), ("가다", "가다")])
    shared = set(buckets("가나", "가나")) & set(buckets("가다", "가다"))
    assert set(np.flatnonzero(counts).tolist()) == shared
    assert set(rows.index.tolist()) == shared | {BIAS}


def test_what_is_known_already_teaches_nothing_and_the_rest_is_added(learned: Classifier) -> None:
    weights = learned.weights * learned.scale
    seen = [features(*text, learned.counts) for text in TEXTS]
    again = learn_on(seen, LABELS, weights.copy())
    assert np.linalg.norm(again - weights) < np.linalg.norm(weights) / 2
    assert (scored(again, seen).argmax(axis=1) == LABELS).all()
    other = (LABELS + 1) % 3
    turned = learn_on(seen[:2], other[:2], weights.copy())
    margin = lambda w: (scored(w, seen[:2])[[0, 1], other[:2]] - scored(w, seen[:2])[[0, 1], LABELS[:2]]).min()  # noqa: E731
    assert margin(turned) > margin(weights), "what it is told now counts"


def test_scores_for_some_labels_are_those_of_all(learned: Classifier) -> None:
    seen = [features(*text, learned.counts) for text in TEXTS]
    found = learned.of([2, 0], seen)
    for row, text in zip(found, TEXTS, strict=True):
        assert row == pytest.approx(learned.scores(*text)[[2, 0]], abs=1e-5)
