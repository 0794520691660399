"""Explain: how a reply came about, as plain data, the same for the command line, the console and the API."""

from bot.desk.decide import Decision
from bot.matching.grams import body_of, concepts_of, is_symbol
from bot.matching.matcher import Matcher
from bot.words import Match, Utterance


def trace(u: Utterance, decision: Decision, matcher: Matcher) -> dict[str, object]:
    """Return normal form, terms, candidates with scores, guard's vetoes, margin and decision."""
    names = {symbol: name for name, symbol in matcher.reader.symbol.items()}
    return {
        "original": u.original,
        "normal": u.normal,
        "rewritten": u.rewritten,
        "corrected": list(u.corrected),
        "unread": round(u.unread, 3),
        "compared": "".join(f"‹{names[ch]}›" if is_symbol(ch) and ch in names else ch for ch in body_of(u.masked)),
        "concepts": [names.get(c, c) for c in concepts_of(u.masked)],
        "terms": [
            {"term": m.term, "text": m.surface, "how": m.how, **({"denied": True} if m.negated else {})}
            for m in u.mentions
        ],
        "doubtful": [m.term for m in u.doubtful],
        "candidates": [_row(m) for m in decision.ranking.matches[:6]],
        "refused": [_row(m) for m in decision.ranking.refused],
        "evidence": decision.ranking.heard,
        "none": round(decision.ranking.none, 3),
        "margin": _margin(decision),
        "own_wording": decision.ranking.exact,
        "repaired": round(u.repaired, 3),
        "probability": round(decision.probability, 3),
        "decision": decision.outcome.value,
        "why": decision.why,
    }


def _row(match: Match) -> dict[str, object]:
    row: dict[str, object] = {
        "entry": match.entry.id,
        "score": round(match.score, 3),
        "similarity": round(match.similarity, 3),
    }
    return {**row, "guard": str(match.veto), "group": match.veto.group} if match.veto else row


def _margin(decision: Decision) -> float:
    matches = decision.ranking.matches
    if not matches:
        return 0.0
    rival = next((m.score for m in matches[1:] if m.frame != matches[0].frame), 0.0)
    return round(matches[0].score - rival, 3)
