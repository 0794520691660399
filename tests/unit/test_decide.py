"""Decide: from probabilities to what is done. The rankings are made by hand; no model has a say."""

from dataclasses import replace

import pytest

from bot.desk.decide import Decision, decide
from bot.matching.policy import Cutoffs
from bot.matching.ranking import Ranking
from bot.words import Entry, Kind, Match, Mention, Outcome, Phase, Utterance

CUT = Cutoffs(answer=0.7, other=0.5, ask=0.25, plain=0.9, settled=0.97, talk=0.5)
PLAIN = Utterance("질문", "질문", "질문")


def match(id: str, score: float, kind: Kind = Kind.ANSWER, member: str = "", similarity: float = 0.5) -> Match:
    frame = id.partition(".")[0]
    return Match(Entry(id, frame, (), (Phase("답"),), kind, member=member), frame, score, similarity)


def decided(*matches: Match, u: Utterance = PLAIN, exact: bool = False) -> Decision:
    return decide(u, Ranking(matches, exact=exact, cutoffs=CUT))


def ids(decision: Decision) -> list[str]:
    return [m.entry.id for m in decision.matches]


@pytest.mark.parametrize(
    ("probability", "outcome", "why"),
    [
        (1.0, Outcome.ANSWER, "clear"),
        (0.7, Outcome.ANSWER, "clear"),
        (0.699, Outcome.ASK, "not sure"),
        (0.25, Outcome.ASK, "not sure"),
        (0.249, Outcome.FALLBACK, "too weak"),
        (0.0, Outcome.FALLBACK, "too weak"),
    ],
)
def test_cutoffs_are_the_first_probability_at_which_more_is_done(
    probability: float, outcome: Outcome, why: str
) -> None:
    found = decided(match("a", probability), match("b", 0.0))
    assert (found.outcome, found.why, found.probability) == (outcome, why, probability)
    assert ids(found) == (["a"] if outcome is Outcome.ANSWER else ["a", "b"])


def test_the_cutoffs_are_the_ranking_s_own() -> None:
    strict = Ranking((match("a", 0.8),), cutoffs=Cutoffs(answer=0.9, ask=0.25))
    assert decide(PLAIN, strict).outcome is Outcome.ASK


@pytest.mark.parametrize(
    ("scores", "offered"),
    [
        ((0.66, 0.25, 0.01), ["a", "b"]),
        ((0.5, 0.2, 0.01), ["a", "b", "c"]),
        ((0.45, 0.45, 0.1), ["a", "b"]),
        ((0.5, 0.25, 0.2), ["a", "b", "c"]),
        ((0.3, 0.2, 0.2), ["a", "b", "c"]),
        ((0.3, 0.2, 0.15, 0.15), ["a", "b", "c"]),
        ((0.5,), ["a"]),
    ],
)
def test_as_few_choices_are_offered_as_hold_the_right_one_often_enough(
    scores: tuple[float, ...], offered: list[str]
) -> None:
    found = decided(*(match(id, s) for id, s in zip("abcd", scores, strict=False)))
    assert (found.outcome, ids(found)) == (Outcome.ASK, offered)


def test_only_answers_are_offered_and_nothing_twice() -> None:
    found = decided(match("a", 0.4), match("hi", 0.3, Kind.SMALLTALK), match("a", 0.2), match("b", 0.1))
    assert ids(found) == ["a", "b"]
    alone = decided(match("hi", 0.4, Kind.SMALLTALK), match("out", 0.3, Kind.BOUNDARY))
    assert (alone.outcome, ids(alone)) == (Outcome.FALLBACK, [])
    beside = decided(match("a", 0.4), match("out", 0.3, Kind.BOUNDARY), match("b", 0.1))
    assert (beside.outcome, ids(beside)) == (Outcome.ASK, ["a", "b"])
    nothing = decided(match("hi", 0.4, Kind.SMALLTALK), match("person", 0.05, Kind.HANDOVER))
    assert (nothing.outcome, ids(nothing)) == (Outcome.FALLBACK, [])


CRISIS = match("talk-crisis", 0.3, Kind.BOUNDARY)


@pytest.mark.parametrize(("likely", "met"), [(0.3, True), (0.299, False)])
def test_distress_is_met_from_its_own_cutoff_on_whatever_is_likelier(likely: float, *, met: bool) -> None:
    crisis = replace(CRISIS, score=likely)
    found = decide(PLAIN, Ranking((match("a", 0.65), crisis), cutoffs=replace(CUT, crisis=0.3), crisis=crisis))
    assert (found.why == "crisis") is met
    assert "talk-crisis" not in ids(found) or met


def test_small_talk_counts_together() -> None:
    several = decided(
        match("thanks", 0.3, Kind.SMALLTALK), match("a", 0.29), match("ok", 0.21, Kind.SMALLTALK), match("b", 0.1)
    )
    assert (several.outcome, ids(several), several.probability) == (
        Outcome.SMALLTALK,
        ["thanks"],
        pytest.approx(0.51),
    )
    three = (match(id, 0.2, Kind.SMALLTALK) for id in ("thanks", "ok", "bye"))
    assert decided(*three, match("a", 0.1)).outcome is Outcome.FALLBACK
    question = decided(match("a", 0.55), match("thanks", 0.4, Kind.SMALLTALK), match("b", 0.05))
    assert question.outcome is Outcome.ASK


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (Kind.ANSWER, Outcome.ANSWER),
        (Kind.SMALLTALK, Outcome.SMALLTALK),
        (Kind.HANDOVER, Outcome.HANDOVER),
        (Kind.BOUNDARY, Outcome.FALLBACK),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_each_kind_of_entry_has_its_outcome(kind: Kind, outcome: Outcome, exact: bool) -> None:
    found = decided(match("a", 0.9, kind), match("b", 0.05), exact=exact)
    assert (found.outcome, ids(found), found.why) == (outcome, ["a"], "clear")


@pytest.mark.parametrize("kind", [Kind.SMALLTALK, Kind.HANDOVER, Kind.BOUNDARY])
def test_what_is_no_answer_has_a_cutoff_of_its_own(kind: Kind) -> None:
    assert decided(match("a", 0.5, kind), match("b", 0.3)).why == "clear"
    below = decided(match("a", 0.499, kind), match("b", 0.3))
    assert (below.outcome, ids(below)) == (Outcome.ASK, ["b"])


def test_nothing_found() -> None:
    assert decided() == Decision(Outcome.FALLBACK, (), 0.0, "nothing found", (), Ranking(cutoffs=CUT))


def test_a_decision_alone_says_and_offers_nothing() -> None:
    assert Decision(Outcome.FALLBACK) == Decision(
        Outcome.FALLBACK, (), 0.0, "", (), Ranking(), last=None, offered=(), missed=False
    )


def test_none_of_these_is_likelier_than_talk() -> None:
    found = (match("hi", 0.6, Kind.SMALLTALK), match("a", 0.3))
    assert decide(PLAIN, Ranking(found, none=0.6, cutoffs=CUT)).outcome is Outcome.SMALLTALK
    assert decide(PLAIN, Ranking(found, none=0.7, cutoffs=CUT)).outcome is Outcome.ASK


def test_what_nobody_likely_means_is_not_asked_about() -> None:
    """Where small talk comes first and is not said, the entries below it may be far from likely."""
    found = (match("hi", 0.6, Kind.SMALLTALK), match("a", 0.1))
    assert decide(PLAIN, Ranking(found, none=0.7, cutoffs=CUT)).outcome is Outcome.FALLBACK


# names


def named(term: str, start: int = 0, *, how: str = "exact", negated: bool = False) -> Mention:
    return Mention(term, term.partition(".")[0], start, start + 2, "이름", how, negated)  # type: ignore[arg-type]


def asked(*mentions: Mention, doubtful: tuple[Mention, ...] = (), initials: bool = False) -> Utterance:
    return Utterance("질문", "질문", "질문", mentions, doubtful, initials=initials)


def test_a_name_in_doubt_is_asked_about_however_sure_the_rest_is() -> None:
    u = asked(doubtful=(named("school.a"), named("school.b"), named("school.a")))
    found = decided(match("a", 0.99), u=u)
    assert (found.outcome, found.why, found.doubtful) == (Outcome.ASK, "a name in doubt", ("school.a", "school.b"))
    assert decided(u=u).doubtful == ("school.a", "school.b")
    many = asked(doubtful=tuple(named(f"school.{i}") for i in range(9)))
    assert len(decided(match("a", 0.99), u=many).doubtful) == 4


@pytest.mark.parametrize(
    ("mention", "in_doubt"),
    [
        (named("school.c"), False),
        (named("school.c", negated=True), True),
        (named("region.c"), True),
    ],
)
def test_a_name_is_in_doubt_only_where_none_of_its_group_is_certain(mention: Mention, in_doubt: bool) -> None:
    found = decided(match("a", 0.99), u=asked(mention, doubtful=(named("school.a"),)))
    assert (found.outcome is Outcome.ASK) is in_doubt


def test_initial_consonants_are_small_talk_or_asked_about() -> None:
    u = asked(initials=True)
    answer = decided(match("a", 0.9), match("b", 0.05), u=u)
    assert (answer.outcome, answer.why, ids(answer)) == (Outcome.ASK, "initial consonants only", ["a", "b"])
    assert decided(match("hi", 0.9, Kind.SMALLTALK), u=u).outcome is Outcome.SMALLTALK
    assert decided(match("hi", 0.4, Kind.SMALLTALK), u=u).outcome is not Outcome.SMALLTALK


A, B = match("phone.a", 0.9, member="school.a"), match("phone.b", 0.9, member="school.b")


def test_entries_of_one_frame_are_all_said_where_each_is_named() -> None:
    found = decided(A, B, match("other", 0.05), u=asked(named("school.a"), named("school.b", 5)))
    assert (found.outcome, ids(found), found.why) == (Outcome.ANSWER, ["phone.a", "phone.b"], "several are named")


def test_entries_of_one_frame_are_asked_about_where_one_name_fits_both() -> None:
    found = decided(A, B, u=asked(named("school.a"), named("school.b")))
    assert (found.outcome, ids(found), found.why) == (Outcome.ASK, ["phone.a", "phone.b"], "several fit the name")


def test_entries_of_one_frame_that_are_named_but_unlikely_are_asked_about() -> None:
    u = asked(named("school.a"), named("school.b", 5))

    def at(score: float) -> Decision:
        return decided(*(match(m.entry.id, score, member=m.entry.member) for m in (A, B)), u=u)

    assert at(0.7).why == "several are named"
    assert (at(0.5).outcome, at(0.5).why) == (Outcome.ASK, "several fit the name")
    assert at(0.25).why == "several fit the name"
    assert at(0.249).why == "too weak"


def test_three_are_said_and_four_asked_about() -> None:
    many = [match(f"phone.{i}", 0.9, member=f"school.{i}") for i in range(6)]
    every = asked(*(named(f"school.{i}", 5 * i) for i in range(6)))
    assert len(decided(*many, u=every).matches) == 3
    assert len(decided(*many).matches) == 4


def test_what_another_reading_finds_for_the_frame_is_not_meant_with_it() -> None:
    other = match("phone.c", 0.05, member="school.c")
    found = decided(A, other, u=asked(named("school.a"), named("school.c", 5)))
    assert (found.why, ids(found)) == ("clear", ["phone.a"])
    elsewhere = match("where.b", 0.9, member="school.b")
    assert decided(A, elsewhere, u=asked(named("school.a"), named("school.b", 5))).why == "clear"


def test_names_lent_by_the_conversation_stand_nowhere_and_are_named_all_the_same() -> None:
    lent = asked(named("school.a", how="context"), named("school.b", how="context"))
    assert decided(A, B, u=lent).why == "several are named"


def test_a_denied_name_is_not_named() -> None:
    u = asked(named("school.a"), named("school.b", 5, negated=True))
    assert decided(A, B, u=u).why == "several fit the name"
