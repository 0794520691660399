"""An answer as it is copied: as plain text, for KakaoTalk, for an e-mail. Always with source and date. Pure."""

import re
from dataclasses import dataclass

KAKAO = 1000
"""Characters of a message for KakaoTalk. Source: the published guide, `simpleText.text`."""
_SENTENCE = re.compile(r"(?<!\d)[.?!。](?=\s|$)|\n")
_SHORTENED = "…(이어지는 내용은 아래 주소에 있습니다)"


@dataclass(frozen=True, slots=True)
class Source:
    """What is copied: all plain text, each part possibly empty but the body."""

    question: str
    body: str
    signature: str
    warning: str
    link: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The same answer in three forms. `mail` is subject and body."""

    plain: str
    kakao: str
    subject: str
    mail: str


def copies(source: Source) -> Copies:
    """Return the copies of an answer."""
    plain = _joined(source.warning, source.body, source.signature, source.link)
    subject = f"[안내] {source.question}"
    asked = f"문의: {source.question}"
    mail = _joined(source.warning, asked, source.body, source.signature, source.link)
    return Copies(plain, _kakao(source), subject, mail)


def _kakao(source: Source) -> str:
    rest = _joined(source.signature, source.link)
    room = KAKAO - len(_joined(source.warning, "", rest)) - 4
    body = source.body if len(source.body) <= room else _shortened(source.body, room)
    return _joined(source.warning, body, rest)


def _shortened(text: str, room: int) -> str:
    """Return the text up to the last sentence that leaves room for saying that it goes on."""
    room -= len(_SHORTENED) + 1
    ends = [m.end() for m in _SENTENCE.finditer(text) if m.end() <= room]
    return text[: ends[-1] if ends else room].rstrip() + "\n" + _SHORTENED


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))
