"""Both READMEs are true: their sessions happen as shown, and what they name, link and show is there."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import cli
from bot.settings import Settings, variable

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("README.md", "README.ko.md")
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}
BOTH = pytest.mark.parametrize("name", NAMES)
FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_DIR = "[A-Z가-힣…]"
"""What begins where a reader puts in something of their own: `DIR`, `파일`."""


def session(text: str) -> list[str]:
    """Return the lines of the session that a README shows, without the glosses."""
    (shown,) = re.findall(r"```console\n\$ make chat\n(.*?)```", text, re.DOTALL)
    return [line for line in shown.splitlines() if not line.startswith("# ")]


def figures(text: str) -> list[tuple[list[str], str]]:
    """Return the rows of the table of figures: the numbers, and the command that makes them."""
    table = re.search(r"^\| wh?at .*?\n\n|^\| 무엇 .*?\n\n", text, re.DOTALL | re.MULTILINE)
    assert table is not None
    rows = [line.strip("|").split(" | ") for line in table[0].splitlines()[2:] if line]
    return [(FIGURES.findall(figure), command.strip(" `")) for _, figure, command in rows]


def chatted(asked: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input="\n".join(asked).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=240,
        check=True,
    )
    return done.stdout.decode()


@BOTH
def test_the_session_happens_as_shown_in_this_order(name: str) -> None:
    lines = session(TEXTS[name])
    out = chatted([line[2:] for line in lines if line.startswith("> ")])
    told = [line.removesuffix(" …") for line in lines if not line.startswith("> ")]
    assert len(told) >= 5
    place = 0
    for line in told:
        found = out.find(line, place)
        assert found >= 0, line
        place = found + len(line)


@BOTH
def test_every_make_target_it_names_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", TEXTS[name]))
    assert len(named) >= 4
    assert named <= targets


def commands(text: str) -> list[list[str]]:
    """Return the calls of `helpdesk` that a text names, in words."""
    quoted = [
        *re.findall(r"`(helpdesk [^`]+)`", text),
        *re.findall(r"(?:^|&& |고치고 )(helpdesk [^#&\n]+)", text, re.M),
    ]
    return [call.split()[1:] for call in quoted]


@BOTH
def test_every_command_and_option_it_names_exists(name: str) -> None:
    called = commands(TEXTS[name])
    assert len(called) >= 10
    for call in called:
        words, command = list(call), get_command(cli)
        while hasattr(command, "commands") and words and not re.match(_DIR, words[0]):
            command = command.commands[words.pop(0)]
        options = {o for p in command.params for o in p.opts}
        assert {w for w in words if w.startswith("--")} <= options, call


def test_the_table_names_every_verb_of_the_workshop_and_no_other() -> None:
    verbs = set(get_command(cli).commands["knowledge"].commands)
    (row,) = (line for line in TEXTS["README.md"].splitlines() if line.startswith("| `helpdesk knowledge …`"))
    assert set(re.findall(r"`([a-z]+)`", row)) == verbs


@BOTH
def test_every_variable_it_names_is_a_setting(name: str) -> None:
    named = set(re.findall(r"\b(HELPDESK_[A-Z_]+|TELEGRAM_[A-Z_]+)\b", TEXTS[name]))
    assert len(named) >= 8
    assert named <= {variable(field) for field in Settings.model_fields}


@BOTH
def test_every_module_it_names_can_be_run(name: str) -> None:
    modules = re.findall(r"python -m ([\w.]+)", TEXTS[name])
    assert modules
    assert all(find_spec(module) for module in modules)


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda p: p.name)
def test_what_a_page_links_to_is_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@BOTH
def test_it_shows_the_chat_and_the_console(name: str) -> None:
    shown = re.findall(r"!\[[^\]]+\]\((docs/pictures/\w+\.jpg)\)", TEXTS[name])
    assert shown == ["docs/pictures/chat.jpg", "docs/pictures/answer.jpg"]


@BOTH
def test_it_has_five_figures_each_with_its_command_that_are_those_of_the_measurements(name: str) -> None:
    measured = (ROOT / "docs" / "measurements.md").read_text(encoding="utf-8")
    rows = figures(TEXTS[name])
    assert len(rows) == 5
    for numbers, command in rows:
        assert numbers
        assert f"`{command}`" in measured
        assert set(numbers) <= set(FIGURES.findall(measured)), command


def test_both_tell_the_same_figures_by_the_same_commands() -> None:
    english, korean = (figures(TEXTS[name]) for name in NAMES)
    assert [command for _, command in english] == [command for _, command in korean]
    assert [sorted(numbers) for numbers, _ in english] == [sorted(numbers) for numbers, _ in korean]
