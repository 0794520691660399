"""`helpdesk init`: an empty folder becomes a knowledge base on which everything works, in Korean and in English."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.knowledge.build import load
from tests.e2e.test_command_line import helpdesk, replies

ASKED = {
    "ko": [("몇 시에 열어요", "opening-hours"), ("별관 전화번호", "place-phone.annex"), ("구비서류가 뭐죠", "what-papers")],
    "en": [("what are your opening hours", "opening-hours"), ("phone number of the annex please", "place-phone.annex"), ("which documents do I need?", "what-papers")],
}  # fmt: skip


@pytest.mark.parametrize("language", ["ko", "en"])
def test_everything_works_on_a_new_folder(tmp_path: Path, language: str) -> None:
    folder = tmp_path / "desk"
    out, _ = helpdesk("init", str(folder), "--language", language, "--name", '보기 "안내": #1')
    assert "README.md" in out
    assert f"helpdesk serve --knowledge {folder}" in out, "what one came for"
    where = ("--knowledge", str(folder))
    fine = {"ko": "문제가 없습니다.", "en": "No problems."}[language]
    assert helpdesk("knowledge", "check", *where)[0].strip() == fine, "not even advice"
    assert "0건 실패" in helpdesk("knowledge", "test", *where)[0]
    questions = ASKED[language]
    out, _ = helpdesk("ask", "--json", "-", *where, stdin="\n".join(q for q, _ in questions).encode())
    assert [r["entry"] for r in replies(out)] == [entry for _, entry in questions]
    said = "\n".join(q for q, _ in questions) + "\n/quit\n/종료\n"
    out, _ = helpdesk("chat", *where, stdin=said.encode())
    assert "02-000-0002" in out
    base = load(folder)
    assert (base.name, base.language) == ('보기 "안내": #1', language)
    assert base.reply("welcome").startswith("보기 ")


def test_what_the_readme_names_is_there_and_its_commands_run(tmp_path: Path) -> None:
    helpdesk("init", str(tmp_path / "desk"))
    readme = (tmp_path / "desk" / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# desk")
    for name in re.findall(r"^\| `([^`]+)` \|", readme, re.MULTILINE):
        assert (tmp_path / "desk" / name).is_file(), name
    commands, serving = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert shlex.split(serving, comments=True) == ["helpdesk", "serve", "--knowledge", "."]
    for line in commands.splitlines():
        _, *words = shlex.split(line, comments=True)
        words[words.index(".")] = str(tmp_path / "desk")
        if "new" not in words and "chat" not in words:
            helpdesk(*words)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_hooks_and_ci_run_commands_that_exist(tmp_path: Path, language: str) -> None:
    helpdesk("init", str(tmp_path), "--language", language)
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())
    entries = [h["entry"] for r in hooks["repos"] for h in r["hooks"]]
    recipe = yaml.safe_load((tmp_path / ".github/workflows/knowledge.yml").read_text())
    entries += [s["run"] for s in recipe["jobs"]["check"]["steps"] if "helpdesk knowledge" in s.get("run", "")]
    assert len(entries) == 4
    for entry in dict.fromkeys(entries):
        helpdesk(*[str(tmp_path) if w == "." else w for w in shlex.split(entry)[1:]])


def test_ci_installs_nothing_by_a_name_that_need_not_be_this_program(tmp_path: Path) -> None:
    helpdesk("init", str(tmp_path))
    recipe = yaml.safe_load((tmp_path / ".github/workflows/knowledge.yml").read_text())
    (install,) = [s["run"] for s in recipe["jobs"]["check"]["steps"] if s.get("name") == "install the help desk"]
    script = install.replace('pip install "$HELPDESK"', 'echo "got $HELPDESK"')
    for name, taken in (("", False), ("helpdesk", False), ("git+https://host/desk@v1", True), ("./desk.whl", True)):
        done = subprocess.run(
            ["bash", "-c", script], env={"HELPDESK": name}, capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0, f"got {name}\n" in done.stdout) == (taken, taken), name
    assert "${{ vars.HELPDESK }}" in recipe["env"]["HELPDESK"]  # nothing by default


@pytest.mark.parametrize("language", ["ko", "en"])
def test_greetings_and_fillers_come_from_the_program(tmp_path: Path, language: str) -> None:
    helpdesk("init", str(tmp_path), "--language", language)
    base = load(tmp_path)
    assert base.talk["greeting"] == "talk-greeting"
    assert base.talk["thanks"] == "talk-thanks"
    assert base.talk["person"] == "talk-person"
    assert not [g for g in base.groups.values() if g.filler]


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    _, err = helpdesk("init", str(tmp_path), code=1)
    assert "비어 있지 않아" in err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    _, err = helpdesk("init", str(tmp_path / "mine.txt"), code=1)
    assert "비어 있지 않아" in err
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    helpdesk("init", str(tmp_path / "repo"))


def test_the_schema_knows_a_new_folder(tmp_path: Path) -> None:
    out, _ = helpdesk("knowledge", "schema")
    assert json.loads(out)["title"] == "안내 도우미의 지식 파일"
