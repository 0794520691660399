"""A small knowledge base before and after its entries were renamed, moved into a template, and withdrawn."""

from pathlib import Path

from bot import app
from bot.desk.desk import HelpDesk

BEFORE = """\
groups: [{id: branch, name: 분관, exclusive: true, terms: [{id: east, name: 동관}, {id: west, name: 서관}]}]
templates:
- id: branch-open
  for: branch
  questions: ["{short} 여는 시간", "{short} 몇 시에 열어요", "{short} 개관"]
  answers: [{answer: "{name:은/는} 아홉 시에 엽니다."}]
entries:
- {id: loan, questions: [대출 기간, 며칠 동안 빌리나요, 대출 며칠], answer: 14일입니다.}
- {id: fax, questions: [팩스 번호, 팩스로 보내도 되나요, 팩스], answer: 팩스는 02-123-4567입니다.}
- {id: card, questions: [회원증 발급, 회원증 만들기, 회원증], answer: 안내대에서 만듭니다., related: [loan]}
"""
AFTER = (
    BEFORE.replace("id: branch-open\n", "id: opening\n  former: [branch-open]\n")
    .replace("{id: loan,", "{id: loan-period, former: [loan],")
    .replace("{id: fax,", "{id: fax, status: retired, former: [telefax],")
    .replace("related: [loan]", "related: [loan-period]")
)


def desk(place: Path, text: str) -> HelpDesk:
    """A desk on a folder with one file."""
    place.mkdir()
    (place / "a.yaml").write_text(text, encoding="utf-8")
    return app.desk(place)
