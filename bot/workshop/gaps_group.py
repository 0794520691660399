"""Group wordings into questions. What was shown under a number stays there; new ones join a group or begin another.

Two wordings are one question only if the other has most of what the shorter one is about. How alike they
are besides is the desk's own measure, but that alone brings together «비번 까먹음» and «와파 비번» where there are few
entries to weigh words by.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from functools import lru_cache

from bot.hangul import clean, jamo, strip_particle

ALIKE = 0.35
"""Likeness of one pair from which two wordings are one question, measured on wordings of the shipped entries:
2 in 1,000 pairs of different entries are so alike."""
ALIKE_ON_AVERAGE = 0.18
"""The same for the mean over all wordings of a gap."""
SAME_NEAREST = 0.12
"""The same where both get the same entry as their nearest."""
_SHARED = 0.5
"""The other wording must have more than this share of the shorter one's content words."""
_FUNCTION = re.compile(
    r"(?:뭐|뭔|무엇|무슨|모르|어떻|어떡|어떤|어디|어느|언제|얼마|누구|누가|왜|몇|혹시|궁금|문의|질문|방법|가능|경우|인가|입니|예요|이에요|관련|"
    r"대해|부탁|합니|하나|하는|하면|하고|하려|되나|되는|되면|필요|알려|말씀|있|없|싶|됐|받)[가-힣]*"
    r"|(?:되|돼|하|할|해|했|알|몰|주|줘|줄|보|볼|봐|가|갈|오|올|쓰|쓸|써|이|그|저|제|내|나|좀|또|더|때|것|거|건|게|수|안|못|왔|될|좋)"
    r"(?:[는은나고면려요까습을어아여서야][가-힣]*)?"
    r"|please|how|what|when|where|can|do|does|is|are|the|a|an|to|i|my|for|of|in|on|it"
)
"""Beginnings of words that hold a question together but are not what it is about."""
_VERB = re.compile(r"(?<=[가-힣]{2})(?:하|되|할|한|했|합|해|된|될|됐|됩|돼)[가-힣]*$")
_WORD = re.compile(r"[0-9a-z가-힣]+")


@lru_cache(1 << 14)
def content(text: str) -> frozenset[str]:
    """Return the words of a text that say what it is about, without particles and endings."""
    found = set()
    for token in _WORD.findall(clean(text).lower()):
        stem = _VERB.sub("", strip_particle(token))
        if len(stem) > 1 and not (len(stem) <= 4 and _FUNCTION.fullmatch(stem)):
            found.add(stem)
    return frozenset(found)


def coherent(a: str, b: str) -> bool:
    """Tell whether the longer of two wordings has most of what the shorter one is about."""
    one, two = sorted((content(a), content(b)), key=len)
    if not one:
        return _squeezed(a) == _squeezed(b)
    glued = _squeezed(b if one is content(a) else a)
    shared = sum(word in two or (len(word) > 2 and word in glued) for word in one)
    return shared > _SHARED * len(one)


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(clean(text).lower()))


def grouped(
    wordings: Sequence[str],
    likeness: Callable[[str], Mapping[int, float]],
    bound: Callable[[str], object],
    nearest: Mapping[str, str],
    named: Mapping[str, int],
    subject: Callable[[str], str] = str,
) -> list[list[str]]:
    """Return the wordings that are one question, oldest first: a new one never moves an old one.

    `likeness`: of a wording to each before it, by number. `bound`: what tells two questions apart however alike
    their words. `named`: the gap under which a wording was shown. `subject`: a wording without names.
    """
    clusters: list[list[str]] = []
    names: list[object] = []
    of: list[int] = []
    about = [subject(w) for w in wordings]
    shown: dict[int, int] = {}
    likeness_of = [likeness(w) for w in wordings]
    for i, wording in enumerate(wordings):
        same = {j for j in likeness_of[i] if nearest[wording] and nearest[wordings[j]] == nearest[wording]}
        own, alike = bound(wording), _alike(about, i, likeness_of[i], same, of)
        fit = (c for c, values in alike.items() if names[c] == own and _one(values, len(clusters[c])))
        best = shown.get(named[wording]) if wording in named else max(fit, key=lambda c: max(alike[c]), default=None)
        if best is None:
            best = len(clusters)
            clusters.append([])
            names.append(own)
        if wording in named:
            shown[named[wording]] = best
        clusters[best].append(wording)
        of.append(best)
    return clusters


def _alike(
    about: Sequence[str], i: int, values: Mapping[int, float], same: Container[int], of: Sequence[int]
) -> dict[int, list[float]]:
    """Return how alike a wording is to those of each cluster that it could belong to. `same`: nearest to the same."""
    found: dict[int, list[float]] = defaultdict(list)
    for j, value in values.items():
        if coherent(about[i], about[j]):
            found[of[j]].append(value * ALIKE / SAME_NEAREST if j in same else value)
    return found


def _one(values: Sequence[float], size: int) -> bool:
    return max(values) >= ALIKE or sum(values) / size >= ALIKE_ON_AVERAGE


def slips(wordings: Sequence[str]) -> dict[str, str]:
    """Return the wordings that are earlier ones with one wrong key, and which ones they were meant to be.

    One jamo more, less or another, in a wording of at least eight jamo.
    """
    found: dict[str, str] = {}
    kept: list[tuple[str, str]] = []
    for wording in wordings:
        letters = jamo(_squeezed(wording))
        meant = next((w for w, other in kept if len(letters) >= 8 and _one_amiss(letters, other)), "")
        if meant:
            found[wording] = meant
        else:
            kept.append((wording, letters))
    return found


def _one_amiss(a: str, b: str) -> bool:
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    i = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest = (a[i + 1 :], b[i + 1 :]) if len(a) == len(b) else (a[i + (len(a) > len(b)) :], b[i + (len(b) > len(a)) :])
    return rest[0] == rest[1]
