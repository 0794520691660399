"""Diff: whose answer changes between two versions of the knowledge, before and after.

Asked on both are the questions that people asked, the tests of both versions and the entries' own wordings, each by
itself. Of a template's wordings each is asked about one member in turn, and each member is asked about once. What ships
with the program stands in no file: which of its small talk some small talk gets is nobody's change, unless people asked it.
What people asked is asked as it is served, with the encoder where there is one; tests and wordings without, as everywhere in
the workshop: that is alike on every machine, and a tenth of the work.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.documents import read_folder
from bot.languages import KOREAN
from bot.store.asked import Asked
from bot.words import Entry, Frame, Outcome, Query
from bot.workshop.diff_voices import VoiceChange, voice_changes
from bot.workshop.gaps import plain

MOST_ASKED = 5000
"""Distinct questions of people that are asked again, those asked last: bounds the time."""
PAST, TEST, WORDING = "past", "test", "wording"
_PLACES = (PAST, TEST, WORDING)
_Past = tuple[frozenset[str], int]
"""Who asked a question, and how often."""
_NOBODY: _Past = (frozenset(), 0)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Said:
    """What a question gets: entries that are said, or choices that are offered."""

    outcome: Outcome
    entries: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def same(self, other: "Said") -> bool:
        """Tell whether it is the same answer. What is offered beside «not known», and the order, make no other one."""
        offered = self.outcome is not Outcome.ASK or set(self.choices) == set(other.choices)
        return (self.outcome, self.entries) == (other.outcome, other.entries) and offered

    def renamed(self, names: Mapping[str, str]) -> "Said":
        """Return the same with the ids that entries have now."""
        entries, choices = (tuple(names.get(e, e) for e in ids) for ids in (self.entries, self.choices))
        return Said(self.outcome, entries, choices)


Asks = Callable[[str, bool], Said]
"""How a desk is asked: a question, and whether the encoder may be."""
Ask = tuple[Asks, Asks]
"""How the desk before and the one after are asked."""
_Pair = tuple[Said, Said]
"""What a question gets before and after."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question that gets something else. `where`: past, test, wording; `users` are the pseudonyms of who asked."""

    question: str
    where: tuple[str, ...]
    before: Said
    after: Said
    users: frozenset[str] = frozenset()
    times: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """An entry, or a sentence of the desk (`replies.NAME`), that reads otherwise; and who was told it before."""

    id: str
    before: str
    after: str
    users: frozenset[str] = frozenset()
    times: int = 0


@dataclass(frozen=True, slots=True)
class Diff:
    """What changes. `rows`: first what most people asked."""

    rows: tuple[Row, ...] = ()
    texts: tuple[Text, ...] = ()
    added: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Former ids and the ids now."""
    removed: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    """Removed from what is served, but still in the files (status retired or draft)."""
    expected: int = 0
    """Own wordings and tests of added entries that get them, and got no answer of any entry in the files before."""
    offers: int = 0
    """Questions of which only what is offered beside «not known», or the order of the choices, changed."""
    compared: int = 0
    voices: tuple[VoiceChange, ...] = ()

    @property
    def blocking(self) -> bool:
        """Whether anything that was asked or tested before gets another answer."""
        return bool(self.rows or self.texts)

    def of(self, where: str) -> list[Row]:
        """Return the rows of questions that come from somewhere; each row belongs to the first of its places."""
        return [r for r in self.rows if r.where[0] == where]


def compare(
    before: HelpDesk,
    after: HelpDesk,
    asked: Sequence[Asked],
    now: datetime,
    progress: Progress | None = None,
    ask: Ask | None = None,
) -> Diff:
    """Return what changes for those who ask at `now`. `ask`: how both are asked, where some answers are known."""
    if before.base.version == after.base.version and before.kept == after.kept:
        return Diff()
    past, known, new = _past(asked), _tested(before), _tested(after)
    renamed = {e: other for e in before.base.entries if (other := _renamed(e, after.base))}
    ask = ask or (partial(say, before, now=now), partial(say, after, now=now))
    said = _asked(ask, {q: q in past for q in (*past, *known, *new)}, renamed, progress)
    added = after.base.entries.keys() - before.base.entries.keys() - set(renamed.values())
    filed = before.base.entries.keys() | after.base.entries.keys()
    others = _changed(said, {q for q, kind in [*known.items(), *new.items()] if kind == TEST} | past.keys(), filed)
    expected = {q for q, pair in others.items() if q not in past and q not in known and _its_own(*pair, added, filed)}
    rows = [
        Row(q, _where(q, past, known, new), *pair, *past.get(q, _NOBODY))
        for q, pair in others.items()
        if q not in expected
    ]
    same = [(pair[0].entries, past.get(q, _NOBODY)) for q, pair in said.items() if q not in others]
    return Diff(
        tuple(sorted(rows, key=lambda r: (_PLACES.index(r.where[0]), -len(r.users), -r.times))),
        tuple(_texts(before, after, same, now, renamed)) + tuple(_sentences(before, after)),
        tuple(sorted(added)),
        tuple(sorted(renamed.items())),
        tuple(sorted(before.base.entries.keys() - after.base.entries.keys() - renamed.keys())),
        expected=len(expected),
        offers=sum(old != fresh for q, (old, fresh) in said.items() if q not in others),
        compared=len(said),
        voices=voice_changes(before.base, after.base, renamed),
    )


def with_retired(found: Diff, before: HelpDesk, folder: Path) -> Diff:
    """Return a diff that tells entries that the present folder keeps as retired or draft from those that are gone."""
    if not found.removed:
        return found
    documents = read_folder(folder, [])
    resting = {
        raw.node.get("id")
        for raw in documents.late
        if (raw.node.get("status") or raw.defaults.status) in ("retired", "draft")
    }
    retired = tuple(id for id in found.removed if before.base.entries[id].frame in resting)
    return replace(found, retired=retired, removed=tuple(id for id in found.removed if id not in retired))


def _asked(
    ask: Ask, questions: Mapping[str, bool], renamed: Mapping[str, str], progress: Progress | None
) -> dict[str, _Pair]:
    """Return what each question gets from both desks, by the ids of now. `questions`: whether the encoder may be asked."""
    before, after = ask
    said: dict[str, _Pair] = {}
    for i, (question, deep) in enumerate(questions.items(), 1):
        said[question] = (before(question, deep).renamed(renamed), after(question, deep))
        if progress:
            progress(i, len(questions))
    return said


def _changed(said: Mapping[str, _Pair], of_somebody: Container[str], filed: Set[str]) -> dict[str, _Pair]:
    """Return the questions that get something else; other small talk of the program only where somebody asked it."""
    return {
        q: pair
        for q, pair in said.items()
        if not pair[0].same(pair[1]) and (q in of_somebody or not all(_is_shipped(some, filed) for some in pair))
    }


def _renamed(entry: str, base: KnowledgeBase) -> str:
    """Return the id that an entry has in another knowledge base, where it has another one."""
    return "" if entry in base.entries else base.moved.get(entry, "")


def _is_shipped(some: Said, filed: Set[str]) -> bool:
    """Tell whether it is only what ships with the program. `filed`: the entries that stand in files."""
    return bool(some.entries) and filed.isdisjoint(some.entries)


def _its_own(old: Said, fresh: Said, added: Set[str], filed: Set[str]) -> bool:
    return filed.isdisjoint(old.entries) and bool(fresh.entries) and set(fresh.entries) <= added


def _past(asked: Sequence[Asked]) -> dict[str, _Past]:
    """Return who asked, and how often, by the question as the desk reads it: without labels of what was redacted."""
    found: dict[str, _Past] = {}
    for a in asked:
        if question := plain(a.question):
            users, times = found.get(question, _NOBODY)
            found[question] = (users | a.users, times + a.times)
    return found


def _tested(desk: HelpDesk) -> dict[str, str]:
    """Return the questions of the tests and the entries' own wordings, and which of both each is."""
    tests, frames = desk.base.tests, desk.base.frames
    found = dict.fromkeys((q for f in frames for q in (*f.tests.match, *f.tests.offer, *f.tests.not_match)), TEST)
    found |= dict.fromkeys(tests.out_of_scope, TEST)
    found |= dict.fromkeys((q for q, _ in tests.ask), TEST)
    found |= dict.fromkeys((turns[0].q for turns in tests.dialogues if turns), TEST)
    for frame in frames:
        for q in _wordings(frame):
            found.setdefault(q, WORDING)
    return found


def _wordings(frame: Frame) -> Iterator[str]:
    entries = list(frame.entries.values())
    for i, entry in enumerate(entries):
        yield from (q for j, q in enumerate(entry.questions) if j == 0 or j % len(entries) == i)


def _where(question: str, past: Container[str], *sides: dict[str, str]) -> tuple[str, ...]:
    kinds = {side[question] for side in sides if question in side} | ({PAST} if question in past else set())
    return tuple(kind for kind in _PLACES if kind in kinds)


def say(desk: HelpDesk, question: str, deep: bool, *, now: datetime) -> Said:
    """Return what a question gets that is asked by itself. `deep`: whether the encoder may be asked."""
    if not deep and desk.matcher.evidence.meanings is not None:
        with _unheard(desk):
            return say(desk, question, True, now=now)
    reply, _ = desk.answer(Query(question, "", now), Context())
    return Said(reply.outcome, reply.entries, tuple(c.entry for c in reply.choices))


@contextmanager
def _unheard(desk: HelpDesk) -> Iterator[None]:
    """Let a desk do without its encoder meanwhile."""
    evidence = desk.matcher.evidence
    meanings, evidence.meanings = evidence.meanings, None
    desk.matcher.forget()
    try:
        yield
    finally:
        evidence.meanings = meanings
        desk.matcher.forget()


def _texts(
    before: HelpDesk,
    after: HelpDesk,
    same: Sequence[tuple[tuple[str, ...], _Past]],
    now: datetime,
    renamed: Mapping[str, str],
) -> Iterator[Text]:
    """Iterate over entries that read otherwise. `same`: the entries that a question keeps getting, and who asked it."""
    told: dict[str, list[_Past]] = defaultdict(list)
    for entries, who in same:
        for id in entries:
            told[id].append(who)
    for old_id, entry in before.base.entries.items():
        id = renamed.get(old_id, old_id)
        if id not in after.base.entries:
            continue
        old, new = public(before, entry, now), public(after, after.base.entries[id], now)
        if old != new:
            users = frozenset(user for some, _ in told[id] for user in some)
            yield Text(id, old, new, users, sum(times for _, times in told[id]))


def _sentences(before: HelpDesk, after: HelpDesk) -> Iterator[Text]:
    """Iterate over the sentences of the desk itself that read otherwise."""
    told: set[tuple[str, str, str]] = set()
    for language in dict.fromkeys([KOREAN, *before.base.replies, *after.base.replies]):
        old, new = (desk.base.replies.get(language, {}) for desk in (before, after))
        mark = "" if language == KOREAN else f".{language}"
        for name in sorted(old.keys() | new.keys()):
            change = name, old.get(name, ""), new.get(name, "")
            if change[1] != change[2] and change not in told:  # what is missing in a language is as in another
                told.add(change)
                yield Text(f"replies.{name}{mark}", *change[1:])


def public(desk: HelpDesk, entry: Entry, now: datetime) -> str:
    """Return all that users may read of an entry, whatever the day and the language, but for when it was checked."""
    lines = [desk.composer.body(entry, now)]
    told = dict(said for t in entry.all_translations for said in t.said)
    lines += [desk.composer.body(entry, now, language=language) for language in told]
    if len(entry.phases) > 1:
        lines += [f"~{p.until:%Y-%m-%d %H:%M} {p.text}" if p.until else f"~ {p.text}" for p in entry.phases]
        lines += [text for p in entry.phases for text in p.translations.all()]
    lines += [f"읽을 말: {entry.say}"] if entry.say else []
    lines += [" ".join(filter(None, ("출처:", s.title, s.date, s.url))) for s in desk.composer.sources(entry)]
    return "\n".join(lines)
