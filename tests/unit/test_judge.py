"""Judge: how the names of a question and of a candidate agree. Groups, terms and frames are made by hand."""

import pytest

from bot.matching.judge import Agreement, Candidate, Judge, by_group
from bot.words import Entry, Frame, Group, Mention, Phase, Refusal, Term, Utterance, Veto

SCHOOL = Group("school", "학교", exclusive=True, needed=True)
REGION = Group("region", "지역", exclusive=True, silent=frozenset({"region.home"}))
ROLE = Group("role", "누구")
NAMES = ("school.a", "school.b", "school.c", "region.home", "region.far", "role.x", "role.y")
TERMS = {id: Term(id, id, id.partition(".")[0]) for id in NAMES}
TERMS["school.a1"] = Term("school.a1", "a1", "school", within="school.a")


def judge(*binding: Group, slots: frozenset[str] = frozenset(), dropped: frozenset[str] = frozenset()) -> Judge:
    return Judge(binding or (SCHOOL, REGION, ROLE), slots, dropped, TERMS)


def entry(id: str, member: str = "") -> Entry:
    return Entry(id, "f", (), (Phase("답"),), member=member)


def mention(term: str, *, negated: bool = False) -> Mention:
    return Mention(term, term.partition(".")[0], 0, 1, "이름", negated=negated)


def agreement(asked: str, held: str, made: Judge | None = None) -> Agreement:
    """How a question about some names and a plain entry about others agree."""
    made = made or judge()
    candidate = made.candidate(Frame("f", (), {"": entry("f")}), frozenset(held.split()))
    ((_, found),) = made.entries(candidate, by_group(frozenset(asked.split())))
    return found


@pytest.mark.parametrize(
    ("asked", "held", "expected"),
    [
        ("", "", Agreement()),
        ("school.a", "school.a", Agreement(shared=1)),
        ("school.a1", "school.a", Agreement(partly=True)),
        ("school.a", "school.a1", Agreement(shared=1)),
        ("school.a", "school.b", Agreement(veto=Veto(Refusal.OTHER, "school"), partly=True)),
        ("school.a", "", Agreement(unnamed=True)),
        ("", "school.a", Agreement(absent=True)),
        ("school.a", "school.a school.b", Agreement(shared=1, partly=True)),
        ("school.a school.b", "school.a school.b", Agreement(shared=2)),
        ("school.a school.b", "school.a", Agreement(shared=1)),
        ("school.a school.b school.c", "school.a school.b", Agreement(shared=1)),
        ("role.x", "role.y", Agreement()),
        ("role.x", "", Agreement()),
        ("", "role.x", Agreement()),
        ("role.x role.y", "role.x", Agreement(shared=1)),
        ("region.far", "", Agreement(silent=True)),
        ("region.home", "", Agreement()),
        ("", "region.far", Agreement()),
        ("school.a region.far", "school.a region.far", Agreement(shared=2)),
        ("school.a region.far role.x", "school.a region.far role.x", Agreement(shared=2)),
        ("school.a region.far", "school.b region.home", Agreement(veto=Veto(Refusal.OTHER, "school"), partly=True)),
        ("region.far school.a", "role.x", Agreement(unnamed=True, silent=True)),
        ("region.far", "school.a", Agreement(silent=True, absent=True)),
    ],
)
def test_names_agree(asked: str, held: str, expected: Agreement) -> None:
    assert agreement(asked, held) == expected


def test_what_is_found_of_one_group_stays_whatever_comes_after() -> None:
    """Each is said of any group: a later group that is well takes nothing back."""
    made = judge(SCHOOL, REGION, ROLE, slots=frozenset({"role"}))
    assert agreement("school.a role.x", "school.a school.b role.x", made) == Agreement(shared=2, partly=True)
    assert agreement("school.a role.x", "role.x", made) == Agreement(shared=1, unnamed=True)
    assert agreement("role.x", "school.a role.x", made) == Agreement(shared=1, absent=True)
    assert agreement("region.far role.x", "role.x", made) == Agreement(shared=1, silent=True)


def test_a_name_of_a_slot_is_missed_and_one_that_is_dropped_is_not() -> None:
    assert agreement("", "role.x", judge(slots=frozenset({"role"}))).absent
    assert not agreement("school.a", "", judge(dropped=frozenset({"school.a"}))).unnamed
    assert agreement("school.a school.b", "", judge(dropped=frozenset({"school.a"}))).unnamed


def test_a_group_that_does_not_bind_is_not_looked_at() -> None:
    only = judge(REGION)
    assert only.candidate(Frame("f", (), {}), frozenset({"school.a", "region.far"})).about == {
        "region": frozenset({"region.far"})
    }
    u = Utterance("", "", "", (mention("school.a"), mention("region.far")))
    assert only.asked(u) == {"region": frozenset({"region.far"})}


def test_asked_is_what_is_named_and_not_denied() -> None:
    u = Utterance("", "", "", (mention("school.a"), mention("school.b"), mention("school.c", negated=True)))
    assert judge().asked(u) == {"school": frozenset({"school.a", "school.b"})}


SLOTTED = Frame(
    "f",
    (),
    {"school.b": entry("f.b", "school.b"), "school.a": entry("f.a", "school.a")},
    slot="school",
    unnamed=entry("f.unnamed"),
)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ("", []),
        ("school.a", ["f.a"]),
        ("school.b school.a", ["f.a", "f.b"]),
        ("school.c", []),
        ("school.*", ["f.unnamed"]),
        ("region.far", []),
    ],
)
def test_a_frame_with_a_slot_has_the_entries_of_the_names(asked: str, ids: list[str]) -> None:
    made = judge()
    found = list(made.entries(Candidate(SLOTTED, {}), by_group(frozenset(asked.split()))))
    assert [e.id for e, _ in found] == ids


def test_an_entry_of_a_slot_is_about_its_name_and_what_its_frame_is_about() -> None:
    made = judge()
    about = {"region": frozenset({"region.home"})}
    asked = by_group(frozenset({"school.a", "school.b", "region.far"}))
    found = {e.id: a for e, a in made.entries(Candidate(SLOTTED, about), asked)}
    assert found["f.a"] == Agreement(veto=Veto(Refusal.OTHER, "region"), shared=1)


def test_terms_by_group() -> None:
    assert by_group(frozenset()) == {}
    assert by_group(frozenset({"a.x.y", "a.z", "b.x"})) == {"a": {"a.x.y", "a.z"}, "b": {"b.x"}}
