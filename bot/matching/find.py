"""Find the names of a lexicon in a squeezed text: the longest, from left to right, where one may stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot import hangul
from bot.matching.lexicon import Alias, Lexicon
from bot.matching.squeeze import Squeezed
from bot.words import How, Mention


@dataclass(frozen=True, slots=True)
class Hit:
    """A stretch of a squeezed text that is a name, and what it may be the name of."""

    start: int
    end: int
    aliases: tuple[Alias, ...]
    how: How = "exact"


def covering(lexicon: Lexicon, sq: Squeezed, taken: list[Mention]) -> list[Hit]:
    """Return the longest names from left to right, not across what is taken."""
    if lexicon.lengths.keys().isdisjoint(sq.heads):
        return []
    text, starts = sq.text, sq.starts()
    stops = _stops(len(text), taken) if taken else [len(text)] * len(text)
    hits: list[Hit] = []
    free = 0
    for i in lexicon.places(text):
        if i < free or stops[i] == i:
            continue
        end, found = lexicon.at(text, i, stops[i], starts)
        if found and _may_begin(sq, i, end, starts, lexicon.plain, lexicon.groups[found[0].group].needed, hits):
            hits.append(Hit(i, end, tuple(found)))
            free = end
    return hits


def _stops(length: int, taken: list[Mention]) -> list[int]:
    """Return for each position how far a name that begins there may go: itself where it is taken."""
    first = {m.start for m in taken}
    inside = {i for m in taken for i in range(m.start, m.end)}
    stops: list[int] = []
    stop = length
    for i in reversed(range(length)):
        stops.append(i if i in inside else stop)
        if i in first:
            stop = i
    return stops[::-1]


def _may_begin(
    sq: Squeezed, start: int, end: int, starts: frozenset[int], plain: bool, whole: bool, hits: list[Hit]
) -> bool:
    """Tell whether a name may stand here: short ones only at the beginning of a word.

    `whole`: a short one must be all of a short word but its particle (팁스가, but not 팁스터).
    """
    length = end - start
    if length == 1:
        word = sq.word_of(start)
        return (
            sq.spaced
            and start in starts
            and (word[1] == end or hangul.strip_particle(sq.text[word[0] : word[1]]) == sq.text[start:end])
        )
    if length >= 3 or plain or not sq.spaced:
        return True
    if whole and start in starts and not _ends_well(sq, start, end):
        return False
    return (
        start in starts or (bool(hits) and hits[-1].end == start) or sq.word_of(start)[1] - sq.word_of(start)[0] > 8
    )


def _ends_well(sq: Squeezed, start: int, end: int) -> bool:
    word = sq.text[start : sq.word_of(start)[1]]
    return (
        len(word) - (end - start) > 2 or len(hangul.strip_particle(word)) == end - start or len(word) == end - start
    )


def mentions_of(sq: Squeezed, hits: Iterable[Hit]) -> list[Mention]:
    return [
        Mention(a.term, a.group, h.start, h.end, sq.text[h.start : h.end], h.how, alias=a.text)
        for h in hits
        for a in h.aliases
    ]


def uncovered(sq: Squeezed, hits: list[Hit]) -> list[tuple[int, int]]:
    """Return the words that names cover by less than half."""
    covered = {i for h in hits for i in range(h.start, h.end)}
    return [(s, e) for s, e in sq.words if 2 * sum(i in covered for i in range(s, e)) < e - s]
