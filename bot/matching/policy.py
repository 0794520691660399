"""The policy: from which probability on the desk answers, asks back, says which question it answers.

What a person may choose stands in PROMISES, each with its reason; the cutoffs that keep them are fitted by
`helpdesk knowledge train` on authors that were left out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Promises:
    """What the desk promises. Shares of all questions, in 0–1."""

    wrong: float = 0.026
    """Questions that may get another entry's answer (2026-11-30: 5 % is the most that is wanted; with fewer, more of the others find
    what they meant among the choices)."""
    outside: float = 0.033
    """What nothing answers, not even a boundary, and may be answered (2026-11-30: 4 % is the most that is wanted)."""
    strangers: float = 0.15
    """Messages that nothing answers: as many as that are expected of people who type at a public desk (2026-11-30: a guess)."""
    brushed: float = 0.005
    """Questions that an entry answers and that may get small talk instead, and as many «this is not covered» (2026-11-30)."""
    leaning: float = 0.065
    """Messages within a conversation that may get another entry's answer (2026-11-30: 7 % is wanted)."""
    brushed_on: float = 0.02
    """Messages within a conversation that may get small talk or «this is not covered» instead of an answer (2026-11-30)."""
    distress: float = 0.0003
    """Questions about the subject that may be taken for a person's distress: a kind word too many harms less than one too few."""
    chatted: float = 0.04
    """What nothing answers and may get small talk instead of «I do not know»: it is missing in the gaps then (2026-11-30)."""
    held: float = 0.9
    """Of the questions that are asked back, how many find what they meant among the choices."""
    settled: float = 0.005
    """Of what is decided without the encoder, how much may be wrong: it costs 15 ms, and is spared where it cannot matter."""


PROMISES = Promises()
GENERAL_PROMISES = Promises(wrong=0.05, outside=0.1, brushed=0.03)
"""For a base of which nothing was learned (2026-11-30): half of what nothing answers there is near its subject, which is more than
strangers ask."""
MOST_CHOICES = 3
"""Choices that are offered: more are not read on a phone (2026-11-29)."""
MOST_ANSWERS = MOST_CHOICES
"""Answers in one message, and questions that are looked for in one: for the same reason."""
MOST_NAMES = 4
"""Names, or entries of one kind, that are asked about, or that a description is taken to stand for: a list of more is not a
question any more (2026-11-24)."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Probabilities in 0–1 from which on the desk does what."""

    answer: float = 0.7
    """Answer."""
    other: float = 0.5
    """Say that something is not covered."""
    ask: float = 0.25
    """Ask back: of the best candidate."""
    plain: float = 0.9
    """Answer without saying first which question that answers."""
    settled: float = 0.97
    """Decide without asking the encoder."""
    talk: float = 0.5
    """Talk, or hand over: of the two likeliest together, for «yes» and «thanks» share what is said."""
    crisis: float = 0.3
    """Meet somebody in distress with care, whatever else is likelier."""

    def as_dict(self) -> dict[str, float]:
        """Return the numbers by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, float]) -> "Cutoffs":
        """Return what `as_dict` gave.

        Raises:
            TypeError: a name that does not belong there.
        """
        return cls(**{name: float(value) for name, value in data.items()})
