"""Compose: what an answer looks like once it is found."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.desk.compose import Composer
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.knowledge.build import load
from bot.knowledge.fill import LATE
from bot.words import Kind, Outcome, Query
from tests.conftest import NOW

BASE = """
sources:
- {id: call, title: 모집 공고, date: "2022-04-11", url: "https://example.kr/a"}
- {id: guide, title: 안내서, date: "2022-05-02", url: "https://example.kr/b"}
entries:
- {id: fee, questions: [참가비가 얼마인가요, 참가비, 내는 돈], answer: 없습니다., sources: [call], verified_on: 2026-01-10}
- {id: place, questions: [어디서 하나요, 장소가 어디예요, 위치], answer: 시청입니다., sources: [guide], verified_on: 2026-10-02}
- {id: visa, kind: boundary, questions: [비자를 내 주나요, 비자 발급, 비자 문의], answer: 비자는 다루지 않습니다.}
"""


@pytest.fixture
def desk(folder: Callable[..., Path]) -> HelpDesk:
    return HelpDesk(load(folder(base=BASE)), encoder=False)


@pytest.mark.parametrize("order", [("fee", "place"), ("place", "fee")])
def test_a_joint_answer_shows_its_oldest_date(desk: HelpDesk, order: tuple[str, str]) -> None:
    composer, entries = Composer(desk.base), [desk.base.entries[n] for n in order]
    reply = composer.answer(Outcome.ANSWER, entries, NOW)
    assert "2026-01-10" in reply.signature
    assert "2026-10-02" not in reply.signature
    assert "2026-10-02" in composer.signature([desk.base.entries["place"]], NOW)


def test_a_boundary_has_one_outcome_typed_or_tapped(desk: HelpDesk) -> None:
    typed, _ = desk.answer(Query("비자를 내 주나요", "u", NOW), Context())
    tapped, _ = desk.answer(Query("", "u", NOW, choice="visa"), Context())
    assert (typed.entry, tapped.entry) == ("visa", "visa")
    assert (typed.outcome, tapped.outcome) == (Outcome.FALLBACK, Outcome.FALLBACK)


def test_every_kind_of_entry_has_an_outcome() -> None:
    assert {kind: kind.outcome for kind in Kind} == {
        Kind.ANSWER: Outcome.ANSWER,
        Kind.SMALLTALK: Outcome.SMALLTALK,
        Kind.HANDOVER: Outcome.HANDOVER,
        Kind.BOUNDARY: Outcome.FALLBACK,
    }


def test_everything_that_is_filled_in_late_is_filled_in(folder: Callable[..., Path]) -> None:
    late = " ".join(f"{{{name}}}" for name in sorted(LATE))
    text = f"""
entries:
- id: when
  verified_on: 2026-11-01
  questions: [언제 끝나나요, 끝나는 날, 마감]
  phases:
  - {{until: 2026-11-30, answer: "{late} 남음.", short: "{late} 남았음.", english: "{late} left."}}
  again: [{{answer: "{late} 남았다고요."}}]
"""
    desk = HelpDesk(load(folder(base=text)), encoder=False)
    composer, entry = desk.composer, desk.base.entries["when"]
    said = [composer.body(entry, NOW), composer.short(entry, NOW), composer.body(entry, NOW, language="en")]
    said.append(composer.answer(Outcome.ANSWER, [entry], NOW, told=["when#0"]).body)
    assert said == [
        "2026년 11월 6 남음.",
        "2026년 11월 6 남았음.",
        "November 2026 6 left.",
        "2026년 11월 0 남았다고요.",
    ]
