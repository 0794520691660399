"""An answer as it is copied: as plain text, for KakaoTalk, for an e-mail. Always with its source or a link to it. Pure."""

import re
from dataclasses import dataclass

from bot.knowledge import locale
from bot.languages import KOREAN

KAKAO = 400
"""Characters of a message for KakaoTalk that are read without opening it (2026-11-30: four of five answers fit)."""
_SENTENCE = re.compile(r"(?<!\d)[.?!。](?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class Source:
    """What is copied: all plain text, each part possibly empty but the body. `contact`: whom to call, where it names one."""

    question: str
    body: str
    signature: str
    warning: str
    link: str
    contact: str = ""
    language: str = KOREAN


@dataclass(frozen=True, slots=True)
class Copies:
    """The same answer in three forms. Of a mail the subject stands apart; who sends it signs below."""

    plain: str
    kakao: str
    subject: str
    mail: str


def copies(source: Source) -> Copies:
    """Return the copies of an answer."""
    says = locale.of(source.language).replies
    plain = _joined(source.warning, source.body, source.signature, source.link)
    subject, asked = (says[name].format(question=source.question) for name in ("mail_subject", "mail_asked"))
    mail = _joined(says["mail_greeting"], source.warning, asked, source.body, source.signature, source.link)
    return Copies(plain, _kakao(source), subject, mail)


def _kakao(source: Source) -> str:
    """Return the short form: the answer as far as it is read at a glance, whom to call, and one link to all of it."""
    more = locale.of(source.language).replies["mail_more"].format(link=source.link)
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
