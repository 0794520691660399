"""What goes over the wire of the HTTP API: requests are validated and OpenAPI is generated from this."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from bot.desk.desk import LONGEST
from bot.knowledge import locale


def _known(language: str, info: ValidationInfo) -> str:
    parts = (info.context or {}).get("parts")
    spoken = parts.front.base.languages if parts else locale.codes()
    if language not in spoken:
        raise PydanticCustomError("literal_error", "", {"expected": ", ".join(f"'{code}'" for code in spoken)})
    return language


Language = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": [*locale.codes()]})]
"""A language that there is a file for, in a body one that the desk speaks; elsewhere the next that it speaks stands in."""
ExchangeId = Annotated[
    str, Field(min_length=1, max_length=40, description="ask가 돌려준 exchange", examples=["9f2c…"])
]
_REACHABLE = r"^(|\+?[0-9() -]{7,24}|[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,40}\.[A-Za-z]{2,12})$"
Words = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Request(BaseModel):
    """Names that are not known are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Ask(Request):
    """A question, or a choice."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["text"]}, {"required": ["choice"]}]})

    text: Words = Field("", description="이용자가 적은 물음이나 누른 단추의 글", examples=["문 여는 시간"])
    choice: str = Field(
        "",
        min_length=1,
        max_length=200,
        description="고른 선택지의 항목 번호(choices[].entry)",
        examples=["institution-phone.changwon"],
    )
    language: Language | None = Field(
        None, description="답할 언어. 없으면 이 이용자가 마지막에 고른 언어, 고른 적이 없으면 물음의 언어"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set & {"text", "choice"}:
            raise ValueError("text_or_choice")
        return self


class Choice(BaseModel):
    """A question that can be chosen."""

    question: str
    entry: str = Field(description="ask의 choice로 보낼 항목 번호")


class Contact(BaseModel):
    """A way to reach somebody that occurs in the text."""

    kind: Literal["phone", "url", "email"]
    label: str
    value: str


class Source(BaseModel):
    """Where an answer comes from, and when it was checked."""

    title: str
    url: str
    date: str = Field(description="자료의 날짜: YYYY, YYYY-MM, YYYY-MM-DD 또는 빈 값")
    checked: str = Field(description="확인한 날: YYYY-MM-DD 또는 빈 값")


class Answer(BaseModel):
    """What became of a question."""

    exchange: str = Field(
        description="이 물음과 답의 번호. 평가할 때 씁니다. 저장소가 멎어 남기지 못했으면 빈 값입니다."
    )
    outcome: Literal["answer", "ask", "fallback", "handover", "smalltalk"] = Field(
        description="answer 답함 · ask 되물음 · fallback 답이 없음 · handover 상담원을 찾음 · smalltalk 인사"
    )
    entry: str = Field(description="답한 항목. 답하지 않았으면 빈 값")
    entries: list[str] = Field(description="두 물음에 한꺼번에 답했으면 항목이 둘")
    score: float = Field(ge=0, le=1)
    text: str = Field(description="보일 글 전부(선택지와 출처 포함), 서식 없는 글")
    body: str = Field(description="선택지와 출처를 뺀 글")
    signature: str = Field(description="출처와 확인일 한 줄. 없으면 빈 값")
    choices: list[Choice]
    related: list[Choice]
    contacts: list[Contact]
    sources: list[Source]
    knowledge: str = Field(description="답한 지식의 버전")


class Correction(BaseModel):
    """An answer that was corrected after a user had received it."""

    id: int
    question: str
    asked_at: datetime = Field(description="이용자가 예전 답을 마지막으로 받은 때")
    answer: Answer = Field(description="고친 답. 첫 줄이 바로잡았다는 말입니다. exchange는 빈 값입니다.")


class Corrections(BaseModel):
    """Corrected answers, oldest first."""

    corrections: list[Correction]


class Feedback(Request):
    """A user's verdict on an answer."""

    exchange: ExchangeId
    verdict: Literal["up", "down"]
    reason: Literal["wrong", "old", "hard", "other"] | None = Field(
        None, description="down의 까닭: 틀림 · 오래됨 · 어려움 · 다른 질문"
    )


class NoneOfThese(Request):
    """No choice fitted."""

    exchange: ExchangeId


class Said(BaseModel):
    """A sentence to show."""

    text: str


class Handover(Request):
    """A request for a person."""

    text: Words | None = Field(None, description="상담원에게 처음 남길 말")
    language: Language | None = None


class Message(Request):
    """Something said in a case."""

    text: Words


class Callback(Request):
    """Where a user wants to hear about their case."""

    contact: str = Field(
        max_length=120,
        pattern=_REACHABLE,
        description="전화번호나 전자우편. 빈 값이면 지웁니다.",
        examples=["010-1234-5678", "hong@example.kr"],
    )


class Ticket(BaseModel):
    """A user's case."""

    id: int
    state: Literal["open", "claimed", "closed"]
    relay: bool = Field(description="상담원이 받고 있는지. 거짓이면 자동 안내로 돌아갔거나 상담원이 없습니다.")
    claimed_by: str = Field(description="맡은 상담원. 없으면 빈 값")
    opened_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    notice: str = Field(description="지금 상태를 이용자에게 알리는 말")


class TicketMessage(BaseModel):
    """Something said in a case, as its user sees it."""

    id: int
    author: Literal["user", "staff", "desk"]
    name: str
    text: str
    at: datetime


class Opened(BaseModel):
    """A case, and what to show."""

    ticket: Ticket
    lines: list[str] = Field(description="차례로 보일 말: 접수, 상담 시간, 그동안 물을 곳")


class Conversation(BaseModel):
    """The state of a user's case."""

    ticket: Ticket | None = Field(description="연 상담이 없으면 null")
    messages: list[TicketMessage] = Field(description="after보다 뒤에 오간 말, 차례대로 많아도 100개")


class Standing(BaseModel):
    """A case."""

    ticket: Ticket


class Suggestion(BaseModel):
    """An entry near what is being typed."""

    question: str
    entry: str
    score: float = Field(ge=0, le=1)


class Suggestions(BaseModel):
    """Entries near what is being typed, best first."""

    suggestions: list[Suggestion]
    knowledge: str


class EntryLine(BaseModel):
    """An entry in a list."""

    id: str
    question: str
    topic: str
    kind: Literal["answer", "boundary", "smalltalk", "handover"] = Field(
        description="answer 답 · boundary 다루지 않는다는 답 · smalltalk 인사 · handover 상담원 안내"
    )
    institution: str = Field(description="한 기관에 관한 항목이면 그 기관의 번호")
    verified_on: str
    review_by: str


class Entries(BaseModel):
    """A page of entries, by id."""

    entries: list[EntryLine]
    next: str | None = Field(description="다음 쪽을 받을 cursor. 끝이면 null")
    knowledge: str


class Entry(EntryLine):
    """An entry as the public reads it today."""

    questions: list[str] = Field(description="이 답을 부르는 물음들")
    text: str
    body: str
    signature: str
    say: str = Field(description="소리 내어 읽을 짧은 글. 없으면 빈 값")
    contacts: list[Contact]
    sources: list[Source]
    related: list[Choice]
    page: str = Field(description="사람이 읽는 쪽의 주소")
    knowledge: str


class InstitutionLine(BaseModel):
    """An institution in a list."""

    id: str
    name: str
    short: str
    contacts: list[Contact]


class Institutions(BaseModel):
    """All institutions."""

    institutions: list[InstitutionLine]
    knowledge: str


class Institution(InstitutionLine):
    """An institution, and what is known about it."""

    names: list[str] = Field(description="다른 이름과 약칭")
    regions: list[str]
    fields: list[str]
    entries: list[EntryLine]
    knowledge: str


class MenuItem(BaseModel):
    """One line of a section."""

    title: str
    entries: list[Choice]


class MenuSection(BaseModel):
    """A section of the menu."""

    id: str
    title: str
    items: list[MenuItem]


class Menu(BaseModel):
    """The menu, and the sentences around it."""

    name: str = Field(description="이 안내의 이름")
    welcome: str
    text: str
    sections: list[MenuSection]
    knowledge: str


class StaffTicket(Ticket):
    """A case as staff see it."""

    user: str = Field(description="이용자의 가명")
    channel: str
    language: Language
    question: str


class StaffMessage(BaseModel):
    """Something said in a case, notes among staff (author `system`) included."""

    id: int
    author: Literal["user", "staff", "desk", "system"]
    name: str
    text: str
    at: datetime
    delivery: str = Field(description="전달: 빈 값, new, sent, failed, unknown")


class Exchange(BaseModel):
    """What was asked and answered before a case."""

    question: str
    reply: str
    outcome: str
    entry: str
    at: datetime


class StaffTickets(BaseModel):
    """A page of cases, newest first."""

    tickets: list[StaffTicket]
    next: str | None = Field(description="다음 쪽을 받을 cursor. 끝이면 null")


class StaffCase(BaseModel):
    """A case, with what was said last in it."""

    ticket: StaffTicket
    transcript: list[Exchange]
    messages: list[StaffMessage]
    earlier: str | None = Field(description="더 앞의 말을 받을 before. 더 없으면 null")


class StaffClaim(Request):
    """Who takes a case."""

    name: str | None = Field(None, min_length=1, max_length=80, description="상담원의 이름. 없으면 키의 이름")


class StaffSays(StaffClaim):
    """What a member of staff says."""

    text: Words
    note: bool = Field(False, description="참이면 상담원끼리의 메모: 이용자에게 가지 않습니다.")


class StaffClose(StaffClaim):
    """Who closes a case, and whether it is left for maintainers of the knowledge."""

    record: bool = Field(False, description="참이면 물음과 상담원의 답을 지식 담당자에게 남깁니다.")


class StaffSaid(BaseModel):
    """What was said, as it was kept."""

    ticket: StaffTicket
    message: StaffMessage
    hidden: bool = Field(description="개인정보로 보여 가린 것이 있는지")


class Detail(BaseModel):
    """One value that is wrong."""

    where: str
    message: str


class Fault(BaseModel):
    """A failure."""

    code: str
    message: str = Field(description="읽는 사람의 말로")
    details: list[Detail]


class ErrorReply(BaseModel):
    """The one shape of every failure."""

    error: Fault
