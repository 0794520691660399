"""The Kakao channel: requests read, replies within every limit of the guide and equal to what a library builds."""

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.channels.answering.message import BadRequest, Message, fingerprint
from bot.channels.kakao.parse import parse
from bot.channels.kakao.render import LABEL, browse, menu, render, text
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.knowledge import locale
from bot.languages import Text
from bot.lengths import filled
from bot.words import Choice, Contact, Outcome, Query, Reply, Section, SourceLine
from tests.conftest import NOW

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # a stray backslash in a docstring of the package
    from kakao_chatbot import Payload
    from kakao_chatbot.response import KakaoResponse, QuickReply
    from kakao_chatbot.response.components import (
        Button,
        ListCardComponent,
        ListItem,
        SimpleTextComponent,
        TextCardComponent,
    )

SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("kakao_schema.json").read_text(encoding="utf-8")))
SPACE = re.compile(r"\s+")


class Plain(Say):
    """Says the program's own sentences, of no folder."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, line: str, /, **values: object) -> str:
        return locale.of(self.language).replies[line]


korean, english = Plain("ko"), Plain("en")


def page(entry: str) -> str:
    return f"https://desk.example.kr/a/{entry}"


def outputs(response: dict[str, Any]) -> list[dict[str, Any]]:
    return response["template"]["outputs"]


def shown(response: dict[str, Any]) -> str:
    """All text in the bubbles, without white space."""
    found = []
    for component in outputs(response):
        for value in component.values():
            found += [value.get("text", ""), value.get("description", "")]
    return squeezed("".join(found))


def squeezed(words: str) -> str:
    return SPACE.sub("", words)


def quick(response: dict[str, Any]) -> list[dict[str, Any]]:
    return response["template"].get("quickReplies", [])


def extras(response: dict[str, Any]) -> list[dict[str, str]]:
    return [q["extra"] for q in quick(response)]


def buttons(response: dict[str, Any]) -> list[dict[str, Any]]:
    return [b for c in outputs(response) for b in c.get("textCard", {}).get("buttons", [])]


def check(response: dict[str, Any]) -> None:
    """Fail where a limit is broken, or where the library builds another tree."""
    SCHEMA.validate(response)
    assert len(json.dumps(response, ensure_ascii=False).encode()) <= 30_000
    for component in outputs(response):
        card = component.get("textCard", {})
        assert len(card.get("title", "") + card.get("description", "")) <= 400
    labels = [q["label"] for q in quick(response)]
    assert len(set(labels)) == len(labels)
    assert rebuilt(response) == json.loads(json.dumps(response))


class TextCard(TextCardComponent):
    """The library's card does not know `buttonLayout`."""

    def render(self) -> dict[str, Any]:
        return super().render() | ({"buttonLayout": "vertical"} if self.buttons else {})


SNAKE = {"messageText": "message_text", "webLinkUrl": "web_link_url", "phoneNumber": "phone_number"}


def named(item: dict[str, Any]) -> dict[str, Any]:
    return {SNAKE.get(key, key): value for key, value in item.items()}


def rebuilt(response: dict[str, Any]) -> dict[str, Any]:
    """The same response built, checked and written by the kakao-chatbot package."""
    built = KakaoResponse()
    for component in outputs(response):
        ((kind, value),) = component.items()
        if kind == "simpleText":
            built.add_component(SimpleTextComponent(value["text"]))
        elif kind == "textCard":
            made = [Button(**named(b)) for b in value["buttons"]]
            built.add_component(TextCard(description=value["description"], buttons=made))
        else:
            items = [ListItem(**named(i)) for i in value["items"]]
            built.add_component(ListCardComponent(ListItem(**named(value["header"])), items))
    for reply in quick(response):
        built.add_quick_reply(QuickReply(**named(reply)))
    return json.loads(json.dumps({"version": "2.0"} | built.get_dict()))


# Requests

SAMPLE: dict[str, Any] = {
    "intent": {"id": "b1", "name": "폴백 블록", "extra": {"reason": {"code": 1, "message": "OK"}}},
    "userRequest": {
        "timezone": "Asia/Seoul",
        "lang": "kr",
        "params": {"surface": "Kakaotalk.plusfriend"},
        "block": {"id": "b1", "name": "폴백 블록"},
        "utterance": "그럼 창원대는?",
        "callbackUrl": "https://bot-api.kakao.com/callback/x",
        "user": {
            "id": "u" * 70,
            "type": "botUserKey",
            "properties": {"plusfriendUserKey": "p", "appUserId": "1", "isFriend": True},
        },
    },
    "contexts": [],
    "bot": {"id": "bot1", "name": "산학연 안내"},
    "action": {
        "id": "s1",
        "name": "답",
        "params": {},
        "detailParams": {},
        "clientExtra": {"entry": "period.changwon"},
    },
    "flow": {
        "trigger": {"type": "QUICKREPLY_BUTTON_MESSAGE", "referrerBlock": {"id": "b0", "name": "시작"}},
        "lastBlock": {"id": "b0", "name": "시작"},
    },
}
LEAST = {"userRequest": {"utterance": "신청 되나요", "user": {"id": "u1"}}}


def tapped(**extra: object) -> dict[str, Any]:
    return {**LEAST, "action": {"clientExtra": extra}}


def test_a_whole_request_is_read() -> None:
    skill = parse(SAMPLE)
    assert skill == Message(
        "u" * 70,
        "그럼 창원대는?",
        entry="period.changwon",
        bot="bot1",
        extra='{"entry": "period.changwon"}',
    )
    theirs = Payload.from_dict(SAMPLE)
    assert (skill.user, skill.text, skill.bot) == (theirs.user_id, theirs.utterance, theirs.bot.id)


def test_the_least_request_is_read() -> None:
    assert parse(LEAST) == Message("u1", "신청 되나요")


@pytest.mark.parametrize("name", ["userRequest", "intent", "contexts", "bot", "action", "flow"])
@pytest.mark.parametrize("value", [None, "null", 7, [], {}, {"unknown": {"deep": None}}])
def test_odd_parts_never_fail(name: str, value: object) -> None:
    body = {**SAMPLE, name: value}
    if name == "userRequest":
        body[name] = {**LEAST["userRequest"], "params": value, "lang": value, "block": value}
    assert parse(body).text


def test_a_typed_message_has_no_extra() -> None:
    skill = parse({**LEAST, "action": {"clientExtra": None}})
    assert (skill.entry, skill.verdict, skill.none_of, skill.menu, skill.person) == ("", "", None, None, False)


def test_taps_are_read() -> None:
    assert parse(tapped(fb="up", x="e1")) == replace(
        parse(LEAST), verdict="up", exchange="e1", extra='{"fb": "up", "x": "e1"}'
    )
    assert parse(tapped(fb="down", x="e1")).verdict == "down"
    assert parse(tapped(fb="sideways")).verdict == ""
    assert parse(tapped(fb=["up"], entry=7)).entry == ""
    assert parse(tapped(menu="now")).menu == "now"
    assert parse(tapped(menu="")).menu == ""
    assert parse(tapped(none="e1")).none_of == "e1"
    assert parse(tapped(person="1")).person


@pytest.mark.parametrize(
    ("lang", "language"), [("ko", "ko"), ("kr", "ko"), ("en", "en"), ("en-US", "en"), ("vi", "vi"), ("ja", "ko")]
)
def test_the_language_is_what_the_telephone_says_where_there_are_sentences_for_it(lang: str, language: str) -> None:
    assert parse({"userRequest": {**LEAST["userRequest"], "lang": lang}}).language == language


def tapped_on(value: object) -> Iterator[dict[str, str]]:
    """Iterate over what is behind everything that can be tapped in a response."""
    if isinstance(value, dict):
        if value.get("action") == "message":
            yield value["extra"]
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        yield from tapped_on(part)


@pytest.mark.parametrize("say", [korean, english])
def test_whatever_is_tapped_is_answered_in_the_language_in_which_it_was_offered(say: Say) -> None:
    asks = Reply(Outcome.ASK, "", body="?", choices=choices("하나", "둘"))
    shows = [
        render(asks, say=say, page=None),
        render(answer("네."), say=say, page=None, exchange="e1"),
        menu([Section("now", Text.of({"ko": "지금", "en": "Now"}))], say=say),
        browse("?", [("하나", {"entry": "a"})], say=say, path="now/0"),
        text("?", say=say, offers=[("하나", {"forget": "yes"})]),
    ]
    for taps in map(list, map(tapped_on, shows)):
        assert taps
        told = [parse({"userRequest": LEAST["userRequest"], "action": {"clientExtra": tap}}) for tap in taps]
        assert {(m.language, m.chosen) for m in told} == {(say.language, say is english)}


def test_the_bot_tester_is_known() -> None:
    assert parse({"userRequest": {**LEAST["userRequest"], "params": {"surface": "BuilderBotTest"}}}).tester
    assert not parse(SAMPLE).tester


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (None, "object"),
        ([LEAST], "object"),
        ("{}", "object"),
        ({}, "utterance"),
        ({"userRequest": None}, "utterance"),
        ({"userRequest": {"utterance": 5, "user": {"id": "u"}}}, "utterance"),
        ({"userRequest": {"utterance": "네"}}, "user.id"),
        ({"userRequest": {"utterance": "네", "user": {"id": ""}}}, "user.id"),
        ({"userRequest": {"utterance": "네", "user": {"id": 5}}}, "user.id"),
        ({"userRequest": {"utterance": "네", "user": {"id": "u" * 71}}}, "user.id"),
    ],
)
def test_what_is_no_request_is_refused(body: object, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        parse(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "userRequest",
    "utterance",
    "user",
    "id",
    "lang",
    "params",
    "action",
    "clientExtra",
    "entry",
    "fb",
    "menu",
    "flow",
]


@given(st.recursive(JSON, lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6), max_leaves=20))
def test_any_json_is_read_or_refused(body: object) -> None:
    try:
        skill = parse(body)
    except BadRequest:
        return
    fingerprint(skill, NOW)


@given(JSON, st.text(st.characters(), max_size=20), st.text(st.characters(), min_size=1, max_size=70))
def test_any_extra_utterance_and_user_make_a_fingerprint(extra: object, words: str, user: str) -> None:
    body = {"userRequest": {"utterance": words, "user": {"id": user}}, "action": {"clientExtra": {"x": extra}}}
    skill = parse(body)
    skill.text.encode()
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(skill, NOW))


def test_only_the_same_message_soon_after_is_a_duplicate() -> None:
    first = parse(tapped(fb="up", x="e1"))
    again = parse(tapped(x="e1", fb="up"))
    assert fingerprint(first, NOW) == fingerprint(again, NOW + timedelta(seconds=1.9))
    others = [
        fingerprint(first, NOW + timedelta(seconds=2)),
        fingerprint(parse(tapped(fb="down", x="e1")), NOW),
        fingerprint(parse(LEAST), NOW),
        fingerprint(replace(first, user="u2"), NOW),
        fingerprint(replace(first, text="네"), NOW),
    ]
    assert len({fingerprint(first, NOW), *others}) == 6


# Replies

SENTENCE = "협약을 바꾸려면 2022. 4. 25. 공고에 따라 전문기관의 승인을 받아야 합니다. "
SIGNATURE = "출처: 중기부 공고(2022-04-12), 창원대 누리집(2025) 외 5건 · 확인일 2026-11-23"
SOURCE = SourceLine("중기부 보도자료 전재", "http://ktab.kr/2139?a=1&b=2", "2022-04-12", "2026-11-23")
PHONE = Contact("phone", "중소기업통합콜센터", "1357")
SITE = Contact("url", "기업마당", "www.bizinfo.go.kr")


def answer(body: str, signature: str = SIGNATURE, **more: Any) -> Reply:
    whole = f"{body}\n\n{signature}" if signature else body
    return Reply(Outcome.ANSWER, whole, "period", ("period",), body=body, signature=signature, **more)


def choices(*questions: str) -> tuple[Choice, ...]:
    return tuple(Choice(q, f"entry-{i}", "답") for i, q in enumerate(questions, 1))


def test_a_short_answer_is_one_bubble() -> None:
    response = render(answer("네."), say=korean, page=None)
    assert outputs(response) == [{"simpleText": {"text": f"네.\n\n{SIGNATURE}"}}]
    assert extras(response) == [{"person": "1"}]


def test_an_answer_with_contacts_is_one_card() -> None:
    reply = answer(
        "1357로 물으세요.", contacts=(PHONE, SITE), sources=(SOURCE,), related=choices("접수기간은 언제인가요")
    )
    response = render(reply, say=korean, page=page, exchange="e1")
    check(response)
    assert outputs(response) == [
        {
            "textCard": {
                "description": f"1357로 물으세요.\n\n{SIGNATURE}",
                "buttons": [
                    {"label": "중소기업통합콜센터 전화", "action": "phone", "phoneNumber": "1357"},
                    {"label": "기업마당 열기", "action": "webLink", "webLinkUrl": "https://www.bizinfo.go.kr"},
                    {"label": "중기부 보도자료 전재 열기", "action": "webLink", "webLinkUrl": SOURCE.url},
                ],
                "buttonLayout": "vertical",
            }
        }
    ]
    assert quick(response)[0] == {
        "label": "접수기간은 언제인가요",
        "action": "message",
        "messageText": "접수기간은 언제인가요",
        "extra": {"entry": "entry-1"},
    }
    assert extras(response)[1:] == [{"fb": "up", "x": "e1"}, {"fb": "down", "x": "e1"}, {"person": "1"}]


@pytest.mark.parametrize(
    ("value", "button"),
    [
        (Contact("phone", "창원대", "전화 없음"), None),
        (Contact("email", "창원대", "a@b.kr"), None),
        (Contact("url", "창원대", "ftp://b.kr"), None),
        (Contact("url", "창원대", "두 낱말"), None),
        (Contact("url", "", "https://b.kr"), "https://b.… 열기"),
        (Contact("phone", "국립창원대학교 산학협력단", "055-213-2114"), "국립창원대학교… 전화"),
    ],
)
def test_contacts_make_buttons_only_where_they_work(value: Contact, button: str | None) -> None:
    response = render(answer("네.", contacts=(value,)), say=korean, page=None)
    check(response)
    assert [b["label"] for b in buttons(response)] == ([button] if button else [])


def test_up_to_500_characters_nothing_is_left_out() -> None:
    body = (SENTENCE * 10)[:430].strip()
    response = render(answer(body, contacts=(PHONE,)), say=korean, page=page)
    check(response)
    assert outputs(response)[0] == {"simpleText": {"text": body}}
    assert outputs(response)[1]["textCard"]["description"] == SIGNATURE
    assert len(outputs(render(answer(body), say=korean, page=page))) == 1


def test_a_long_answer_is_shortened_at_a_sentence_and_linked() -> None:
    response = render(answer(SENTENCE * 20, contacts=(PHONE,)), say=korean, page=page)
    check(response)
    (component,) = outputs(response)
    body, signature = component["textCard"]["description"].split("\n\n")
    assert signature == SIGNATURE
    assert body.endswith("합니다. …")
    assert (SENTENCE * 20).startswith(body.removesuffix(" …"))
    assert len(component["textCard"]["description"]) > 400 - len(SENTENCE) - 2
    assert buttons(response)[0] == {"label": "전체 답 보기", "action": "webLink", "webLinkUrl": page("period")}
    assert buttons(response)[1]["action"] == "phone"


@pytest.mark.parametrize("length", [600, 1400, 2700])
def test_without_a_page_a_long_answer_is_split(length: int) -> None:
    body = (SENTENCE * 70)[:length]
    response = render(answer(body), say=korean, page=None)
    check(response)
    assert shown(response) == squeezed(body + SIGNATURE)
    assert all(len(c["simpleText"]["text"]) <= (500 if length < 1400 else 1000) for c in outputs(response))


def test_what_three_bubbles_cannot_hold_is_shortened_with_the_signature_kept() -> None:
    for more in ({}, {"contacts": (PHONE,)}):
        response = render(answer(SENTENCE * 200, **more), say=korean, page=None)
        check(response)
        assert len(outputs(response)) == 3
        assert shown(response).endswith("합니다.…" + squeezed(SIGNATURE))


def test_an_endless_signature_keeps_its_date() -> None:
    response = render(answer("네.", f"출처: {'공고 ' * 900}· 확인일 2026-11-23"), say=korean, page=page)
    check(response)
    assert shown(response).endswith("…·확인일2026-11-23")


def test_a_question_back_is_a_list() -> None:
    reply = Reply(
        Outcome.ASK,
        "어느 쪽을 물으셨나요?\n1. …",
        body="어느 쪽을 물으셨나요?",
        choices=choices("국립창원대학교 참여기업이 어디예요", "국립창원대학교 참여기업이 몇 곳인가요"),
    )
    response = render(reply, say=korean, page=page, exchange="e1")
    check(response)
    assert outputs(response) == [
        {
            "listCard": {
                "header": {"title": "어느 쪽을 물으셨나요?"},
                "items": [
                    {
                        "title": f"{i}. {c.question}",
                        "action": "message",
                        "messageText": c.question,
                        "extra": {"entry": c.entry},
                    }
                    for i, c in enumerate(reply.choices, 1)
                ],
            }
        }
    ]
    assert [q["label"] for q in quick(response)] == [
        "국립창원대학교 참여기업이…",
        "2. 국립창원대학교…",
        "이 중에 없어요",
        "상담원",
    ]
    assert extras(response)[2:] == [{"none": "e1"}, {"person": "1"}]


def test_a_long_question_back_stands_above_its_list() -> None:
    reply = Reply(Outcome.ASK, SENTENCE, body=SENTENCE * 90, choices=choices("가", "나", "다", "라", "마"))
    response = render(reply, say=korean, page=None)
    check(response)
    assert [next(iter(c)) for c in outputs(response)] == ["simpleText", "simpleText", "listCard"]
    assert outputs(response)[2]["listCard"]["header"] == {"title": korean("ask")}


def test_more_choices_than_a_list_holds_are_numbered_in_the_text() -> None:
    questions = [f"{i}번째 기관의 접수기간은 언제인가요" for i in range(1, 13)]
    response = render(
        Reply(Outcome.ASK, "", body="어느 쪽인가요?", choices=choices(*questions)), say=korean, page=None
    )
    check(response)
    assert shown(response).endswith("12.12번째기관의접수기간은언제인가요")
    assert len(quick(response)) == 10
    assert extras(response)[-2:] == [{"none": ""}, {"person": "1"}]


def test_a_fallback_leads_on() -> None:
    reply = Reply(
        Outcome.FALLBACK, "확인된 답이 없습니다.", body="확인된 답이 없습니다.", choices=choices("접수기간")
    )
    response = render(reply, say=korean, page=page, exchange="e1")
    check(response)
    assert shown(response) == "확인된답이없습니다.1.접수기간"
    assert extras(response) == [{"entry": "entry-1"}, {"none": "e1"}, {"menu": ""}, {"person": "1"}]


def test_a_handover_connects_to_a_person() -> None:
    reply = Reply(Outcome.HANDOVER, "1357로 전화하세요.", "talk", body="1357로 전화하세요.", contacts=(PHONE,))
    response = render(reply, say=english, page=page, exchange="e1")
    check(response)
    assert [(b["label"], b["action"]) for b in buttons(response)] == [
        ("Ask a person", "operator"),
        ("Call 중소기업통합콜센터", "phone"),
    ]
    assert not quick(response)


def test_an_empty_reply_still_says_something() -> None:
    for reply in (Reply(Outcome.ANSWER, ""), Reply(Outcome.ASK, " ", choices=choices(" ", ""))):
        response = render(reply, say=korean, page=None)
        check(response)
        assert shown(response) == squeezed(korean("fallback"))


def test_a_text_without_a_body_is_said_once() -> None:
    response = render(Reply(Outcome.ANSWER, f"네.\n\n{SIGNATURE}", signature=SIGNATURE), say=korean, page=None)
    assert shown(response) == squeezed(f"네.{SIGNATURE}")


def test_the_menu() -> None:
    sections = [Section(f"s{i}", Text.of({"ko": f"메뉴 {i}", "en": f"Section {i}"})) for i in range(12)]
    response = menu(sections, say=korean)
    check(response)
    assert shown(response) == squeezed(korean("menu"))
    assert extras(response) == [*({"menu": f"s{i}"} for i in range(9)), {"person": "1"}]
    late = menu(sections[:1], say=english, language="en", lead="Sorry.")
    assert shown(late).startswith("Sorry.What")
    assert quick(late)[0]["label"] == "Section 0"
    check(menu([], say=korean))


def test_a_plain_message() -> None:
    assert text("네.", say=korean, ways=False) == {
        "version": "2.0",
        "template": {"outputs": [{"simpleText": {"text": "네."}}]},
    }
    check(text(SENTENCE * 300, say=korean, ways=False))
    with pytest.raises(ValueError, match="without text"):
        text(" \n", say=korean)


# Laws

LETTERS = st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("가나다라 .\n?…👩‍👩‍👧🇰🇷👍🏽é̂한글"))
WORDS = st.one_of(
    st.text(LETTERS, max_size=60),
    st.text(LETTERS, max_size=60).flatmap(lambda t: st.integers(1, 99).map(lambda n: t * n)),
    st.lists(
        st.sampled_from([SENTENCE, "네! ", "· 기술료: 매출의 2%\n", "긴말" * 400, "👍🏽" * 300, "\n\n"]), max_size=40
    ).map("".join),
)
SHORT = st.text(LETTERS, max_size=90)
CHOICES = st.lists(st.builds(Choice, WORDS, st.text(LETTERS, max_size=40), st.just("")), max_size=12).map(tuple)
CONTACTS = st.builds(Contact, st.sampled_from(["phone", "url", "email"]), WORDS, st.one_of(WORDS, st.just("1357")))
REPLIES = st.builds(
    Reply,
    st.sampled_from(Outcome),
    WORDS,
    entry=st.sampled_from(["", "period"]),
    choices=CHOICES,
    related=CHOICES,
    sources=st.lists(
        st.builds(SourceLine, WORDS, st.sampled_from(["", SOURCE.url, "x" * 5000]), SHORT, SHORT), max_size=3
    ).map(tuple),
    body=WORDS,
    signature=st.one_of(st.just(""), st.just(SIGNATURE), WORDS),
    contacts=st.lists(CONTACTS, max_size=5).map(tuple),
)
PAGES = st.sampled_from([None, page, lambda _: "", lambda entry: f"https://{entry * 900}"])


@given(REPLIES, st.sampled_from([korean, english]), PAGES, st.sampled_from(["", "0123456789ab"]))
def test_any_reply_is_within_the_limits(
    reply: Reply, say: Callable[[str], str], link: Callable[[str], str] | None, exchange: str
) -> None:
    check(render(reply, say=say, page=link, exchange=exchange))


@given(WORDS.filter(str.strip), st.sampled_from(["", SIGNATURE]), st.sampled_from([(), (PHONE,)]), PAGES)
def test_a_text_is_preserved_but_for_its_end(
    body: str, signature: str, contacts: tuple[Contact, ...], link: Callable[[str], str] | None
) -> None:
    said = shown(render(answer(body, signature, contacts=contacts), say=korean, page=link))
    assert said.endswith(squeezed(signature))
    said = said.removesuffix(squeezed(signature))
    whole = squeezed(body)
    assert said == whole or (said.endswith("…") and whole.startswith(said.removesuffix("…")))


SENTENCES = st.lists(
    st.text("가나다라마 ", min_size=1, max_size=80).map(lambda t: f"다{t}까지입니다. "), min_size=1, max_size=90
)


@given(SENTENCES.map("".join), st.sampled_from([None, page]), st.sampled_from([(), (PHONE,)]))
def test_sentences_stay_whole(body: str, link: Callable[[str], str] | None, contacts: tuple[Contact, ...]) -> None:
    response = render(answer(body, contacts=contacts), say=korean, page=link)
    for component in outputs(response):
        words = next(iter(component.values()))
        said = (words.get("text") or words["description"]).removesuffix(SIGNATURE).strip()
        assert said == "" or said.removesuffix(" …").endswith("입니다.")
        assert not said.endswith("…") or len(said) > 200


@pytest.mark.parametrize("before", range(14))
def test_a_cut_never_parts_a_character_from_its_marks(before: int) -> None:
    for character in ("👩‍👩‍👧", "👍🏽", "e\u0302", "한"):
        related = choices("가" * before + character * 20)
        (label, _) = (q["label"] for q in quick(render(answer("네.", related=related), say=korean, page=None)))
        assert re.fullmatch(f"가{{{before}}}(?:{character})*…", label)


# The shipped knowledge


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("link", [page, None])
def test_every_entry_renders_within_the_limits(
    shipped: HelpDesk, language: str, link: Callable[[str], str] | None
) -> None:
    say = Say(shipped.base, language)
    for entry in shipped.base.entries:
        reply = shipped.ask(Query("", "u", NOW, "kakao", choice=entry, language=language))
        response = render(reply, say=say, page=link, exchange="0123456789ab")
        check(response)
        said = shown(response)
        assert said.endswith(squeezed(reply.signature))
        if link is None or len(reply.text) <= 500:
            assert said == squeezed(reply.text)


def test_questions_and_the_menu_of_the_shipped_knowledge(shipped: HelpDesk) -> None:
    say = Say(shipped.base, "ko")
    seen = set()
    for number, words in enumerate(
        ["접수", "기술료", "화성에 가는 법", "상담원", "ㅊㅇㄷ", "안녕", "", "창원대", "대학"]
    ):
        reply = shipped.ask(Query(words, f"u{number}", NOW, "kakao"))
        check(render(reply, say=say, page=page, exchange="e1"))
        seen.add(reply.outcome)
    assert seen == set(Outcome)
    response = menu(shipped.base.menu, say=say)
    check(response)
    assert [q["messageText"] for q in quick(response)] == [
        *(s.title.in_("ko") for s in shipped.base.menu),
        say("person"),
    ]


@pytest.mark.parametrize(
    ("label", "shown_as"),
    [
        ("창원대", "창원대 열기"),
        ("범부처통합연구지원시스템(IRIS)", "IRIS 열기"),
        ("에너지단열경제(참여기업 모집)", "에너지단열경제 열기"),
        ("국가연구개발혁신법 매뉴얼 2026.7판(과기정통부·KISTEP)", "국가연구개발혁신법… 열기"),
    ],
)
def test_of_a_long_name_what_stands_in_brackets_goes_first_or_is_the_name(label: str, shown_as: str) -> None:
    assert filled("{label} 열기", label, LABEL) == shown_as


def test_small_talk_leads_to_the_menu() -> None:
    reply = Reply(Outcome.SMALLTALK, "안녕하세요.", "hello", body="안녕하세요.")
    assert [q["label"] for q in quick(render(reply, say=korean, page=page))] == ["처음 메뉴", "상담원"]
