"""What learning would change, and its effect on other entries, in the editors' words."""

from dataclasses import dataclass

from bot.workshop.edit_check import Broken
from bot.workshop.edit_folder import Drafts


@dataclass(frozen=True, slots=True)
class Learned:
    """A change that is checked and tested, but not written."""

    drafts: Drafts
    id: str
    questions: tuple[str, ...]
    """Added to the entry's own questions."""
    tests: tuple[str, ...]
    """Wordings that are not learned: they must be answered all the same."""
    offered: tuple[str, ...] = ()
    """The same, where the entry is only offered for them."""
    mended: tuple[str, ...] = ()
    """Known failures that pass now and are off the list."""
    passed: int = 0
    voices: tuple[str, ...] = ()
    """Kept as people said it, among the voices of users."""
    slips: tuple[str, ...] = ()
    """Left out: other wordings with one wrong key."""
    doubts: tuple[Broken, ...] = ()
    """Tests of others that are asked back or not found now."""
    harm: tuple[Broken, ...] = ()
    """Tests of others that are answered wrongly now; none unless the editor insisted."""
    unanswered: tuple[str, ...] = ()
    """What the entry still does not answer; nothing unless the editor insisted."""

    @property
    def said(self) -> tuple[str, ...]:
        """Return what was learned and what became of the rest, a line each."""
        kinds = (
            (f"[{self.id}] 사람들의 말", self.voices),
            (f"[{self.id}] 질문", self.questions),
            ("시험(배우지 않아도 답해야 하는 말)", self.tests),
            ("시험(배우지 않아도 권해야 하는 말)", self.offered),
            ("오타라서 배우지 않은 말", self.slips),
            ("아직도 답하지 못하는 말", self.unanswered),
        )
        lines = [f"{name} {len(those)}개: {' · '.join(those)}" for name, those in kinds if those]
        for name, broken in (("틀리게 답하게 되는", self.harm), ("덜 확실해진", self.doubts)):
            lines += [f"다른 항목의 시험 가운데 {name} 것 {len(broken)}건", *map(str, broken)] if broken else []
        return tuple(lines)

    @property
    def handled(self) -> frozenset[str]:
        """Return the wordings that are done."""
        return frozenset({*self.voices, *self.questions, *self.tests, *self.offered, *self.slips}) - {
            *self.unanswered
        }
