"""Foreign words: how much of what a question is about its entry knows nothing of.

A question out of scope shares its frame with many entries (how much does … cost, until when …) and differs in
the nouns: a vaccination, a court, another office. So the nouns of a question, without particles and endings,
are looked for in the wordings and the answers of the entry that came first; how rare a word is says how much it
counts. Verbs are left out: people put the same thing in many verbs. Names count as known, since the guard has
let them pass.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from bot.hangul import FINALS, clean
from bot.matching.find import covering
from bot.matching.grams import BREAK
from bot.matching.lexicon import WORD, Lexicon
from bot.matching.squeeze import Squeezed, squeeze, words_in
from bot.words import Frame, Kind, Utterance

MOST_FRAMES = 2_000
"""Frames up to which words are kept: one bit a word and frame, 15 MB at most."""
_LONGEST = 6
"""Letters of the longest beginning of a word that is kept; compounds are covered piece by piece."""
_LONGEST_WORD = 8
"""Letters from which on a word is several, written together: nothing is said of it."""
_LATIN = 4
"""Letters up to which a Latin word is taken as a function word."""
_NAME = 6.0
"""What a name counts, as known."""
_TOPIC, _ELSEWHERE, _NOWHERE = 0.5, 0.8, 1.0
"""How foreign a word is that only the topic knows, only other entries know, nothing knows."""
_TELLING = 2.5
"""Rarity from which on the first syllable of a word tells which it is: 뽑은, 뽑혔, 뽑는."""
_FREE = 0.2
"""Share of foreign words up to which a question is put in words of one's own, and nothing more."""
_STORY = 8
"""Words with a meaning of their own beyond which a text tells a story: only its best stretch is looked at."""
_RUN = re.compile(r"[^\W_]+")
_SLOT = re.compile(r"\{[^}]*\}")
_DONE_BY = re.compile(
    r"(?:[하되](?:려는|려고|려면|면|고|는|서|여|어|지|게|기|나요?|니|죠|며|던)|하시는|하라는|[해돼](?:서|도|야|요|줘)?"
    r"|할까요?|될까요?|합니\w*|됩니\w*|[했됐]\w*|되었\w*|하였\w*|한다\w*|된다\w*|[할될한된함됨]|시키\w*|시킬|당했\w*|당한)$"
)
"""What makes a verb of a noun: 신청하려면, 선정됐나요."""
_VERB = re.compile(
    r"(?:나요|까요|니까|니다|세요|시오|[어아여와봐줘져려워]요|네요|지요|죠|군요|[데대래]요|거든요?|[는은던한인간]데|다는|려고|려면"
    r"|으면|다면|니면|[어아여와봐져]서|라서|[어아여봐]도|라도|[어아여봐]야|지만|거나|든지|든가|면서|느라|도록|다가|[는은을]지"
    r"|라고|다고|자고|냐고|[있없않주쓰내나받오가보이키리치우]는|[있없않]고|[있없않이]며|던|줘|봐|네|노|는교|같은|싶은)$"
)
_BOUND = re.compile(
    r"(?:[거것게건걸데때뭐뭘뭔뭣줄뿐]|누구|어디|언제|얼마)(?:[은는이가을를도만에로의요임죠지야고나라냐]|들|까지|부터|예요|이에요|에요|인가요?|인지|인데요?"
    r"|입니까|입니다|이죠|이나|라도|하고|여|시여|라고|라는|든지)*"
    r"|예요|이에요|에요|인가요?|이고|해야|하게|하다|하니|되게|돼야|되냐|되냐고요?|아님|[받보하되알쓰주내나가넣찾갚맡놓남갖믿맞먹싶없있](?:고|제|게)"
    r"|[받맞찾갚맡놓남알팔갖잡]아|[넣얻먹걸읽벌]어|[가-힣](?:는건|은건|는거|은거|는지|은지|는데|을때|다고)요?"
)
"""A bound noun or an interrogative with what follows it, a copula, or a verb of one syllable: «거예요», «받고»."""
_NUMBER = re.compile(
    r"(?:[일이삼사오육칠팔구십백천만억]{3,8}|[일이삼사오육칠팔구십백천만억]{1,8}(?:년|월|일|개|명|원|번|억|회|차|개월|프로|퍼센트|년도))"
    r"(?:[은는이가을를도만에의]|까지|부터|에서)?"
)
_PARTICLE = re.compile(
    r"(?:이에요|예요|에요|인가요|인가|입니까|입니다|이죠|이었나요|였나요|였어요|이었어요|인데요|인데|인지|이라는|라는|이란|일까요|이야|인"
    r"|들은|들이|들을|들도|들|에서|으로|에게|한테|까지|부터|이나|이랑|하고|처럼|보다|만큼|마다|밖에|이라도|라도|이요|은요|는요"
    r"|이면|이라|이고|에는|에도|로는|께서|은|는|이|가|을|를|에|로|의|도|만|랑|과|와|요|나|죠|야)$"
)


class Vocabulary:
    """Which frames know which words: of each beginning of a word, a bit for every frame."""

    def __init__(self, frames: Sequence[Frame], concepts: Sequence[frozenset[str]]) -> None:
        """`concepts`: the symbols of the concepts in each frame's wordings."""
        self.concepts = concepts
        self.asked: dict[str, int] = {}
        self.told: dict[str, int] = {}
        self.first: dict[str, int] = {}
        self.answers = 0
        topics: dict[str, int] = {}
        for number, frame in enumerate(frames):
            bit = 1 << number
            asked = _words(_SLOT.sub(" ", q) for q in frame.wordings)
            _add(self.asked, asked, bit)
            texts = {p.text for e in frame.entries.values() for p in e.phases}
            _add(self.told, {w for t in texts for w in _RUN.findall(t.lower())}, bit)
            for letter in {w[0] for w in asked}:
                self.first[letter] = self.first.get(letter, 0) | bit
            topics[frame.topic] = topics.get(frame.topic, 0) | bit
            self.answers |= bit if frame.kind is Kind.ANSWER else 0
        self.topics = [topics[f.topic] for f in frames]
        self.size = len(frames)

    @classmethod
    def of(cls, frames: Sequence[Frame], masked: Sequence[Sequence[str]]) -> "Vocabulary | None":
        """Return the vocabulary of frames, given their masked wordings; `None` where they are too many."""
        if len(frames) > MOST_FRAMES:
            return None
        concepts = [frozenset("".join(t[len(t.split(BREAK)[0]) :] for t in texts)) for texts in masked]
        return cls(frames, concepts)

    def foreign(
        self, u: Utterance, frame: int, symbols: Mapping[str, str], fillers: Lexicon
    ) -> tuple[float, tuple[str, ...]]:
        """Return how foreign the words of a question are to a frame, in 0–1, and those that are, as typed."""
        sq = squeeze(u.normal)
        words = [w for w in sq.words if w[1] - w[0] > 1]
        if not words or not sq.spaced:
            return 0.0, ()
        named, known, light = self._marked(u, sq, frame, symbols, fillers)
        meant = _NAME * any(m.how == "context" for m in u.mentions)
        weighed: list[tuple[str, float, float]] = []
        for start, end in words:
            place = range(start, end)
            if not named.isdisjoint(place):
                weighed.append((sq.text[start:end], _NAME, 0.0))
            elif light.isdisjoint(place) and (noun := _noun(sq.text[start:end])):
                strange = 0.0 if not known.isdisjoint(place) else self._strange(noun, frame)
                weighed.append((sq.text[start:end], self._rarity(self.asked, noun), strange))
        share = _share(_densest(weighed), meant)
        return max(0.0, share - _FREE) / (1 - _FREE), tuple(word for word, _, strange in weighed if strange)

    def _marked(
        self, u: Utterance, sq: Squeezed, frame: int, symbols: Mapping[str, str], fillers: Lexicon
    ) -> tuple[set[int], set[int], set[int]]:
        """Return the places of names, of concepts that the frame has, and of words that say nothing."""
        named: set[int] = set()
        known: set[int] = set()
        light = {i for h in covering(fillers, sq, []) for i in range(h.start, h.end)}
        for m in u.mentions:
            place = range(m.start, m.end)
            if m.group == "reference":
                light.update(place)
            elif m.group != WORD:
                named.update(place if not m.term.endswith(".*") else ())
            elif symbols.get(m.term) in self.concepts[frame]:
                known.update(place)
        return named, known, light

    def _strange(self, noun: str, frame: int) -> float:
        """Return how foreign a noun is to a frame: by the nearest that knows it."""
        own = 1 << frame
        if self._covered(noun, own) or (
            self.first.get(noun[0], 0) & own and self._rarity(self.first, noun[0]) > _TELLING
        ):
            return 0.0
        if self._covered(noun, self.topics[frame], told=False):
            return _TOPIC
        return _ELSEWHERE if self._covered(noun, self.answers) else _NOWHERE

    def _covered(self, noun: str, frames: int, *, told: bool = True) -> bool:
        """Tell whether more than half of a noun's letters are pieces that some of the frames know."""
        i = covered = 0
        while i < len(noun):
            for n in range(min(len(noun) - i, _LONGEST), 1, -1):
                piece = noun[i : i + n]
                who = self.asked.get(piece, 0) | (self.told.get(piece, 0) if told else 0)
                if who & frames:
                    covered += n
                    i += n
                    break
            else:
                i += 1
        return 2 * covered > len(noun)

    def _rarity(self, known: Mapping[str, int], word: str) -> float:
        return math.log((1 + self.size) / ((known.get(word, 0) & self.answers).bit_count() + 0.5))


def _share(words: Sequence[tuple[str, float, float]], meant: float) -> float:
    """Return the share of the weight of some words that is strange; `meant`: weight of what is understood beside."""
    total = meant + sum(weight for _, weight, _ in words)
    return sum(weight * strange for _, weight, strange in words) / total if total else 0.0


def _densest(words: Sequence[tuple[str, float, float]]) -> Sequence[tuple[str, float, float]]:
    """Return the stretch of a long text that the frame knows best: the rest tells a story."""
    if len(words) <= _STORY:
        return words
    stretches = [words[i : i + _STORY] for i in range(len(words) - _STORY + 1)]
    return max(stretches, key=lambda s: sum(weight * (1 - strange) for _, weight, strange in s))


def _add(known: dict[str, int], words: Iterable[str], bit: int) -> None:
    for word in words:
        for n in range(2, min(len(word), _LONGEST) + 1):
            known[word[:n]] = known.get(word[:n], 0) | bit


def _words(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        found.update(words_in(clean(text).lower()))
    return found


@cache
def _light() -> frozenset[str]:
    """Words of the language that are about nothing by themselves: pronouns, interrogatives, adverbs, bound nouns."""
    return frozenset(files("bot.matching").joinpath("light.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=16_384)
def _noun(word: str) -> str:
    """Return the noun in a word, without what follows it; empty where it is a verb, a number or says nothing."""
    if _BOUND.fullmatch(word) or _NUMBER.fullmatch(word):
        return ""
    m = _DONE_BY.search(word)
    if m is None or m.start() < 2:
        if _past(word) or _VERB.search(word):
            return ""
        m = _PARTICLE.search(word)
    noun = word[: m.start()] if m and m.start() >= 2 else word
    small = len(noun) < 2 or noun[0].isdigit() or (noun.isascii() and len(noun) <= _LATIN)
    return "" if small or len(word) > _LONGEST_WORD or {noun, word} & _light() else noun


def _past(word: str) -> bool:
    """Tell whether a word has the mark of the past or of possibility: a syllable that ends in ㅆ."""
    return any("가" <= ch <= "힣" and FINALS[(ord(ch) - ord("가")) % 28] == "ㅆ" for ch in word[-4:])
