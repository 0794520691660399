"""Nobody's many turns come before somebody else's one."""

import random

from bot.desk.rounds import Rounds


def served(rounds: Rounds[str], most: int = 3) -> list[str]:
    """Serve all turns, the first of so many each time."""
    order = []
    while rounds:
        payer, turn = rounds.first(most)[0]
        rounds.over(payer)
        order.append(turn)
    return order


def test_of_many_turns_one_comes_and_then_one_of_everybody_else() -> None:
    rounds: Rounds[str] = Rounds()
    for turn in ("f0", "f1", "f2", "f3"):
        rounds.put("flood", turn)
    rounds.put("a", "a0")
    rounds.put("b", "b0")
    rounds.put("b", "b1")
    assert [turn for _, turn in rounds.first(6)] == ["f0", "a0", "b0", "f1", "b1", "f2"]
    assert [turn for _, turn in rounds.first(2)] == ["f0", "a0"]
    assert served(rounds) == ["f0", "a0", "b0", "f1", "b1", "f2", "f3"]


def test_whoever_comes_while_a_turn_is_served_is_before_the_next_of_the_same_payer() -> None:
    rounds: Rounds[str] = Rounds()
    for turn in ("f0", "f1", "f2"):
        rounds.put("flood", turn)
    (payer, turn), *_ = rounds.first(3)
    rounds.put("other", "o0")
    rounds.over(payer)
    assert [turn, *served(rounds)] == ["f0", "o0", "f1", "f2"]


def test_nothing_is_lost_and_the_turns_of_one_payer_are_in_order() -> None:
    rnd, rounds = random.Random(5), Rounds[tuple[str, int]]()
    put: dict[str, int] = {}
    done: dict[str, list[int]] = {}
    for _ in range(2_000):
        name = f"p{rnd.randrange(9)}"
        rounds.put(name, (name, put.setdefault(name, 0)))
        put[name] += 1
        if rnd.random() < 0.3:
            for payer, (_, number) in rounds.first(rnd.randrange(1, 9)):
                rounds.over(payer)
                done.setdefault(payer, []).append(number)
    assert len(rounds) == sum(put.values()) - sum(map(len, done.values()))
    while rounds:
        payer, (_, number) = rounds.first(1)[0]
        rounds.over(payer)
        done.setdefault(payer, []).append(number)
    assert done == {name: list(range(count)) for name, count in put.items()}
