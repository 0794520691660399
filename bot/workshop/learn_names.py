"""Find the name in what somebody said about one of a template's members."""

from bot.desk.desk import HelpDesk
from bot.hangul import clean
from bot.knowledge.fill import PARTICLES
from bot.matching.squeeze import squeeze
from bot.words import Mention, RefusedError


class LearnError(RefusedError):
    """The change would do harm or would not help; the message says why. Nothing is written."""


def named(desk: HelpDesk, group: str, wording: str) -> Mention | None:
    """Return the one name of a group in a wording; `None` if there is none or more than one."""
    u = desk.matcher.reader.read(wording)
    found = [m for m in u.mentions if m.group == group and not m.negated]
    return found[0] if len({m.term for m in found}) == 1 else None


def slotted(desk: HelpDesk, group: str, wording: str) -> str:
    """Return a wording as a template's question: the name becomes `{short}`, particle and all.

    Raises:
        LearnError: the position of the name is unclear.
    """
    mention = named(desk, group, wording)
    if mention is None:
        return wording
    text, normal = clean(wording), desk.matcher.reader.read(wording).normal
    if len(text) != len(normal):
        raise LearnError(f"「{wording}」에서 이름 자리를 찾지 못했습니다. 이 말은 직접 더해 주세요.")
    origin = squeeze(normal).origin
    start, end = origin[mention.start], origin[mention.end - 1] + 1
    rest = text[end:]
    for pair in sorted(PARTICLES):
        for particle in sorted(pair.split("/"), key=len, reverse=True):
            follows = rest[len(particle) : len(particle) + 1]
            if rest.startswith(particle) and (not follows or not follows.isalnum()):
                return f"{text[:start]}{{short:{pair}}}{rest[len(particle) :]}"
    return f"{text[:start]}{{short}}{rest}"
