"""Small talk: every base answers every kind of it, by its own entries where it has them."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from bot.knowledge import general, locale
from bot.knowledge.build import load
from bot.knowledge.schema import TalkLabel
from bot.knowledge.talk import language_of, owners, with_talk
from bot.knowledge.voices import TALK_LABELS
from bot.languages import USUAL, WRITTEN
from bot.words import Entry, Frame, Kind, Phase

LABELS = set(get_args(TalkLabel))
TALK_REPLIES, TALK_ENGLISH = (locale.of(language).talk for language in USUAL)


def frame(id: str, *wordings: str, kind: Kind = Kind.SMALLTALK, talk: tuple[str, ...] = (), slot: str = "") -> Frame:
    entry = Entry(id, id, wordings, (Phase(f"{id}의 답"),), kind)
    return Frame(id, wordings, {"": entry}, slot, kind=kind, talk=talk)


@pytest.mark.parametrize("language", WRITTEN)
def test_every_label_has_wordings_and_replies(language: str) -> None:
    assert set(general.talk(language)) == LABELS == TALK_LABELS == set(TALK_REPLIES) == set(TALK_ENGLISH)
    for label, said in general.talk(language).items():
        assert len(said) >= 10, label
        assert len(set(said)) == len(said), label
    assert all(text.strip() for text in (*TALK_REPLIES.values(), *TALK_ENGLISH.values()))
    assert set(general.politeness(language)) == {"before", "after"}


@pytest.mark.parametrize("language", WRITTEN)
def test_no_way_to_say_one_kind_of_talk_is_a_question_on_other_matters(language: str) -> None:
    said = {text for texts in general.talk(language).values() for text in texts}
    assert said.isdisjoint(general.outside(language))


def test_the_entry_that_says_so_answers_it() -> None:
    frames = [frame("talk-thanks", "고마워요"), frame("mine", "뭐든지", talk=("thanks", "compliment"))]
    found = owners(frames, "ko")
    assert (found["thanks"], found["compliment"]) == ("mine", "mine")


def test_an_answer_or_a_boundary_may_say_so_too() -> None:
    frames = [frame("help", "도움", kind=Kind.BOUNDARY, talk=("crisis",))]
    assert owners(frames, "ko") == {"crisis": "help"}


def test_else_the_entry_named_for_it_does() -> None:
    frames = [frame("hi", *general.talk("ko")["bye"][:5]), frame("talk-bye", "가세요")]
    assert owners(frames, "ko") == {"bye": "talk-bye"}


def test_else_the_entry_that_shares_most_of_its_questions() -> None:
    said = general.talk("ko")["thanks"]
    two, three = frame("two", *said[:2]), frame("three", *(f"{text}!!" for text in said[2:5]))
    assert owners([two, three], "ko")["thanks"] == "three"
    assert owners([two], "ko")["thanks"] == "two"
    assert owners([frame("one", *said[:1], "아무 말")], "ko") == {}
    assert owners([frame("answer", *said[:5], kind=Kind.ANSWER)], "ko") == {}
    assert owners([frame("template", *said[:5], slot="school")], "ko") == {}


@pytest.mark.parametrize(("language", "replies"), [("ko", TALK_REPLIES), ("en", TALK_ENGLISH)])
def test_what_nobody_answers_gets_an_entry(language: str, replies: dict[str, str]) -> None:
    own = frame("mine", "뭐든지", talk=("thanks",))
    frames, talk = with_talk([own], language, USUAL)
    assert set(talk) == LABELS
    assert talk["thanks"] == "mine"
    assert frames[0] is own
    assert len({f.id for f in frames}) == len(frames) == len(LABELS)
    added = {f.id: f for f in frames[1:]}
    for label in LABELS - {"thanks"}:
        entry = added[talk[label]].entries[""]
        assert entry.phases[0].text == replies[label]
        assert entry.translations.all() == ((TALK_ENGLISH if language == "ko" else TALK_REPLIES)[label],)
        assert added[talk[label]].wordings == general.talk(language)[label]
    kinds = {label: added[talk[label]].kind for label in ("greeting", "person", "crisis")}
    assert kinds == {"greeting": Kind.SMALLTALK, "person": Kind.HANDOVER, "crisis": Kind.BOUNDARY}


@pytest.mark.parametrize("kind", list(Kind))
def test_an_entry_with_that_id_is_never_doubled(kind: Kind) -> None:
    frames, talk = with_talk([frame("talk-crisis", "살기 싫어요", kind=kind)], "ko", USUAL)
    assert [f.id for f in frames].count("talk-crisis") == 1
    assert talk["crisis"] == "talk-crisis"


@pytest.mark.parametrize(
    ("wordings", "language"),
    [(("몇 권", "대출"), "ko"), (("how many", "loan"), "en"), (("몇 권", "loan"), "ko"), ((), "ko")],
)
def test_the_language_is_that_of_most_questions(wordings: tuple[str, ...], language: str) -> None:
    assert language_of([frame("a", *wordings)]) == language


def test_a_base_s_own_answer_is_kept_and_the_rest_is_there(folder: Callable[..., Path]) -> None:
    base = load(
        folder(
            base="""
- {id: loan, questions: [몇 권까지 빌려요, 대출 권수, 몇 권 되나요], answer: 다섯 권.}
- {id: welcome, kind: smalltalk, talk: [greeting], questions: [여기요, 계세요, 누구 없어요], answer: 어서 오세요.}
"""
        )
    )
    assert base.talk["greeting"] == "welcome"
    assert base.entries["talk-thanks"].phases[0].text == TALK_REPLIES["thanks"]
    english = load(folder(base="- {id: loan, questions: [how many books, loan limit, at most], answer: Five.}"))
    assert english.entries["talk-thanks"].phases[0].text == TALK_ENGLISH["thanks"]
