"""Run the knowledge's own tests: must match, must not match, must ask, dialogues."""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeAlias

from bot.desk.desk import HelpDesk
from bot.knowledge.base import KnowledgeBase
from bot.words import Frame, Kind, Outcome, Query, Reply, Turn
from bot.workshop.test_noted import Noted, Weighed

WRONG, ASKED, NOTHING = "wrong", "asked", "nothing"
"""How a test fails: something else is answered, it is asked back, nothing is found. Only the first misleads anybody."""
Key: TypeAlias = tuple[str, str]
"""The question of a test, and what is wanted."""
_numbers = count()
_ANSWERS = frozenset({Outcome.ANSWER, Outcome.SMALLTALK, Outcome.HANDOVER})


@dataclass(frozen=True, slots=True)
class Failure:
    """One test that did not go as written. `score`: how sure the desk was, 0–1."""

    question: str
    wanted: str
    got: str
    where: str = ""
    kind: str = WRONG
    score: float = 0.0
    frame: str = ""
    """Of which entry or template it is a test; empty where it is of none."""

    def __str__(self) -> str:
        return f"{self.where}: 「{self.question}」 바란 것: {self.wanted} / 나온 것: {self.got}".removeprefix(": ")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one question of a test went, and what was looked up for it (empty: not noted). Where it stands does not matter."""

    key: Key
    got: str
    asks: bool
    score: float
    ok: bool
    wrong: bool
    """Where it failed, that something was answered that is not the answer."""
    looked: frozenset[str] = frozenset()
    weighed: tuple[Weighed, ...] = ()
    """The texts that were weighed for it, where that was noted."""


@dataclass(slots=True)
class TestResult:
    """The outcome of all tests."""

    __test__ = False  # not a test class of pytest

    passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    known: list[Failure] = field(default_factory=list)
    """Known failures that still fail."""
    mended: list[Failure] = field(default_factory=list)
    """Known failures that pass: they may leave the list."""
    scores: dict[tuple[str, str], float] = field(default_factory=dict)
    """How sure the desk was of each test that passed, by question and what was wanted."""
    verdicts: list[Verdict] = field(default_factory=list, compare=False)
    """How each went, but for those of dialogues."""

    def of_kind(self, kind: str) -> list[Failure]:
        """Return the failures of one kind."""
        return [f for f in self.failures if f.kind == kind]

    def add(self, other: "TestResult") -> None:
        """Add the outcome of further tests."""
        self.passed += other.passed
        self.failures += other.failures
        self.known += other.known
        self.mended += other.mended
        self.scores |= other.scores
        self.verdicts += other.verdicts


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a test wants, for whom, and its file and line."""

    question: str
    wanted: str
    where: str
    frame: str = ""


class Runner:
    """Runs tests one by one and keeps how they go in `result`."""

    def __init__(
        self,
        desk: HelpDesk,
        now: datetime,
        questions: Container[str] | None = None,
        known: Mapping[Key, Verdict] | None = None,
        noted: Noted | None = None,
    ) -> None:
        """`known`: how tests went that need not be asked. `noted`: where what the desk looks up is noted."""
        self.desk, self.now = desk, now
        self.questions, self.known, self.noted = questions, known or {}, noted
        self.result = TestResult()
        self.expected_failures = {q: why for q, _, why in desk.base.tests.known_failures}

    def wanted(self, questions: Iterable[str]) -> Iterator[str]:
        """Iterate over the questions of a list that are to be asked."""
        return (q for q in questions if self.questions is None or q in self.questions)

    def ask(self, text: str) -> Reply:
        return self.desk.ask(Query(text, _somebody(), self.now))

    def test(self, wish: _Wish, fits: Callable[[Reply], tuple[bool, bool]]) -> None:
        """Ask the question of a test, where that is not known, and note how it went.

        `fits`: tells of a reply whether it is as wished, and whether it is wrong where it is not.
        """
        verdict = self.known.get((wish.question, wish.wanted))
        if verdict is None:
            if self.noted is not None:
                self.desk.matcher.forget()
                self.noted.clear()
            reply = self.ask(wish.question)
            verdict = _verdict(wish, reply, *fits(reply), self.noted)
        self.result.verdicts.append(verdict)
        self.note(wish, verdict)

    def note(self, wish: _Wish, v: Verdict) -> None:
        """Note how a test went."""
        kind = WRONG if v.wrong else ASKED if v.asks else NOTHING
        failure = Failure(wish.question, wish.wanted, v.got, wish.where, kind, v.score, wish.frame)
        listed = wish.question in self.expected_failures
        if listed:
            (self.result.mended if v.ok else self.result.known).append(failure)
        elif v.ok:
            self.result.passed += 1
            self.result.scores[wish.question, wish.wanted] = v.score
        else:
            self.result.failures.append(failure)

    def frame(self, frame: Frame) -> None:
        """Run the tests that stand beside an entry or template."""
        where = f"{frame.file}:{frame.line} [{frame.id}]"

        def matches(reply: Reply) -> tuple[bool, bool]:
            return of_frame(self.desk, reply, frame.id), answered(reply)

        def offers(reply: Reply) -> tuple[bool, bool]:
            offered = any(self.desk.base.entries[c.entry].frame == frame.id for c in reply.choices)
            return offered or of_frame(self.desk, reply, frame.id), answered(reply)

        def spares(reply: Reply) -> tuple[bool, bool]:
            said = reply.outcome not in (Outcome.ASK, Outcome.FALLBACK) or frame.kind is Kind.BOUNDARY
            return not (said and of_frame(self.desk, reply, frame.id)), True

        for listed, wanted, fits in (
            (frame.tests.match, frame.id, matches),
            (frame.tests.offer, f"{frame.id} 권하기", offers),
            (frame.tests.not_match, f"{frame.id} 아닌 것", spares),
        ):
            for q in self.wanted(listed):
                self.test(_Wish(q, wanted, where, frame.id), fits)

    def common(self) -> None:
        """Run the tests that belong to no single entry: out of scope, asking back, dialogues."""
        tests = self.desk.base.tests
        for q in self.wanted(tests.out_of_scope):
            self.test(
                _Wish(q, "답하지 않기", "out_of_scope"), lambda reply: (reply.outcome is not Outcome.ANSWER, True)
            )
        for q, choices in tests.ask:
            if any(True for _ in self.wanted([q])):
                self.test(_Wish(q, f"되묻기({', '.join(choices)})", "ask"), partial(self._asks_back, choices))
        self._dialogues(tests.dialogues)

    def _asks_back(self, choices: Sequence[str], reply: Reply) -> tuple[bool, bool]:
        offered = {c.entry for c in reply.choices} | {self.desk.base.entries[c.entry].frame for c in reply.choices}
        ok = reply.outcome is Outcome.ASK and set(choices) <= offered
        return ok, answered(reply) and not any(of_frame(self.desk, reply, c) or c in reply.entries for c in choices)

    def _dialogues(self, dialogues: Iterable[tuple[Turn, ...]]) -> None:
        for turns in dialogues:
            if self.questions is not None and not any(self.wanted(_so_far(turns))):
                continue
            user = _somebody()
            for i, (turn, asked) in enumerate(zip(turns, _so_far(turns), strict=True)):
                moment = self.now + timedelta(seconds=20 * i)
                reply = self.desk.ask(Query(turn.q, user, moment))
                found = not turn.entry or turn.entry in reply.entries or of_frame(self.desk, reply, turn.entry)
                ok = found and (not turn.outcome or reply.outcome == turn.outcome)
                wish = _Wish(asked, turn.entry or turn.outcome, "dialogues")
                self.note(wish, _verdict(wish, reply, ok, answered(reply) and not (turn.entry and found)))


def _verdict(wish: _Wish, reply: Reply, ok: bool, wrong: bool, noted: Noted | None = None) -> Verdict:
    looked, weighed = (frozenset(noted.words), tuple(noted.weighed)) if noted else (frozenset[str](), ())
    asks = reply.outcome is Outcome.ASK
    return Verdict((wish.question, wish.wanted), shown(reply), asks, reply.score, ok, wrong, looked, weighed)


def _somebody() -> str:
    """Return a user whom no desk has met."""
    return f"test-{next(_numbers)}"


def _so_far(turns: Sequence[Turn]) -> list[str]:
    """Return what was asked up to each turn."""
    return [" → ".join(t.q for t in turns[: i + 1]) for i in range(len(turns))]


def questions_of(base: KnowledgeBase, *, but: KnowledgeBase) -> frozenset[str]:
    """Return the questions of the tests of a base that another one does not have, or not with the same wish."""
    tests = set(_wishes(base)) - set(_wishes(but))
    return frozenset(q for questions, *_ in tests for q in questions)


def _wishes(base: KnowledgeBase) -> Iterator[tuple[tuple[str, ...], Hashable]]:
    """Iterate over all tests: what is asked, and what is wanted."""
    for frame in base.frames:
        for kind in fields(frame.tests):
            yield from (((q,), (frame.id, kind.name)) for q in getattr(frame.tests, kind.name))
    yield from (((q,), "out_of_scope") for q in base.tests.out_of_scope)
    yield from (((q,), choices) for q, choices in base.tests.ask)
    yield from ((tuple(_so_far(turns)), turns) for turns in base.tests.dialogues)
    yield from (((q,), (entry, "known")) for q, entry, _ in base.tests.known_failures)


def answered(reply: Reply) -> bool:
    """Tell whether a reply says something as the answer."""
    return reply.outcome in _ANSWERS


def of_frame(desk: HelpDesk, reply: Reply, frame: str) -> bool:
    """Tell whether a reply says an entry of a frame (not merely offers it)."""
    return any(e in desk.base.entries and desk.base.entries[e].frame == frame for e in reply.entries)


def shown(reply: Reply) -> str:
    """Return a reply in a few words."""
    if reply.entry:
        return f"{reply.outcome.value} {', '.join(reply.entries)}"
    return f"{reply.outcome.value} [{', '.join(c.entry for c in reply.choices)}]"


def run(
    desk: HelpDesk,
    now: datetime,
    only: str = "",
    questions: Container[str] | None = None,
) -> TestResult:
    """Run all tests of the desk's knowledge base at a moment, or some.

    `only`: those beside one entry or template. `questions`: those that ask one of these.
    """
    runner = Runner(desk, now, questions)
    for frame in desk.base.frames:
        if only in ("", frame.id):
            runner.frame(frame)
    if not only:
        runner.common()
    return runner.result
