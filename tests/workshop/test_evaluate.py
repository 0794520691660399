"""Evaluate: what it fits is written down, and its report says what each cutoff gives, the same every time."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from bot.knowledge.build import load
from bot.matching.calibrate import Cutoffs
from bot.words import RefusedError
from bot.workshop.evaluate import evaluate_folder
from bot.workshop.evaluate_questions import Labelled, read_questions
from bot.workshop.evaluate_report import Verdict, report, write

LIBRARY = Path(__file__).resolve().parents[1] / "examples" / "library"
VERDICTS = [
    Verdict("대출 며칠", "loan", "loan", 0.95, True),
    Verdict("며칠 빌려요", "loan", "loan", 0.91, True),
    Verdict("언제 돌려줘요", "loan", "return", 0.85, False),
    Verdict("언제까지 돌려줘요", "loan", "return", 0.25, False),
    Verdict("반납함 어디", "return", "loan", 0.35, False),
    Verdict("글쎄요", "return", "", 0.0, False),
    Verdict("카드 값", "", "card", 0.3, False, weight=0.25),
    Verdict("주가", "", "card", 0.85, False, far=True),
    Verdict("날씨", "", "", 0.0, False, far=True),
]


def test_the_curve_counts_what_a_cutoff_lets_through() -> None:
    found = report("v1", VERDICTS, Cutoffs(answer=0.9, ask=0.2))
    assert found.counts == {"in_scope": 6, "found_nothing": 1, "must_not_match": 1, "out_of_scope": 2}
    at = {p.cutoff: p for p in found.curve}
    assert (at[0.0].answered, at[0.0].right, at[0.0].wrong) == (0.8333, 0.3333, 0.5)
    assert (at[0.0].wrong_of_answered, at[0.0].false) == (0.6, 0.5)
    assert (at[0.9].answered, at[0.9].wrong, at[0.9].false) == (0.3333, 0.0, 0.0)
    assert all(a.answered >= b.answered and a.false >= b.false for a, b in pairwise(found.curve))


def test_confusions_come_most_frequent_first_with_their_questions() -> None:
    first, second = report("v1", VERDICTS, Cutoffs(answer=0.8, ask=0.2)).pairs
    assert (first.asked, first.given, first.count, first.answered) == ("loan", "return", 2, 1)
    assert first.examples == ("언제 돌려줘요", "언제까지 돌려줘요")
    assert (second.asked, second.given, second.answered) == ("return", "loan", 0)


def test_calibration_tells_the_promised_from_the_kept() -> None:
    found = report("v1", VERDICTS, Cutoffs(answer=0.8, ask=0.2))
    bins = {b.low: b for b in found.bins}
    assert (bins[0.9].count, bins[0.9].predicted, bins[0.9].right) == (2, 0.93, 1.0)
    assert (bins[0.8].count, bins[0.8].predicted, bins[0.8].right) == (2, 0.85, 0.0)
    assert bins[0.3].predicted == 0.34  # the question that must not match counts a quarter
    assert 0.3 < found.error < 0.5


def test_a_folder_gets_the_same_report_every_time(tmp_path: Path) -> None:
    written = []
    for run in ("first", "second"):
        shutil.copytree(LIBRARY, tmp_path / run / "kb")
        said = evaluate_folder(tmp_path / run / "kb", tmp_path / run / "new" / "report")
        assert "report.md" in said
        place = tmp_path / run / "new" / "report"
        written.append([(place / name).read_bytes() for name in ("report.json", "report.md")])
    assert written[0] == written[1]
    data = json.loads(written[0][0])
    fitted = json.loads((tmp_path / "first" / "kb" / "evaluation.json").read_text(encoding="utf-8"))
    assert data["cutoffs"] == fitted["calibration"]["cutoffs"]
    present = next(p for p in data["curve"] if p["cutoff"] == data["cutoffs"]["answer"])
    assert present["right"] == fitted["fitted_on"]["answered_right"]
    assert present["false"] == fitted["fitted_on"]["out_of_scope_answered"]
    assert data["counts"]["in_scope"] == fitted["fitted_on"]["should_match"]
    assert "## 헷갈리는 항목" in written[0][1].decode()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "kb")
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(RefusedError, match="보고서를 적을 수 없습니다"):
        evaluate_folder(tmp_path / "kb", tmp_path / "taken")


def test_markdown_survives_a_pipe_in_a_question(tmp_path: Path) -> None:
    odd = [Verdict("가|나", "a", "b", 0.9, False)]
    _, text = write(report("v1", odd, Cutoffs()), tmp_path)
    assert "가\\|나" in text.read_text(encoding="utf-8")


def test_labelled_questions_are_read_by_their_sides(tmp_path: Path) -> None:
    base = load(LIBRARY)
    known = base.frames[0].id
    file = tmp_path / "asked.yaml"
    file.write_text(
        f"fit:\n  plain:\n  - {{q: 물음, right: [{known}]}}\n  - 딴 물음\nother:\n  plain: [셋째]\n", "utf-8"
    )
    assert read_questions(f"{file}:fit", base) == [Labelled("물음", (known,)), Labelled("딴 물음")]
    assert [x.question for x in read_questions(str(file), base)] == ["물음", "딴 물음", "셋째"]


def test_all_faults_of_a_file_of_labelled_questions_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text("fit:\n  plain:\n  - {q: 물음, right: [nowhere]}\n  - {right: []}\n  kinds: 글\n", "utf-8")
    with pytest.raises(RefusedError) as caught:
        read_questions(f"{file}:fit,gone", load(LIBRARY))
    said = str(caught.value)
    assert f"{file}:3: 'nowhere' 항목이 없습니다" in said
    assert f"{file}:4: 질문은 글이거나" in said
    assert "'kinds'에는 질문의 목록" in said
    assert "'gone' 쪽이 없습니다" in said
    with pytest.raises(RefusedError, match="읽을 수 없습니다"):
        read_questions(str(tmp_path / "none.yaml"), load(LIBRARY))


def test_with_labelled_questions_all_figures_are_theirs(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY, tmp_path / "kb")
    base = load(LIBRARY)
    right = [f"  - {{q: {json.dumps(f.wordings[0], ensure_ascii=False)}, right: [{f.id}]}}" for f in base.frames[:5]]
    file = tmp_path / "asked.yaml"
    file.write_text("\n".join(["fit:", "  plain:", *right, "  - 강아지 예방접종은 언제 해요", ""]), "utf-8")
    evaluate_folder(tmp_path / "kb", tmp_path / "report", [f"{file}:fit"])
    fitted = json.loads((tmp_path / "kb" / "evaluation.json").read_text(encoding="utf-8"))["fitted_on"]
    counts = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))["counts"]
    assert (fitted["should_match"], fitted["out_of_scope"], fitted["first_right"]) == (5, 1, 1.0)
    assert (counts["in_scope"], counts["out_of_scope"], counts["must_not_match"]) == (5, 1, 0)
