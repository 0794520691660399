"""Guard: names compared as names."""

from dataclasses import replace

import pytest

from bot.matching import guard
from bot.matching.spelling import Spelling
from bot.words import Group, Term


def term(name: str, within: str = "") -> Term:
    return Term(id=name, name=name, group="school", aliases=(), within=within)


SCHOOLS = Group(id="school", name="학교", exclusive=True, needed=True)
TERMS = {t.id: t for t in (term("a"), term("b"), term("c"), term("b1", within="b"))}


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
    assert (guard.verdict(SCHOOLS, frozenset(asked), frozenset(held), TERMS) == "") is passes


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
        ({"a"}, {"b"}, "other school"),
        ({"a", "b"}, {"b", "c"}, "other school"),
        ({"b1"}, {"b"}, ""),
        ({"b"}, {"b1"}, ""),
        ({"a", "b"}, {"b", "b1"}, ""),
        ({"a", "c"}, {"b", "b1"}, "other school"),
    ],
)
def test_the_verdict_names_the_group(asked: set[str], held: set[str], why: str) -> None:
    assert guard.verdict(SCHOOLS, frozenset(asked), frozenset(held), TERMS) == why


def test_a_group_that_excludes_nothing_vetoes_nothing() -> None:
    open_group = replace(SCHOOLS, exclusive=False)
    assert guard.verdict(open_group, frozenset({"a"}), frozenset({"b"}), TERMS) == ""
    optional = replace(SCHOOLS, needed=False)
    assert guard.verdict(optional, frozenset({"a"}), frozenset({"b"}), TERMS) == "other school"
    assert guard.verdict(optional, frozenset({"a", "b"}), frozenset({"b", "c"}), TERMS) == ""


def test_only_a_name_that_contradicts_is_a_veto() -> None:
    """A name that is missing on either side speaks against an entry; how much is learned."""
    asked, none = frozenset({"a"}), frozenset[str]()
    assert guard.verdict(SCHOOLS, none, asked, TERMS) == ""
    assert guard.verdict(SCHOOLS, asked, none, TERMS) == ""
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
