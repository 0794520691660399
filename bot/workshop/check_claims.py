"""Check that an answer says no more than its sources: what it rests on, and the values that it states."""

import re
from collections.abc import Iterable, Iterator

from bot.knowledge.base import KnowledgeBase
from bot.words import Entry, Kind, Problem
from bot.workshop.check_plain import sentences

_NOT_KNOWN = re.compile(
    r"(?:확인|조사)(?:되|하)지\s?(?:않|못)|찾지\s?못|알\s수\s없|알려지지\s않|나오지\s않|없습니다|못합니다|않습니다|다릅니다"
)
_ADVICE = re.compile(r"(?:세요|바랍니다|됩니다|합니다|있습니다)\.?$")
_EXAMPLE = re.compile(r"예를\s들|계산\s?예|예시")
_SPACE = re.compile(r"[\s,]")
_VALUE = re.compile(
    r"(?P<mail>(?<![\w.-])[\w.-]{1,64}+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>(?:https?://|www\.)(?:[a-z0-9-]+\.){1,8}(?:kr|com|net|org)(?![a-z])(?:/[\w./?=&-]*[\w/])?)"
    r"|(?P<phone>(?<![\d.,-])(?:0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}|1\d{2,3}(?=[로이은을도·(에,.]|번))(?![\d-]))"
    r"|(?P<money>(?<!\d)\d[\d,.]{0,24}+\s?(?:조|억|천만|백만|만|천)?(?:\s?\d[\d,]{0,24}+\s?(?:억|천만|백만|만|천)){0,4}\s?원)"
    r"|(?P<share>(?<!\d)\d[\d,.]{0,24}+\s?%)"
    r"|(?P<date>(?:\d{4}년\s?)?\d{1,2}월\s?\d{1,2}일)"
)
_BOUND = r"(?<![\d.조억만천])"


def values_in(text: str) -> list[str]:
    """Return the sums, shares, days, telephone numbers and addresses in a text, without spaces and commas."""
    return [_SPACE.sub("", m[0]).rstrip(".") for m in _VALUE.finditer(text)]


def problems(base: KnowledgeBase) -> Iterator[Problem]:
    """Iterate over answers that rest on nothing found, and values that are neither in a record nor in a source."""
    recorded = _Known(_recorded(base))
    for entry in (e for f in base.frames for e in f.entries.values() if e.kind is Kind.ANSWER):
        yield from _unfounded(entry, base)
        yield from _values(entry, base, recorded)


def _unfounded(entry: Entry, base: KnowledgeBase) -> Iterator[Problem]:
    sources = [base.sources[s] for s in entry.sources if s in base.sources]
    if not sources or not all(s.not_found for s in sources):
        return
    first = sentences(entry.phases[-1].text)[0]
    if not _NOT_KNOWN.search(first):
        message = f"[{entry.id}] ‘찾지 못한 것’ 자료만으로 있는 사실을 적었습니다: {first[:40]}"
        yield Problem(entry.file, entry.line, message, "그 사실이 적힌 자료를 sources에 더하세요", "unfounded")


def _values(entry: Entry, base: KnowledgeBase, recorded: "_Known") -> Iterator[Problem]:
    """Find unsupported values of an entry, if all of its sources list what they say."""
    sources = [base.sources[s] for s in entry.sources if s in base.sources]
    if not any(s.says for s in sources):
        return
    said = _Known([v for s in sources for v in (*s.says, _written(s.date), s.title)])
    own = [f"{p.until.year}년{p.until.month}월{p.until.day}일" for p in entry.phases if p.until]
    mine = _Known(own)
    for phase in entry.phases:
        for sentence in sentences(phase.text):
            if _EXAMPLE.search(sentence):
                continue
            for value in values_in(sentence):
                if not any(known.has(value) for known in (recorded, said, mine)):
                    message = f"[{entry.id}] 값 ‘{value}’이(가) 기록에도, 든 자료에도 없습니다"
                    hint = "그 값이 적힌 자료를 sources에 더하거나, 자료를 보고 자료의 says에 값을 적으세요"
                    yield Problem(entry.file, entry.line, message, hint, "value-in-no-source")


def _recorded(base: KnowledgeBase) -> list[str]:
    facts = (f.value for found in base.facts.values() for f in found)
    return [*base.values.values(), *facts, *(c.value for c in base.contacts.values())]


def _written(day: str) -> str:
    """Return a source's date as it is written in Korean."""
    parts = [p.lstrip("0") for p in day.split("-")] if day else []
    return "".join(p + unit for p, unit in zip(parts, "년월일", strict=False))


class _Known:
    """Texts that may contain a whole value: «2억5천만원» does not contain «5천만원»."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._text = "\n".join(_SPACE.sub("", t) for t in dict.fromkeys(texts))
        self._seen: dict[str, bool] = {}

    def has(self, value: str) -> bool:
        """Tell whether the texts contain a value."""
        if value not in self._seen:
            self._seen[value] = bool(re.search(_BOUND + re.escape(value) + r"(?!\d)", self._text))
        return self._seen[value]
