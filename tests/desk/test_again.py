"""What was said already is said in other words: an entry with `again`, in one conversation and not in another's."""

from pathlib import Path

from bot import app
from bot.desk.context import Context
from bot.desk.desk import HelpDesk
from bot.words import Outcome, Query
from tests.conftest import NOW
from tests.unit.test_desk import BASE

MORE = """
- id: moan
  kind: smalltalk
  questions: [도움이 안 돼요, 쓸모가 없네요, 답이 왜 이래요]
  answer: 죄송합니다. 짧게 적어 주세요.
  again:
  - {answer: 거듭 죄송합니다. 기관 이름을 적어 주세요., english: Sorry again. Name the institution.}
  - answer: 사람과 이야기하시려면 전화하세요.
  talk: [complaint]
  english: {answer: Sorry. Ask in a few words.}
"""


def desk(folder: Path) -> HelpDesk:
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "more.yaml").write_text(f"entries:{MORE}", encoding="utf-8")
    return app.desk(folder)


def said(helper: HelpDesk, *texts: str, language: str = "") -> list[str]:
    context, found = Context(), []
    for text in texts:
        reply, context = helper.answer(Query(text, "u", NOW, language=language), Context.load(context.dump()))
        assert reply.outcome is Outcome.SMALLTALK or text not in MORE
        found.append(reply.text)
    return found


def test_a_complaint_is_met_with_other_words_each_time_and_the_last_stay(tmp_path: Path) -> None:
    helper = desk(tmp_path)
    first, second, third, fourth = said(helper, "쓸모가 없네요", "답이 왜 이래요", "도움이 안 돼요", "쓸모가 없네요")
    assert (first.startswith("죄송합니다"), second.startswith("거듭"), third.startswith("사람과")) == (
        True,
        True,
        True,
    )
    assert fourth == third
    assert said(helper, "답이 왜 이래요") == [first]


def test_other_words_are_in_the_language_too_and_a_question_between_changes_nothing(tmp_path: Path) -> None:
    told = said(desk(tmp_path), "쓸모가 없네요", "창원대 전번", "답이 왜 이래요", language="en")
    assert told[0].startswith("Sorry. Ask")
    assert told[2].startswith("Sorry again")
