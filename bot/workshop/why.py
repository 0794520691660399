"""Why: how a question came to its answer, in an editor's words, and what would have to change."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.desk.context import Context
from bot.desk.decide import Decision
from bot.desk.desk import HelpDesk
from bot.desk.reasons import Reason
from bot.hangul import compact, jamo, with_particle
from bot.matching.alike import alike
from bot.words import Entry, Match, Outcome, Query, Refusal

_OUTCOMES = {
    "answer": "답함",
    "ask": "되물음",
    "fallback": "모른다고 함",
    "smalltalk": "인사말로 답함",
    "handover": "사람에게 넘김",
}
_REASONS: dict[str, str] = {
    Reason.CLEAR: "가장 비슷한 항목이 뚜렷합니다",
    Reason.UNSURE: "확률이 답할 기준에 못 미칩니다",
    Reason.TOO_WEAK: "확률이 되물을 기준에도 못 미칩니다",
    Reason.NOTHING_FOUND: "견줄 수 있는 항목이 없습니다",
    Reason.NAME_IN_DOUBT: "이름이 잘못 적힌 것 같아 먼저 묻습니다",
    Reason.INITIALS: "초성만으로는 답하지 않고 고르게 합니다",
    Reason.SEVERAL_FIT: "이름 하나에 맞는 곳이 여럿입니다",
    Reason.SEVERAL_NAMED: "이름이 여럿 나왔습니다",
    Reason.TWO_QUESTIONS: "물음이 둘입니다",
}
_HOW = {"typo": "오타로 보고 고침", "initials": "초성", "pattern": "목록에 없는 이름", "implied": "설명으로 짐작함"}
_REFUSALS = {Refusal.OTHER: "다른 이름에 관한 항목입니다"}


def explained(desk: HelpDesk, text: str, now: datetime) -> tuple[dict[str, object], list[str]]:
    """Return the trace of a question asked by itself, and the same in sentences."""
    query = Query(text, "", now)
    reply, _ = desk.answer(query, Context(), explain=True)
    if reply.trace is None:
        return {"decision": reply.outcome.value, "why": reply.why}, [f"답: {reply.why}"]
    found = dict(reply.trace)
    _, decision = desk.understand(desk.matcher.read(text), Context())
    return found, list(_lines(found, decision, text))


def _lines(t: dict[str, Any], decision: Decision, text: str) -> Iterator[str]:
    cut = decision.ranking.cutoffs
    yield f"결정: {_OUTCOMES[str(t['decision'])]} — {_REASONS.get(str(t['why']), str(t['why']))}"
    yield f"읽은 글: {t['normal']}" + (f" (영문 자판으로 보고 고침: {t['rewritten']})" if t["rewritten"] else "")
    if t["corrected"]:
        yield "고쳐 읽은 낱말: " + ", ".join(t["corrected"])
    yield f"견준 글: {t['compared']}"
    for m in t["terms"]:
        yield f"  이름·낱말 {m['term']}: 「{m['text']}」" + (f" ({_HOW[m['how']]})" if m["how"] in _HOW else "")
    yield f"확률 {t['probability']} (답하기 {cut.answer} 이상, 되묻기 {cut.ask} 이상), 다음 항목과 벌어짐 {t['margin']}"
    yield f"어느 항목도 아닐 확률 {t['none']}"
    yield "후보:"
    for match in decision.ranking.matches[:5]:
        yield f"  {match.score:.3f} {match.entry.id} — 가장 가까운 질문 「{nearest(match.entry, text)}」"
    for match in decision.ranking.refused[:5]:
        if match.veto is not None:
            yield f"  막힘 {match.entry.id} — {_REFUSALS[match.veto.why]}({match.veto.group})"
    yield from _advice(decision, text)


def nearest(entry: Entry, text: str) -> str:
    """Return the wording of an entry that is most like a text."""
    key = jamo(compact(text))
    return max(entry.questions, key=lambda q: alike(key, jamo(compact(q))), default="")


def _advice(decision: Decision, text: str) -> Iterator[str]:
    """Iterate over what an editor could change."""
    matches = decision.ranking.matches
    if decision.ranking.exact:
        yield f"바꾸려면: 이 질문이 {matches[0].entry.id} 항목에 그대로 적혀 있습니다. 다른 답이 맞다면 그 항목에서 옮기세요."
        return
    if not matches:
        yield "바꾸려면: 맞는 항목의 questions에 이 질문의 낱말을 쓰는 질문을 더하거나 새 항목을 만드세요."
        return
    first = matches[0]
    if decision.outcome is Outcome.ANSWER:
        object_ = with_particle(text, "을/를").removeprefix(text)
        yield f"답이 틀렸다면: 맞는 항목의 questions에 「{text}」{object_} 더하고, {first.entry.id} 항목의 tests.not_match에 적으세요."
        return
    yield f"{first.entry.id} 항목이 맞다면: 그 questions에 「{text}」와 같은 낱말을 쓰는 질문을 더하세요."
    rival = _rival(matches)
    if rival is not None:
        yield f"갈림: {rival.entry.id} 항목의 「{nearest(rival.entry, text)}」와 겨룹니다. 두 항목의 질문이 겹치면 한쪽에만 두세요."


def _rival(matches: tuple[Match, ...]) -> Match | None:
    return next((m for m in matches[1:] if m.frame != matches[0].frame), None)
