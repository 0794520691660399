"""Fill placeholders: `{figure.per-firm-max}`, `{channel.call-1357.phone}`, `{name:은/는}`.

After the colon comes a pair of particles; the one that fits the word before it is written.
"""

import re
from collections.abc import Iterable, Mapping

from bot.hangul import with_particle

PLACEHOLDER = re.compile(r"\{([^{}:\s]+)(?::([^{}\s]+))?\}")
LATE = frozenset({"days_left", "checked"})
"""Placeholders that are filled in when the answer is given."""

PARTICLES = frozenset({"은/는", "이/가", "을/를", "과/와", "으로/로", "이나/나", "이라/라", "아/야"})


def names(text: str) -> list[str]:
    """Return the placeholders in a text, in order."""
    return [m[1] for m in PLACEHOLDER.finditer(text)]


def wrong_particles(text: str) -> list[str]:
    """Return the particle pairs in a text that are not known."""
    return [m[2] for m in PLACEHOLDER.finditer(text) if m[2] and m[2] not in PARTICLES]


def unknown(text: str, values: Mapping[str, str], late: Iterable[str] = LATE) -> list[str]:
    """Return the placeholders in a text for which there is no value."""
    return [name for name in names(text) if name not in values and name not in late]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the placeholders filled in; those without a value stay."""

    def put(m: re.Match[str]) -> str:
        value = values.get(m[1])
        if value is None:
            return m[0]
        return with_particle(value, m[2]) if m[2] in PARTICLES else value

    return PLACEHOLDER.sub(put, text)
