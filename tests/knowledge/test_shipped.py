"""The shipped knowledge base, asked as people type: forms, spaces, typos, particles, layouts (features 1–8)."""

import random
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import hangul
from bot.desk.compose import question_of
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.words import Kind, Outcome, Query, Reply
from bot.workshop import mutate as mutations
from tests.conftest import NOW

_counter = iter(range(10**9))


def ask(desk: HelpDesk, text: str) -> Reply:
    return desk.ask(Query(text, f"shipped-{next(_counter)}", NOW))


def answered(desk: HelpDesk, step: int) -> Iterator[tuple[str, str]]:
    """Every `step`-th wording of answers that the desk answers, with the entry it gets."""
    wordings = [
        e.questions[i] for e in desk.base.entries.values() if e.kind is Kind.ANSWER for i in range(len(e.questions))
    ]
    for text in wordings[::step]:
        reply = ask(desk, text)
        if reply.outcome is Outcome.ANSWER:
            yield text, reply.entry


def full_width(text: str) -> str:
    return "".join(chr(ord(ch) + 0xFEE0) if "!" <= ch <= "~" else "\u3000" if ch == " " else ch for ch in text)


def zero_width(text: str) -> str:
    return "\u200b".join(text)


def loose_jamo(text: str) -> str:
    return hangul.jamo(text)


@pytest.mark.parametrize("change", [lambda t: unicodedata.normalize("NFD", t), full_width, zero_width])
def test_unicode_forms_change_nothing(shipped: HelpDesk, change: Callable[[str], str]) -> None:
    changed = [t for t, entry in answered(shipped, 23) if ask(shipped, change(t)).entry != entry]
    assert not changed


@pytest.mark.parametrize("change", [lambda t: t.replace(" ", ""), lambda t: " ".join(t.replace(" ", ""))])
def test_spacing_hardly_matters(shipped: HelpDesk, change: Callable[[str], str]) -> None:
    cases = list(answered(shipped, 11))
    kept = sum(ask(shipped, change(t)).entry == entry for t, entry in cases)
    assert kept / len(cases) >= 0.97


def one_wrong_jamo(text: str, rng: random.Random) -> str:
    """Replace one vowel or final in the longest Hangul word by another."""
    words = [w for w in text.split() if len(w) >= 2 and all("가" <= ch <= "힣" for ch in w)]
    if not words:
        return text
    word = max(words, key=len)
    i = rng.randrange(len(word))
    code = ord(word[i]) - 0xAC00
    vowel = rng.choice([v for v in range(21) if v != code // 28 % 21])
    wrong = chr(0xAC00 + code // 588 * 588 + vowel * 28 + code % 28)
    return text.replace(word, word[:i] + wrong + word[i + 1 :], 1)


def test_one_wrong_jamo_keeps_the_answer_or_asks(shipped: HelpDesk) -> None:
    rng = random.Random(7)
    cases = list(answered(shipped, 7))
    replies = [(entry, ask(shipped, one_wrong_jamo(t, rng))) for t, entry in cases]
    kept = sum(r.entry == entry for entry, r in replies)
    flipped = sum(r.outcome is Outcome.ANSWER and r.entry != entry for entry, r in replies)
    assert kept / len(cases) >= 0.9
    assert flipped / len(cases) <= 0.02


PARTICLES = [
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "에서",
    "에게",
    "한테",
    "로",
    "으로",
    "도",
    "만",
    "까지",
    "부터",
    "이요",
    "요",
    "좀",
]


@pytest.mark.parametrize("particle", PARTICLES)
def test_particles_change_nothing(shipped: HelpDesk, particle: str) -> None:
    for name in ("창원대", "조선대", "한국재료연구원", "전자기술연"):
        plain, marked = ask(shipped, f"{name} 전화번호"), ask(shipped, f"{name}{particle} 전화번호")
        assert (marked.outcome, marked.entry) == (plain.outcome, plain.entry), f"{name}{particle}"


@pytest.mark.parametrize("text", ["창원대 전화번호", "기술료 요율", "모집 기간", "신청 자격"])
def test_the_other_keyboard_layout_is_read_and_said(shipped: HelpDesk, text: str) -> None:
    plain, typed = ask(shipped, text), ask(shipped, hangul.to_qwerty(text))
    assert typed.entry == plain.entry
    assert text.split()[0] in typed.text


def test_every_public_answer_carries_a_source_and_a_date(shipped: HelpDesk) -> None:
    for entry in shipped.base.entries.values():
        if entry.kind is Kind.ANSWER:
            text = shipped.composer.full(entry, NOW)
            assert "출처: " in text, entry.id
            assert "확인일 20" in text, entry.id


def test_staff_notes_never_leave(shipped: HelpDesk) -> None:
    notes = [e.staff_note for e in shipped.base.entries.values() if e.staff_note]
    texts = [shipped.composer.full(e, NOW, "이름") for e in shipped.base.entries.values()]
    assert not [n for n in notes if any(n in t for t in texts)]


def test_it_is_large_enough_to_be_of_use(shipped: HelpDesk) -> None:
    assert len(shipped.base.entries) >= 150


def test_a_sample_of_mutations_keeps_the_answers(shipped: HelpDesk) -> None:
    """Every tenth entry, one question each; the whole runs by `helpdesk knowledge mutate --gate`."""
    judge = mutations.Judge(shipped, NOW, seed=1)
    results = [r for e, texts in mutations.questions(shipped, sample=1)[::10] for r in judge.entry(e, texts)[0]]
    count = mutations.Report(results).total()
    assert count.total() >= 1000
    assert mutations.share(count, "kept") >= 0.95
    assert mutations.share(count, "other") <= 0.015


def test_whoever_is_asked_back_has_something_to_choose(shipped: HelpDesk) -> None:
    """Or a name to confirm. Near what is not offered as a choice (small talk, what is not covered) nothing may be left."""
    asked = 0
    for frame in shipped.base.frames:
        if frame.kind is Kind.ANSWER:
            continue
        for wording in frame.wordings[::2]:
            for text in (wording[: len(wording) * 2 // 3], wording[len(wording) // 3 :]):
                reply = shipped.answer(Query(text, "u", NOW), Context())[0]
                if reply.outcome is Outcome.ASK:
                    asked += 1
                    assert reply.choices or "혹시" in reply.text, text
    assert asked > 20


def test_an_entry_is_offered_by_a_question_in_the_language(shipped: HelpDesk) -> None:
    for frame in shipped.base.frames:
        for entry in frame.entries.values():
            kinds = {hangul.has_hangul(q) for q in entry.questions}
            assert hangul.has_hangul(question_of(entry)) == (True in kinds), entry.id
            assert entry.kind in (Kind.SMALLTALK, Kind.HANDOVER) or not hangul.has_hangul(question_of(entry, "en")), (
                entry.id
            )


@settings(max_examples=300)
@given(st.data())
def test_names_and_words_in_any_order_get_a_reply(shipped: HelpDesk, data: st.DataObject) -> None:
    """Names that contradict one another, two questions in one, half a word: something is said, and never nothing."""
    aliases = sorted({a for t in shipped.base.terms.values() for a in (t.name, *t.aliases)})
    asked = [
        "전화번호",
        "되나요?",
        "얼마예요",
        "말고",
        "그리고",
        "어디",
        "아니",
        "≠",
        "vs",
        ".",
        "랑",
        "?",
        "ㅊㅇㄷ",
        "언제까지",
    ]
    said = st.lists(st.sampled_from(aliases) | st.sampled_from(asked), min_size=1, max_size=6)
    text = data.draw(st.sampled_from(["", " ", ", "])).join(data.draw(said))
    context = Context()
    for _ in range(2):  # and once more, in the conversation that it began
        reply, context = shipped.answer(Query(text, "u", NOW), context)
        assert reply.text.strip()
        assert reply.entry or reply.outcome in (Outcome.ASK, Outcome.FALLBACK)
