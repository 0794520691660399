"""Run the tests that stand beside the knowledge: must match, must not match, must ask, dialogues."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.desk.desk import HelpDesk
from bot.words import Kind, Outcome, Query, Reply, Turn


@dataclass(frozen=True, slots=True)
class Failure:
    """One test that did not go as written."""

    question: str
    wanted: str
    got: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: 「{self.question}」 바란 것: {self.wanted} / 나온 것: {self.got}".removeprefix(": ")


@dataclass(slots=True)
class TestResult:
    """The outcome of all tests. A known failure that passes is a failure: it must leave the list."""

    __test__ = False  # not a test class of pytest

    passed: int = 0
    failures: list[Failure] = field(default_factory=list)
    known: list[Failure] = field(default_factory=list)


class _Runner:
    def __init__(self, desk: HelpDesk, now: datetime) -> None:
        self.desk, self.now, self.users = desk, now, 0
        self.result = TestResult()
        self.expected_failures = {q: why for q, _, why in desk.base.tests.known_failures}

    def ask(self, text: str) -> Reply:
        self.users += 1
        return self.desk.ask(Query(text, f"test-{self.users}", self.now))

    def judge(self, ok: bool, question: str, wanted: str, reply: Reply, where: str) -> None:
        failure = Failure(question, wanted, shown(reply), where)
        if question in self.expected_failures:
            if ok:
                self.result.failures.append(Failure(question, "알려진 실패 목록에서 빼기", "이제 통과합니다", where))
            else:
                self.result.known.append(failure)
        elif ok:
            self.result.passed += 1
        else:
            self.result.failures.append(failure)

    def entries(self) -> None:
        for frame in self.desk.base.frames:
            where = f"{frame.file}:{frame.line} [{frame.id}]"
            for q in frame.tests.match:
                reply = self.ask(q)
                self.judge(of_frame(self.desk, reply, frame.id), q, frame.id, reply, where)
            for q in frame.tests.offer:
                reply = self.ask(q)
                offered = any(self.desk.base.entries[c.entry].frame == frame.id for c in reply.choices)
                self.judge(offered or of_frame(self.desk, reply, frame.id), q, f"{frame.id} 권하기", reply, where)
            for q in frame.tests.not_match:
                reply = self.ask(q)
                wrong = reply.outcome not in (Outcome.ASK, Outcome.FALLBACK) or frame.kind is Kind.BOUNDARY
                self.judge(
                    not (wrong and of_frame(self.desk, reply, frame.id)),
                    q,
                    f"{frame.id} 아닌 것",
                    reply,
                    where,
                )

    def base(self) -> None:
        tests = self.desk.base.tests
        for q in tests.out_of_scope:
            reply = self.ask(q)
            self.judge(reply.outcome is not Outcome.ANSWER, q, "답하지 않기", reply, "out_of_scope")
        for q, choices in tests.ask:
            reply = self.ask(q)
            offered = {c.entry for c in reply.choices} | {
                self.desk.base.entries[c.entry].frame for c in reply.choices
            }
            ok = reply.outcome is Outcome.ASK and set(choices) <= offered
            self.judge(ok, q, f"되묻기({', '.join(choices)})", reply, "ask")

    def dialogues(self, dialogues: Iterable[tuple[Turn, ...]]) -> None:
        for turns in dialogues:
            self.users += 1
            for i, turn in enumerate(turns):
                moment = self.now + timedelta(seconds=20 * i)
                reply = self.desk.ask(Query(turn.q, f"test-{self.users}", moment))
                ok = (not turn.outcome or reply.outcome == turn.outcome) and (
                    not turn.entry or turn.entry in reply.entries or of_frame(self.desk, reply, turn.entry)
                )
                asked = " → ".join(t.q for t in turns[: i + 1])
                self.judge(ok, asked, turn.entry or turn.outcome, reply, "dialogues")


def of_frame(desk: HelpDesk, reply: Reply, frame: str) -> bool:
    """Tell whether a reply says an entry of a frame (not merely offers it)."""
    return any(e in desk.base.entries and desk.base.entries[e].frame == frame for e in reply.entries)


def shown(reply: Reply) -> str:
    """Return a reply in a few words."""
    if reply.entry:
        return f"{reply.outcome.value} {', '.join(reply.entries)}"
    return f"{reply.outcome.value} [{', '.join(c.entry for c in reply.choices)}]"


def run(desk: HelpDesk, now: datetime) -> TestResult:
    """Run all tests of the desk's knowledge base at a moment. Known failures are counted apart, strictly."""
    runner = _Runner(desk, now)
    runner.entries()
    runner.base()
    runner.dialogues(desk.base.tests.dialogues)
    return runner.result
