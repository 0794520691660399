"""What a message may say in its conversation: the readings that are proposed, and how they are judged together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot import app
from bot.desk import conversation
from bot.desk.context import Context
from bot.desk.conversation import FEATURES
from bot.desk.decide import Decision
from bot.desk.desk import HelpDesk
from bot.desk.readings import Way, readings
from bot.matching.learned import Judgement
from bot.matching.model import Model
from bot.matching.policy import Cutoffs
from bot.matching.ranking import Ranking
from bot.words import Match, Outcome, Query
from tests.conftest import NOW
from tests.unit.test_desk import BASE


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> HelpDesk:
    folder = tmp_path_factory.mktemp("conversation")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return app.desk(folder)


def after(desk: HelpDesk, question: str, entry: str) -> Context:
    """The conversation after a question that was answered."""
    found = desk.base.entries[entry]
    decision = Decision(Outcome.ANSWER, (Match(found, found.frame, 1.0, 1.0),), 1.0, "clear")
    return desk.understanding.after(desk.matcher.read(question), decision, Context(), NOW)


def ways(desk: HelpDesk, text: str, context: Context) -> dict[Way, str]:
    read = readings(desk.matcher.read(text), context, desk.matcher)
    return {way: u.normal for way, u in read.items()}


def test_a_first_question_is_read_as_it_stands(desk: HelpDesk) -> None:
    assert set(ways(desk, "전화번호 알려주세요", Context())) == {Way.TYPED}


def test_names_are_lent_and_what_was_asked_goes_before(desk: HelpDesk) -> None:
    found = readings(desk.matcher.read("주소는"), after(desk, "창원대 전번", "phone.changwon"), desk.matcher)
    assert [m.term for m in found[Way.NAMED].mentions if m.how == "context"] == ["institution.changwon"]
    assert found[Way.JOINED].normal == "창원대 전번 주소는"


def test_a_message_that_only_names_another_asks_the_same_of_it(desk: HelpDesk) -> None:
    found = ways(desk, "그럼 기계연은?", after(desk, "창원대 전번", "phone.changwon"))
    assert found[Way.REPLACED] == "기계연 전번"
    assert Way.NAMED not in found


def test_what_was_asked_back_about_is_leant_on_like_an_answer(desk: HelpDesk) -> None:
    asked = desk.understanding.asked_back(desk.matcher.read("창원대 전번"), (), Context(), NOW)
    found = ways(desk, "그럼 기계연은?", asked)
    assert (found[Way.JOINED], found[Way.REPLACED]) == ("전번 기계연은?", "기계연 전번")
    assert (
        readings(desk.matcher.read("주소는"), asked, desk.matcher)[Way.NAMED].mentions[0].term
        == "institution.changwon"
    )
    assert Way.TITLED not in found  # nothing was answered


def test_what_was_offered_stays_possible(desk: HelpDesk) -> None:
    asked = desk.understanding.asked_back(desk.matcher.read("번호"), ("phone.changwon", "period"), Context(), NOW)

    def possible(text: str, context: Context) -> set[str]:
        read = readings(desk.matcher.read(text), context, desk.matcher)
        found = {way: Ranking() for way in read}
        return {m[0].entry.id for m in conversation.candidates(read, found, context, desk.matcher).matches}

    assert possible("그거요", asked) == {"phone.changwon", "period"}
    assert possible("기계연이요", asked) == {"period"}
    assert (
        possible("그거요", replace(asked, asked=False)) == set()
    )  # offered beside an answer, or where nothing was found


def test_a_story_leans_on_nothing(desk: HelpDesk) -> None:
    story = "저희는 작은 회사인데 작년에 새로 공장을 지었고 올해는 사람을 더 뽑으려고 하는데 이 사업에서 도움을 받을 수 있을지 궁금해서 글 남깁니다"
    assert set(ways(desk, story, after(desk, "창원대 전번", "phone.changwon"))) == {Way.TYPED}


def judged(desk: HelpDesk, text: str, context: Context, coefficients: dict[str, float]) -> Sequence[Match]:
    read = readings(desk.matcher.read(text), context, desk.matcher)
    found = {way: desk.matcher.rank(u) for way, u in read.items()}
    options = conversation.candidates(read, found, context, desk.matcher)
    return conversation.judged(options, Judgement(Model(coefficients), Cutoffs()), found).matches


def test_the_model_alone_says_what_a_reading_is_worth(desk: HelpDesk) -> None:
    context = after(desk, "창원대 전번", "phone.changwon")
    replaced = judged(desk, "기계연은?", context, {"replaced": 2.0})
    assert replaced[0].entry.id == "phone.kimm"
    kept = judged(desk, "기계연은?", context, {"last": 20.0})
    assert kept[0].entry.id == "phone.changwon"


def test_each_candidate_has_one_row_and_none_the_last(desk: HelpDesk) -> None:
    context = after(desk, "창원대 전번", "phone.changwon")
    read = readings(desk.matcher.read("기계연은?"), context, desk.matcher)
    found = {way: desk.matcher.rank(u) for way, u in read.items()}
    options = conversation.candidates(read, found, context, desk.matcher)
    assert options.features.shape == (len(options.matches) + 1, len(FEATURES))
    ids = [tuple(m.entry.id for m in matches) for matches in options.matches]
    assert len(set(ids)) == len(ids)
    none = dict(zip(FEATURES, options.features[-1], strict=True))
    assert none["none"] == 1.0
    assert np.isfinite(options.features).all()


def test_the_last_answer_comes_again_when_asked_for(desk: HelpDesk) -> None:
    for n, text in enumerate(("다시 말해줘요", "다시 알려주세요")):
        desk.ask(Query("창원대 전화번호 알려주세요", f"again{n}", NOW))
        assert desk.ask(Query(text, f"again{n}", NOW)).entry == "phone.changwon"
