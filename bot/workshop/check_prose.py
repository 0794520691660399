"""What users would see by mistake: list dashes, HTML, emoji, invisible characters; and words that are ignored."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from bot.hangul import clean, strip_particle
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.fill import PLACEHOLDER
from bot.words import Entry, Problem

WARNINGS = frozenset({"emoji", "filler-of-subject"})
"""Codes of what may be meant after all."""
_LIST = re.compile(r"^\s*[-*+•]\s+\S", re.MULTILINE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,5});")
_EMOJI = re.compile("(?![👍👎])[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]\ufe0f?")
BRACE = re.compile("[{}]")
_FILLER = "\u3164\u115f\u1160\uffa0"
"""Hangul fillers: letters by their class, but invisible."""
_FEWEST = 2
"""A word used by the questions and answers of this many entries belongs to the subject."""


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over faults in what users read, and in the words that are ignored in what they ask."""
    for entry in base.entries.values():
        if entry.file:
            yield from _of(entry)
    yield from _fillers(base)


def unseen(text: str) -> str:
    """Return the first invisible character with its surroundings and its name; or empty."""
    for place, ch in enumerate(text):
        if ch != "\n" and (not ch.isprintable() or ch in _FILLER):
            around = f"{text[max(0, place - 6) : place]}▯{text[place + 1 : place + 7]}".replace("\n", " ")
            return f"「{around}」의 ▯ 자리, U+{ord(ch):04X} {unicodedata.name(ch, '')}".strip()
    return ""


def _of(entry: Entry) -> Iterator[Problem]:
    texts = dict.fromkeys([*(p.text for p in entry.phases), entry.say])
    for text in texts:
        if _LIST.search(text):
            hint = "목록은 ‘· ’로 시작합니다"
            yield _problem(entry, "list-marks", "답에 -, *, •로 시작하는 줄이 있어 그대로 보입니다", hint)
        if found := _ENTITY.search(text):
            message = f"답에 HTML 글자({found.group()})가 있어 그대로 보입니다"
            yield _problem(entry, "entity", message, "그 글자를 그대로 적으세요: &, <, >, 빈칸")
        if found := _EMOJI.search(text):
            yield _problem(
                entry,
                "emoji",
                f"답에 그림 글자({found.group()})가 있습니다",
                "소리로 읽지 못하고, 안 보이는 기기가 있습니다",
            )
        if found := BRACE.search(PLACEHOLDER.sub("", text)):
            hint = "값을 부르려면 {figure.이름}처럼 빈칸 없이 한 겹으로 적고 닫으세요"
            yield _problem(entry, "brace", f"답에 ‘{found.group()}’가 있어 그대로 보입니다", hint)
        if any(ch in _FILLER for ch in text):
            yield _problem(
                entry, "hidden-characters", f"답에 보이지 않는 글자가 있습니다: {unseen(text)}", "다시 입력하세요"
            )


def _problem(entry: Entry, code: str, message: str, hint: str) -> Problem:
    return Problem(entry.file, entry.line, f"[{entry.id}] {message}", hint, code)


def _fillers(base: KnowledgeBase) -> Iterator[Problem]:
    """Find fillers that questions are about: they would be ignored."""
    fillers = [t for t in base.terms.values() if t.file and (base.groups[t.group].filler or t.group == "filler")]
    if not fillers:
        return
    asked: Counter[str] = Counter()
    for frame in base.frames:
        words = {strip_particle(w) for q in frame.wordings for w in clean(q).split()}
        answers = " ".join(p.text for e in frame.entries.values() for p in e.phases)
        asked.update(w for w in words if len(w) > 1 and w in answers)
    for term in fillers:
        for alias in dict.fromkeys((term.name, *term.aliases, *term.exact)):
            if asked[clean(alias)] >= _FEWEST:
                message = f"[{term.id}] '{alias}'은(는) 빼고 읽는 말인데, 항목 {asked[clean(alias)]}개가 그것을 묻고 답합니다"
                hint = "빼고 읽으면 그 질문들이 서로 같아집니다. 이 별칭을 지우세요"
                yield Problem(term.file, term.line, message, hint, "filler-of-subject")
