"""Near questions under different answers are found; what a name, a number or a «not» tells apart is not."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.workshop.check import check_folder
from bot.workshop.collide import collisions
from bot.workshop.mutate_text import KINDS, mutate
from tests.conftest import SHIPPED

ENTRY = "- {{id: {id}, questions: [{q}], answer: 답 {id}.}}\n"


def found(folder: Path) -> list[tuple[str, str]]:
    base = load(folder)
    return [(c.first.id, c.second.id) for c in collisions(base)]


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("기술료 납부 기간이 어떻게 되나요", "기술료 납부 기간은 어떻게 되죠", True),
        ("기술료 납부 기간이 어떻게 되나요", "기술료납부 기간이 어떻개 되나요", True),
        ("1차 모집 기간이 언제예요", "2차 모집 기간이 언제예요", False),
        ("신청할 수 있는 회사", "신청할 수 없는 회사", False),
        ("지원 대상이 누구예요", "지원 제외 대상이 누구예요", False),
        ("소규모 제조업체도 되나요", "식품 제조업체도 되나요", False),
        ("도서 예약 방법", "도서 예약 취소 방법", False),
        ("회원증 발급 방법이요", "회원증 재발급 방법이요", False),
        ("창원에 있는 회사도 되나요", "강릉에 있는 회사도 되나요", False),
    ],
)
def test_pairs(folder: Callable[..., Path], a: str, b: str, near: bool) -> None:
    text = "entries:\n" + ENTRY.format(id="one", q=a) + ENTRY.format(id="two", q=b)
    assert found(folder(faq=text)) == ([("one", "two")] if near else [])


def test_seeded_near_duplicates_are_found(folder: Callable[..., Path]) -> None:
    kinds = [k for k in KINDS if k.id in ("jamo", "sound", "key", "no-space", "particle", "polite", "formal")]
    rng = random.Random(5)
    frames = [f for f in load(SHIPPED).frames if f.file and not f.slot and len(max(f.wordings, key=len)) >= 8]
    rows, pairs = [], 0
    for i, frame in enumerate(rng.sample(frames, 200)):
        q = max(frame.wordings, key=len)
        kind = kinds[i % len(kinds)]
        changed = mutate(q, kind, 1)
        if not changed or any(c in q + changed for c in "[]{},:#&*!|>'\"%@`"):
            continue
        rows += [ENTRY.format(id=f"a{i}", q=q), ENTRY.format(id=f"b{i}", q=changed)]
        pairs += 1
    got = {tuple(sorted(p)) for p in found(folder(faq="entries:\n" + "".join(rows)))}
    seeded = sum((f"a{i}", f"b{i}") in got for i in range(200))
    assert pairs >= 80
    assert seeded / pairs >= 0.92, f"{seeded} of {pairs}"  # long wordings without spaces are read as other words


def test_the_report_shows_the_pair_and_how_near_it_is(folder: Callable[..., Path]) -> None:
    text = "entries:\n" + ENTRY.format(id="one", q="기술료 납부 기간") + ENTRY.format(id="two", q="기술료 납부 기한")
    problems = [p for p in check_folder(folder(faq=text)) if p.code == "near-question"]
    assert len(problems) == 1
    assert "기술료 납부 기한" in problems[0].message
    assert "%" in problems[0].message


def test_the_shipped_base_has_none() -> None:
    assert not [(c.wording, c.other) for c in collisions(load(SHIPPED))]
