"""Propose: what a member of staff answered becomes the draft of an entry, which nobody is told before it was looked at."""

from collections.abc import Sequence
from datetime import datetime

from bot.knowledge.base import KST
from bot.workshop.edit_check import desk_of
from bot.workshop.edit_folder import Drafts
from bot.workshop.new import Form, Wanted


class _Usual:
    """Answers what a form asks with what it suggests itself, and who is responsible with who asks."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def ask(self, question: str, default: str = "") -> str:  # noqa: ARG002
        """Return the default, or where there is none who is responsible."""
        return default or self.owner

    def say(self, text: str) -> None:
        """There is nobody to tell."""


def propose(drafts: Drafts, wordings: Sequence[str], answer: str, owner: str, now: datetime) -> str:
    """Add a draft entry with what was asked and what was answered; return its id.

    Raises:
        KnowledgeError: the folder is at fault as it is.
    """
    wanted = Wanted(questions=list(wordings), answer=answer, draft=True)
    form = Form(drafts, desk_of(drafts, None), _Usual(owner), now.astimezone(KST).date())
    made = form.complete(wanted)
    draft = drafts.of(made.file)
    draft.append_entry(made.fields)
    return wanted.id
