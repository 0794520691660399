"""Check that answers are in plain Korean for a telephone: those style rules of the README that a program can check."""

import re
from collections.abc import Callable, Iterator

from bot.hangul import with_particle
from bot.knowledge.base import KnowledgeBase
from bot.languages import ENGLISH, KOREAN
from bot.words import Entry, Kind, Phase, Problem

LONGEST_FIRST = 60
"""Characters of the first sentence, without what is in brackets: two lines on a telephone."""
LONGEST_SHORT = 90
STYLE = frozenset({"long-first-sentence", "no-short-form", "roundabout", "unknown-thrice"})
"""Codes of what reads badly but misleads nobody: an editor should look at it, but it may be published."""
_BRACKETS = re.compile(r"\s?\([^()]*\)")
SENTENCE = re.compile(r"(?<=[가-힣)’”»」][.!?])\s+|\n+")
"""Between two sentences, or two lines."""
_YES_OR_NO = re.compile(r"(?:네|예|아니요|아뇨|맞습니다|Yes|No)\s?[,.:]\s")
_STACK = re.compile(r"에\s?(?:관한|대한)\s?(?:사항|내용|것)(?:에|을|의|은)")
_UNKNOWN = re.compile(r"확인(?:되|하)지\s(?:않|못)|찾지\s못")
_GLUED = re.compile(r"[\w/-]\.(?:kr|com|net|org|edu)(?:/[\w./?=&-]*)?(?=[가-힣])")
_AFTER_BRACKET = re.compile(
    r"([가-힣A-Za-z0-9·&-]*[가-힣A-Za-z])(\([^()]*\))(은|는|이|가|을|를|과|와|으로|로)(?=[\s,.])"
)
_PAIRS = {
    "은": "은/는",
    "는": "은/는",
    "이": "이/가",
    "가": "이/가",
    "을": "을/를",
    "를": "을/를",
    "과": "과/와",
    "와": "과/와",
    "으로": "으로/로",
    "로": "으로/로",
}


def sentences(text: str) -> list[str]:
    """Return the sentences and list lines of a text."""
    return [s.strip() for s in SENTENCE.split(text) if s.strip()]


def answers(base: KnowledgeBase) -> Iterator[Entry]:
    """Iterate over what a Korean knowledge base answers and refuses; one in another language is not read by its words."""
    if base.language == KOREAN:
        found = (e for f in base.frames for e in f.entries.values())
        yield from (e for e in found if e.kind in (Kind.ANSWER, Kind.BOUNDARY))


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over what reads badly, one problem for each rule and answer."""
    for entry in answers(base):
        for phase in entry.phases:
            for code, rule, hint in _RULES:
                if said := rule(phase):
                    yield Problem(entry.file, entry.line, f"[{entry.id}] {said}", hint, code)
        yield from _english(entry)


def _english(entry: Entry) -> Iterator[Problem]:
    texts = [t.exactly(ENGLISH) for t in entry.all_translations]
    if any(_YES_OR_NO.match(text) for text in texts):
        message = f"[{entry.id}] 영어 답이 Yes나 No로 시작합니다"
        yield Problem(entry.file, entry.line, message, _OPENING_HINT, "opens-with-yes-or-no")


def _opening(phase: Phase) -> str:
    return f"답이 ‘{m[0].strip()}’로 시작합니다" if (m := _YES_OR_NO.match(phase.text)) else ""


def _first(phase: Phase) -> str:
    first = _BRACKETS.sub("", sentences(phase.text)[0])
    return f"첫 문장이 {len(first)}자입니다: {first[:30]}…" if len(first) > LONGEST_FIRST else ""


def _short(phase: Phase) -> str:
    if phase.short:
        return f"short가 {len(phase.short)}자입니다" if len(phase.short) > LONGEST_SHORT else ""
    first = sentences(phase.text)[0]
    return f"첫 문장이 {len(first)}자라 미리보기에 다 들어가지 않습니다" if len(first) > LONGEST_SHORT else ""


def _stack(phase: Phase) -> str:
    return f"돌려 말하는 표현이 있습니다: {m[0]}" if (m := _STACK.search(phase.text)) else ""


def _unknowns(phase: Phase) -> str:
    count = sum(bool(_UNKNOWN.search(s)) for s in sentences(phase.text))
    return f"확인되지 않았다는 문장이 {count}개입니다" if count > 2 else ""


def _glued(phase: Phase) -> str:
    return f"주소에 글자가 붙어 있습니다: {m[0]}" if (m := _GLUED.search(phase.text)) else ""


def _particles(phase: Phase) -> str:
    for word, brackets, particle in _AFTER_BRACKET.findall(phase.text):
        right = with_particle(word, _PAIRS[particle])[len(word) :]
        if right != particle:
            return f"괄호 앞의 말에 맞는 조사가 아닙니다: {word}{brackets}{particle} → {word}{brackets}{right}"
    return ""


_OPENING_HINT = "물음이 거꾸로 나오면 틀린 답이 됩니다. 사실을 문장으로 적으세요(‘수익이 없으면 내지 않습니다’)"
_RULES: tuple[tuple[str, Callable[[Phase], str], str], ...] = (
    ("opens-with-yes-or-no", _opening, _OPENING_HINT),
    ("long-first-sentence", _first, f"괄호를 뺀 첫 문장은 {LONGEST_FIRST}자 안으로, 홀로 읽어도 답이 되게 적으세요"),
    ("no-short-form", _short, f"첫 문장을 {LONGEST_SHORT}자 안으로 줄이거나 short에 짧은 답을 적으세요"),
    ("roundabout", _stack, "‘신청에 관한 사항’은 ‘신청’처럼 바로 적으세요"),
    ("unknown-thrice", _unknowns, "모르는 것은 한 문장에 모아 한 번만 적으세요"),
    ("glued-address", _glued, "주소와 전화번호 뒤에는 빈칸이나 문장 부호를 두세요. 주소를 줄 끝에 적으면 됩니다"),
    ("particle-after-bracket", _particles, "조사는 괄호 앞의 말에 맞춥니다"),
)
