"""The terminal: `ask`, `ask --json -` and `chat`."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, TextIO

from bot.desk.desk import HelpDesk
from bot.desk.language import spoken
from bot.desk.say import Say
from bot.words import Choice, Outcome, Query, Reply

if TYPE_CHECKING:
    from rich.console import Console  # imported late: lines of JSON do without it

Clock = Callable[[], datetime]
_EXIT = {"/종료", "/끝", "/quit", "/exit", "/q"}
_RESET = {"/처음", "/reset", "/start"}
_HELP = {"/도움말", "/help", "/?"}


def as_json(reply: Reply) -> dict[str, object]:
    """Return a reply in the form of the command-line contract (docs: architecture)."""
    out: dict[str, object] = {
        "outcome": reply.outcome.value,
        "entry": reply.entry or None,
        "score": reply.score,
        "text": reply.text,
        "choices": [_choice(c) for c in reply.choices],
        "sources": [
            {"title": s.title, "url": s.url or None, "date": s.date or None, "checked": s.checked or None}
            for s in reply.sources
        ],
    }
    if len(reply.entries) > 1:
        out["entries"] = list(reply.entries)
    if reply.trace is not None:
        out["trace"] = dict(reply.trace)
    return out


def _choice(choice: Choice) -> dict[str, str]:
    return {"question": choice.question, "entry": choice.entry, "answer": choice.answer}


def parse_line(line: bytes, number: int) -> tuple[str, str, str]:
    """Return user, text and language of one input line: plain text or `{"user": …, "text": …, "language": …}`. Never raises.

    Plain text lines are one user each. The language is empty where the line names none.
    """
    text = _decoded(line)
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return f"line-{number}", text, ""
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            chosen = data.get("language")
            language = chosen if isinstance(chosen, str) else ""
            return str(data.get("user", f"line-{number}")), data["text"], language
    return f"line-{number}", text, ""


def answer_lines(desk: HelpDesk, clock: Clock, lines: BinaryIO, out: TextIO, *, explain: bool = False) -> None:
    """Answer one question a line with one JSON object a line, in order, each as soon as it is ready."""
    for number, line in enumerate(iter(lines.readline, b""), 1):
        user, text, language = parse_line(line, number)
        reply = desk.ask(_query(desk, text, user, clock, language), explain=explain)
        out.write(_line(as_json(reply), out.encoding or "utf-8") + "\n")
        out.flush()


def _line(said: Mapping[str, object], encoding: str) -> str:
    """Return JSON with its letters as they are, or escaped where the encoding has no place for one, or for half of one."""
    plain = json.dumps(said, ensure_ascii=False)
    try:
        plain.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(said)
    return plain


def _decoded(line: bytes) -> str:
    """Return a line in UTF-8, or in the encoding of Korean consoles; what is in neither has replacement characters."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = line.decode("cp949")
        except UnicodeDecodeError:
            text = line.decode("utf-8", "replace")
    return text.rstrip("\r\n")


def answer_once(desk: HelpDesk, clock: Clock, text: str, *, explain: bool = False) -> None:
    """Answer one question on the terminal."""
    _ask(_console(), desk, _query(desk, text, "terminal", clock), explain=explain)


def _query(desk: HelpDesk, text: str, user: str, clock: Clock, language: str = "") -> Query:
    """Return a question; `language`: what the line says. One that says what the text shows anyway chooses nothing."""
    chosen = language in desk.base.languages and spoken(text, desk.base.languages) != language
    return Query(text, user, clock(), language=language if chosen else desk.base.language, chosen=chosen)


def _ask(console: "Console", desk: HelpDesk, query: Query, *, explain: bool) -> None:
    """Answer a question: print the reply, and what is related to it, as plain text."""
    reply = desk.ask(query, explain=explain)
    console.print(_safe(reply.text), markup=False, soft_wrap=True)
    if reply.related and reply.outcome is Outcome.ANSWER:
        questions = " · ".join(c.question for c in reply.related)
        console.print(Say(desk.base, reply.language)("related", questions=questions), style="dim", markup=False)
    if reply.trace is not None:
        console.print_json(json.dumps(reply.trace, ensure_ascii=False))


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


def _safe(text: str) -> str:
    return "".join(ch for ch in text if ch == "\n" or ch.isprintable())


def converse(desk: HelpDesk, clock: Clock, *, explain: bool = False) -> None:
    """Hold a conversation on the terminal until /종료 or the end of input."""
    console = _console()
    user = "terminal"
    read = _line_reader()
    say = desk.base.reply
    console.print(f"{say('welcome')}\n{say('terminal_help')}", markup=False, soft_wrap=True)
    while (line := read()) is not None:
        command = line.strip().lower()
        if command in _EXIT:
            return
        if command in _RESET:
            desk.forget(user)
            console.print(say("reset"), markup=False)
        elif command in _HELP:
            console.print(say("terminal_help"), markup=False)
        else:
            _ask(console, desk, _query(desk, line, user, clock), explain=explain)
        console.print()


def _line_reader() -> Callable[[], str | None]:
    """Return a function that reads one line, with editing and history on a terminal; `None` at the end."""
    if not sys.stdin.isatty():
        return _plain_line
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import InMemoryHistory

    session: PromptSession[str] = PromptSession(history=InMemoryHistory())

    def read() -> str | None:
        try:
            return session.prompt("> ")
        except (EOFError, KeyboardInterrupt):
            return None

    return read


def _plain_line() -> str | None:
    line = sys.stdin.buffer.readline()
    return _decoded(line) if line else None
