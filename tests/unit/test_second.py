"""The second factor: the standard's codes, each taken once, within a step of the clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.store import second
from tests.conftest import NOW


def test_codes_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B, in its last six digits
    assert [second.code_at(secret, at // 30) for at in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_a_code_is_good_once_and_for_a_while() -> None:
    made = second.new("kim", "desk")
    code = second.code_at(made.secret, int(NOW.timestamp()) // second.STEP)
    changed = second.accepted(made.kept, code, NOW + timedelta(seconds=30))
    assert changed
    assert second.accepted({**made.kept, **changed}, code, NOW) is None
    assert second.accepted(made.kept, code, NOW + timedelta(minutes=5)) is None
    assert second.accepted(made.kept, "", NOW) is None
    assert second.accepted({}, "", NOW) == {}
    assert second.accepted({**made.kept, **second.none()}, "", NOW) == {}


def test_codes_on_paper_are_good_once_each() -> None:
    made = second.new("kim", "desk")
    changed = second.accepted(made.kept, f" {made.paper[3].upper()} ", NOW)
    assert changed
    kept = {**made.kept, **changed}
    assert second.accepted(kept, made.paper[3], NOW) is None
    assert second.accepted(kept, made.paper[4], NOW)
    assert not any(code in str(made.kept) for code in made.paper)


@pytest.mark.parametrize("typed", [("-", ""), ("-", " "), ("-", "–"), ("-", " - ")])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_code_on_paper_is_taken_however_it_is_typed(typed: tuple[str, str], case: Callable[[str], str]) -> None:
    made = second.new("park", "상담")
    assert second.accepted(made.kept, case(made.paper[0].replace(*typed)), NOW)
    assert second.accepted(made.kept, made.paper[0][:9], NOW) is None
