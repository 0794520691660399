"""Rename, retire and add to an entry, in all places that name it: what an editor would otherwise do by hand."""

from collections.abc import Iterator, Sequence

from bot.hangul import compact
from bot.knowledge import fill
from bot.words import RefusedError
from bot.workshop.edit import Draft
from bot.workshop.edit_folder import Drafts, Found
from bot.workshop.edit_render import Value
from bot.workshop.edit_tree import Path
from bot.workshop.new_id import romanised
from bot.workshop.texts import Text, in_folder

_NAMES = frozenset({"related", "entry", "choices", "want"})
"""Keys whose values are ids of entries."""


def rename(drafts: Drafts, old: str, new: str) -> list[str]:
    """Give an entry or template another id wherever it is named, and keep the old one as `former`.

    Return the places besides its own. What is linked or kept under the old id leads to the new one.

    Raises:
        RefusedError: there is no such entry, or the new id is taken or has another form.
    """
    found = _own(drafts, old)
    taken = {str(f.get("id")) for f in drafts.entries()} | {
        x for f in drafts.entries() for x in _list(f.get("former"))
    }
    if new in taken:
        raise RefusedError(f"id '{new}'이(가) 이미 있거나 전에 쓰였습니다. 다른 id를 적어 주세요.")
    if romanised(new) != new or not new:
        raise RefusedError(f"id '{new}'의 꼴이 다릅니다. 영문 소문자·숫자·붙임표만 쓰세요.")
    places = list(_named(drafts, old))
    for text in places:
        drafts.of(text.file).set(text.path, new + text.value.removeprefix(old))
    found.draft.set((*found.path, "id"), new)
    found = _own(drafts, new)
    _append(found.draft, (*found.path, "former"), old)
    for voices in drafts.all_voices():
        voices.rename(old, new)
    return [f"{t.file}:{t.line}: {t.key}" for t in places]


def retire(drafts: Drafts, id: str) -> list[str]:
    """Withdraw an entry or template and remove it from the lists of related ones; return where else it is still named.

    Its address says that it was withdrawn.

    Raises:
        RefusedError: there is no such entry, or it is retired already.
    """
    found = _own(drafts, id)
    if found.get("status") == "retired":
        raise RefusedError(f"[{id}]은(는) 이미 거두었습니다.")
    for text in sorted(_named(drafts, id), key=lambda t: [-s if isinstance(s, int) else 0 for s in t.path]):
        draft = drafts.of(text.file)
        if text.key == "related" and isinstance(draft.get(text.path[:-1]), list):
            _take_out(draft, text.path)
        elif "known_failures" in text.path:
            draft.remove(text.path[:3])
    found.draft.set((*found.path, "status"), "retired")
    return [f"{t.file}:{t.line}: {t.key}" for t in _named(drafts, id)]


def add_questions(drafts: Drafts, id: str, questions: Sequence[str], kind: str = "questions") -> None:
    """Add questions to an entry, or to its tests (`kind`: match, offer, not_match).

    Raises:
        RefusedError: there is no such entry, it has them, or a question of a template lacks the place of the name.
    """
    found = _own(drafts, id)
    path = (*found.path, "questions") if kind == "questions" else (*found.path, "tests", kind)
    there = {compact(q) for q in _list(found.draft.get(path))}
    for question in questions:
        if compact(question) in there:
            raise RefusedError(f"[{id}]에 이미 있는 말입니다: {question}")
        if kind == "questions" and found.is_template and not {"short", "name"} & {*fill.names(question)}:
            raise RefusedError(f"[{id}]은(는) 틀이라 질문에 이름 자리({{short}})가 있어야 합니다: {question}")
        there.add(compact(question))
        if kind != "questions" and not isinstance(found.get("tests"), dict):
            found.draft.set((*found.path, "tests"), {kind: [question]})
        else:
            _append(found.draft, path, question)


def served(drafts: Drafts) -> list[str]:
    """Let all drafts be served, for trying them out; return their ids."""
    ids = []
    for found in list(drafts.entries()):
        defaults = found.draft.value.get("defaults") if isinstance(found.draft.value, dict) else None
        inherited = defaults.get("status") if isinstance(defaults, dict) else None
        if (found.get("status") or inherited) == "draft":
            found.draft.set((*found.path, "status"), "active")
            ids.append(str(found.get("id")))
    return ids


def _own(drafts: Drafts, id: str) -> Found:
    found = drafts.find(id)
    if found.get("id") != id:
        raise RefusedError(f"'{id}'은(는) 틀 '{found.get('id')}'이(가) 만든 항목입니다. 틀의 id를 적어 주세요.")
    return found


def _named(drafts: Drafts, id: str) -> Iterator[Text]:
    """Iterate over the places that name an entry, or what a template makes under its id."""
    for text in in_folder(drafts.folder, drafts.changed):
        if text.key in _NAMES and (text.value == id or text.value.startswith(f"{id}.")):
            yield text


def _take_out(draft: Draft, path: Path) -> None:
    rest = [v for i, v in enumerate(_list(draft.get(path[:-1]))) if i != path[-1]]
    if rest:
        draft.set(path[:-1], rest)
    else:
        draft.remove(path[:-1])


def _append(draft: Draft, path: Path, value: Value) -> None:
    if draft.get(path) is None:
        draft.set(path, [value])
    else:
        draft.append(path, value)


def _list(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []
