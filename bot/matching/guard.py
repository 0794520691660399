"""Guard before fuzziness: a question that names another thing than an entry never gets that entry.

Similarity of strings ranks opposites above paraphrases in Korean (신청 자격 / 신청 자격 제외 대상 score 90),
so names are compared as names, before any similarity counts.
"""

from collections.abc import Mapping

from bot.words import Group, Refusal, Term, Veto


def contains(terms: Mapping[str, Term], larger: str, smaller: str) -> bool:
    """Tell whether a term lies within another, or is it: 경상남도 contains 창원."""
    seen: set[str] = set()
    while smaller and smaller not in seen:
        if smaller == larger:
            return True
        seen.add(smaller)
        term = terms.get(smaller)
        if term is None:
            break
        smaller = term.within
    return False


def _apart(asked: frozenset[str], held: frozenset[str], terms: Mapping[str, Term]) -> bool:
    """Tell whether two sets of names each have one that is not in the other: a comparison of others."""
    inside = {(a, h) for a in asked for h in held if contains(terms, a, h) or contains(terms, h, a)}
    return len({a for a, _ in inside}) < len(asked) and len({h for _, h in inside}) < len(held)


def veto(group: Group, asked: frozenset[str], held: frozenset[str], terms: Mapping[str, Term]) -> Veto | None:
    """Return why an entry may not answer, as far as one group goes; `None` where it may.

    `asked`: terms of the group in the question. `held`: terms of the group that the entry is about.
    """
    if not group.exclusive or not asked or not held:
        return None
    related = any(contains(terms, h, a) or contains(terms, a, h) for a in asked for h in held)
    passes = related and not (group.needed and _apart(asked, held, terms))
    return None if passes else Veto(Refusal.OTHER, group.id)


def silent(group: Group, asked: frozenset[str], held: frozenset[str]) -> bool:
    """Tell whether an entry says nothing of a name in the question that usually changes what is asked."""
    return bool(group.exclusive and asked and not held and group.silent is not None and not asked & group.silent)
