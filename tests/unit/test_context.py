"""What is kept of a conversation comes back as it was, so that it can be asked again."""

from hypothesis import given
from hypothesis import strategies as st

from bot.desk.context import Context
from bot.words import Mention, Utterance
from tests.conftest import NOW

WORDS = st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple)
MENTIONS = st.lists(
    st.builds(
        Mention, st.just("school.a"), st.just("school"), st.integers(0, 3), st.integers(3, 9), st.text(max_size=4)
    ),
    max_size=2,
).map(tuple)
QUESTIONS = st.builds(
    Utterance,
    st.text(max_size=9),
    st.text(max_size=9),
    st.text(max_size=9),
    MENTIONS,
    MENTIONS,
    corrected=WORDS,
    others=WORDS,
)


@given(QUESTIONS, WORDS, WORDS, WORDS, st.integers(0, 3), st.booleans(), st.booleans())
def test_what_is_dumped_is_loaded_and_can_be_looked_up(
    question: Utterance,
    members: tuple[str, ...],
    choices: tuple[str, ...],
    told: tuple[str, ...],
    failed: int,
    taken: bool,
    asked: bool,
) -> None:
    kept = Context("frame", "topic", members, question, choices, told, failed, at=NOW, taken=taken, asked=asked)
    found = Context.load(kept.dump())
    assert found == kept
    assert hash(found) == hash(kept)
