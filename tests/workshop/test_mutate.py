"""Mutations keep the meaning, come out the same every time, and are judged as a reader would."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app, hangul
from bot.desk.desk import HelpDesk
from bot.workshop import mutate as work
from bot.workshop import mutate_style as style
from bot.workshop.mutate_text import KINDS, mutate
from tests.conftest import NOW

TEXT = "창원대 담당자 전화번호가 몇 번인가요"
BY_ID = {k.id: k for k in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.id)
def test_a_seed_gives_the_same_mutation_again(kind: work.Kind) -> None:
    assert mutate(TEXT, kind, 3) == mutate(TEXT, kind, 3)


@pytest.mark.parametrize("kind", ["sound", "key", "double", "drop", "swap"])
def test_a_typing_error_is_one_error(kind: str) -> None:
    from rapidfuzz.distance import DamerauLevenshtein

    for seed in range(50):
        typed = hangul.to_qwerty(mutate(TEXT, BY_ID[kind], seed) or mutate(TEXT, BY_ID["key"], seed)).lower()
        assert DamerauLevenshtein.distance(hangul.to_qwerty(TEXT).lower(), typed) in (1, 2), typed


@pytest.mark.parametrize("kind", ["no-space", "all-space", "spacing"])
def test_spacing_changes_nothing_but_spaces(kind: str) -> None:
    for seed in range(20):
        assert mutate(TEXT, BY_ID[kind], seed).replace(" ", "") in ("", TEXT.replace(" ", ""))


@pytest.mark.parametrize(
    ("change", "results"),
    [
        (style.formal, {"신청할 수 있습니까", "신청할 수 있습니까?"}),
        (style.casual, {"신청할 수 있냐", "신청할 수 있냐?"}),
        (style.terse, {"신청할 수 있음", "신청할 수 있음?"}),
        (style.fragment, {"신청할 수 있나"}),
    ],
)
def test_styles_rewrite_the_ending(change: Callable[..., str], results: set[str]) -> None:
    import random

    assert {change("신청할 수 있나요?", random.Random(i)) for i in range(9)} == results


FOLDER = """
entries:
- id: period
  questions: [모집 기간이 언제예요, 접수는 며칠까지 받나요, 신청 마감일이 궁금해요]
  answer: 모집은 6월 7일에 끝났습니다.
- id: place
  questions: [어느 건물에서 열리나요, 행사 장소가 어디예요, 찾아가는 길 좀 알려 주세요]
  answer: 본관에서 엽니다.
"""


@pytest.fixture
def small(folder: Callable[..., Path]) -> HelpDesk:
    return app.desk(folder(faq=FOLDER))


def test_the_report_is_the_same_with_one_process_and_with_two(small: HelpDesk) -> None:
    reports = [work.run(small, NOW, processes=n) for n in (1, 2)]
    assert reports[0] == reports[1]
    assert {r.entry for r in reports[0].results} == {"period", "place"}
    assert reports[0].table()["plain"] == {"kept": 6}


def test_initials_must_be_asked_about_never_answered(small: HelpDesk) -> None:
    reply = work.Judge(small, NOW, 1)._ask("ㅁㅈㄱㄱ")
    assert not reply.entry


def test_another_entrys_wording_is_no_mutation(small: HelpDesk) -> None:
    judge = work.Judge(small, NOW, 1)
    entry = small.base.entries["period"]
    assert judge._means_another("행사 장소가 어디에요", "행사 장소가 어디예요", entry)
    assert judge._means_another("모집 기간이 언제예요", "행사 기간이 언제예요", entry)
    assert not judge._means_another("모집 기간이 언제예요", "모집 기갼이 언제예요", entry)


def test_the_gate_closes_when_the_score_drops(small: HelpDesk, tmp_path: Path) -> None:
    report = work.run(small, NOW, processes=1)
    work.record(tmp_path, report, seed=1)
    before = work.recorded(tmp_path)
    assert json.loads((tmp_path / work.FILE).read_text())["seed"] == 1
    assert not work.dropped(report, before)
    worse = work.Report([replace(r, verdict="other") if i % 5 == 0 else r for i, r in enumerate(report.results)])
    assert len(work.dropped(worse, before)) == 2


def test_a_sample_spreads_over_the_questions(small: HelpDesk) -> None:
    assert [len(texts) for _, texts in work.questions(small, sample=2)] == [2, 2]
    assert [e.id for e, _ in work.questions(small, "place")] == ["place"]
