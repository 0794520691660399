"""Following a folder: what is good serves, what is broken is told and changes nothing."""

import asyncio
import gc
import logging
import os
import shutil
import weakref
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.desk.front import Front
from bot.knowledge.base import KST
from bot.store import answers, schema
from bot.store.memory import Conversation, Memory
from bot.words import Query
from tests.conftest import NOW
from tests.reload.conftest import Follow, knowledge

BROKEN = "entries:\n- id: x\n  questions: [물음]\n  answer: [\n"


async def ask(front: Front, text: str, memory: Memory | None = None, minutes: int = 0) -> str:
    query = Query(text, "u", NOW + timedelta(minutes=minutes), "web", f"x{minutes}")
    return (await front.ask(memory or Memory(), query)).text


def count(result: str) -> float:
    return REGISTRY.get_sample_value("helpdesk_knowledge_reloads_total", {"result": result}) or 0.0


async def test_a_save_serves(place: Path, follow: Follow) -> None:
    async with follow(place) as following:
        assert await ask(following.front, "사과나무 뜻") == "처음 답"
        old, served = following.version, count("served")
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="고친 답")))
        assert await ask(following.front, "사과나무 뜻") == "고친 답"
        assert following.version != old
        assert count("served") == served + 1
        info = {"version": following.version, "entries": "1"}
        assert REGISTRY.get_sample_value("helpdesk_knowledge_info", info) == 1
        assert following.front.faults == ()


async def test_a_broken_save_keeps_what_was_good_and_is_told_once(
    place: Path, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    async with follow(place) as following:
        good, broken = following.version, count("broken")
        (place / "b.yaml").write_text(BROKEN)
        await following.until(lambda: following.group.said)
        assert await ask(following.front, "사과나무 뜻") == "처음 답"
        assert following.version == good
        assert [(p.file, p.line > 0) for p in following.front.faults] == [("b.yaml", True)]
        assert REGISTRY.get_sample_value("helpdesk_knowledge_stale") == 1
        assert count("broken") == broken + 1
        assert any("b.yaml:" in r.getMessage() and r.levelno == logging.ERROR for r in caplog.records)
        (key, text) = following.group.said[0]
        assert good in key
        assert "b.yaml:" in text
        assert good in text
        (place / "b.yaml").write_text(BROKEN + "# still\n")  # broken otherwise: no news for the group
        await following.until(lambda: count("broken") == broken + 2)
        (place / "b.yaml").write_text(knowledge(운동화끈="넷째 답").replace("e0", "f0"))
        await following.until(lambda: len(following.group.said) == 2)
        assert following.front.faults == ()
        assert REGISTRY.get_sample_value("helpdesk_knowledge_stale") == 0
        assert following.version in following.group.said[1][1]
        assert await ask(following.front, "운동화끈 뜻") == "넷째 답"


async def test_a_name_that_is_no_text_is_told_and_ends_nothing(place: Path, follow: Follow) -> None:
    odd = Path(os.fsdecode(os.fsencode(place) + b"/\xbe\xc8.yaml"))
    async with follow(place) as following:
        odd.write_text(knowledge(사과나무="딴 답"))
        await following.until(lambda: following.group.said)
        assert [p.code for p in following.front.faults] == ["file-name"]
        assert await ask(following.front, "사과나무 뜻") == "처음 답"
        odd.unlink()
        await following.until(lambda: not following.front.faults)
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="고친 답")))
        assert await ask(following.front, "사과나무 뜻") == "고친 답"


async def test_what_only_a_check_finds_serves_and_is_told_and_so_is_what_is_gone(
    place: Path, follow: Follow, caplog: pytest.LogCaptureFixture
) -> None:
    async with follow(place) as following:
        text = knowledge(사과나무="답은 **굵게** 봅니다").replace("e0", "f0")
        await following.changed(lambda: (place / "a.yaml").write_text(text))
        await following.until(lambda: any(p.code == "markup" for p in following.front.doubts))
        assert following.front.doubts[0].code == "gone"
        assert "e0" in following.front.doubts[0].message
        assert following.front.faults == ()
        assert any("check finds" in r.getMessage() and r.levelno == logging.WARNING for r in caplog.records)


async def test_what_was_broken_only_for_a_moment_is_not_told(place: Path, follow: Follow) -> None:
    async with follow(place, patience=60) as following:
        (place / "b.yaml").write_text(BROKEN)
        await following.until(lambda: following.front.faults)
        (place / "b.yaml").unlink()
        await following.until(lambda: not following.front.faults)
        assert following.front.generation == 1  # what served is what stands there again
        assert following.group.said == []


async def test_a_half_written_file_of_what_was_learned_and_a_folder_that_goes_are_survived(
    place: Path, follow: Follow
) -> None:
    async with follow(place) as following:
        (place / "learned.zip").write_bytes(b"PK")
        await following.until(lambda: following.front.faults)
        assert following.front.faults[0].file == "learned.zip"
        (place / "learned.zip").unlink()
        await following.until(lambda: not following.front.faults)
        aside = place.with_name("aside")
        place.rename(aside)
        await following.until(lambda: following.front.faults)
        assert await ask(following.front, "사과나무 뜻") == "처음 답"
        shutil.copytree(aside, place)
        await following.until(lambda: not following.front.faults)
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="고친 답")))
        assert await ask(following.front, "사과나무 뜻") == "고친 답"


async def test_a_touch_builds_nothing_and_a_signal_does(place: Path, follow: Follow) -> None:
    async with follow(place) as following:
        (place / "a.yaml").touch()
        await asyncio.sleep(1.2)  # there is nothing to wait for
        assert following.front.generation == 1
        await following.changed(following.reloader.force)
        assert following.front.generation == 2


TERMS = """
groups:
- id: fruit
  name: 과일
  exclusive: true
  needed: true
  terms:
  - {id: apple, name: 사과, aliases: [사과]}
  - {id: pear, name: 배나무, aliases: [배나무]}
templates:
- id: price
  for: fruit
  questions: ["{short} 얼마예요", "{short} 값이 얼마인가요", "{short} 가격"]
  answers: [{answer: "{name} 값입니다"}]
"""


async def test_a_reload_in_the_middle_of_a_conversation_fails_nobody(place: Path, follow: Follow) -> None:
    """What was offered and what was talked about may be gone: the conversation goes on as it can."""
    (place / "t.yaml").write_text(TERMS)
    async with follow(place) as following:
        talked, offered = Memory(), Memory()
        assert await ask(following.front, "사과 얼마예요", talked) == "사과 값입니다"
        assert await ask(following.front, "그럼 배나무는?", talked, 1) == "배나무 값입니다"
        left = Context(choices=("e1", "price.pear"), members=("fruit.pear",), at=NOW)
        offered.remember(Conversation("u", "u", left.dump(), NOW + timedelta(hours=1)))
        assert await ask(following.front, "2", offered, 1) == "배나무 값입니다"
        offered.remember(Conversation("u", "u", left.dump(), NOW + timedelta(hours=1)))
        await following.changed((place / "t.yaml").unlink)
        for memory in (talked, offered):
            for minute, text in enumerate(("2", "그건 가격이요", "거기는요?", "그럼 사과는?"), 2):
                await ask(following.front, text, memory, minute)
            assert await ask(following.front, "사과나무 뜻", memory, 7) == "처음 답"


async def test_history_is_kept_from_the_start(place: Path, follow: Follow) -> None:
    start = datetime.now(KST)

    async def changes() -> list[str]:
        async with following.database.read() as c:
            return [x.after for x in await answers.changed_since(c, start)]

    async def until_changed(count: int) -> None:
        async with asyncio.timeout(30):
            while len(await changes()) < count:
                await asyncio.sleep(0.02)

    async def recorded() -> None:
        async with asyncio.timeout(30):
            while True:
                async with following.database.read() as c:
                    if (await c.execute(select(schema.answers.c.id).limit(1))).first():
                        return
                await asyncio.sleep(0.02)

    async with follow(place) as following:
        await recorded()
        assert await changes() == []
        text = (place / "a.yaml").read_text()
        await following.changed(lambda: (place / "a.yaml").write_text(text.replace("둘째 답", "고친 둘째 답")))
        await until_changed(1)
        assert await changes() == ["고친 둘째 답"]


async def test_the_desk_that_served_before_is_let_go(place: Path, follow: Follow) -> None:
    async with follow(place) as following:
        old = weakref.ref(following.front.desk.matcher)
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="고친 답")))
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="또 고친 답")))
        gc.collect()
        assert old() is None


async def test_changed_voices_serve_and_a_fault_in_them_holds_nothing_up(place: Path, follow: Follow) -> None:
    path = place / "voices" / "a" / "b.txt"
    path.parent.mkdir(parents=True)
    async with follow(place) as following:
        old = following.version
        await following.changed(lambda: path.write_text("[e0]\n능금나무가 뭐죠\n", encoding="utf-8"))
        assert following.front.base.voices == {"a": {"e0": ("능금나무가 뭐죠",)}}
        assert following.version != old
        await following.changed(lambda: path.write_text("[e0]\n능금나무\n[gone]\n가\n", encoding="utf-8"))
        assert following.front.base.voices == {"a": {"e0": ("능금나무",)}}
        assert following.front.faults == ()
        assert [p.line for p in following.front.base.voices_faults] == [3]
        await following.changed(path.unlink)
        assert following.front.base.voices == {}


async def test_what_is_needed_at_the_first_question_is_there_before_it_serves(
    place: Path, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A base without voices learns from its wordings when it is first asked: nobody waits for that."""
    warmed: list[tuple[str, str]] = []
    async with follow(place) as following:

        def warm(desk: HelpDesk) -> None:
            warmed.append((desk.base.version, following.version))

        monkeypatch.setattr(HelpDesk, "warm", warm)
        old = following.version
        await following.changed(lambda: (place / "a.yaml").write_text(knowledge(사과나무="고친 답")))
        assert warmed == [(following.version, old)]
