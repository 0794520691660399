"""Documents to a knowledge base: put the parts together, resolve references, report every fault."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.documents import NOTHING, Documents, read_folder
from bot.knowledge.entries import EntryBuilder, Reference
from bot.knowledge.former import ids_of
from bot.knowledge.guided import guided_of
from bot.knowledge.menu import contacts_of, menu_of, office_of
from bot.knowledge.records import read_records
from bot.knowledge.replies import DEFAULT_REPLIES
from bot.knowledge.talk import Entries, language_of, with_talk
from bot.knowledge.voices import Names, dialogues_of, voices_of
from bot.words import BaseTests, Problem, Turn

log = logging.getLogger(__name__)

_SUBJECT = re.compile(r"\[([^\]]+)\]")
_QUOTED = re.compile(r"'\{?([^'{}]+)\}?'")


class KnowledgeError(Exception):
    """A folder that cannot serve. `problems` holds every fault, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def load(folder: Path, instead: Mapping[str, bytes] = NOTHING) -> KnowledgeBase:
    """Return the knowledge base of a folder, with some files read from `instead` (name to content).

    Raises:
        KnowledgeError: there is no folder, no entry, or any fault in it.
    """
    base, problems = build(folder, instead)
    if base is None or problems:
        raise KnowledgeError(problems)
    if base.voices_faults:
        first, count = base.voices_faults[0], len(base.voices_faults)
        log.warning(
            "%d faults in voices, see helpdesk knowledge check; the first: %s:%d", count, first.file, first.line
        )
    return base


def build(folder: Path, instead: Mapping[str, bytes] = NOTHING) -> tuple[KnowledgeBase | None, list[Problem]]:
    """Return what can be made of a folder, and every fault; `None` where there is nothing to serve."""
    problems: list[Problem] = []
    documents = read_folder(folder, problems, instead)
    if not documents.files:
        return None, problems
    records = read_records(documents, problems)
    builder = EntryBuilder(documents, records, problems)
    frames = builder.frames()
    if not frames and not problems:
        problems.append(Problem(str(folder), 0, "질문과 답(entries)이 하나도 없습니다", "", "no-entries"))
    ids = ids_of(builder.items, frames, problems)
    language = documents.programme.doc.language if documents.programme else language_of(frames)
    frames, talk = with_talk(frames, language) if frames else (frames, {})
    base = KnowledgeBase(
        name=documents.programme.doc.name if documents.programme else folder.resolve().name,
        version=documents.version,
        frames=tuple(frames),
        entries=Entries(e for f in frames for e in [*f.entries.values(), *([f.unnamed] if f.unnamed else [])]),
        groups=records.groups,
        terms=records.terms(),
        sources=records.sources,
        notices=builder.notices(),
        replies={**DEFAULT_REPLIES, **documents.texts["replies"]},
        tests=_tests(documents),
        files=tuple(documents.files),
        english=documents.texts["english"],
        language=language,
        talk=talk,
        contacts=contacts_of(records.values),
        menu=menu_of(documents, records, frames, problems),
        office=office_of(documents, problems),
        guided=guided_of(
            documents, {e for f in frames for e in (f.id, *(n.id for n in f.entries.values()))}, problems
        ),
        description=(documents.programme.doc.description or "") if documents.programme else "",
        notice=(documents.programme.doc.notice or "") if documents.programme else "",
        facts=records.facts(),
        fact_names=documents.programme.doc.facts if documents.programme else {},
        moved=ids.moved,
        gone=ids.gone,
        elsewhere=tuple(q for item in documents.items["elsewhere"] for q in item.doc.questions),
    )
    if base.notice not in ("", *base.notices):
        assert documents.programme is not None
        where, message = documents.programme, f"알림 '{base.notice}'이(가) notices에 없습니다"
        problems.append(Problem(where.file, where.line, message, "notices의 id를 적으세요", "unknown-notice"))
    _check_references(builder.named, base, problems)
    _check_tests(documents, base, problems)
    waiting = {n.id for n in builder.items if n.status == "draft"}
    return _with_voices(base, documents, waiting), _in_order(problems, documents)


def _with_voices(base: KnowledgeBase, documents: Documents, waiting: set[str]) -> KnowledgeBase:
    """Return the knowledge base with what people type. Its faults keep nothing from serving."""
    faults: list[Problem] = []
    names = Names(base, waiting)
    voices = voices_of(documents.voices, names, faults)
    dialogues = dialogues_of(documents.items["labelled_dialogues"], names, faults)
    return replace(base, voices=voices, dialogues=dialogues, voices_faults=tuple(_in_order(faults, documents)))


def _in_order(problems: list[Problem], documents: Documents) -> list[Problem]:
    return sorted(_causes(problems, documents.broken), key=lambda p: (p.file, p.line))


def _causes(problems: list[Problem], broken: set[str]) -> list[Problem]:
    """Return the problems without those that are there only because something named in them is broken itself."""
    gone, more = set(broken), True
    while more:
        lost = [p for p in problems if p.code.startswith("unknown-") and _named(p.message) & gone]
        subjects = {m[1] for p in lost if p.code == "unknown-group" and (m := _SUBJECT.match(p.message))}
        more = not subjects <= gone
        gone |= subjects
    return [p for p in problems if p not in lost]


def _named(message: str) -> set[str]:
    """Return what a message names in quotes, and the id that a member's id begins with."""
    names = _QUOTED.findall(message)
    return {part for name in names for part in (name, name.split(".")[0], *name.split(".")[1:2])}


def _tests(documents: Documents) -> BaseTests:
    docs = [i.doc for i in documents.tests]
    return BaseTests(
        tuple(q for d in docs for q in d.out_of_scope),
        tuple((a.q, tuple(a.choices)) for d in docs for a in d.ask),
        tuple(tuple(Turn(t.q, t.entry or "", t.outcome or "") for t in turns) for d in docs for turns in d.dialogues),
        tuple((f.q, f.entry, f.why) for d in docs for f in d.known_failures),
    )


def _check_references(named: Iterable[Reference], base: KnowledgeBase, problems: list[Problem]) -> None:
    """Report related entries and notices that are not there."""
    known = set(base.entries) | {f.id for f in base.frames}
    for r in named:
        if r.kind == "related" and r.name not in known:
            hint = _instead(base, r.name, "id를 살피세요(은퇴한 항목일 수도 있습니다)")
            problems.append(
                Problem(r.file, r.line, f"[{r.by}] 관련 항목 '{r.name}'이(가) 없습니다", hint, "unknown-entry")
            )
        if r.kind == "notice" and r.name not in base.notices:
            problems.append(
                Problem(
                    r.file,
                    r.line,
                    f"[{r.by}] 알림 '{r.name}'이(가) notices에 없습니다",
                    "",
                    "unknown-notice",
                )
            )


def _check_tests(documents: Documents, base: KnowledgeBase, problems: list[Problem]) -> None:
    """Report tests that name an entry which is not there."""
    known = set(base.entries) | {f.id for f in base.frames}
    for item in documents.tests:
        doc = item.doc
        named = [c for a in doc.ask for c in a.choices] + [t.entry for d in doc.dialogues for t in d if t.entry]
        named += [f.entry for f in doc.known_failures]
        for name in dict.fromkeys(named):
            if name not in known:
                message, hint = f"시험이 부르는 항목 '{name}'이(가) 없습니다", _instead(base, name, "id를 살피세요")
                problems.append(Problem(item.file, item.line, message, hint, "unknown-entry"))


def _instead(base: KnowledgeBase, name: str, hint: str) -> str:
    """Return what to write instead of an id that is not there: its present one, where it was changed."""
    now = base.entry(name)
    return f"이제 '{now.id}'입니다" if now else hint
