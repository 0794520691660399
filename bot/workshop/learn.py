"""Learn: turn a gap into a change of the YAML, in the words of those who asked, with a test of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk.desk import HelpDesk
from bot.matching.judge import Candidate, Terms
from bot.matching.learned import Kept
from bot.workshop.edit_check import Effect, drop_known_failures, effect, new_problems
from bot.workshop.edit_desk import Before
from bot.workshop.edit_folder import Drafts, Found
from bot.workshop.edit_render import Value
from bot.workshop.gaps import answers, offers, plain
from bot.workshop.gaps_group import slips
from bot.workshop.kept import Kept as Shelf
from bot.workshop.learn_names import LearnError, named, slotted
from bot.workshop.learn_result import Learned
from bot.workshop.learn_words import LONGEST, key, listed
from bot.workshop.test_split import Progress
from bot.workshop.voices import add

USERS = "users"
"""The author under whom people's questions are kept."""
_ABOUT = "도움말 창구에서 사람들이 물은 말. helpdesk knowledge learn이 적습니다"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which wordings are learned, as questions too or only as voices, and which one stays a test."""

    learned: tuple[str, ...]
    test: str = ""
    plainly: bool = False


class Teacher:
    """Changes one folder. Each change is checked against the results of the tests before it."""

    def __init__(
        self,
        drafts: Drafts,
        kept: Kept | None,
        now: datetime,
        *,
        anyway: bool = False,
        processes: int = 1,
        before: Before | None = None,
        tests: Shelf | None = None,
    ) -> None:
        """Read the folder as it is. `anyway`: the editor insists, whatever the tests say.

        `before`: the folder, where it was read already; `tests`: where it is kept how they went; the rest as of `effect`.

        Raises:
            KnowledgeError: it cannot be served.
        """
        self.drafts, self.now, self.anyway = drafts, now, anyway
        self.processes, self.tests = processes, tests
        self.progress: Progress | None = None
        """Is told how many of how many parts of the tests are done."""
        self.before = before or Before(drafts.folder, kept)
        self.desk = self.before.desk

    def add_wordings(self, id: str, wordings: Sequence[str]) -> Learned:
        """Add wordings to the voices of users, under an entry, and keep one of several as a test that is not learned.

        They become questions of the entry as well where it would not answer them otherwise. What is another wording
        with one key amiss is left out.

        Raises:
            LearnError: the entry would not answer them, or something else would be answered wrongly.
        """
        entry = self.drafts.find(id)
        fresh = self._fresh(entry, wordings)
        self._refuse_barred(entry, fresh)
        fresh = self._with_names(entry, fresh)
        amiss = slips(fresh)
        plan, desk = self._best_plan(entry, [w for w in fresh if w not in amiss])
        added = self._add(self.drafts, entry, plan.learned, plainly=plan.plainly)
        answered = bool(plan.test) and answers(desk, plan.test, str(entry.get("id")), self.now)
        if plan.test:
            self.add_tests(entry, "match" if answered else "offer", [plan.test])
        learned = self.checked(str(entry.get("id")), added, plan.learned, desk)
        kept = (plan.test,) if plan.test else ()
        return replace(
            learned,
            tests=kept if answered else (),
            offered=() if answered else kept,
            voices=plan.learned,
            slips=tuple(amiss),
        )

    def _best_plan(self, entry: Found, fresh: list[str]) -> tuple[_Plan, HelpDesk]:
        """Return how to divide the wordings, and the resulting desk: each plan that is tried costs an index.

        A test says something only if its words are not learned: then it shows that the entry is found by people who
        ask otherwise. What most people say should be known by heart, so the rarest wording is the test; where the
        entry is not even offered for it, it has to be learned as well.
        """
        rest, last = tuple(fresh[:-1]), fresh[-1]
        plans = [_Plan(rest, last), _Plan(rest, last, plainly=True)] if rest else []
        for plan in plans:
            desk = self._desk_of(entry, plan)
            if all(self._answers(desk, entry, w) for w in plan.learned):
                if offers(desk, last, str(entry.get("id")), self.now):
                    return plan, desk
                break
        whole = _Plan(tuple(fresh))
        desk = self._desk_of(entry, whole)
        if all(self._answers(desk, entry, w) for w in fresh):
            return whole, desk
        whole = replace(whole, plainly=True)
        return whole, self._desk_of(entry, whole)

    def _answers(self, desk: HelpDesk, entry: Found, wording: str) -> bool:
        return answers(desk, wording, str(entry.get("id")), self.now)

    def _desk_of(self, entry: Found, plan: _Plan) -> HelpDesk:
        """Return the desk as it would be with a plan. The drafts stay as they are."""
        tried = Drafts(self.drafts.folder)
        self._add(tried, entry, plan.learned, plainly=plan.plainly)
        return self.before.after(tried)

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
            LearnError: it does not answer its own questions, or something else would be answered wrongly.
        """
        id = str(fields["id"])
        if any(found.get("id") == id for found in self.drafts.entries()):
            raise LearnError(f"id '{id}'이(가) 이미 있습니다. 다른 id를 적어 주세요.")
        draft = self.drafts.of(file)
        draft.append_entry(fields)
        questions = tuple(str(q) for q in listed(fields.get("questions")))
        named = fields.get("tests")
        tests = tuple(map(str, listed(named.get("match")) if isinstance(named, dict) else []))
        draft_only = fields.get("status") == "draft"
        learned = self.checked(id, questions, () if draft_only else (*(wordings or questions), *tests))
        return replace(learned, tests=tests)

    @staticmethod
    def add_tests(entry: Found, kind: str, tests: Iterable[str]) -> None:
        """Add questions to an entry's own tests. `kind`: match, offer, not_match."""
        for test in tests:
            if not isinstance(entry.get("tests"), dict):
                entry.draft.set((*entry.path, "tests"), {kind: [test]})
            elif entry.get("tests", kind) is None:
                entry.draft.set((*entry.path, "tests", kind), [test])
            else:
                entry.draft.append((*entry.path, "tests", kind), test)

    def checked(
        self, id: str, questions: tuple[str, ...], asked: Sequence[str], desk: HelpDesk | None = None
    ) -> Learned:
        """Return the change, checked and tested. `desk`: as it would be with it, but for tests, where at hand.

        Raises:
            LearnError: something would be answered wrongly, or it would not help.
        """
        problems = new_problems(self.drafts, self.now)
        if problems:
            raise LearnError(
                "\n".join(["고치면 지식 폴더에 문제가 생깁니다. 아무것도 적지 않았습니다.", *map(str, problems)])
            )
        found = effect(
            self.drafts,
            self.before,
            self.now,
            desk,
            processes=self.processes,
            progress=self.progress,
            kept=self.tests,
        )
        still = tuple(q for q in dict.fromkeys(asked) if not answers(found.desk, q, id, self.now))
        if not self.anyway:
            self._refuse_harm(found, id, still)
        own = {q for q, entry, _ in self.desk.base.tests.known_failures if entry == id}
        mended = tuple(q for q in found.mended if q in own)  # what passes by chance elsewhere is not part of this
        if mended:
            drop_known_failures(self.drafts, mended)
        return Learned(
            self.drafts,
            id,
            questions,
            (),
            mended=mended,
            passed=found.passed,
            doubts=tuple(found.doubts(id)),
            harm=tuple(found.harm(id)),
            unanswered=still,
        )

    def _refuse_harm(self, found: Effect, id: str, still: Sequence[str]) -> None:
        """Refuse wrong answers and changes that do not help. What is only asked back now is reported, but no reason to refuse."""
        insist = "그래도 적으려면 --anyway를 붙이세요."
        if broken := found.harm(id):
            lines = [
                f"고치면 다른 시험 {len(broken)}건이 틀린 답을 하게 됩니다. 아무것도 적지 않았습니다.",
                *map(str, broken),
            ]
            hint = "어느 말 때문인지 알면 그 말을 빼거나, 틀리게 되는 항목의 질문과 나누어지게 고쳐 주세요."
            raise LearnError("\n".join([*lines, f"{hint} {insist}"]))
        if still:
            lines = [f"더해도 [{id}]이(가) 답하지 않습니다. 아무것도 적지 않았습니다.", *(f"「{q}」" for q in still)]
            hint = 'helpdesk knowledge why "질문"으로 무엇이 막는지 볼 수 있습니다(이름이 다르면 늘 막힙니다).'
            raise LearnError("\n".join([*lines, f"{hint} {insist}"]))

    def _refuse_barred(self, entry: Found, wordings: Sequence[str]) -> None:
        """Refuse wordings without the names that the entry is about, or with others: they would be answered only by luck."""
        matcher = self.desk.matcher
        number = matcher.number.get(str(entry.get("id")))
        if number is None or entry.is_template:
            return
        barred: dict[str, str] = {}
        for wording in wordings:
            why = self._barred(matcher.frames[number], matcher.judge.asked(matcher.read(wording)))
            if why:
                barred[wording] = why
        if barred:
            lines = [f"[{entry.get('id')}]이(가) 다루는 이름과 맞지 않는 말이 있습니다. 아무것도 적지 않았습니다."]
            lines += [f"「{w}」: {why}" for w, why in barred.items()]
            lines.append(
                "이대로 더하면 같은 말로 물어도 답하지 못할 때가 많습니다. 이름을 넣어 적거나 그 말을 빼거나 다른 항목에 배우게 하세요."
            )
            raise LearnError("\n".join(lines))

    def _barred(self, candidate: Candidate, asked: Mapping[str, Terms]) -> str:
        """Return why names that are asked do not go with an entry; empty where they do."""
        judge = self.desk.matcher.judge
        vetoes = [a.veto for _, a in judge.entries(candidate, asked)]
        if vetoes and vetoes[0] is not None and all(vetoes):
            group = judge.binding[vetoes[0].group]
            return f"다른 '{group.name or group.id}' 이름이 있습니다"
        for group in judge.binding.values():
            if group.needed and candidate.about.get(group.id) and not asked.get(group.id):
                return f"'{group.name or group.id}' 이름이 있어야 합니다"
        return ""

    def _fresh(self, entry: Found, wordings: Sequence[str]) -> list[str]:
        """Return the wordings that the entry does not have yet, those of most people first."""
        known = {key(q) for q in listed(entry.get("questions"))}
        tests = entry.get("tests") or {}
        for kind in ("match", "offer"):
            known |= {key(t) for t in listed(tests.get(kind) if isinstance(tests, dict) else None)}
        cleaned = {key(w): plain(w) for w in reversed(wordings)}
        fresh = [w for k, w in reversed(cleaned.items()) if k and k not in known and len(w) <= LONGEST]
        if not fresh:
            raise LearnError(
                f"[{entry.get('id')}]에는 이 물음의 말이 이미 다 있습니다. 말이 아니라 다른 것이 막고 있습니다: "
                'helpdesk knowledge why "질문"으로 살펴보세요.'
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

    def _as_question(self, entry: Found, wording: str) -> str:
        return slotted(self.desk, str(entry.get("for")), wording) if entry.is_template else wording

    def _entry_of(self, entry: Found, wording: str) -> str:
        """Return the id of the entry that a wording asks for: of a template, the one for the name in it."""
        id = str(entry.get("id"))
        mention = named(self.desk, str(entry.get("for")), wording) if entry.is_template else None
        made = next((f.entries for f in self.desk.base.frames if f.id == id), {})
        return made[mention.term].id if mention and mention.term in made else id
