"""What messengers show besides answers: the menu, the opening hours, the contacts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time

from bot.knowledge.documents import Documents
from bot.knowledge.records import Records
from bot.knowledge.schema import DAYS, MenuDoc, OfficeDoc
from bot.languages import translated
from bot.words import Contact, Frame, Kind, Office, Problem, Section

MOST_BUTTONS = 90
"""Buttons under one message, with room for «back». Source: Telegram, 100 buttons in an inline keyboard."""
_KINDS = {"phone": "phone", "url": "url", "website": "url", "email": "email"}


def contacts_of(values: Mapping[str, str]) -> dict[str, Contact]:
    """Return the contacts that stand in records, by value."""
    found: dict[str, Contact] = {}
    for name, value in values.items():
        owner, _, key = name.rpartition(".")
        if key in _KINDS:
            label = values.get(f"{owner}.short") or values.get(f"{owner}.name", owner)
            found.setdefault(value, Contact(_KINDS[key], label, value))
    return found


def menu_of(
    documents: Documents, records: Records, frames: Sequence[Frame], language: str, problems: list[Problem]
) -> tuple[Section, ...]:
    """Return the menu of knowledge in a language; without one in the folder, one line for each topic that entries have."""
    sizes = Counter(f.topic for f in frames if not f.slot)
    for frame in frames:
        if frame.slot and frame.kind is Kind.ANSWER:
            sizes[f"@{frame.slot}"] += len(frame.entries)
    sections = []
    for item in documents.items["menu"]:
        doc: MenuDoc = item.doc
        topics = [(t.topic or f"@{t.members}", translated(language, t.title, t.english)) for t in doc.topics]
        for topic, *_ in topics:
            if topic not in sizes:
                message = f"메뉴 '{doc.id}'의 주제 '{topic}'에 항목이 없습니다"
                problems.append(Problem(item.file, item.line, message, "항목의 topic을 살피세요", "unknown-topic"))
            elif sizes[topic] > MOST_BUTTONS:
                message = f"메뉴 '{doc.id}'의 주제 '{topic}'에 항목이 {sizes[topic]}개로 너무 많습니다"
                problems.append(Problem(item.file, item.line, message, f"{MOST_BUTTONS}개까지입니다", "menu-size"))
        if doc.members and doc.members not in records.members:
            message = f"메뉴 '{doc.id}'의 묶음 '{doc.members}'이(가) 없습니다"
            problems.append(Problem(item.file, item.line, message, "groups의 id를 적으세요", "unknown-term"))
        if not doc.topics and not doc.members:
            message = f"메뉴 '{doc.id}'에 topics도 members도 없습니다"
            problems.append(Problem(item.file, item.line, message, "하나는 적어야 합니다", "menu-empty"))
        sections.append(
            Section(doc.id, translated(language, doc.title, doc.english), tuple(topics), doc.members or "")
        )
    # ids stand in buttons, so a topic of any length and script is a number there
    return tuple(sections) or tuple(
        Section(str(i), translated(language, t, ""), ((t, translated(language, t, "")),))
        for i, t in enumerate(list(sizes)[:MOST_BUTTONS])
        if t and t[0] != "@"
    )


def office_of(documents: Documents, problems: list[Problem]) -> Office | None:
    """Return the opening hours of the desk's staff, where the folder has them."""
    if documents.office is None:
        return None
    doc: OfficeDoc = documents.office.doc
    hours = {}
    for day, span in doc.hours.items():
        opening, closing = (time.fromisoformat(t) for t in span.split("-"))
        if opening >= closing:
            message = f"상담 시간 '{day}: {span}'의 끝이 처음보다 이릅니다"
            problems.append(
                Problem(
                    documents.office.file,
                    documents.office.line,
                    message,
                    "09:00-18:00처럼 여는 때를 먼저 적습니다",
                    "office-hours",
                )
            )
        hours[DAYS.index(day)] = (opening, closing)
    return Office(dict(sorted(hours.items())), doc.holidays)
