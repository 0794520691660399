"""Voices in the workshop: take in what an author wrote, and tell whose voices there are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.documents import VOICES
from bot.knowledge.voices import HIDDEN, LONGEST, OUTSIDE, TALK, TALK_LABELS, Names, author_of
from bot.words import Problem, RefusedError
from bot.workshop.edit_folder import Drafts

_AUTHOR = re.compile(r"[^\W_][\w-]*")


@dataclass(frozen=True, slots=True)
class Author:
    """One author's share: questions, entries that they ask for, and questions that nothing may answer, and talk."""

    name: str
    lines: int
    entries: int
    outside: int = 0
    talk: int = 0


@dataclass(slots=True)
class Taken:
    """How many questions were taken in, and how many were there already."""

    added: int = 0
    known: int = 0


def authors(base: KnowledgeBase) -> list[Author]:
    """Return all authors in order of their names."""
    found = []
    for name, said in sorted(base.voices.items()):
        outside = len(said.get(OUTSIDE, ()))
        talk = sum(len(lines) for key, lines in said.items() if key.startswith(TALK))
        entries = sum(key in base.entries for key in said)
        found.append(Author(name, sum(map(len, said.values())), entries, outside, talk))
    return found


def take(
    drafts: Drafts, base: KnowledgeBase, author: str, table: bytes, *, name: str, topic: str = "", about: str = ""
) -> Taken:
    """Add a table of `id<TAB>question` lines to an author's files, by the topic of each entry or all to one topic.

    `name`: of the table, for its faults. `about`: whose words these are, for the first line of new files.

    Raises:
        RefusedError: the table has faults; the message names all of them, and nothing is changed.
    """
    if not _AUTHOR.fullmatch(author) or (topic and not _AUTHOR.fullmatch(topic)):
        raise RefusedError(f"이름에는 글자, 숫자, 붙임표만 쓸 수 있습니다: {topic or author}")
    names, problems = Names(base), list[Problem]()
    rows = _rows(table, name, names, problems)
    if problems:
        raise RefusedError(
            "\n".join([*map(str, problems), f"잘못이 {len(problems)}건 있어 아무것도 적지 않았습니다."])
        )
    return add(drafts, base, author, rows, topic=topic, about=about)


def add(
    drafts: Drafts,
    base: KnowledgeBase,
    author: str,
    said: Mapping[str, Sequence[str]],
    *,
    topic: str = "",
    about: str = "",
) -> Taken:
    """Add questions to an author's files, by what they ask for: to the file that has more of it, or by topic."""
    names = Names(base)
    taken, places = Taken(), _places(drafts, author, names)
    for id, lines in said.items():
        held = places.get(id, {})
        fresh = [line for line in lines if not any(line in known for known in held.values())]
        taken.added, taken.known = taken.added + len(fresh), taken.known + len(lines) - len(fresh)
        if fresh:
            draft = drafts.voices(next(iter(held), f"{VOICES}/{author}/{topic or topic_of(id, base)}.txt"))
            draft.introduce(about or author)
            draft.add(id, fresh, names)
    return taken


def topic_of(name: str, base: KnowledgeBase) -> str:
    """Return the file, without its ending, in which to look for what belongs to a name."""
    if name == OUTSIDE:
        return "outside"
    if name.startswith(TALK):
        return TALK.rstrip(":")
    entry = base.entry(name)
    return re.sub(r"[^\w-]+", "-", entry.topic if entry else "").strip("-") or "other"


def _places(drafts: Drafts, author: str, names: Names) -> Mapping[str, Mapping[str, set[str]]]:
    """Return an author's voices: by name and file what is said there."""
    found: dict[str, dict[str, set[str]]] = {}
    for draft in drafts.all_voices():
        if author_of(draft.name) == author:
            for name, said in draft.holds(names).items():
                found.setdefault(name, {})[draft.name] = said
    return found


def _rows(table: bytes, file: str, names: Names, problems: list[Problem]) -> Mapping[str, Sequence[str]]:
    """Return the questions by what they ask for, each once, reporting every fault with its line."""
    found: dict[str, dict[str, None]] = {}
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = table[: error.start].count(b"\n") + 1
        problems.append(Problem(file, line, "UTF-8로 저장된 파일이 아닙니다", "UTF-8로 다시 저장해 주세요"))
        return {}
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        given, _, question = (part.strip() for part in row.partition("\t"))
        name = given if names.present(given) or given not in TALK_LABELS else TALK + given
        now = names.present(name)
        if fault := _fault(row, question):
            problems.append(Problem(file, number, fault))
        elif now is None:
            problems.append(names.unknown(name, file, number))
        else:
            found.setdefault(now, {})[question] = None
    return {name: list(said) for name, said in found.items()}


def _fault(row: str, question: str) -> str:
    if row.count("\t") != 1:
        return "한 줄에 항목id, 탭 하나, 질문을 적어야 합니다"
    if not question:
        return "질문이 비어 있습니다"
    if len(question) > LONGEST:
        return f"질문이 {len(question)}자입니다({LONGEST}자 안으로)"
    return "보이지 않는 글자가 있습니다" if HIDDEN.search(question) else ""
