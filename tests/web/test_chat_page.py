"""The page of the web chat and its script, as they are served."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import app as building
from bot.desk.desk import HelpDesk
from tests.web.conftest import Opens
from tests.web.test_pages import get, opened


def setup_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="setup">(.*?)</script>', page, re.DOTALL)
    assert found
    made: dict[str, Any] = json.loads(found[1])
    return made


async def test_the_notice_is_there_before_any_script(site: Opens, tmp_path: Path, shipped: HelpDesk) -> None:
    async with opened(site, tmp_path) as made:
        page = await get(made, "/")
        same = await get(made, "/", **{"If-None-Match": page.headers["etag"]})
        english = await get(made, "/chat?lang=en&embed=1")
        neither = await get(made, "/chat?lang=fr")
    closed = "2022년 6월 7일에 모집이 끝나 지금은 신청할 수 없습니다"
    assert re.search(rf'<p class="notice" id="notice">[^<]*{closed}', page.text)
    assert same.status_code == 304
    assert '<html lang="en" class="embedded">' in english.text
    assert "end dates differ by project" in english.text
    assert setup_of(english.text)["embedded"] is True
    assert setup_of(neither.text)["language"] == "ko"
    assert {c["value"] for c in setup_of(page.text)["contacts"]} == {"1357"}


async def test_a_question_to_begin_with_is_one_that_has_a_page(
    site: Opens, tmp_path: Path, shipped: HelpDesk
) -> None:
    smalltalk = next(e.id for e in shipped.base.entries.values() if e.kind.value == "smalltalk")
    async with opened(site, tmp_path) as made:
        wanted = await get(made, "/?entry=institution-phone.changwon")
        others = [await get(made, f"/?entry={name}") for name in (smalltalk, "no-such", "")]
    assert setup_of(wanted.text)["choice"] == {
        "entry": "institution-phone.changwon",
        "question": "창원대 전화번호",
    }
    assert [setup_of(p.text)["choice"] for p in others] == [None, None, None]


async def test_a_knowledge_base_in_english_speaks_english(
    site: Opens, tmp_path: Path, folder: Callable[..., Path]
) -> None:
    text = "programme: {name: Apples, language: en}\nentries:\n- {id: a, questions: [what is an apple], answer: A fruit.}\n"
    async with opened(site, tmp_path, building.desk(folder(base=text))) as made:
        page, entry, script = await get(made, "/"), await get(made, "/a/a"), await get(made, "/embed.js")
    assert '<html lang="en"' in page.text
    assert setup_of(page.text)["languages"] == ["en"]
    assert 'id="notice" hidden' in page.text
    assert '<html lang="en">' in entry.text
    assert "Checked" not in entry.text
    assert "물어보기" not in script.text
