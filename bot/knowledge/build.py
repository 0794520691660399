"""Documents to a knowledge base: put the parts together, resolve references, report every fault."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from bot.knowledge import locale
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.causes import gathered, without_consequences
from bot.knowledge.documents import NOTHING, Documents, read_folder
from bot.knowledge.entries import EntryBuilder, Reference
from bot.knowledge.faults import line_of, suggested
from bot.knowledge.former import ids_of
from bot.knowledge.guided import guided_of
from bot.knowledge.menu import contacts_of, menu_of, office_of
from bot.knowledge.records import read_records
from bot.knowledge.schema import TEXTS
from bot.knowledge.talk import Entries, language_of, with_talk
from bot.knowledge.voices import Names, dialogues_of, voices_of
from bot.languages import KOREAN, USUAL, WRITTEN
from bot.words import BaseTests, Problem, Turn

log = logging.getLogger(__name__)

Built: TypeAlias = tuple[KnowledgeBase | None, list[Problem]]
"""What can be made of a folder, and every fault; `None` where there is nothing to serve."""
_NOTICES = "notices의 id를 적으세요"


class KnowledgeError(Exception):
    """A folder that cannot serve. `problems` holds every fault, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


def load(
    folder: Path,
    instead: Mapping[str, bytes] = NOTHING,
    languages: Sequence[str] = USUAL,
    *,
    to_serve: bool = False,
) -> KnowledgeBase:
    """Return the knowledge base of a folder, with some files read from `instead` (name to content).

    `languages`: those that the desk is to speak. `to_serve`: without the dialogues that are only learned from.

    Raises:
        KnowledgeError: there is no folder, no entry, or any fault in it.
    """
    base, problems = build(folder, instead, languages, to_serve=to_serve)
    if base is None or problems:
        raise KnowledgeError(problems)
    if base.voices_faults:
        first, count = base.voices_faults[0], len(base.voices_faults)
        log.warning(
            "%d faults in voices, see helpdesk knowledge check; the first: %s:%d", count, first.file, first.line
        )
    return base


def build(
    folder: Path, instead: Mapping[str, bytes] = NOTHING, languages: Sequence[str] = USUAL, *, to_serve: bool = False
) -> Built:
    """Return what can be made of a folder, and every fault."""
    problems: list[Problem] = []
    documents = read_folder(folder, problems, instead, to_serve=to_serve)
    if not documents.files:
        return None, problems
    records = read_records(documents, problems)
    builder = EntryBuilder(documents, records, problems)
    frames = builder.frames()
    if not frames and not problems:
        problems.append(Problem(str(folder), 0, "질문과 답(entries)이 하나도 없습니다", "", "no-entries"))
    ids = ids_of(builder.items, frames, problems)
    language = documents.programme.doc.language if documents.programme else language_of(frames)
    spoken = spoken_by(language, languages)
    frames, talk = with_talk(frames, language, spoken) if frames else (frames, {})
    base = KnowledgeBase(
        name=documents.programme.doc.name if documents.programme else folder.resolve().name,
        version=documents.version,
        frames=tuple(frames),
        entries=Entries(e for f in frames for e in [*f.entries.values(), *([f.unnamed] if f.unnamed else [])]),
        groups=records.groups,
        terms=records.terms(),
        sources=records.sources,
        notices=builder.notices(),
        replies=_replies(documents, spoken),
        tests=_tests(documents),
        files=tuple(documents.files),
        language=language,
        languages=spoken,
        talk=talk,
        contacts=contacts_of(records.values),
        menu=menu_of(documents, records, frames, language, problems),
        office=office_of(documents, problems),
        guided=guided_of(
            documents,
            {e for f in frames for e in (f.id, *(n.id for n in f.entries.values()))},
            language,
            problems,
        ),
        description=(documents.programme.doc.description or "") if documents.programme else "",
        notice=(documents.programme.doc.notice or "") if documents.programme else "",
        facts=records.facts(),
        values=records.values,
        fact_names=documents.programme.doc.facts if documents.programme else {},
        moved=ids.moved,
        gone=ids.gone,
        elsewhere=tuple(q for item in documents.items["elsewhere"] for q in item.doc.questions),
    )
    if base.notice not in ("", *base.notices):
        assert documents.programme is not None
        where, message = documents.programme, f"알림 '{base.notice}'이(가) notices에 없습니다"
        hint = suggested(base.notice, base.notices, _NOTICES)
        problems.append(Problem(where.file, where.line, message, hint, "unknown-notice"))
    _check_references(builder.named, base, problems)
    _check_tests(documents, base, problems)
    waiting = {n.id for n in builder.items if n.status == "draft"}
    empty = {
        code for code, those in (("unknown-source", records.sources), ("unknown-notice", base.notices)) if not those
    }
    told = gathered(without_consequences(problems, documents.broken), empty)
    return _with_voices(base, documents, waiting), _in_order(told)


def _with_voices(base: KnowledgeBase, documents: Documents, waiting: set[str]) -> KnowledgeBase:
    """Return the knowledge base with what people type. Its faults keep nothing from serving."""
    faults: list[Problem] = []
    names = Names(base, waiting)
    voices = voices_of(documents.voices, names, faults)
    dialogues = dialogues_of(documents.items["labelled_dialogues"], names, faults)
    return replace(
        base,
        voices=voices,
        dialogues=dialogues,
        voices_faults=tuple(_in_order(without_consequences(faults, documents.broken))),
    )


def spoken_by(language: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the languages in which a desk speaks whose knowledge is in `language`, that one first.

    One in another language than Korean does not speak Korean: nobody there may be able to read it.
    """
    others = (code for code in wanted if code != language and (language == KOREAN or code not in WRITTEN))
    return (language, *others)


def _replies(documents: Documents, spoken: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    own = {language: documents.texts[section] for section, language in TEXTS.items()}
    return locale.sentences(dict.fromkeys((*USUAL, *spoken)), own)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda p: (p.file, p.line))


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
            message = f"[{r.by}] 알림 '{r.name}'이(가) notices에 없습니다"
            hint = suggested(r.name, base.notices, _NOTICES)
            problems.append(Problem(r.file, r.line, message, hint, "unknown-notice"))


def _check_tests(documents: Documents, base: KnowledgeBase, problems: list[Problem]) -> None:
    """Report tests that name an entry which is not there."""
    known = set(base.entries) | {f.id for f in base.frames}
    for item in documents.tests:
        doc = item.doc
        named: list[tuple[str, tuple[str | int, ...]]]
        named = [(c, ("ask", i)) for i, a in enumerate(doc.ask) for c in a.choices]
        named += [
            (t.entry, ("dialogues", i, j)) for i, d in enumerate(doc.dialogues) for j, t in enumerate(d) if t.entry
        ]
        named += [(f.entry, ("known_failures", i)) for i, f in enumerate(doc.known_failures)]
        for name, path in named:
            if name not in known:
                message, hint = f"시험이 부르는 항목 '{name}'이(가) 없습니다", _instead(base, name, "id를 살피세요")
                line = line_of(item.node, path) or item.line
                problems.append(Problem(item.file, line, message, hint, "unknown-entry"))


def _instead(base: KnowledgeBase, name: str, hint: str) -> str:
    """Return what to write instead of an id that is not there: its present one, where it was changed, or the nearest."""
    now = base.entry(name)
    if now:
        return f"이제 '{now.id}'입니다"
    asked = ((question, id) for id, entry in base.entries.items() for question in entry.questions)
    return suggested(name, [*base.entries, *(f.id for f in base.frames)], hint, asked)
