"""What makes an editor program's help better: messages in Korean, forms of ids, lengths, and ids to complete."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.knowledge.base import KnowledgeBase
from bot.workshop.check import LONGEST_QUESTION
from bot.workshop.check_entry import LONGEST_ANSWER

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_DATE = "날짜는 2026-11-24처럼 적습니다"
_PARTIAL = "2026, 2026-11, 2026-11-24 가운데 한 꼴로 적습니다"
_HOURS = "09:00-18:00처럼 적습니다"
_MESSAGES: Mapping[str, str] = {
    "verified_on": _DATE,
    "review_by": _DATE,
    "until": "2026-11-24 또는 2026-11-24T18:00처럼 적습니다",
    "correction": f"true이거나, {_DATE}",
    "date": _PARTIAL,
    "as_of": _PARTIAL,
    "url": "http:// 나 https:// 로 시작해야 합니다",
    "sha256": "16진수 64자입니다",
    "hours": _HOURS,
    "holidays": "나라 이름 두 글자입니다. 한국은 KR",
    "weight": "0.5에서 1.5 사이의 수입니다",
}
"""By key: what is said of a value in another form."""
_ENTRY_ID = "영문 소문자·숫자·붙임표만 씁니다"
_EITHER = "answer(답)나 phases(날짜에 따라 다른 답) 가운데 하나를 적으세요"
_KINDS: Mapping[str, str] = {
    "sources": "sources",
    "related": "entries",
    "entry": "entries",
    "choices": "entries",
    "asked": "entries",
    "want": "entries",
    "about": "terms",
    "notice": "notices",
    "for": "groups",
    "topic": "topics",
}
"""By key: the kind of ids that are allowed there."""


def completed(schema: dict[str, Any], base: KnowledgeBase | None) -> dict[str, Any]:
    """Return the schema with messages, and with the ids of a base to complete; what is new may be typed all the same."""
    ids = _ids(base) if base is not None else {}
    models = schema["$defs"]
    for model in models.values():
        for key, made in model.get("properties", {}).items():
            _tell(made, _MESSAGES.get(key, "이 값의 형식이 맞지 않습니다"))
            if (kind := _KINDS.get(key)) and ids.get(kind):
                _offer(made, ids[kind])
    for name in ("EntryDoc", "TemplateDoc"):
        models[name]["properties"]["id"] |= {"pattern": ID, "patternErrorMessage": _ENTRY_ID}
    models["EntryDoc"]["anyOf"] = [
        {"required": ["answer"], "errorMessage": _EITHER},
        {"required": ["phases"], "errorMessage": _EITHER},
    ]
    for made in _texts(models["EntryDoc"]["properties"]["answer"]):
        made["maxLength"] = LONGEST_ANSWER
    for made in _texts(models["EntryDoc"]["properties"]["questions"]):
        made["maxLength"] = LONGEST_QUESTION
    return schema


def _ids(base: KnowledgeBase) -> dict[str, list[str]]:
    entries = {e.id for e in base.entries.values() if e.file} | {f.id for f in base.frames if f.file}
    return {
        "sources": sorted(base.sources),
        "entries": sorted(entries),
        "terms": sorted(base.terms),
        "notices": sorted(base.notices),
        "groups": sorted(base.groups),
        "topics": sorted({f.topic for f in base.frames if f.topic and f.file}),
    }


def _tell(made: Any, message: str) -> None:
    for part in _parts(made):
        if "pattern" in part:
            part["patternErrorMessage"] = message


def _offer(made: dict[str, Any], ids: Sequence[str]) -> None:
    """Let a text be completed from ids: each place of a text takes one of them, or any other."""
    for part in _texts(made):
        limits = {k: part.pop(k) for k in list(part) if k != "description"}
        part["anyOf"] = [{"enum": list(ids)}, limits]


def _texts(made: Any) -> list[dict[str, Any]]:
    return [part for part in _parts(made) if "string" in (part.get("type") or ())]


def _parts(made: Any) -> Iterator[dict[str, Any]]:
    """Iterate over a schema and everything in it."""
    if isinstance(made, dict):
        yield made
        for value in list(made.values()):
            yield from _parts(value)
    elif isinstance(made, list):
        for value in list(made):
            yield from _parts(value)
