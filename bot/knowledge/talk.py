"""Talk: which entry answers which kind of small talk, and entries for the kinds that a knowledge base has none for."""

from collections.abc import Iterable, Mapping, Sequence

from bot.hangul import clean, compact, has_hangul
from bot.knowledge import general, locale
from bot.knowledge.base import SHIPPED
from bot.languages import ENGLISH, KOREAN, Text
from bot.words import Entry, Frame, Kind, Phase

_LEAST_SHARED = 2
"""Ways to say a kind of talk that an entry must have among its questions to be the one for it."""
_KINDS = {"person": Kind.HANDOVER, "crisis": Kind.BOUNDARY}


class Entries(dict[str, Entry]):
    """Entries by id. Those that ship with the program are in no file: they are found by id and listed nowhere."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        found = {e.id: e for e in entries}
        super().__init__({id: e for id, e in found.items() if e.file or not id.startswith(SHIPPED)})
        self.shipped = {id: e for id, e in found.items() if id not in self}

    def __missing__(self, id: str) -> Entry:
        return self.shipped[id]


def owners(frames: Sequence[Frame], language: str) -> dict[str, str]:
    """Return for each label of talk the frame that answers it, as far as there is one.

    That is the one that says so, the one called talk-<label>, or the one that shares most of its questions with what
    people say for it.
    """
    keys = {f.id: _keys(f.wordings) for f in frames if f.kind in (Kind.SMALLTALK, Kind.HANDOVER) and not f.slot}
    ids = {f.id for f in frames}
    found = {label: f.id for f in frames for label in f.talk}
    for label, said in general.talk(language).items():
        if label in found:
            continue
        if SHIPPED + label in ids:
            found[label] = SHIPPED + label
            continue
        mine = _keys(said)
        shared = {id: len(mine & its) for id, its in keys.items()}
        best = max(shared, key=lambda id: shared[id], default="")
        if best and shared[best] >= _LEAST_SHARED:
            found[label] = best
    return found


def language_of(frames: Sequence[Frame]) -> str:
    """Return the language in which most questions are, where nobody says: Korean or English."""
    korean = sum(has_hangul(q) for f in frames for q in f.wordings)
    return KOREAN if 2 * korean >= sum(len(f.wordings) for f in frames) else ENGLISH


def with_talk(frames: list[Frame], language: str, languages: Sequence[str]) -> tuple[list[Frame], Mapping[str, str]]:
    """Return the frames and those for labels that none of them answers; and the frame of each label.

    `languages`: those in which the latter answer, `language` being the one that questions are in.
    """
    owner = owners(frames, language)
    missing = [label for label in general.talk(language) if label not in owner]
    added = [_frame(label, language, languages) for label in missing]
    return [*frames, *added], owner | {label: f.id for label, f in zip(missing, added, strict=True)}


def _frame(label: str, language: str, languages: Sequence[str]) -> Frame:
    said = general.talk(language)[label]
    text = locale.of(language).talk[label]
    others = Text.of({code: locale.of(code).talk[label] for code in languages if code != language})
    kind = _KINDS.get(label, Kind.SMALLTALK)
    id = SHIPPED + label
    entry = Entry(id, id, said, (Phase(text),), kind, topic="talk", translations=others)
    return Frame(id, said, {"": entry}, topic="talk", kind=kind)


def _keys(texts: Iterable[str]) -> set[str]:
    return {compact(clean(text)) for text in texts} - {""}
