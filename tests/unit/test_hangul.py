"""Hangul: examples of what people type, and laws for any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import hangul

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=20)
ANY = st.text(max_size=60)


@given(ANY)
def test_clean_is_idempotent(text: str) -> None:
    once = hangul.clean(text)
    assert hangul.clean(once) == once


@given(
    st.text(
        st.one_of(
            st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
            st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        )
    )
)
def test_clean_is_the_same_for_all_unicode_forms(text: str) -> None:
    wide = "".join(chr(ord(ch) + 0xFEE0) if "!" <= ch <= "~" else ch for ch in text)
    assert hangul.clean(unicodedata.normalize("NFD", text)) == hangul.clean(text)
    assert hangul.clean(wide) == hangul.clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("창\u200b원\ufeff대", "창원대"),
        ("ＫＩＴ　전화", "KIT 전화"),
        ("a\u00a0\t\n b", "a b"),
        ("ㅊㅇㄷ", "ㅊㅇㄷ"),
        ("\ud800창원", "창원"),
    ],
)
def test_clean_examples(text: str, cleaned: str) -> None:
    assert hangul.clean(text) == cleaned


@given(SYLLABLES)
def test_typing_syllables_on_latin_keys_and_back(text: str) -> None:
    assert hangul.from_qwerty(hangul.to_qwerty(text)) == text


@given(SYLLABLES)
def test_composing_what_was_taken_apart_gives_it_back(text: str) -> None:
    spaced = " ".join(text)
    assert hangul.compose(" ".join(hangul.jamo(ch) for ch in text)) == spaced


@pytest.mark.parametrize(
    ("loose", "composed"),
    [
        ("ㅊㅏㅇㅇㅝㄴㄷㅐ", "창원대"),
        ("안녕하세ㅇㅛ", "안녕하세요"),
        ("뭔ㅈㅣ", "뭔지"),
        ("ㄷㅏㄹㄱㅇㅣ", "닭이"),
        ("ㄱㅏㅂㅅㅣ", "갑시"),
        ("ㅊㅇㄷ", "ㅊㅇㄷ"),
        ("하하ㅋㅋㅋ", "하하ㅋㅋㅋ"),
        ("네ㅠㅠ", "네ㅠㅠ"),
        ("ㅇㅋ", "ㅇㅋ"),
        ("ㄳㄳ", "ㄱㅅㄱㅅ"),
    ],
)
def test_compose_works_like_an_input_method(loose: str, composed: str) -> None:
    assert hangul.compose(loose) == composed


@pytest.mark.parametrize(
    ("keys", "text"),
    [("ckddnjseo", "창원대"), ("wlrma", "지금"), ("ehody", "돼요"), ("rkqt", "값"), ("Rkwl", "까지"), ("ekfr", "닭")],
)
def test_latin_keys(keys: str, text: str) -> None:
    assert hangul.from_qwerty(keys) == text
    assert hangul.to_qwerty(text) == keys


def test_hangul_typed_for_latin() -> None:
    assert hangul.to_qwerty("ㅏㅑㅡㄴ") == "kims"


@pytest.mark.parametrize(
    ("word", "typed"), [("ckddnjseo", True), ("hello", False), ("program", False), ("tlscjd", True)]
)
def test_what_looks_typed_as_hangul(word: str, typed: bool) -> None:
    assert hangul.looks_typed_as_hangul(word) is typed


def test_known_words_are_never_typed_as_hangul() -> None:
    assert not hangul.looks_typed_as_hangul("tlscjd", frozenset({"tlscjd"}))


@pytest.mark.parametrize(
    ("word", "pair", "result"),
    [
        ("창원대", "은/는", "창원대는"),
        ("한국재료연구원", "은/는", "한국재료연구원은"),
        ("1357", "은/는", "1357은"),
        ("서울", "으로/로", "서울로"),
        ("광주", "으로/로", "광주로"),
        ("대전", "으로/로", "대전으로"),
        ("KETI", "이/가", "KETI가"),
        ("IRIS", "은/는", "IRIS는"),
        ("KIMM", "을/를", "KIMM을"),
        ("TIPA(중소기업기술정보진흥원)", "이/가", "TIPA(중소기업기술정보진흥원)가"),
        ("‘값’", "과/와", "‘값’과"),
    ],
)
def test_particles(word: str, pair: str, result: str) -> None:
    assert hangul.with_particle(word, pair) == result


@pytest.mark.parametrize(
    ("token", "stem"),
    [
        ("창원대는", "창원대"),
        ("창원대에서는", "창원대"),
        ("전화번호요", "전화번호"),
        ("자격이랑", "자격"),
        ("나이", "나이"),
        ("은는", "은는"),
    ],
)
def test_cutting_particles(token: str, stem: str) -> None:
    assert hangul.strip_particle(token) == stem


@given(SYLLABLES)
def test_initials_and_jamo_have_the_right_length(text: str) -> None:
    assert len(hangul.initials(text)) == len(text) == hangul.syllables(text)
    assert 2 * len(text) <= len(hangul.jamo(text)) <= 3 * len(text)
    assert all("ㄱ" <= ch <= "ㅎ" for ch in hangul.initials(text))
