"""Personal data: seeded in many forms, none is left; what is no secret stays."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.numbers import hidden, may_hold
from bot.privacy.redact import Redactor, pseudonym, unlabelled

SEPARATORS = ["-", " ", "", ".", " - ", "–", "·", "/", " . ", "‑", "­-", "\u200b"]
FRAMES = [
    "제 번호는 {}입니다",
    "{}",
    "연락처{}로 주세요",
    "(담당:{}) 창원대 전화번호 알려주세요",
    "2022-06-07에 신청한 {} 건인데요",
    "{}\n{}",
    "안녕하세요.{}.신청 되나요",
    "'{}'",
]
SPOKEN = "공일이삼사오육칠팔구"


def _digits(rng: random.Random, *counts: int) -> list[str]:
    return ["".join(rng.choice("0123456789") for _ in range(n)) for n in counts]


def _born(rng: random.Random) -> str:
    return f"{rng.randrange(40, 100):02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"


def _mobile(rng: random.Random) -> list[str]:
    return ["010", *_digits(rng, 4, 4)]


_PARTS: dict[str, Callable[[random.Random], list[str]]] = {
    "rrn": lambda rng: [_born(rng), str(rng.randrange(1, 9)) + _digits(rng, 6)[0]],
    "business": lambda rng: _digits(rng, 3, 2, 5),
    "mobile": _mobile,
    "full": _mobile,
    "spoken": _mobile,
    "landline": lambda rng: [rng.choice(["02", "031", "055", "064"]), *_digits(rng, rng.choice([3, 4]), 4)],
    "intl": lambda rng: ["+82", "10", *_digits(rng, 4, 4)],
    "account": lambda rng: _digits(rng, 3, rng.choice([2, 3, 6]), rng.choice([6, 7])),
    "card": lambda rng: [rng.choice("3459") + _digits(rng, 3)[0], *_digits(rng, 4, 4, 4)],
}


def seeds(count: int = 1200, seed: int = 7) -> list[tuple[str, str, str]]:
    """Return (kind, secret as digits or text, the secret as it is written)."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        sep = rng.choice(SEPARATORS)
        kind = rng.choice(
            ["rrn", "business", "mobile", "landline", "email", "account", "card", "intl", "full", "spoken"]
        )
        if kind == "email":
            name = "".join(rng.choice("abcdefghij._-0123456789") for _ in range(8)).strip("._-") or "abc"
            secret = f"x{name}@{rng.choice(['gmail.com', 'company.co.kr', '한글.kr', 'a-b.net'])}"
            out.append((kind, secret, secret.replace("@", rng.choice(["@", "＠", " @ ", "(at)"]))))
            continue
        parts = _PARTS[kind](rng)
        written = sep.join(parts)
        if kind == "full":
            written = written.translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})
        if kind == "spoken":
            written = " ".join("".join(SPOKEN[int(d)] for d in p) for p in parts)
        out.append((kind, "".join(parts).replace("+", ""), written))
    return out


def leaks(kind: str, secret: str, written: str, text: str) -> bool:
    """Tell whether a secret can still be read in a text."""
    if kind == "email":
        return secret.split("@")[0] in text
    if kind == "spoken":
        return written in text or written.replace(" ", "") in re.sub(r"\s", "", text)
    digits = re.sub(r"\D", "", text.replace("2022-06-07", ""))
    return secret[-7:] in digits or written in text


@pytest.mark.parametrize("frame", FRAMES)
def test_no_seeded_secret_is_left(frame: str) -> None:
    redact = Redactor(["1357", "1877-2041", "055-213-2114"])
    left = [
        (w, redact(frame.replace("{}", w))) for k, s, w in seeds() if leaks(k, s, w, redact(frame.replace("{}", w)))
    ]
    assert left == []


@pytest.mark.parametrize(
    "text",
    [
        "1357로 전화하면 되나요",
        "1877-2041 맞나요",
        "2022-06-07 18:00까지인가요",
        "2022년 4월 25일부터 6월 7일까지",
        "2022.04.25~2022.06.07 접수",
        "2021 2022 2023 매출",
        "2022-2024년 과제",
        "1억 2,000만 원 중 25%",
        "매출 100,000,000원",
        "시행계획 공고 제2022-250호",
        "9개 기관 180개사",
        "이 사업 일정이 어떻게 되나요",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(["1357", "1877-2041"])(text) == text


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    redact = Redactor()
    assert redact(redact(text)) == redact(text)


def test_pseudonyms_are_keyed_and_tell_channels_apart() -> None:
    first = pseudonym(b"k" * 32, "telegram", "77")
    assert first == pseudonym(b"k" * 32, "telegram", "77")
    assert len({first, pseudonym(b"l" * 32, "telegram", "77"), pseudonym(b"k" * 32, "kakao", "77")}) == 3
    assert "77" not in first or len(first) == 32


def test_labels_are_not_read_as_words_of_the_user() -> None:
    redact = Redactor()
    assert unlabelled(redact("화성에 가는 법 010-1234-5678 a@b.kr")).split() == ["화성에", "가는", "법"]
    assert unlabelled("창원대 [참고] 전화번호") == "창원대 [참고] 전화번호"


NEARLY = st.text(alphabet="0123456789٣공영일이삼구오다시에 -./()[]*xXaM호제년월\n가나", max_size=40)


@given(NEARLY)
def test_what_is_not_searched_for_numbers_holds_none(text: str) -> None:
    if not may_hold(text):
        assert hidden(text, frozenset()) == text


@pytest.mark.parametrize(
    "secret",
    ["900101-*******", "M123A4567", "M12345678", "213-2114", "공일공일이삼사오육칠팔", "a골뱅이b.kr", "A(AT)b.kr"],
)
def test_the_shortest_of_each_kind_goes(secret: str) -> None:
    assert secret not in Redactor()(f"제 것은 {secret} 입니다")


def test_letters_that_stand_alone_are_kept_as_they_were_typed() -> None:
    redact = Redactor(())
    for text in ("ㅋㅋ", "ㅠㅠ 됐어요", "ㄱㅅㄹ 얼마", "ㄱㅏ", "ㅋㅋ 010-1234-5678"):
        assert redact(text) == text.replace("010-1234-5678", "[전화번호]")
        assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("아이디는 hong@kakao 예요", "아이디는 [이메일] 예요"),
        ("hong.gildong@naver로 보내 주세요", "[이메일]로 보내 주세요"),
        ("계좌 110-2022-01-23-456789", "계좌 [번호]"),
        ("접수는 2022-01-23 까지", "접수는 2022-01-23 까지"),
    ],
)
def test_addresses_without_an_ending_go_and_numbers_that_run_on_from_a_date(text: str, kept: str) -> None:
    assert Redactor()(text) == kept
