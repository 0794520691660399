"""Layouts that loading and dumping with ruamel.yaml writes anew as a whole, and that an edit leaves as they are (docs/adr/0010)."""

from io import BytesIO

import pytest
from ruamel.yaml import YAML

from bot.workshop.edit import Draft

LAYOUTS = {
    "ends of lines as Windows has them": "a: 1\r\nb:\r\n- x\r\n",
    "a mark of UTF-8": "\ufeffa: 1\nb:\n- x\n",
    "lists at several depths": "a: 1\nb:\n- x\nc:\n  - y\nd:\n    - z\n",
    "mappings at several depths": "a: 1\nb:\n    c: 1\nd:\n  e: 2\n",
    "a plain text over several lines": "a: 1\nanswer: 하나\n  둘\n  셋\n",
    "a quoted text over several lines": 'a: 1\nanswer: "하나\n  둘"\n',
    "a list in brackets over several lines": "a: 1\nq: [가, 나,\n    다]\n",
    "more than one space between a pair": "a: 1\nb: {id: a,  c: d}\n",
    "a value that is not there, written ~": "a: 1\nb: ~\n",
    "no end of the last line": "a: 1\nb: 2",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_edit_changes_one_value_where_dumping_changes_more(layout: str) -> None:
    data = LAYOUTS[layout].encode()
    draft = Draft("a.yaml", data)
    draft.set(("a",), "새 값")
    assert draft.after == data.replace(b"a: 1", "a: 새 값".encode(), 1)
    yaml, out = YAML(), BytesIO()
    yaml.preserve_quotes, yaml.width = True, 10**6
    yaml.dump(yaml.load(data), out)
    assert out.getvalue() != data, "it holds here now: docs/adr/0010 says otherwise"
