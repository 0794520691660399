"""JSON Schema of the knowledge files, for editor programs: the models that the loader checks with, described in Korean.

It says less than `check`: nothing about what a file refers to, and nothing that needs two files.
"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from bot.knowledge import locale
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.schema import SECTIONS, SINGLES, TEXTS
from bot.words import RefusedError
from bot.workshop.edit_folder import write_whole
from bot.workshop.schema_ids import completed
from bot.workshop.schema_words import KEYS
from bot.workshop.schema_words import SECTIONS as SECTION_WORDS

FILE = "knowledge.schema.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SPECIAL = ("true", "false", "null", "~", "")


def schema(base: KnowledgeBase | None = None) -> dict[str, Any]:
    """Return the schema of one file: a mapping of sections, or a bare list of entries. `base`: whose ids to complete."""
    definitions: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, model in {**SECTIONS, **SINGLES}.items():
        made = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
        definitions.update(made.pop("$defs", {}))
        definitions[model.__name__] = made
        link = {"$ref": f"#/$defs/{model.__name__}"}
        properties[name] = {"type": "array", "items": link} if name in SECTIONS else link
    properties |= {n: {"type": "object", "additionalProperties": _text({"minLength": 1})} for n in TEXTS}
    for name, words in properties.items():
        properties[name] = {"description": SECTION_WORDS.get(name) or _sentences(name), **words}
    entries = {"type": "array", "items": {"$ref": "#/$defs/EntryDoc"}}
    file = {"type": "object", "properties": properties, "additionalProperties": False}
    made = {
        "$schema": _DRAFT,
        "title": "안내 도우미의 지식 파일",
        "anyOf": [file, entries, {"type": "null"}],
        "$defs": {name: _model(made) for name, made in sorted(definitions.items())},
    }
    return completed(deepcopy(made), base)


def _sentences(section: str) -> str:
    """Return what a section of the desk's own sentences in a further language is."""
    return f"도우미가 스스로 하는 말({locale.name_of(TEXTS[section])}): 이름과 글."


def _model(made: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema as an editor needs it: with words, and lenient where the loader is."""
    if "properties" not in made:
        return made
    properties = {name: _property(name, p) for name, p in made["properties"].items()}
    kept = {k: v for k, v in made.items() if k in ("type", "required", "additionalProperties")}
    return {**kept, "properties": properties}


def _property(name: str, made: dict[str, Any]) -> dict[str, Any]:
    made = {k: v for k, v in made.items() if k not in ("title", "default")}
    found = [_option(o) for o in made.pop("anyOf", [])] or [_option(made)]
    options = [o for o in found if o.get("type") != "null"]
    if options[0].get("type") == "array" and "$ref" not in options[0].get("items", {}) and name != "dialogues":
        options.append(options[0]["items"])  # a single text is allowed in place of a list of one
    if any(o.get("type") == "null" for o in found):
        options.append({"type": "null"})
    return {"description": KEYS.get(name, ""), **(options[0] if len(options) == 1 else {"anyOf": options})}


def _option(made: dict[str, Any]) -> dict[str, Any]:
    made = {k: v for k, v in made.items() if k not in ("title", "default")}
    if made.get("type") == "string" and made.get("format") in ("date", "date-time"):
        pattern = r"^\d{4}-\d{2}-\d{2}" + ("$" if made["format"] == "date" else r"[T ]\d{2}:\d{2}(:\d{2})?$")
        return {"type": "string", "pattern": pattern}
    if made.get("type") == "string" and "enum" not in made and "const" not in made:
        return _text({k: v for k, v in made.items() if k != "type"})
    if made.get("type") == "number":
        return {"anyOf": [made, {"type": "string", "pattern": r"^[01](\.\d+)?$"}]}
    if made.get("type") == "array":
        items = made["items"]
        return {"type": "array", "items": _option(items) if "$ref" not in items else items}
    if made.get("type") == "object" and isinstance(made.get("additionalProperties"), dict):
        return {**made, "additionalProperties": _option(made["additionalProperties"])}
    return made


def _text(limits: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a text; what looks like a number to other programs is a text here, as it is typed."""
    return {"type": ["string", "number"], **limits}


def as_json(base: KnowledgeBase | None = None) -> str:
    """Return the schema as JSON."""
    return json.dumps(schema(base), ensure_ascii=False, indent=1) + "\n"


def settings(folder: str) -> dict[str, Any]:
    """Return the settings of VS Code (extension «YAML» by Red Hat) for a knowledge folder."""
    prefix = "" if folder in ("", ".") else f"{folder.strip('/')}/"
    return {
        "yaml.schemas": {f"./.vscode/{FILE}": [f"{prefix}**/*.yaml", f"!{prefix}.*/**"]},
        "yaml.format.enable": False,
        "[yaml]": {"editor.tabSize": 2, "editor.insertSpaces": True},
    }


def write_vscode(root: Path, folder: str, base: KnowledgeBase | None = None) -> list[Path]:
    """Write the schema and the settings below a root, beside settings that are there; return the files.

    Raises:
        RefusedError: there are settings that are no plain JSON (comments); they are left alone.
    """
    path = root / ".vscode" / "settings.json"
    known: dict[str, Any] = {}
    if path.exists():
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise RefusedError(
                f"{path}에 JSON 아닌 것(주석 등)이 있어 고치지 않았습니다. --vscode만 써서 보고 옮겨 주세요."
            ) from None
    mine = settings(folder)
    mine["yaml.schemas"] = {**known.get("yaml.schemas", {}), **mine["yaml.schemas"]}
    write_whole(path, (json.dumps({**known, **mine}, ensure_ascii=False, indent=2) + "\n").encode())
    write_whole(path.parent / FILE, as_json(base).encode())
    return [path, path.parent / FILE]
