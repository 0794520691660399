"""TalkTalk: events read, replies within every limit of the documentation, and all that is said of them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.answering.message import BadRequest
from bot.channels.talktalk.parse import parse
from bot.channels.talktalk.render import TEXT, above, browse, menu, render, text
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.languages import translated
from bot.words import Choice, Contact, Outcome, Query, Reply, Section, SourceLine
from tests.channels.talktalk import card, check, links, long, quick, said, sent, tappable
from tests.channels.test_kakao import CHOICES, JSON, PAGES, REPLIES, WORDS, squeezed
from tests.conftest import NOW

OPEN = {
    "event": "open",
    "user": "al-2eGuGr5WQOnco1_V-FQ",
    "options": {"inflow": "button", "referer": "https://www.smtech.go.kr/", "friend": False, "under14": False},
}
LANGUAGES = st.sampled_from(["ko", "en"])


def titles(event: dict[str, Any]) -> list[str]:
    return [b["data"]["title"] for b in tappable(event)]


# Events


def test_a_message() -> None:
    message = parse(sent("창원대 전화번호", "al-2eGuGr5WQOnco1_V-FQ"))
    assert (message.user, message.text, message.tap) == ("al-2eGuGr5WQOnco1_V-FQ", "창원대 전화번호", "")
    assert (message.language, message.entry, message.silent) == ("", "", False)


@pytest.mark.parametrize(
    ("tap", "expected"),
    [
        ({"entry": "period"}, {"entry": "period", "tap": ""}),
        (
            {"fb": "down", "x": "e1", "why": "old"},
            {"tap": "fb", "verdict": "down", "exchange": "e1", "reason": "old"},
        ),
        ({"none": "e1"}, {"tap": "none", "none_of": "e1"}),
        ({"menu": ""}, {"tap": "menu", "menu": ""}),
        ({"person": "1", "l": "en"}, {"tap": "person", "language": "en"}),
        ({"forget": "yes"}, {"tap": "forget", "forget": "yes"}),
    ],
)
def test_a_tap_comes_back(tap: dict[str, str], expected: dict[str, object]) -> None:
    message = parse(sent("버튼", code=json.dumps(tap), inputType="button"))
    assert {name: getattr(message, name) for name in expected} == expected


@pytest.mark.parametrize("code", ["", "CHATBOT_GUIDE", "1", "null", "[]", "{", "[" * 1_000])
def test_a_button_of_the_operators_own_is_a_question(code: str) -> None:
    message = parse(sent("챗봇 안내", code=code, inputType="button"))
    assert (message.text, message.tap, message.entry) == ("챗봇 안내", "", "")


def test_who_comes_in_sees_the_menu_and_who_comes_back_only_reads() -> None:
    assert parse(OPEN).menu == ""
    assert parse(OPEN | {"options": {"inflow": "none"}}).menu == ""
    assert parse(OPEN | {"options": {"inflow": "list"}}).silent


@pytest.mark.parametrize(
    "event",
    [
        {"event": "leave", "user": "u"},
        {"event": "friend", "user": "u", "options": {"set": "on"}},
        {"event": "echo", "echoedEvent": "send", "user": "u", "partner": "wc1", "textContent": {"text": "답"}},
        {"event": "action", "user": "u", "options": {"action": "typingOn"}},
        {"event": "handover", "user": "u", "partner": "wc1", "options": {"control": "passThread"}},
        {"event": "test"},
        {**sent("상담원께"), "standby": True},
    ],
)
def test_nothing_is_said_to(event: dict[str, Any]) -> None:
    assert parse(event).silent


def test_what_cannot_be_read_and_who_wants_to_be_called() -> None:
    picture = {"event": "send", "user": "u", "imageContent": {"imageUrl": "https://a.kr/x.jpg"}}
    assert parse(picture).unreadable
    assert parse(sent("(미소)", inputType="sticker")).unreadable
    assert parse(sent("050719003814,2017-11-03", inputType="vphone")).tap == "person"
    assert not parse(sent("이 상품을 문의합니다.", inputType="product")).unreadable


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (None, "not a JSON object"),
        ([], "not a JSON object"),
        ({}, "event is not"),
        ({"event": ["send"]}, "event is not"),
        ({"event": "open"}, "1 to 64"),
        (sent("네", ""), "1 to 64"),
        (sent("네", "u" * 65), "1 to 64"),
        ({"event": "send", "user": "u"}, "textContent.text"),
        ({"event": "send", "user": "u", "textContent": {"text": None}}, "textContent.text"),
    ],
)
def test_what_is_no_event(body: object, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        parse(body)


FIELDS = ["event", "user", "textContent", "imageContent", "options", "standby", "partner"]


@given(JSON | st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(["send", "open"])))
def test_anything_is_read_or_refused(body: object) -> None:
    try:
        message = parse(body)
    except BadRequest:
        return
    assert message.silent or message.user
    f"{message.user}{message.text}{message.extra}".encode()


# Replies


def choices(*questions: str) -> tuple[Choice, ...]:
    return tuple(Choice(q, f"e{n}", "") for n, q in enumerate(questions))


def reply(body: str = "됩니다.", outcome: Outcome = Outcome.ANSWER, **more: Any) -> Reply:
    signature = more.get("signature", "")
    return Reply(outcome, f"{body}\n\n{signature}".strip(), "period", body=body, **more)


def test_an_answer(shipped: HelpDesk) -> None:
    made = reply(related=choices("접수 기간이 언제인가요"), contacts=(Contact("phone", "창원대", "055-213-2114"),))
    event = render(made, say=Say(shipped.base, "ko"), page=None, exchange="x1")
    assert said(event) == "됩니다."
    assert [b["data"]["title"] for b in card(event)["buttonList"]] == ["접수 기간이 언제인가요"]
    assert [b["data"]["title"] for b in quick(event)] == ["👍 도움됐어요", "👎 아니에요", "상담원"]
    assert links(event) == []  # TalkTalk makes numbers in a text callable itself


def test_a_plain_text_has_quick_buttons_alone(shipped: HelpDesk) -> None:
    event = render(reply(), say=Say(shipped.base, "ko"), page=None)
    assert set(event) == {"event", "textContent"}
    assert titles(event) == ["상담원"]


def test_a_source_and_a_page_are_one_tap_away(shipped: HelpDesk) -> None:
    made = reply(
        contacts=(Contact("url", "범부처통합연구지원시스템(IRIS)", "iris.go.kr"),),
        sources=(SourceLine("공고", "", "", ""), SourceLine("통합공고", "https://a.kr/notice", "", "")),
    )
    event = render(made, say=Say(shipped.base, "ko"), page=None)
    assert [(b["title"], b["url"], b["mobileUrl"]) for b in links(event)] == [
        ("범부처통합연구지원시스템 열기", "https://iris.go.kr", "https://iris.go.kr"),
        ("통합공고 열기", "https://a.kr/notice", "https://a.kr/notice"),
    ]


def test_english_buttons_are_whole_and_come_back_in_english(shipped: HelpDesk) -> None:
    event = render(reply(), say=Say(shipped.base, "en"), page=None, exchange="x1")
    assert titles(event) == ["👍 Helpful", "👎 Not helpful", "Ask a person"]
    assert all(json.loads(b["data"]["code"])["l"] == "en" for b in tappable(event))


def test_a_long_text_is_whole_and_what_is_longer_than_a_message_leads_to_its_page(shipped: HelpDesk) -> None:
    say = Say(shipped.base, "ko")
    whole = render(reply("사과를 심습니다. " * 300, related=choices("배는요")), say=say, page=None)
    assert long(said(whole)) > 1_000
    assert titles(whole) == ["배는요", "상담원"]
    longer = reply("사과를 심습니다. " * 2_000, signature="출처: 공고 · 확인일 2026-08-01")
    cut = render(longer, say=say, page=lambda entry: f"https://desk.kr/a/{entry}")
    assert TEXT - 50 < long(said(cut)) <= TEXT
    assert said(cut).endswith("심습니다. …\n\n출처: 공고 · 확인일 2026-08-01")
    assert links(cut)[0]["url"] == "https://desk.kr/a/period"


def test_labels_that_are_cut_alike_are_told_apart(shipped: HelpDesk) -> None:
    same = "창원대학교 산학협력단의 기술이전 담당자는 누구인가요"
    event = render(reply(related=choices(same + "1", same + "2")), say=Say(shipped.base, "ko"), page=None)
    first, second, _ = titles(event)
    assert first != second
    assert second.startswith("2. ")


def test_a_list_goes_on(shipped: HelpDesk) -> None:
    say = Say(shipped.base, "ko")
    lines = [(f"{n}번째 물음", {"entry": f"e{n}"}) for n in range(25)]
    first = browse("제목", lines, say=say, path="now/0")
    assert said(first).splitlines() == ["제목", *(f"{n + 1}. {n}번째 물음" for n in range(10))]
    assert json.loads(quick(first)[0]["data"]["code"]) == {"menu": "now/0/10"}
    last = browse("제목", lines, say=say, path="now/0", start=20, back="now")
    assert titles(last) == [*(f"{n + 1}. {n}번째 물음" for n in range(20, 25)), "‹ 뒤로", "상담원"]


# Laws


@given(REPLIES, LANGUAGES, PAGES, st.sampled_from(["", "0123456789ab"]), st.lists(WORDS, max_size=4))
def test_any_reply_is_within_the_limits_whatever_stands_above_it(
    shipped: HelpDesk, reply: Reply, language: str, page: Any, exchange: str, texts: list[str]
) -> None:
    event = render(reply, say=Say(shipped.base, language), page=page, exchange=exchange)
    check(event)
    higher, count = above(texts, event)
    check(higher)
    assert 0 <= count <= len(texts)
    assert said(higher).endswith(said(event))
    assert (higher == event) == (count == 0)


@given(WORDS.filter(str.strip), CHOICES, LANGUAGES)
def test_a_text_is_preserved_but_for_its_end(shipped: HelpDesk, body: str, related: Any, language: str) -> None:
    words = squeezed(said(render(reply(body, related=related), say=Say(shipped.base, language), page=None)))
    whole = squeezed(body)
    assert words == whole or (long(body) > TEXT and whole.startswith(words.removesuffix("…")))


@given(
    st.lists(
        st.builds(Section, st.text(max_size=5), st.builds(translated, LANGUAGES, WORDS, st.none() | WORDS)),
        max_size=15,
    ),
    st.lists(st.tuples(WORDS, st.dictionaries(st.sampled_from(["entry", "menu"]), WORDS)), max_size=25),
    WORDS,
    LANGUAGES,
    st.integers(0, 30),
)
def test_menus_and_lists_are_within_the_limits(
    shipped: HelpDesk, sections: list[Section], lines: Any, words: str, language: str, start: int
) -> None:
    say = Say(shipped.base, language)
    check(menu(sections, say=say, language=language, lead=words * 9, check=words[:50]))
    check(browse(words[:50], [(w, tap) for w, tap in lines], say=say, path="a/0", start=start))
    check(text(words, say=say, offers=lines))
    assert said(text(" \n", say=say)) == say("fallback")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_entry_is_shown_whole(shipped: HelpDesk, language: str) -> None:
    say = Say(shipped.base, language)
    for entry in shipped.base.entries:
        made = shipped.ask(Query("", "u", NOW, "talktalk", choice=entry, language=language))
        event = render(made, say=say, page=None, exchange="0" * 32)
        check(event)
        assert said(event) == made.text.strip()
    check(menu(shipped.base.menu, say=say, language=language, lead=say("welcome")))
