"""What an operator may set: every fault at once, in their words, and no secret repeated."""

from pathlib import Path

import pytest

from bot import settings
from bot.settings import Settings, SettingsError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def refused(here: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        here.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        settings.read()
    return str(caught.value)


def test_all_faults_are_named_at_once(here: pytest.MonkeyPatch) -> None:
    said = refused(here, HELPDESK_PORT="eighty", HELPDESK_RETENTION_DAYS="0", HELPDESK_PROT="80")
    assert "HELPDESK_PORT: 쓸 수 없는 값입니다('eighty'). 0~65535 사이여야" in said
    assert "HELPDESK_RETENTION_DAYS" in said
    assert "1~3650 사이" in said
    assert "HELPDESK_PROT: 그런 설정이 없습니다. HELPDESK_PORT" in said


@pytest.mark.parametrize(
    "name", ["TELEGRM_BOT_TOKEN", "TELEGRAM_BOT_TOKN", "HELPDESK_SECRETE", "HELPDESK_TELEGRAM_API_"]
)
def test_a_misspelt_name_is_named(here: pytest.MonkeyPatch, name: str) -> None:
    assert name in refused(here, **{name: "1"})


def test_a_misspelt_name_in_the_file_is_named(here: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("# 설정\nexport HELPDESK_PROT=80\n", encoding="utf-8")
    assert "HELPDESK_PROT" in refused(here)


def test_other_names_are_let_be(here: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("HELPDESK_SERVICE_HOST", "HELPDESK_PORT_8080_TCP", "PATHS", "HELPDESK_KNOWLEDGE"):
        here.setenv(name, "x")
    here.setenv("HELPDESK_COLOUR_OF_THE_WALL", "red")
    settings.read()
    assert capsys.readouterr().err.count("HELPDESK_") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HELPDESK_KAKAO_SECRET", "우리비밀!my-secret"),
        ("HELPDESK_KAKAO_SECRET", "short"),
        ("HELPDESK_TALKTALK_SECRET", "short"),
        ("HELPDESK_TALKTALK_TOKEN", "ct_wc 열쇠"),
    ],
)
def test_no_secret_is_repeated(here: pytest.MonkeyPatch, name: str, value: str) -> None:
    said = refused(here, **{name: value})
    assert name in said
    assert value not in said


@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_a_file_in_another_encoding_says_so(here: pytest.MonkeyPatch, encoding: str) -> None:
    Path(".env").write_text("# 포트\nHELPDESK_PORT=80\n", encoding=encoding)
    assert "UTF-8" in refused(here)


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "desk.go.kr",
        "https://u:p@a.kr",
        "https://a.kr/console",
        "https://a.kr/x/../y",
        "https://a.kr//x",
        "https://a.kr/x?y",
        "https://ho st/",
        "https://a.kr\t/help",
        "https://a.kr/he\tlp",
        "https://[::1",
        "https://a..kr",
        "https://a.kr;x",
        "https://a.kr:99999",
        "https://a.kr:port",
        "https://",
    ],
)
def test_an_address_that_cannot_work_is_refused(here: pytest.MonkeyPatch, value: str) -> None:
    assert "HELPDESK_PUBLIC_URL" in refused(here, HELPDESK_PUBLIC_URL=value)


@pytest.mark.parametrize("value", ["http://desk", "https://a-b.go.kr:8443", "http://[::1]:8080", "https://안내.kr"])
def test_an_address_that_works_is_taken(here: pytest.MonkeyPatch, value: str) -> None:
    here.setenv("HELPDESK_PUBLIC_URL", value)
    assert settings.read().public_url == value


def test_a_desk_may_live_below_a_path(here: pytest.MonkeyPatch) -> None:
    here.setenv("HELPDESK_PUBLIC_URL", "https://desk.go.kr/help/")
    chosen = settings.read()
    assert chosen.public_url == "https://desk.go.kr/help"
    from bot.chosen import web_options

    assert web_options(chosen).below == "/help"


def test_https_goes_with_polling(here: pytest.MonkeyPatch) -> None:
    from bot.chosen import telegram_options, web_options

    here.setenv("HELPDESK_PUBLIC_URL", "https://desk.go.kr")
    here.setenv("HELPDESK_WEBHOOK", "0")
    chosen = settings.read()
    assert telegram_options(chosen).public_url == ""
    assert web_options(chosen).public_url == "https://desk.go.kr"
    here.setenv("HELPDESK_WEBHOOK", "1")
    assert telegram_options(settings.read()).public_url == "https://desk.go.kr"


@pytest.mark.parametrize("content", [b"", b"\n", b"abc"])
def test_a_key_that_was_not_written_whole_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(SettingsError, match="비었거나 짧습니다"):
        settings.secret_of(Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/h.db"))


def test_a_key_is_made_once_and_whole(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/new/h.db")
    key = settings.secret_of(chosen)
    assert len(key) >= 32
    assert settings.secret_of(chosen) == key
    assert [f.name for f in (tmp_path / "new").iterdir()] == ["secret.key"]
    assert (tmp_path / "new/secret.key").stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"secret\.key"):
        settings.secret_of(Settings(_env_file=None, database_url=f"sqlite:///{tmp_path}/file/h.db"))


def test_the_languages_are_those_that_there_are_files_for(here: pytest.MonkeyPatch) -> None:
    assert settings.read().spoken == settings.spoken() == ("ko", "en")
    here.setenv("HELPDESK_LANGUAGES", " ko, vi,ko ,")
    assert settings.read().spoken == settings.spoken() == ("ko", "vi")
    for wrong in ("ko,xx", ",", ""):
        assert "HELPDESK_LANGUAGES: 쓸 수 없는 값입니다" in refused(here, HELPDESK_LANGUAGES=wrong)
        with pytest.raises(SettingsError, match=r"HELPDESK_LANGUAGES: .*ko, en, vi"):
            settings.spoken()
