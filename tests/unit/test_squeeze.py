"""The squeezed form: its text and its words alone are those of the whole."""

from hypothesis import given
from hypothesis import strategies as st

from bot.hangul import PARTICLES, compact, strip_particle
from bot.matching.squeeze import squeeze, words_in

_TEXTS = st.text("가나 a1&·.-/'’_?\nㅋ", max_size=30) | st.text(max_size=30)


@given(_TEXTS)
def test_letters_and_words_alone(text: str) -> None:
    text = text.lower()
    sq = squeeze(text)
    assert compact(text) == sq.text
    assert words_in(text) == [sq.text[start:end] for start, end in sq.words]


@given(st.text("가나", max_size=3), st.sampled_from(PARTICLES) | st.text("가은는에서이요", max_size=4))
def test_the_longest_particle_goes(stem: str, end: str) -> None:
    word = stem + end
    longest = next((p for p in PARTICLES if word.endswith(p) and len(word) - len(p) >= 2), "")
    assert strip_particle(word) == word[: len(word) - len(longest)]
