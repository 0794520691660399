"""Messages, buttons, menu, limits: pure parts, by property where there is a law."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.buttons import Codes, answer_rows, choice_rows, code_of
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.render import LIMIT, messages, split
from bot.channels.telegram.send import BURST, PER_GROUP_MINUTE, Limiter
from bot.desk.desk import HelpDesk
from bot.desk.say import Say
from bot.lengths import cut, units
from bot.words import Choice, Contact, Kind, Outcome, Query, Reply, SourceLine
from tests.conftest import NOW
from tests.telegram.fake import check_markup, plain

TEXT = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("가나 .\n<>&👩‍👩‍👧🇰🇷é̂한글")), max_size=600
)
SPACE = re.compile(r"\s+")


@given(TEXT, st.integers(2, 80))
def test_parts_fit_and_nothing_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(p) <= limit for p in parts)
    assert SPACE.sub("", "".join(parts)) == SPACE.sub("", text)


@given(
    st.lists(
        st.sampled_from(["가나다라. ", "https://www.smtech.go.kr/page?a=1&b=2 ", "마바사\n\n", "👩‍👩‍👧 "]),
        max_size=60,
    )
)
def test_links_and_families_stay_whole(words: list[str]) -> None:
    for part in split("".join(words), 60):
        for token in part.split():
            assert f"{token} " in "".join(words).replace("\n", " ") + " "


@given(TEXT, TEXT.filter(str.strip), st.text(max_size=40))
def test_stripped_of_markup_a_message_says_the_reply(body: str, title: str, name: str) -> None:
    body = body if body.strip() else "답"
    source = SourceLine(name.strip() or "공고", "https://e.kr/?a=1&b=<2>", "2022", "2026-11-24")
    signature = f"출처: {source.title}(2022) · 확인일 2026-11-24".replace("\n", " ")
    reply = Reply(Outcome.ANSWER, f"{body}\n\n{signature}", "e", body=body, signature=signature, sources=(source,))
    shown = "".join(plain(m, "HTML") for m in messages(reply, title[:200]))
    assert (
        SPACE.sub("", unescape(shown)) == SPACE.sub("", unescape(title[:200] + reply.text))
        or "&" in title + body + name
    )


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_entry_fits_telegram(shipped: HelpDesk, language: str) -> None:
    say = Say(shipped.base, language)
    for entry in shipped.base.entries:
        reply = shipped.ask(Query("", "u", NOW, choice=entry, language=language))
        parts = messages(reply, "제목")
        assert all(units(plain(m, "HTML")) <= LIMIT for m in parts)
        said = plain("\n\n".join(parts), "HTML")
        assert SPACE.sub("", said) == "제목" + SPACE.sub("", reply.text)
        check_markup({"inline_keyboard": answer_rows(reply, say, "0123456789ab")})


def test_every_answer_is_three_taps_away(shipped: HelpDesk) -> None:
    for language in ("ko", "en"):
        menu, say = Menu(shipped.base), Say(shipped.base, language)
        answers = {
            e.id for f in shipped.base.frames if f.kind is Kind.ANSWER for e in f.entries.values() if not e.for_staff
        }
        codes, found = Codes(shipped.base.entries), set()
        pages = [menu.top(say)]
        for _ in range(2):
            check = [menu.page(b["callback_data"], say) for p in pages for row in p.keyboard for b in row]
            pages = [p for p in check if p is not None]
            for page in pages:
                check_markup({"inline_keyboard": page.keyboard})
                datas = [b["callback_data"] for row in page.keyboard for b in row]
                found |= {codes.entry(d[2:]) for d in datas if d.startswith("e:")}
        assert found == answers


def test_a_page_that_is_gone_is_none(shipped: HelpDesk) -> None:
    menu, say = Menu(shipped.base), Say(shipped.base, "ko")
    for data in ("m:nothing", "t:now:99", "t:now:x", "t:", "m:now:7:8"):
        page = menu.page(data, say)
        assert page is None or page.keyboard


@given(st.text(min_size=1, max_size=120))
def test_codes_fit_buttons_and_deep_links(entry: str) -> None:
    code = code_of(entry)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,56}", code)
    assert Codes([entry]).entry(code) == entry


@given(st.text(max_size=100), st.integers(2, 60))
def test_labels_are_cut(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


def test_contacts_and_choices_make_valid_buttons(shipped: HelpDesk) -> None:
    say = Say(shipped.base, "ko")
    contacts = (
        Contact("phone", "콜센터", "1357"),
        Contact("url", "누리집", "www.e.kr"),
        Contact("email", "m", "x" * 300),
    )
    reply = Reply(Outcome.ANSWER, "답", "e", contacts=contacts, choices=(Choice("물음", "entry", "답"),))
    check_markup({"inline_keyboard": [*answer_rows(reply, say, "x"), *choice_rows(reply, say, "x")]})
    assert answer_rows(reply, say, "x")[1][0]["url"] == "https://www.e.kr"


def test_limits_hold_in_every_window() -> None:
    clock = [0.0]
    limiter = Limiter(30, clock=lambda: clock[0])
    sent: dict[str, list[float]] = {"1": [], "2": [], "-9": []}
    while clock[0] < 130:
        for lane in sent:
            while limiter.delay(lane) <= 0:
                limiter.take(lane)
                sent[lane].append(clock[0])
        clock[0] += 0.05
    every = sorted(t for times in sent.values() for t in times)
    assert all(sum(t <= x < t + 1 for x in every) <= 30 for t in every)
    assert all(sum(t <= x < t + 60 for x in sent["-9"]) <= PER_GROUP_MINUTE for t in sent["-9"])
    assert 125 <= len(sent["1"]) <= 130 + BURST
    assert len(sent["-9"]) >= 2 * PER_GROUP_MINUTE
