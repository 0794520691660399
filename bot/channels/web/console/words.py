"""The console's own words: names of things, what went wrong, and moments as people say them."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from bot.desk.reasons import Reason
from bot.knowledge.base import KST
from bot.words import How, Outcome

ROLE_NAMES: Mapping[str, str] = {"agent": "상담원", "maintainer": "지식 담당", "admin": "관리자"}
FAULTS: Mapping[str, str] = {
    "session": "로그인이 끝났습니다. 다시 로그인하세요.",
    "ended": "로그인이 끝났습니다. 다시 로그인할 때까지 새 상담을 알리지 못합니다. 쓰던 답은 이 브라우저에 남아 있습니다.",
    "role": "이 계정으로는 볼 수 없는 곳입니다. 관리자에게 역할을 물어보세요.",
    "csrf": "이 화면에서 보낸 요청인지 확인하지 못했습니다. 화면을 새로 고치고 다시 하세요.",
    "login": "아이디나 비밀번호가 맞지 않습니다. 여러 번 틀리면 점점 오래 기다려야 합니다.",
    "locked": "여러 번 틀려서 잠겼습니다. {wait} 뒤에 다시 하거나, 관리자에게 풀어 달라고 하세요.",
    "taken": "{name} 님이 먼저 맡았습니다.",
    "closed": "이미 닫힌 상담입니다.",
    "close": "이미 닫힌 상담입니다.",
    "release": "맡은 사람이 없거나 닫힌 상담입니다.",
    "reopen": "다시 열 수 없는 상담입니다. 열려 있거나, 새 상담이 있거나, 메신저의 주소가 지워졌습니다.",
    "hand": "닫힌 상담이거나 이미 그분이 맡고 있습니다.",
    "nobody": "넘겨받을 사람을 고르세요.",
    "crisis": "위험에 처한 사람의 말일 수 있어 남기지 않습니다. 화면의 안내대로 도와주세요.",
    "empty": "내용을 적어 주세요.",
    "words": "찾은 말은 {most}줄까지 남길 수 있습니다. 줄여서 다시 보내 주세요.",
}
WHY_NAMES: Mapping[str, str] = {
    "fallback": "답 없음",
    "ask": "되물었지만 고르지 않음",
    "none": "고른 것 없음",
    "down": "도움 안 됨",
    "staff": "상담원이 답함",
    "call": "통화에서 못 찾음",
    "wrong": "틀렸다고 표시",
    "stale": "오래됐다고 표시",
    "copied": "찾아서 복사함",
}
OUTCOME_NAMES: Mapping[Outcome, str] = {
    Outcome.ANSWER: "답함",
    Outcome.ASK: "되물음",
    Outcome.FALLBACK: "답 없음",
    Outcome.HANDOVER: "사람에게 넘김",
    Outcome.SMALLTALK: "인사와 잡담",
}
BECAUSE_NAMES: Mapping[Reason, str] = {
    Reason.NONE: "",
    Reason.CLEAR: "뚜렷함",
    Reason.UNSURE: "답할 만큼 뚜렷하지 않음",
    Reason.TOO_WEAK: "내놓을 만한 것이 없음",
    Reason.NOTHING_FOUND: "이름이 맞는 것이 없음",
    Reason.CRISIS: "위험에 처했을 수 있음",
    Reason.NAME_IN_DOUBT: "이름이 긴가민가함",
    Reason.INITIALS: "초성만 적음",
    Reason.SEVERAL_NAMED: "이름이 여럿",
    Reason.SEVERAL_FIT: "한 이름에 여럿이 맞음",
    Reason.TWO_QUESTIONS: "물음이 여럿",
    Reason.PICKED: "이름으로 고름",
    Reason.CHOSEN: "골라서 답함",
    Reason.ACT: "앞의 답을 다시 말함",
    Reason.EMPTY: "빈 글",
    Reason.FALLBACK: "읽을 글자가 없음",
}
"""Why the desk answered as it did."""
HOW_NAMES: Mapping[How, str] = {
    "exact": "적은 그대로",
    "typo": "오타를 고쳐",
    "initials": "초성에서",
    "pattern": "이름의 꼴에서",
    "context": "앞의 말에서",
    "implied": "설명에서",
}
"""How the desk found a term in a text."""
DETAIL_NAMES: Mapping[str, str] = {
    "new": "새것",
    "pending": "보는 중",
    "done": "끝남",
    "ignored": "안 함",
    **ROLE_NAMES,
}
"""What stands in the last column of the log, as people say it."""
REASON_NAMES: Mapping[str, str] = {
    "wrong": "틀린 내용",
    "old": "오래된 내용",
    "hard": "이해하기 어려움",
    "other": "다른 질문이었음",
}
"""Why a visitor did not find an answer helpful."""
CHANNEL_NAMES: Mapping[str, str] = {
    "telegram": "텔레그램",
    "web": "웹",
    "kakao": "카카오톡",
    "talktalk": "톡톡",
    "api": "API",
    "call": "전화",
}
BECAME_NAMES: Mapping[str, tuple[str, str]] = {
    "done": ("고쳤습니다", "good"),
    "pending": ("고치는 중입니다", "warn"),
    "ignored": ("그대로 두었습니다", ""),
}
"""What became of an answer that was flagged, and the tone of its badge."""
STATE_NAMES: Mapping[str, str] = {"open": "대기", "claimed": "상담 중", "closed": "끝남"}
DELIVERY_NAMES: Mapping[str, str] = {
    "new": "보내는 중",
    "sent": "보냄",
    "failed": "전달 실패",
    "unknown": "전달 여부 모름",
}
CHANGE_NAMES: Mapping[str, str] = {
    "new": "새 답",
    "gone": "없어짐",
    "changed": "바뀜",
    "translated": "영어 답이 생김",
    "english": "영어 답만 바뀜",
}
ACTION_NAMES: Mapping[str, str] = {
    "login": "로그인",
    "login.failed": "로그인 실패",
    "login.locked": "잠긴 계정에 로그인 시도",
    "login.overtaken": "로그인하는 사이에 계정이 바뀜",
    "login.cleared": "잠금 풂",
    "logout": "로그아웃",
    "logout.all": "모든 곳에서 로그아웃",
    "password.change": "비밀번호 바꿈",
    "password.reset": "비밀번호 다시 정함",
    "second.on": "2단계 인증 켬",
    "staff.add": "계정 만듦",
    "staff.role": "역할 바꿈",
    "staff.disable": "계정 멈춤",
    "staff.enable": "계정 되살림",
    "ticket.read": "상담 봄",
    "ticket.list": "상담 목록 봄",
    "ticket.claim": "상담 맡음",
    "ticket.over": "상담 넘겨받음",
    "ticket.hand": "상담 넘김",
    "ticket.release": "상담 내려놓음",
    "ticket.reopen": "상담 다시 엶",
    "ticket.say": "상담 답함",
    "ticket.note": "상담 메모",
    "ticket.close": "상담 닫음",
    "ticket.record": "상담을 지식 담당에게 남김",
    "call.none": "못 찾음 남김",
    "call.undo": "못 찾음·표시 취소",
    "flag.wrong": "틀림 표시",
    "flag.stale": "오래됨 표시",
    "flag.keep": "알린 답을 그대로 둠",
    "gap.state": "답이 없는 물음의 상태 바꿈",
    "gap.learn": "답이 없는 물음을 배우게 함",
    "gap.draft": "답이 없는 물음으로 초안을 만듦",
    "review.confirm": "그대로 맞다고 확인함",
    "entry.mend": "답 고침",
    "use.csv": "답의 쓰임을 표로 받음",
}


_NUMBER = re.compile(r"(?<![\d-])(?:0\d{1,2}-\d{3,4}-\d{4}|1\d{3}-\d{4}|\d{4}-\d{2}-\d{2})(?![\d-])")


def numbers(text: str) -> Markup:
    """Return a text as HTML whose telephone numbers and days stay on one line."""
    parts: list[Markup] = []
    end = 0
    for m in _NUMBER.finditer(text):
        parts += [escape(text[end : m.start()]), Markup('<span class="value">{}</span>').format(m[0])]
        end = m.end()
    return Markup("").join([*parts, escape(text[end:])])


def moment(at: datetime | None) -> str:
    """Return a moment in Korean time: «11-25 14:03», with the year where it is another."""
    if at is None:
        return "—"
    here, now = at.astimezone(KST), datetime.now(KST)
    return f"{here:%m-%d %H:%M}" if here.year == now.year else f"{here:%Y-%m-%d %H:%M}"


def duration(wait: timedelta) -> str:
    """Return how long something takes, rounded up, as one says it: «10초», «3분»."""
    seconds = -int(-wait.total_seconds() // 1)
    return f"{seconds}초" if seconds < 60 else f"{-(-seconds // 60)}분"


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, as one says it: «방금», «12분», «3시간», «2일»."""
    if at is None:
        return ""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "방금"
    if minutes < 60:
        return f"{minutes}분"
    return f"{minutes // 60}시간" if minutes < 48 * 60 else f"{minutes // 1440}일"
