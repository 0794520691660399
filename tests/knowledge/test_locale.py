"""The desk's own sentences: a file a language, all with the same names and places, and one module that names languages."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.language import heard
from bot.desk.say import Say
from bot.knowledge import locale
from bot.knowledge.build import load
from bot.languages import USUAL, Text, order

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"\{([a-z_]+)[^{}]*\}")
FILES = {code: (ROOT / locale.file_of(code)).read_text(encoding="utf-8") for code in locale.codes()}
OWN = "replies: {welcome: 저희 안내입니다.}\nenglish: {menu: Ours.}\nreplies_vi: {back: Của chúng tôi}\n"
ENTRY = "entries:\n- {id: a, questions: [몇 시에 여나요, 여는 시각, 언제 여나요], answer: 아홉 시에 엽니다.}\n"


def faults(code: str, old: str, new: str) -> str:
    """Return what is said of a language's file in which something stands otherwise."""
    assert old in FILES[code]
    with pytest.raises(locale.LocaleError) as told:
        locale.read(code, FILES[code].replace(old, new, 1).encode())
    return str(told.value)


def line_of(code: str, text: str) -> int:
    return next(n for n, line in enumerate(FILES[code].splitlines(), 1) if line.startswith(text))


def test_every_language_has_the_same_names_and_places() -> None:
    assert locale.codes()[:2] == USUAL
    assert "vi" in locale.codes()
    korean = locale.of("ko")
    for code in locale.codes():
        one = locale.of(code)
        staff = {name for name in korean.replies if name.startswith(("staff_", "weekly_"))}
        assert set(one.replies) == set(korean.replies) - (set() if code == "ko" else staff)
        assert (one.talk.keys(), one.errors.keys(), one.faults.keys()) == (
            korean.talk.keys(),
            korean.errors.keys(),
            korean.faults.keys(),
        )
        for texts, pattern in (
            (one.replies, korean.replies),
            (one.errors, korean.errors),
            (one.faults, korean.faults),
        ):
            for name, text in texts.items():
                if text and pattern[name]:
                    assert set(PLACE.findall(text)) == set(PLACE.findall(pattern[name])), (code, name)


def test_what_nobody_has_read_says_so_and_is_off() -> None:
    unread = {code for code in locale.codes() if not locale.of(code).reviewed}
    assert unread >= {"vi"}
    assert all("NOT REVIEWED" in FILES[code].splitlines()[0] for code in unread)
    assert unread.isdisjoint(USUAL)


def test_a_name_that_is_missing_is_told_with_file_and_line() -> None:
    said = faults("en", "  nearest: Is one of these what you are looking for?\n", "")
    assert said == f"bot/locale/en.yaml:{line_of('en', '  fallback:')}: 'replies.nearest'이(가) 빠졌습니다"


def test_a_name_that_is_not_known_is_told_with_file_and_line() -> None:
    said = faults("vi", "  nearest:", "  neerest:")
    assert f"bot/locale/vi.yaml:{line_of('vi', '  nearest:')}: 'replies.neerest'은(는)" in said
    assert "'replies.nearest'이(가) 빠졌습니다" in said


def test_other_places_are_told_with_file_and_line() -> None:
    said = faults("en", "  read_as: Read as a question about ‘{name}’.", "  read_as: Read as ‘{nam}’.")
    assert said.startswith(f"bot/locale/en.yaml:{line_of('en', '  read_as:')}: 'replies.read_as'의 자리가")
    assert "{name}" in said
    assert "{nam}" in said
    assert "errors.ticket_taken" in faults("vi", '"{name} đã nhận yêu cầu này."', "đã nhận yêu cầu này.")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("talk:\n", "talks:\n", "'talk'이(가) 없습니다"),
        ("  reviewed: true", "  reviewed: [true]", "'about.reviewed'의 값이"),
        ("[Mon, Tue, Wed, Thu, Fri, Sat, Sun]", "[Mon, Tue]", "'dates.weekdays'의 값이"),
        ("  nearest: Is one of these what you are looking for?", "  nearest: [Is one]", "'replies.nearest'의 값이"),
        ("  menu: What", "  menu: x\n  menu: What", "'menu' 항목이 두 번"),
        ("replies:\n", "staff: {staff_new: new}\nstaffs: {a: b}\nreplies:\n", "'staffs'은(는) 모르는 이름"),
    ],
)
def test_a_file_of_another_shape_is_refused(old: str, new: str, part: str) -> None:
    assert part in faults("en", old, new)


def test_a_file_that_is_none_is_refused() -> None:
    with pytest.raises(locale.LocaleError, match=r"bot/locale/en.yaml:1: 이름: 글 꼴"):
        locale.read("en", b"- a\n")


@pytest.mark.parametrize("code", locale.codes())
@given(value=st.text("가나 az09", min_size=1, max_size=8))
def test_every_sentence_is_said_whole_in_each_language(code: str, value: str) -> None:
    for texts in (locale.sentences([code], {})[code], locale.of(code).errors, locale.of(code).faults):
        for name, text in texts.items():
            places = set(PLACE.findall(text))
            said = text.format_map(_Particles(dict.fromkeys(places, value)))
            assert not PLACE.search(said), name
            assert said.count(value) >= len(places), name


class _Value(str):
    """A value that takes a particle behind it, as the desk fills one in."""

    __slots__ = ()

    def __format__(self, particle: str) -> str:
        return str(self)


class _Particles(dict[str, str]):
    def __getitem__(self, name: str) -> str:
        return _Value(super().__getitem__(name))


def test_what_a_folder_says_goes_before_ours_in_each_language(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text(ENTRY + OWN, encoding="utf-8")
    base = load(tmp_path, languages=("ko", "en", "vi"))
    assert base.reply("welcome", "ko") == "저희 안내입니다."
    assert base.reply("welcome", "en") == locale.of("en").replies["welcome"]
    assert base.reply("menu", "en") == "Ours."
    assert base.reply("back", "vi") == "Của chúng tôi"
    assert base.reply("back", "en") == locale.of("en").replies["back"]
    assert Say(base, "vi")("too_long", limit=7) == locale.of("vi").replies["too_long"].replace("{limit}", "7")


def test_what_a_language_has_not_is_said_in_the_next(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text(ENTRY + "replies: {person_phone: 1357}\n", encoding="utf-8")
    base = load(tmp_path, languages=("ko", "en", "vi"))
    assert {base.reply("person_phone", code) for code in base.languages} == {"1357"}
    assert base.reply("staff_new", "vi") == locale.of("ko").replies["staff_new"]
    both = Text.of({"ko": "가", "en": "a"})
    assert [both.in_(code) for code in ("ko", "en", "vi", "xx", "")] == ["가", "a", "a", "a", "a"]
    assert Text.of({"ko": "가"}).in_("vi") == "가"
    assert (Text.of({}).in_("vi"), bool(Text.of({"ko": ""}))) == ("", False)
    assert order("vi") == ("vi", "en", "ko")


def test_a_language_that_the_desk_does_not_speak_is_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "kb.yaml").write_text(ENTRY, encoding="utf-8")
    base = load(tmp_path)
    assert base.languages == ("ko", "en")
    assert [base.tongue(code) for code in ("ko", "en", "vi", "")] == ["ko", "en", "en", "ko"]
    assert base.reply("welcome", "vi") == locale.of("en").replies["welcome"]
    assert load(tmp_path, languages=("vi",)).languages == ("ko", "vi")


def test_english_knowledge_speaks_no_korean(tmp_path: Path) -> None:
    text = "programme: {name: Apples, language: en}\nentries:\n- {id: a, questions: [what is an apple], answer: Fruit.}\n"
    (tmp_path / "kb.yaml").write_text(text, encoding="utf-8")
    base = load(tmp_path, languages=("ko", "en", "vi"))
    assert (base.languages, base.tongue("ko"), base.tongue("")) == (("en", "vi"), "en", "en")
    for unclear in ("opening hrs", "asdf", "몇 시에 열어요"):
        assert heard("", unclear, base) == "en"


def test_one_module_names_languages() -> None:
    """Migrations are left out: they say how tables were made at the time, whatever the program is now."""
    codes = {*locale.codes()} - {"id", "is"}  # words of programs, whatever the language
    naming = set()
    for path in (ROOT / "bot").rglob("*.py"):
        if "migrations" in path.parts:
            continue
        strings = {
            n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)
        }
        texts = {s for s in strings if isinstance(s, str)}
        if texts & codes or any(f"lang={code}" in text for text in texts for code in codes):
            naming.add(path.relative_to(ROOT).as_posix())
    assert naming == {"bot/languages.py"}


def test_the_wheel_has_every_language() -> None:
    packed = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {locale.file_of(code) for code in locale.codes()} <= packed


def test_reading_them_takes_no_time_at_the_start() -> None:
    """At most 50 ms for those that are usual; measured in a new process, as the best of three."""
    work = (
        "import time; from bot.knowledge import locale; begun = time.process_time();"
        "[locale.of(c) for c in ('ko', 'en')]; locale.sentences(('ko', 'en'), {}); print(time.process_time() - begun)"
    )
    runs = [subprocess.run([sys.executable, "-c", work], capture_output=True, check=True, cwd=ROOT) for _ in range(3)]
    assert min(json.loads(run.stdout) for run in runs) <= 0.05
