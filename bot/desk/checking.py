"""The guided check as every channel shows it: one question with its answers, or the end of the path. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.guided import End, Guided
from bot.words import SourceLine


@dataclass(frozen=True, slots=True)
class Step:
    """What to show. `options`: label and taps so far with it, as in «0.2»; `entries`: where to read on, at the end."""

    text: str
    options: tuple[tuple[str, str], ...] = ()
    entries: tuple[str, ...] = ()
    back: str | None = None
    """The taps that lead one question back; `None` at the beginning."""


def step(base: KnowledgeBase, guided: Guided, taps: Sequence[int], language: str) -> Step:
    """Return the step after some taps; taps that do not exist are ignored."""
    way, now = guided.walk(taps)
    taken = [str(t) for t in taps[: len(way)]]
    back = ".".join(taken[:-1]) if taken else None
    if isinstance(now, End):
        return Step(_ended(base, now, language), entries=tuple(e for e in now.entries if base.entry(e)), back=back)
    ask, intro = now.ask.in_(language), guided.intro.in_(language)
    options = tuple((o.say.in_(language), ".".join([*taken, str(n)])) for n, o in enumerate(now.options))
    return Step(ask if way else f"{intro}\n\n{ask}", options, back=back)


def sources_of(base: KnowledgeBase, end: End) -> list[SourceLine]:
    """Return the sources of the entries that an end rests on, each once."""
    names = dict.fromkeys(s for e in end.entries if (entry := base.entry(e)) for s in entry.sources)
    found = (base.sources.get(name) for name in names)
    return [SourceLine(s.title, s.url, s.date, "") for s in found if s]


def _ended(base: KnowledgeBase, end: End, language: str) -> str:
    confirm = f"[{base.reply('check_confirm', language)}]" if end.confirm else ""
    then = f"{base.reply('check_then', language)}: {end.then.in_(language)}"
    now = f"{base.reply('check_now', language)}: {end.now.in_(language)}"
    titles = ", ".join(s.title + (f"({s.date})" if s.date else "") for s in sources_of(base, end)[:3])
    source = f"{base.reply('source', language)}: {titles}" if titles else ""
    return "\n\n".join(filter(None, (confirm, then, now, source)))
