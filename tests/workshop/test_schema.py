"""The JSON Schema for editor programs: the shipped knowledge is right by it, seeded errors are not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.knowledge import yamlfile
from bot.knowledge.build import load
from bot.words import RefusedError
from bot.workshop import schema
from tests.conftest import SHIPPED
from tests.knowledge.test_check import GOOD

VALIDATOR = Draft202012Validator(schema.schema())


def value(text: str) -> Any:
    return yamlfile.parse(text.encode(), "a.yaml", [])


def test_it_is_a_schema_and_every_key_is_described_in_korean() -> None:
    Draft202012Validator.check_schema(schema.schema())
    bare = [
        f"{model}.{key}"
        for model, made in schema.schema()["$defs"].items()
        for key, words in made.get("properties", {}).items()
        if not words["description"]
    ]
    assert not bare


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda p: p.name)
def test_the_shipped_knowledge_is_right_by_it(path: Path) -> None:
    assert not list(VALIDATOR.iter_errors(yamlfile.read(path, path.name, [])))


def test_the_seeded_base_is_right_by_it_and_so_are_numbers_as_other_readers_see_them() -> None:
    assert VALIDATOR.is_valid(value(GOOD))
    assert VALIDATOR.is_valid({"channels": [{"id": "call", "name": "콜센터", "phone": 1357}]})
    assert VALIDATOR.is_valid([{"id": "a", "questions": "하나", "answer": "답", "weight": 0.9}])


SEEDED = [
    ("entries:\n", "entires:\n"),
    ("  notice: ended\n", "  notise: ended\n"),
    ("  questions: [모집 기간, 접수는 언제, 며칠까지 받았나요]\n", ""),
    ("review_by: 2027-02-21", "review_by: 내년"),
    ("defaults: {owner", "defaults: {status: live, owner"),
    ('url: "https://example.kr/a"', "url: example"),
    ('date: "2022-04-11"', 'date: "22년 4월"'),
    ("title: 안내문", 'title: ""'),
    ("- {id: most, value", "- {id: most, valeu"),
    ("figures:\n- {id: most", "figures:\n  {id: most"),
    ("{until: 2022-06-07, answer", "{until: 6월, answer"),
    ("    match: [언제 모집했죠]", "    matches: [언제 모집했죠]"),
    ("  related: [phone-of]", "  english: {title: When}"),
    ("  related: [phone-of]", "  tests2: {}"),
    ("groups:\n- id: kind\n", "groups:\n- id: kind\n  exclusive: 예\n"),
    ("- id: period\n", "- id: Period_1\n"),
    ('  answer: "{figure.most}까지입니다. {channel.call.phone}로 문의하세요."\n', ""),
    ("까지입니다. {channel", f"까지입니다. {'길다 ' * 150}{{channel"),
]


@pytest.mark.parametrize(("old", "new"), SEEDED, ids=range(len(SEEDED)))
def test_seeded_errors_are_not(old: str, new: str) -> None:
    assert old in GOOD
    assert not VALIDATOR.is_valid(value(GOOD.replace(old, new, 1)))


def test_vs_code_gets_both_files_and_keeps_its_own_settings(tmp_path: Path) -> None:
    own = tmp_path / ".vscode" / "settings.json"
    own.parent.mkdir()
    own.write_text('{"editor.rulers": [100], "yaml.schemas": {"./x.json": "x/*"}}')
    written = schema.write_vscode(tmp_path, "knowledge")
    found = json.loads(own.read_text(encoding="utf-8"))
    assert found["editor.rulers"] == [100]
    assert set(found["yaml.schemas"]) == {"./x.json", f"./.vscode/{schema.FILE}"}
    assert json.loads(written[1].read_text(encoding="utf-8")) == schema.schema()
    own.write_text("// mine\n{}")
    with pytest.raises(RefusedError, match="주석"):
        schema.write_vscode(tmp_path, "knowledge")
    assert own.read_text() == "// mine\n{}"


def test_every_form_has_its_message_in_korean() -> None:
    made = schema.schema()

    def patterns(part: object) -> list[dict[str, Any]]:
        if isinstance(part, dict):
            own = [part] if "pattern" in part and isinstance(part["pattern"], str) else []
            return own + [p for v in part.values() for p in patterns(v)]
        return [p for v in part for p in patterns(v)] if isinstance(part, list) else []

    found = patterns(made["$defs"])
    assert len(found) >= 10
    models = {name: m["properties"] for name, m in made["$defs"].items() if "properties" in m}
    told = {p["patternErrorMessage"] for m in models.values() for p in patterns(m)}
    assert all(re.search("[가-힣]{2}", message) for message in told)
    assert models["EntryDoc"]["id"]["patternErrorMessage"] == "영문 소문자·숫자·붙임표만 씁니다"


def test_ids_are_offered_and_others_may_be_typed(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD, encoding="utf-8")
    made = schema.schema(load(tmp_path))
    entry = made["$defs"]["EntryDoc"]["properties"]
    for key, ids in (
        ("related", ["period", "phone-of", "phone-of.changwon"]),
        ("sources", ["src"]),
        ("notice", ["ended"]),
    ):
        assert f'"enum": {json.dumps(ids)}' in json.dumps(entry[key]), key
    validator = Draft202012Validator(made)
    assert validator.is_valid(value(GOOD))
    assert validator.is_valid(value(GOOD.replace("related: [phone-of]", "related: [something-new]")))
