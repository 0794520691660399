"""Read: text → utterance. Normal form, keyboard layout, terms, and the masked form that is compared.

The same reading is applied to the knowledge base's own wordings, so both sides meet in one form.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import add

from bot import hangul
from bot.matching.find import Hit, covering, mentions_of, uncovered
from bot.matching.layout import LATIN, Layouts
from bot.matching.lexicon import PLAIN_GROUPS, Lexicon
from bot.matching.mask import LEAST, Masks, denied
from bot.matching.near import Binding, NearNames
from bot.matching.spelling import Repair, Spelling, is_slip
from bot.matching.squeeze import Squeezed, squeeze, vocabulary, words_in
from bot.words import Group, How, Mention, Term, Utterance, unlisted

_FIRST_SYMBOL = 0xE000
"""Of the characters that Unicode leaves to private use: no text has one of its own."""
_MAX_NEAR = 12
"""Words of one text whose typos are looked into: bounds the time for long stories."""
_LOOSE = re.compile(r"[ㄱ-ㅣ]")
_LAUGHTER = re.compile(r"ㅋ{2,}|ㅎ{2,}|ㅠ{2,}|ㅜ{2,}|(?<=[가-힣])[ㅋㅎㅠㅜ]+(?![ㄱ-ㅣ])")
_DRONE = 8
"""Letters from which on a text of no more than two different ones says nothing (2026-11-26)."""
_MOST_READINGS = 3
"""Readings of a text with words that can be corrected in several ways."""


@dataclass(frozen=True, slots=True)
class _Fix:
    """A misspelt word: `normal[start:end]`, and what it was meant to be."""

    start: int
    end: int
    word: str
    repair: Repair


class Reader:
    """Reads texts against one set of terms. Immutable once built."""

    def __init__(self, terms: Mapping[str, Term], groups: Mapping[str, Group], slots: Iterable[str]) -> None:
        """`slots` are the groups whose names are masked by the symbol of their group."""
        self.slots = frozenset(slots)
        self.terms = terms
        self.groups = Binding.of(groups, self.slots)
        self._kinds = {name: group.name for name, group in groups.items()}
        names = [g for g in groups if g not in PLAIN_GROUPS and not groups[g].filler]
        self.names = Lexicon(terms, groups, names)
        self.words = Lexicon(terms, groups, ["word"])
        self.fillers = Lexicon(terms, groups, [g for g in groups if groups[g].filler])
        self.references = Lexicon(terms, groups, ["reference"])
        symbols = [*sorted(groups), *sorted(terms)]
        self.symbol = {name: chr(_FIRST_SYMBOL + i % 6400) for i, name in enumerate(symbols)}
        self.dropped = frozenset(t for g in groups.values() if g.silent for t in g.silent if g.id in self.slots)
        self.masks = Masks(self.slots, self.dropped, self.symbol, self.fillers)
        self.layouts = Layouts()
        self.near = NearNames(self.names, self.groups, Spelling())
        self.stems: frozenset[str] = frozenset()
        """Words of the knowledge base's wordings, without their particles: these are not misspelt."""

    def learn(self, wordings: Iterable[str]) -> frozenset[str]:
        """Take the letters of the knowledge base's wordings as known: what is known is not a typo.

        Return the words of the wordings, as written.
        """
        texts = list(wordings)
        words = vocabulary("\n".join(map(hangul.clean, texts)).lower())
        keys = [key for lexicon in (self.names, self.words, self.fillers) for key in lexicon.by_key]
        latin = {m.lower() for m in LATIN.findall("\n".join((*texts, *keys)))}
        pairs = {pair for w in (*words, *keys) for pair in map(add, w, w[1:])}
        self.layouts = Layouts(frozenset(pairs), frozenset(latin))
        self.stems = frozenset(map(hangul.strip_particle, words))
        return words

    def read(self, text: str, *, curated: bool = False) -> Utterance:
        """Return the text as understood. Never raises, whatever the text.

        `curated`: an editor wrote it, so it has neither typos nor the wrong keyboard layout.
        """
        clean = hangul.clean(text)
        if _LOOSE.search(clean):
            clean = hangul.compose(_sober(clean))
        normal, rewritten = (clean, "") if curated else self.layouts.rewrite(clean, self.names.by_key)
        normal = normal.lower()
        sq = squeeze(normal)
        if not curated and _drones(sq.text):
            return Utterance(original=text, normal=normal, masked="")
        typed = self._understood(text, normal, rewritten, sq, curated=curated)
        if curated:
            return typed
        fixes = self._fixes(typed, sq)
        if not fixes:
            unread = self._unread(typed, sq)
            return replace(typed, unread=unread) if unread else typed
        first, *more = (_respelt(normal, fixes, place) for place in range(_MOST_READINGS))
        respelt = squeeze(first)
        read = self._understood(text, first, rewritten, respelt)
        others = [self._understood(text, n, rewritten, squeeze(n)).masked for n in dict.fromkeys(more) if n != first]
        unsure = sum(f.end - f.start for f in fixes if not f.repair.certain)
        return replace(
            read,
            unread=self._unread(read, respelt),
            repaired=unsure / max(len(sq.text), 1),
            corrected=tuple(f"{f.word} → {f.repair.words[0]}" for f in fixes),
            others=tuple(o for o in dict.fromkeys(others) if o != read.masked),
            typed=typed.masked if unsure else "",
        )

    def _understood(
        self, text: str, normal: str, rewritten: str, sq: Squeezed, *, curated: bool = False
    ) -> Utterance:
        """Return a normal form, squeezed, as understood."""
        hits, doubtful = (covering(self.names, sq, []), []) if curated else self._names(sq)
        words = covering(self.words, sq, [])
        references = covering(self.references, sq, [])
        if not curated:
            hits = [h for h in hits if not self.near.is_piece(sq, h)]
        unlisted = self._patterns(normal, sq, hits)
        hits = [h for h in hits if not any(m.start <= h.start and h.end <= m.end for m in unlisted)]
        mentions = [*mentions_of(sq, hits), *mentions_of(sq, words), *mentions_of(sq, references), *unlisted]
        mentions, cut = denied(sq, mentions, self.slots)
        return Utterance(
            original=text,
            normal=normal,
            masked=self.masks.masked(sq, mentions, cut),
            mentions=tuple(mentions),
            doubtful=tuple(doubtful),
            rewritten=rewritten,
            initials=_only_consonants(sq.text),
        )

    def _unread(self, u: Utterance, sq: Squeezed) -> float:
        """Return the share of the letters that stand in words that are slips and could not be corrected."""
        if u.initials or not sq.spaced or not self.near.spelling.count:
            return 0.0
        named = {i for m in u.mentions for i in range(m.start, m.end)}
        lost = sum(e - s for s, e in sq.words if e - s > 1 and is_slip(sq.text[s:e]) and not named & set(range(s, e)))
        return lost / max(len(sq.text), 1)

    def _fixes(self, u: Utterance, sq: Squeezed) -> list["_Fix"]:
        """Return the misspelt words of a text that can be corrected, names and what may be names left alone."""
        if u.initials or not sq.spaced:
            return []
        taken = {i for m in (*u.mentions, *u.doubtful) for i in range(m.start, m.end)}
        taken |= {i for h in covering(self.fillers, sq, []) for i in range(h.start, h.end)}
        free = [w for w in sq.words if not any(i in taken for i in range(*w))]
        fixes = []
        for start, end in free[-_MAX_NEAR:]:
            word = sq.text[start:end]
            repair = self.near.spelling.repair(word)
            if repair is not None and (repair.certain or not self.knows(word)):
                fixes.append(_Fix(sq.origin[start], sq.origin[end - 1] + 1, word, repair))
        return fixes

    def kind(self, group: str) -> str:
        """Return what the names of a group are the names of, in a word."""
        return self._kinds.get(group, "")

    def named(self, u: Utterance) -> frozenset[str]:
        """Return the names in an utterance that tell answers apart, those denied left out."""
        return frozenset(m.term for m in u.mentions if m.group in self.groups.telling and not m.negated)

    def common_words(self, u: Utterance) -> set[str]:
        """Return the words of an utterance that hold no name, as written and without their particles."""
        named = {i for m in u.mentions if m.group in self.slots for i in range(m.start, m.end)}
        found, end = [], 0
        for word in words_in(u.normal):
            start, end = end, end + len(word)
            if not named or named.isdisjoint(range(start, end)):
                found.append(word)
        return {w for word in found for w in (word, hangul.strip_particle(word))}

    def know(self, spelling: Spelling, own_words: frozenset[str]) -> None:
        """Take the knowledge base's words; what is misspelt is corrected to them from now on."""
        self.near = NearNames(self.names, self.groups, spelling, own_words)

    def standing_for(
        self,
        u: Utterance,
        pointing: Iterable[Mention],
        members: Iterable[str],
        how: How,
    ) -> Utterance:
        """Return the utterance with the words that point at something read as the names they stand for.

        «거긴 전화번호는» → «‹institution› 전화번호는». Without such words the names are put in front.
        """
        sq = squeeze(u.normal)
        marks = list(pointing)
        start = min((m.start for m in marks), default=0)
        end = max((m.end for m in marks), default=0)
        names = [Mention(t, self.terms[t].group, start, end, sq.text[start:end], how) for t in members]
        mentions = [m for m in u.mentions if m not in marks]
        masked = self.masks.masked(sq, [*names, *mentions], [])
        if not marks:
            masked = "".join(dict.fromkeys(self.symbol[n.group] for n in names)) + masked
        return replace(u, mentions=(*names, *mentions), masked=masked, others=(), typed="", repaired=0.0)

    def _names(self, sq: Squeezed) -> tuple[list[Hit], list[Mention]]:
        hits = covering(self.names, sq, [])
        doubtful: list[Mention] = []
        fresh = [w for w in uncovered(sq, hits) if hangul.strip_particle(sq.text[w[0] : w[1]]) not in self.stems]
        for start, end in fresh[-_MAX_NEAR:]:
            hit, doubts = self.near.find(sq, start, end)
            if hit is not None:
                hits = [h for h in hits if h.end <= hit.start or hit.end <= h.start] + [hit]
            doubtful += [Mention(a.term, a.group, start, end, sq.text[start:end], "typo") for a in doubts]
        return sorted(hits, key=lambda h: h.start), doubtful

    def knows(self, word: str) -> bool:
        """Tell whether all pairs of letters of a squeezed word stand in the knowledge base."""
        return all(word[i : i + 2] in self.layouts.vocabulary for i in range(len(word) - 1))

    def _patterns(self, normal: str, sq: Squeezed, hits: list[Hit]) -> list[Mention]:
        """Return names that only a pattern finds, where no listed name stands."""
        found: list[Mention] = []
        matched = self.names.of_pattern(normal)
        position = {origin: i for i, origin in enumerate(sq.origin)} if matched else {}
        for group, begin, end in matched:
            inside = [position[i] for i in range(begin, end) if i in position]
            if not inside:
                continue
            start, stop = inside[0], inside[-1] + 1
            if any(h.start < stop and start < h.end and h.end - h.start >= (stop - start) / 2 for h in hits):
                continue
            found.append(
                Mention(unlisted(group), group, inside[0], inside[-1] + 1, normal[begin:end].strip(), "pattern")
            )
        return found


def _respelt(normal: str, fixes: Iterable[_Fix], place: int) -> str:
    """Return a text with its words corrected, each by its correction at `place`, or its last."""
    parts, last = [], 0
    for f in fixes:
        parts += [normal[last : f.start], f.repair.words[min(place, len(f.repair.words) - 1)]]
        last = f.end
    return "".join(parts) + normal[last:]


def _sober(text: str) -> str:
    """Return a text without laughter and tears, where anything else remains."""
    plain = _LAUGHTER.sub(" ", text)
    return plain if sum(ch.isalnum() for ch in plain) >= LEAST else text


def _drones(text: str) -> bool:
    """Tell whether a text is one or two letters over and over: a cat on the keyboard, and no laughter."""
    return len(text) >= _DRONE and len(set(text)) <= 2 and not _LOOSE.search(text)


def _only_consonants(text: str) -> bool:
    return len(text) >= 2 and all("ㄱ" <= ch <= "ㅎ" for ch in text) and hangul.has_initials(text)
