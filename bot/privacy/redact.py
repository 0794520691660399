"""Take personal data out of a text before it is kept. Pure, and linear in the text's length.

Redacted: resident registration and foreigner numbers, business and corporation numbers, phones, e-mail addresses, bank
accounts, cards, passports, driving licences (`numbers`, `mail`); names that are introduced, homes, number
plates (`people`). Written with any separators, in full-width or Hangul digits. When in doubt a number goes:
nothing that is kept needs one, but for what is plainly something else (`spared`).
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.privacy import mail, numbers, people

MOST = 4_096
"""Characters of a text that are kept, in NFKC, which may turn one character into eighteen.
Source: the longest message of a messenger, Telegram's Bot API, sendMessage."""
_LABEL = re.compile(
    r"\[(?:이메일|여권번호|주민등록번호|전화번호|사업자등록번호|카드번호|계좌번호|운전면허번호|차량번호|이름|주소|번호)\]"
)
_UNSEEN = ("Cf", "Cs", "Co")
_FILLERS = frozenset("\x00\u20e3\ufe0e\ufe0f\u115f\u1160\u3164\uffa0")
"""Invisible characters that are no format characters: keycaps, variation selectors, Hangul fillers."""
_TOGETHER = re.compile("[^ㄱ-ㅎㅏ-ㅠㅢㅣ]+")
"""All but letters of Hangul that stand alone; «ㅡ» is written for a dash."""
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_ODD = re.compile(f"[{''.join(_FILLERS)}]|[^\\D0-9]")


class Redactor:
    """Replaces personal data by a label such as `[전화번호]`.

    `public` are numbers that are in the knowledge base (digits only): they are nobody's secret and stay.
    """

    def __init__(self, public: Iterable[str] = ()) -> None:
        self.public = frozenset(re.sub(r"\D", "", number) for number in public)

    def __call__(self, text: str) -> str:
        """Return the first `MOST` characters in NFKC, without invisible ones and without personal data. Idempotent."""
        return self.whole(seen(text[:MOST])[:MOST])

    def whole(self, text: str) -> str:
        """Return all of a text, which is `seen` already, without personal data."""
        text = _labelled(text, mail.spans(text), "이메일")
        if numbers.may_hold(text):
            text = numbers.hidden(text, self.public)
        text = _labelled(text, people.plates(text), "차량번호")
        text = _labelled(text, people.homes(text), "주소")
        return _labelled(text, people.names(text), "이름")


def seen(text: str) -> str:
    """Return a text as it is seen: in NFKC, without invisible characters, its digits 0 to 9.

    Letters of Hangul that stand alone stay as they are, «ㅋㅋ»: NFKC makes halves of syllables of them.
    """
    if text.isascii():
        return text.replace("\x00", "")
    text = _TOGETHER.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    if text.isprintable() and _ODD.search(text) is None:
        return text
    text = "".join(ch for ch in text if ch not in _FILLERS and unicodedata.category(ch) not in _UNSEEN)
    return _OTHER_DIGIT.sub(lambda m: str(unicodedata.decimal(m[0])), text)


def _labelled(text: str, spans: Iterator[tuple[int, int]], label: str) -> str:
    """Return a text with a label in place of spans, which are in order."""
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        parts += [text[end:start], f"[{label}]"]
        end = stop
    return "".join([*parts, text[end:]]) if parts else text


def unlabelled(text: str) -> str:
    """Return a redacted text without the labels: they say what was there, not what the user asked."""
    return _LABEL.sub(" ", text) if "[" in text else text


def pseudonym(secret: bytes, channel: str, id: str) -> str:
    """Return the name under which a user is kept: a keyed hash (HMAC-SHA-256, 128 bits in hexadecimal)."""
    return hmac.digest(secret, f"{channel}:{id}".encode(), "sha256").hex()[:32]
