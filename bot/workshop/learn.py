"""Learn: a gap becomes a change of the YAML, in the words of those who asked, with a test of its own."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk.desk import HelpDesk
from bot.hangul import clean
from bot.knowledge.build import load
from bot.matching.learned import Kept
from bot.matching.lexicon import key_of
from bot.workshop import mutate_style as style
from bot.workshop.check import FEWEST_QUESTIONS
from bot.workshop.edit_check import Effect, drop_known_failures, effect, new_problems
from bot.workshop.edit_folder import Drafts, Found
from bot.workshop.edit_render import Value
from bot.workshop.gaps import answers, plain
from bot.workshop.learn_names import LearnError, named, slotted
from bot.workshop.test import TestResult, run
from bot.workshop.voices import add

_LONGEST = 200
"""Characters of a wording that is worth keeping as a question. Longer ones are stories."""
_TRIES = 3
"""Wordings that are tried as the test: each try builds the index anew."""
USERS = "users"
"""The author under whom is kept what people asked."""
_ABOUT = "도움말 창구에서 사람들이 물은 말. helpdesk knowledge learn이 적습니다"
_STYLES = (style.formal, style.polite, style.casual, style.fragment)


@dataclass(frozen=True, slots=True)
class Learned:
    """A change that is checked and tested, but not written."""

    drafts: Drafts
    id: str
    questions: tuple[str, ...]
    """Added to the entry's own questions."""
    tests: tuple[str, ...]
    varied: bool = False
    """The test is the question in another ending: nobody asked it in other words."""
    mended: tuple[str, ...] = ()
    """Known failures that pass now and are off the list."""
    passed: int = 0
    voices: tuple[str, ...] = ()
    """Kept as people said it, among the voices of users."""

    @property
    def said(self) -> tuple[str, ...]:
        """Return what was learned, a line each."""
        kinds = (("사람들의 말", self.voices), ("질문", self.questions))
        return tuple(f"[{self.id}] {name} {len(those)}개: {' · '.join(those)}" for name, those in kinds if those)


class Teacher:
    """Changes one folder. What it does is checked against the tests as they go before the change."""

    def __init__(self, drafts: Drafts, kept: Kept | None, now: datetime) -> None:
        """Read the folder as it is.

        Raises:
            KnowledgeError: it cannot be served.
        """
        self.drafts, self.kept, self.now = drafts, kept, now
        self.desk = HelpDesk(load(drafts.folder), kept, encoder=False)
        self._before: TestResult | None = None

    @property
    def before(self) -> TestResult:
        """Return how the tests go without any change."""
        if self._before is None:
            self._before = run(self.desk, self.now)
        return self._before

    def add_wordings(self, id: str, wordings: Sequence[str]) -> Learned:
        """Add wordings to the voices of users, under an entry, and a different one to the entry's tests.

        They become questions of the entry as well where it would not answer them otherwise.

        Raises:
            LearnError: the entry would not answer them, or something else would break.
        """
        entry = self.drafts.find(id)
        fresh = self._fresh(entry, wordings)
        self._refuse_barred(entry, fresh)
        fresh = self._with_names(entry, fresh)
        plainly = not self._would_answer(entry, fresh, fresh, plainly=False)
        voices, tests, varied = self._shared_out(entry, fresh, plainly=plainly)
        added = self._add(self.drafts, entry, voices, plainly=plainly)
        self.add_tests(entry, tests)
        learned = self.checked(str(entry.get("id")), added, tests, varied, voices)
        return replace(learned, voices=tuple(voices))

    def _add(self, drafts: Drafts, entry: Found, wordings: Sequence[str], *, plainly: bool) -> tuple[str, ...]:
        """Add wordings to drafts as voices, and `plainly` as questions too; return the questions."""
        said: dict[str, list[str]] = {}
        for wording in wordings:
            said.setdefault(self._entry_of(entry, wording), []).append(wording)
        add(drafts, self.desk.base, USERS, said, about=_ABOUT)
        questions = tuple(dict.fromkeys(self._as_question(entry, w) for w in wordings)) if plainly else ()
        found = drafts.find(str(entry.get("id")))
        for question in questions:
            found.draft.append((*found.path, "questions"), question)
        return questions

    def add_entry(self, fields: dict[str, Value], file: str, wordings: Sequence[str] = ()) -> Learned:
        """Add a new entry to a file.

        Raises:
            LearnError: it does not answer its own questions, or something else would break.
        """
        id = str(fields["id"])
        if any(found.get("id") == id for found in self.drafts.entries()):
            raise LearnError(f"id '{id}'이(가) 이미 있습니다. 다른 id를 적어 주세요.")
        draft = self.drafts.of(file)
        draft.append(() if isinstance(draft.value, list) else ("entries",), fields)
        questions = [str(q) for q in _list(fields.get("questions"))]
        named = fields.get("tests")
        tests = _list(named.get("match")) if isinstance(named, dict) else []
        draft_only = fields.get("status") == "draft"
        return self.checked(
            id, tuple(questions), tuple(map(str, tests)), False, () if draft_only else wordings or questions
        )

    @staticmethod
    def add_tests(entry: Found, tests: Iterable[str]) -> None:
        """Add questions to an entry's own tests."""
        for test in tests:
            if not isinstance(entry.get("tests"), dict):
                entry.draft.set((*entry.path, "tests"), {"match": [test]})
            elif entry.get("tests", "match") is None:
                entry.draft.set((*entry.path, "tests", "match"), [test])
            else:
                entry.draft.append((*entry.path, "tests", "match"), test)

    def checked(
        self, id: str, questions: tuple[str, ...], tests: tuple[str, ...], varied: bool, asked: Sequence[str]
    ) -> Learned:
        """Return the change, checked and tested.

        Raises:
            LearnError: it would do harm, or would not help.
        """
        problems = new_problems(self.drafts, self.now)
        if problems:
            raise LearnError(
                "\n".join(["고치면 지식 폴더에 문제가 생깁니다. 아무것도 적지 않았습니다.", *map(str, problems)])
            )
        found = effect(self.drafts, self.kept, self.before, self.now)
        self._refuse_harm(found, id, [*tests, *asked])
        if found.mended:
            drop_known_failures(self.drafts, found.mended)
        return Learned(self.drafts, id, questions, tests, varied, found.mended, found.passed)

    def _refuse_harm(self, found: Effect, id: str, asked: Sequence[str]) -> None:
        broken = [b for b in found.broken if b.question not in asked]
        if broken:
            lines = [f"고치면 다른 시험 {len(broken)}건이 깨집니다. 아무것도 적지 않았습니다.", *map(str, broken)]
            raise LearnError(
                "\n".join(
                    [
                        *lines,
                        '어느 말 때문인지 알면 --skip "그 말"로 빼거나, 깨지는 항목의 질문과 나누어지게 고쳐 주세요.',
                    ]
                )
            )
        still = [q for q in dict.fromkeys(asked) if not answers(found.desk, q, id, self.now)]
        if still:
            lines = [f"더해도 [{id}]이(가) 답하지 않습니다. 아무것도 적지 않았습니다.", *(f"「{q}」" for q in still)]
            hint = 'helpdesk ask --explain "질문"으로 무엇이 막는지 볼 수 있습니다(이름이 다르면 늘 막힙니다).'
            raise LearnError("\n".join([*lines, hint]))

    def _refuse_barred(self, entry: Found, wordings: Sequence[str]) -> None:
        """Refuse wordings without the names that the entry is about: only the very same letters would be answered."""
        matcher = self.desk.matcher
        number = matcher.number.get(str(entry.get("id")))
        if number is None or entry.is_template:
            return
        barred: dict[str, str] = {}
        for wording in wordings:
            asked = matcher.judge.asked(matcher.read(wording))
            verdicts = [a.verdict for _, a in matcher.judge.entries(matcher.frames[number], asked)]
            if verdicts and all(verdicts):
                barred[wording] = verdicts[0]
        if barred:
            lines = [f"[{entry.get('id')}]이(가) 다루는 이름과 맞지 않는 말이 있습니다. 아무것도 적지 않았습니다."]
            lines += [f"「{w}」: {self._named(verdict)}" for w, verdict in barred.items()]
            lines.append(
                "이대로 더하면 글자까지 똑같이 물을 때만 답합니다. 이름을 넣어 적거나 --skip으로 빼거나 다른 항목에 배우게 하세요."
            )
            raise LearnError("\n".join(lines))

    def _named(self, verdict: str) -> str:
        """Return the guard's verdict in words: «needs branch»."""
        kind, _, id = verdict.partition(" ")
        group = self.desk.base.groups.get(id)
        name = group.name if group and group.name else id
        return f"'{name}' 이름이 있어야 합니다" if kind == "needs" else f"다른 '{name}' 이름이 있습니다"

    def _fresh(self, entry: Found, wordings: Sequence[str]) -> list[str]:
        """Return the wordings that the entry does not have yet, those of most people first."""
        known = {_key(q) for q in _list(entry.get("questions"))}
        tests = entry.get("tests") or {}
        known |= {_key(t) for t in _list(tests.get("match") if isinstance(tests, dict) else None)}
        cleaned = {_key(w): plain(w) for w in reversed(wordings)}
        fresh = [w for k, w in reversed(cleaned.items()) if k and k not in known and len(w) <= _LONGEST]
        if not fresh:
            raise LearnError(
                f"[{entry.get('id')}]에는 이 물음의 말이 이미 다 있습니다. 말이 아니라 다른 것이 막고 있습니다: "
                'helpdesk ask --explain "질문"으로 살펴보세요.'
            )
        return fresh

    def _with_names(self, entry: Found, fresh: list[str]) -> list[str]:
        """Return the wordings that say which of a template's entries they are about; of an entry all.

        Raises:
            LearnError: none does.
        """
        if not entry.is_template:
            return fresh
        group = str(entry.get("for"))
        clear = [w for w in fresh if named(self.desk, group, w) is not None]
        if not clear:
            raise LearnError(
                f"[{entry.get('id')}]은(는) 틀이라 질문에 '{group}' 이름이 있어야 합니다. 보통 항목에 배우게 하세요."
            )
        return clear

    def _shared_out(
        self, entry: Found, fresh: list[str], *, plainly: bool
    ) -> tuple[list[str], tuple[str, ...], bool]:
        """Return which wordings are learned and which become tests; a test in another ending where there is only one.

        A test says something only if its words are not learned: then it shows that the entry is found by people
        who ask otherwise.
        """
        if len(fresh) > 1:
            for test in list(reversed(fresh))[
                :_TRIES
            ]:  # the rarest first: what most people say should be known by heart
                rest = [w for w in fresh if w != test]
                if self._would_answer(entry, rest, [test], plainly=plainly):
                    return rest, (test,), False
        only = fresh[0]
        rng = random.Random(only)
        variants = [v for change in _STYLES if (v := change(only, rng)) and _key(v) != _key(only)]
        for variant in variants:
            if self._would_answer(entry, fresh, [variant], plainly=plainly):
                return fresh, (variant,), True
        return fresh, (), False

    def _would_answer(self, entry: Found, wordings: list[str], tests: list[str], *, plainly: bool) -> bool:
        """Tell whether the entry, with wordings added, would answer all tests. The drafts stay as they are."""
        tried = Drafts(self.drafts.folder)
        self._add(tried, entry, wordings, plainly=plainly)
        desk = HelpDesk(load(tried.folder, tried.changed), self.kept, encoder=False)
        return all(answers(desk, test, str(entry.get("id")), self.now) for test in tests)

    def _as_question(self, entry: Found, wording: str) -> str:
        return slotted(self.desk, str(entry.get("for")), wording) if entry.is_template else wording

    def _entry_of(self, entry: Found, wording: str) -> str:
        """Return the id of the entry that a wording asks for: of a template, the one for the name in it."""
        id = str(entry.get("id"))
        mention = named(self.desk, str(entry.get("for")), wording) if entry.is_template else None
        made = next((f.entries for f in self.desk.base.frames if f.id == id), {})
        return made[mention.term].id if mention and mention.term in made else id


def shared_out(wordings: Sequence[str], others: int) -> tuple[list[str], list[str]]:
    """Return the questions and the test of a new entry: the rarest wording is the test if enough are left.

    `others`: how many questions it has besides.
    """
    cleaned = {_key(w): plain(w) for w in reversed(wordings) if _key(w)}
    fresh = [w for w in reversed(cleaned.values()) if len(w) <= _LONGEST]
    spare = len(fresh) - 1 + others >= FEWEST_QUESTIONS and len(fresh) > 1
    return (fresh[:-1], fresh[-1:]) if spare else (fresh, [])


def _list(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []


def _key(text: str) -> str:
    return key_of(clean(text))
