"""An answer as it is copied: as plain text, for KakaoTalk, for an e-mail. Always with its source or a link to it. Pure."""

import re
from dataclasses import dataclass

KAKAO = 400
"""Characters of a message for KakaoTalk that are read without opening it (2026-11-30: four of five answers fit)."""
_SENTENCE = re.compile(r"(?<!\d)[.?!。](?=\s|$)|\n")
GREETING = "안녕하세요. 문의하신 내용을 안내해 드립니다."
GREETING_ENGLISH = "Hello. Here is what you asked about."


@dataclass(frozen=True, slots=True)
class Source:
    """What is copied: all plain text, each part possibly empty but the body. `contact`: whom to call, where it names one."""

    question: str
    body: str
    signature: str
    warning: str
    link: str
    contact: str = ""
    language: str = "ko"


@dataclass(frozen=True, slots=True)
class Copies:
    """The same answer in three forms. Of a mail the subject stands apart; who sends it signs below."""

    plain: str
    kakao: str
    subject: str
    mail: str


def copies(source: Source) -> Copies:
    """Return the copies of an answer."""
    english = source.language == "en"
    plain = _joined(source.warning, source.body, source.signature, source.link)
    subject = f"[{'Re' if english else '안내'}] {source.question}"
    asked = f"{'Your question' if english else '문의'}: {source.question}"
    greeting = GREETING_ENGLISH if english else GREETING
    mail = _joined(greeting, source.warning, asked, source.body, source.signature, source.link)
    return Copies(plain, _kakao(source), subject, mail)


def _kakao(source: Source) -> str:
    """Return the short form: the answer as far as it is read at a glance, whom to call, and one link to all of it."""
    more = ("More: " if source.language == "en" else "자세히: ") + source.link
    room = KAKAO - len(_joined(source.warning, "", source.contact, more)) - 4
    body = source.body if len(source.body) <= room else _shortened(source.body, room)
    contact = "" if source.contact in body else source.contact
    return _joined(source.warning, body, contact, more)


def _shortened(text: str, room: int) -> str:
    """Return the sentences of a text that fit; of a first one that does not, what fits."""
    ends = [m.end() for m in _SENTENCE.finditer(text) if m.end() <= room]
    return text[: ends[-1]].rstrip() if ends else text[: room - 1].rstrip() + "…"


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))
