"""Guard: names compared as names."""

from dataclasses import replace

import pytest

from bot.matching import guard
from bot.matching.spelling import Spelling
from bot.words import Group, Refusal, Term, Veto


def term(name: str, within: str = "") -> Term:
    return Term(id=name, name=name, group="school", aliases=(), within=within)


SCHOOLS = Group(id="school", name="학교", exclusive=True, needed=True)
TERMS = {t.id: t for t in (term("a"), term("b"), term("c"), term("b1", within="b"))}
OTHER_SCHOOL = Veto(Refusal.OTHER, "school")


@pytest.mark.parametrize(
    ("asked", "held", "passes"),
    [
        ({"a", "b"}, {"a", "b"}, True),
        ({"a", "b"}, {"a", "b", "c"}, True),
        ({"a", "b", "c"}, {"a", "b"}, True),
        ({"a", "b"}, {"b", "c"}, False),
        ({"a", "b1"}, {"a", "b"}, True),
        ({"a"}, {"a", "b"}, True),
        ({"a", "b"}, {"a"}, True),
        ({"c"}, {"a", "b"}, False),
    ],
)
def test_a_comparison_answers_no_comparison_of_others(asked: set[str], held: set[str], passes: bool) -> None:
    assert (guard.veto(SCHOOLS, frozenset(asked), frozenset(held), TERMS) is None) is passes


@pytest.mark.parametrize(
    ("larger", "smaller", "within"),
    [
        ("a", "a", True),
        ("b", "b1", True),
        ("b1", "b", False),
        ("a", "b1", False),
        ("nowhere", "nowhere", True),
        ("a", "nowhere", False),
        ("a", "", False),
        ("", "", False),
        ("a", "x", False),
    ],
)
def test_a_term_contains_itself_and_what_lies_within(larger: str, smaller: str, *, within: bool) -> None:
    circle = {t.id: t for t in (term("x", within="y"), term("y", within="x"))}
    assert guard.contains(TERMS | circle, larger, smaller) is within


@pytest.mark.parametrize(
    ("asked", "held", "why"),
    [
        ({"a"}, {"b"}, OTHER_SCHOOL),
        ({"a", "b"}, {"b", "c"}, OTHER_SCHOOL),
        ({"b1"}, {"b"}, None),
        ({"b"}, {"b1"}, None),
        ({"a", "b"}, {"b", "b1"}, None),
        ({"a", "c"}, {"b", "b1"}, OTHER_SCHOOL),
    ],
)
def test_a_veto_names_the_group(asked: set[str], held: set[str], why: Veto | None) -> None:
    assert guard.veto(SCHOOLS, frozenset(asked), frozenset(held), TERMS) == why


def test_a_group_that_excludes_nothing_vetoes_nothing() -> None:
    open_group = replace(SCHOOLS, exclusive=False)
    assert guard.veto(open_group, frozenset({"a"}), frozenset({"b"}), TERMS) is None
    optional = replace(SCHOOLS, needed=False)
    assert guard.veto(optional, frozenset({"a"}), frozenset({"b"}), TERMS) == OTHER_SCHOOL
    assert guard.veto(optional, frozenset({"a", "b"}), frozenset({"b", "c"}), TERMS) is None


def test_only_a_name_that_contradicts_is_a_veto() -> None:
    """A name that is missing on either side speaks against an entry; how much is learned."""
    asked, none = frozenset({"a"}), frozenset[str]()
    assert guard.veto(SCHOOLS, none, asked, TERMS) is None
    assert guard.veto(SCHOOLS, asked, none, TERMS) is None
    strict = replace(SCHOOLS, silent=frozenset({"b"}))
    assert guard.silent(strict, asked, none)
    assert not guard.silent(strict, frozenset({"b"}), none)
    assert not guard.silent(strict, asked, asked)
    assert not guard.silent(SCHOOLS, asked, none)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("모접", "모집"), ("고집", ""), ("보집", ""), ("뫃집", "모집"), ("츠청", ""), ("씬청", "신청")],
)
def test_a_short_word_that_begins_otherwise_is_another_word(word: str, meant: str) -> None:
    repair = Spelling([("모집", 3), ("신청", 3)]).repair(word)
    assert (repair.words[0] if repair else "") == meant
