"""Conversations on the shipped knowledge: what is remembered, and what is not taken for a follow-up."""

from datetime import timedelta

import pytest

from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query, Reply
from tests.conftest import NOW


def talk(desk: HelpDesk, *texts: str) -> list[Reply]:
    """The replies of one conversation."""
    user = f"talk-{texts}"
    return [desk.ask(Query(t, user, NOW + timedelta(seconds=20 * i))) for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "entries"),
    [
        (
            ("드론은 어디 담당이에요", "주소요", "전화번호는?"),
            ("institution-address.hanseo", "institution-phone.hanseo"),
        ),
        (("which university handled drones", "where is it"), ("institution-address.hanseo",)),
    ],
)
def test_the_institution_that_a_field_stood_for_is_remembered(
    shipped: HelpDesk, texts: tuple[str, ...], entries: tuple[str, ...]
) -> None:
    assert tuple(r.entry for r in talk(shipped, *texts)[1:]) == entries


def test_a_field_goes_on_as_a_field(shipped: HelpDesk) -> None:
    assert talk(shipped, "드론은 어디 담당이에요", "배터리는요")[1].entry == "field-operator.battery"


def test_a_message_that_shares_only_a_lent_name_is_not_answered_by_it(shipped: HelpDesk) -> None:
    last = talk(shipped, "which university handled drones", "and is it open now?")[1]
    assert last.outcome is not Outcome.ANSWER or last.entry == "status-open-now"


@pytest.mark.parametrize("text", ["hmm and is it open now?"])
def test_what_shares_hardly_a_letter_with_small_talk_is_none(shipped: HelpDesk, text: str) -> None:
    assert talk(shipped, text)[0].outcome is not Outcome.SMALLTALK


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("부천에서 금형 하는데 어디예요", {"field-operator.mold", "region-operator.gyeonggi"}),
        ("광주 드론 업체인데 어느 대학이에요", {"region-operator.gwangju", "field-operator.drone"}),
        ("조선대 드론 하나요", {"institution-field.chosun", "field-operator.drone"}),
    ],
)
def test_a_field_beside_a_region_or_an_institution_is_not_ignored(
    shipped: HelpDesk, text: str, entries: set[str]
) -> None:
    assert set(talk(shipped, text)[0].entries) == entries
