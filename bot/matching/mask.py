"""Mask: from a squeezed text and the names found in it to the text that is compared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.hangul import PARTICLES, compact
from bot.matching.find import covering
from bot.matching.grams import masked_of
from bot.matching.lexicon import Lexicon
from bot.matching.squeeze import Squeezed
from bot.words import Mention

LEAST = 2
"""Letters that must remain of a text when something is taken out of it, or that make a part of it a question of its own:
one syllable says nothing (2026-11-24)."""
_INSTEAD = "reference.instead"
LINKS = frozenset((*PARTICLES, "좀")) - {"에서"}
"""What follows a name in its word and says nothing of it."""
_TOPIC = re.compile(r"[은는,]$")
Blanks = dict[int, tuple[int, str]]
"""By the start of a stretch its end and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Masks:
    """Replaces names by the symbol of their group, drops fillers and appends concepts. Pure."""

    slots: frozenset[str]
    """Groups whose names are replaced."""
    dropped: frozenset[str]
    """Terms that are left out altogether: an entry that names none holds for them too."""
    symbol: Mapping[str, str]
    """Of each group and each term."""
    fillers: Lexicon

    def masked(self, sq: Squeezed, mentions: Iterable[Mention], cut: Iterable[tuple[int, int]]) -> str:
        """Return the text that is compared, without the stretches that are `cut`, and after it the concepts found."""
        mentions, cut = list(mentions), list(cut)
        blanks: Blanks = {}
        for m in mentions:
            if m.group in self.slots:
                symbol = "" if m.term in self.dropped else self.symbol[m.group]
                blanks.setdefault(m.start, (_end(sq, m.end) if symbol else m.end, symbol))
            elif m.how in ("typo", "initials"):
                blanks.setdefault(m.start, (m.end, compact(m.alias)))
        for start, end in cut:
            blanks[start] = (end, "")
        body = _blanked(sq.text, blanks)
        fillers = {h.start: (h.end, "") for h in covering(self.fillers, sq, mentions)}
        if fillers:
            light = _blanked(sq.text, {**fillers, **blanks})
            body = light if len(light) >= LEAST else body
        return masked_of(body, self._concepts(mentions, cut))

    def _concepts(self, mentions: list[Mention], cut: list[tuple[int, int]]) -> list[str]:
        """Return the symbols of the terms that are said but not masked, each once, in order."""
        live = (m for m in mentions if not m.negated and not any(s <= m.start < e for s, e in cut))
        return sorted({self.symbol[m.term] for m in live if m.group not in self.slots and m.term in self.symbol})


def _end(sq: Squeezed, end: int) -> int:
    """Return where a name ends with the particle behind it: {short:은/는} has no letters for one either."""
    word = sq.word_of(end - 1)[1]
    return word if sq.text[end:word] in LINKS else end


def denied(
    sq: Squeezed, mentions: list[Mention], slots: frozenset[str]
) -> tuple[list[Mention], list[tuple[int, int]]]:
    """Mark what stands before «말고», «아니라» as denied, and say which stretches of text that takes away."""
    cut: list[tuple[int, int]] = []
    for mark in [m for m in mentions if m.term == _INSTEAD]:
        if len(sq.text) - mark.end < LEAST:
            continue
        before = [w for w in sq.words if w[0] < mark.start]
        start = mark.start
        for word in reversed(before[-3:]):
            text = sq.text[word[0] : min(word[1], mark.start)]
            inside = [m.group for m in mentions if word[0] <= m.start < word[1]]
            named = any(group in slots for group in inside)
            if start != mark.start and (named or (inside and _TOPIC.search(text))):
                break
            start = word[0]
        cut.append((start, mark.end))
    if not cut:
        return mentions, []
    return [
        replace(m, negated=True) if m.term != _INSTEAD and any(s <= m.start and m.end <= e for s, e in cut) else m
        for m in mentions
    ], cut


def _blanked(text: str, blanks: Blanks) -> str:
    """Return the text with stretches replaced; of overlapping stretches the first wins."""
    out: list[str] = []
    last = 0
    for start in sorted(blanks):
        end, symbol = blanks[start]
        if start >= last and end > start:
            out += [text[last:start], symbol]
            last = end
    return "".join(out) + text[last:]
