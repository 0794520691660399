"""How mutants are made: one change each, of what decides and of nothing else."""

import ast

import pytest

from tests.mutants_made import changed


def made(source: str) -> list[str]:
    return [ast.unparse(tree) for tree, _, _ in changed(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a <= b", "a >= b"]),
        ("a is not b", ["a is b"]),
        ("a in b", ["a not in b"]),
        ("a and b", ["a or b"]),
        ("a | b", ["a & b"]),
        ("a = 3", ["a = 4"]),
        ("a = True", ["a = False"]),
        ("a = 'yes'", ["a = 'ye'"]),
        ("a if b else c", ["a if not b else c"]),
        ("def f():\n    return g()", ["def f():\n    return None"]),
        ("def f():\n    return ()", []),
        ("@d(1)\ndef f(a: x[1]) -> y[2]:\n    'What it does.'", []),
        ("a: x[1]", []),
    ],
)
def test_each_mutant_changes_one_thing(source: str, expected: list[str]) -> None:
    assert made(source) == expected


def test_a_mutant_says_where_and_what() -> None:
    ((_, line, what),) = changed("b = c\na == d")
    assert (line, what) == (2, "Eq → NotEq in a == d")
