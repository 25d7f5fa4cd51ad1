"""Between equals the call's own order decides, in both implementations."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.allocation import again, snapshot
from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.course import Course, ties
from bot.allocation.demand import Demand
from bot.allocation.explain import explain
from bot.allocation.model import TIES, Limits, Measure, Outcome, Round, Voices
from tests.allocation.rounds import rounds

SIX, TEN = 6, 10


def two(costs: tuple[int, int], firsts: tuple[int, int], order: tuple[str, ...], seed: str = "s") -> Round:
    """Two measures that ten ask for each, six of them for both; some of the six need one of them first."""
    both = frozenset("ab")
    crowd = (
        Voices(frozenset("a"), "", TEN - SIX),
        Voices(frozenset("b"), "", TEN - SIX),
        Voices(both, "", firsts[0], "a"),
        Voices(both, "", firsts[1], "b"),
        Voices(both, "", SIX - sum(firsts)),
    )
    offers = tuple(
        Measure(id, id, frozenset(id), cost, places=None) for id, cost in zip("ab", costs, strict=True)
    )
    return Round(crowd, offers, Limits(max(costs)), seed, order)


def lot(seed: str) -> int:
    """Which of the two a lot alone decides for."""
    round_ = two((9, 9), (0, 0), ("lot",), seed)
    return bought(round_, allocate)[0]


def bought(round_: Round, allocated: Callable[[Round, str], Outcome]) -> list[int]:
    return [step.lot.measure for step in allocated(round_, "most-requested").steps]


SEEDS = {lot(seed): seed for seed in "abcdefgh"}


@pytest.mark.parametrize("allocated", [allocate, again.allocate])
@pytest.mark.parametrize("winner", [0, 1])
@pytest.mark.parametrize(
    ("order", "decides"),
    [
        (TIES, "unit_cost"),
        (("unit_cost", "lot"), "unit_cost"),
        (TIES, "first"),
        (("first", "unit_cost", "lot"), "first"),
        (("first", "lot"), "first"),
        (("asked", "lot"), "lot"),
        (("unit_cost", "lot"), "lot"),
    ],
)
def test_what_the_call_names_decides_whoever_has_the_lot(
    allocated: Callable[[Round, str], Outcome], winner: int, order: tuple[str, ...], decides: str
) -> None:
    loser = 1 - winner
    dear = (8, 9) if winner == 0 else (9, 8)
    costs = dear if decides == "unit_cost" else (9, 9)
    if order[0] == "first":
        costs = dear[::-1]  # it costs more, and goes first all the same
    firsts = (0, 0) if decides == "unit_cost" else (3, 2) if winner == 0 else (2, 3)
    seed = SEEDS[winner if decides == "lot" else loser]
    assert bought(two(costs, firsts, order, seed), allocated)[0] == winner


@pytest.mark.parametrize("allocated", [allocate, again.allocate])
@pytest.mark.parametrize("winner", [0, 1])
def test_of_two_that_as_many_wait_for_the_one_more_asked_for_goes_first(
    allocated: Callable[[Round, str], Outcome], winner: int
) -> None:
    """Five wait for each; but for one of them two more had asked, who have a place in the third already."""
    more, less = "ab"[winner], "ab"[1 - winner]
    crowd = (
        Voices(frozenset(more), "", 5),
        Voices(frozenset(less), "", 5),
        Voices(frozenset({"c"}), "", 7),
        Voices(frozenset({"d"}), "", 2),
    )
    needs = {more: frozenset({more, "d"}), less: frozenset(less), "c": frozenset("cd")}
    offers = tuple(Measure(id, id, needs[id], 9 if id == "c" else 5, places=None) for id in "abc")
    round_ = Round(crowd, offers, Limits(14), SEEDS[1 - winner])
    assert bought(round_, allocated) == [2, winner]


@pytest.mark.parametrize("allocated", [allocate, again.allocate])
def test_without_a_seed_the_smallest_name_goes_first(allocated: Callable[[Round, str], Outcome]) -> None:
    round_ = replace(two((9, 8), (0, 6), TIES), seed=None)
    assert bought(round_, allocated)[0] == 0


@settings(max_examples=60)
@given(rounds)
def test_both_implementations_put_equals_in_the_same_order(round_: Round) -> None:
    other = again.Again(round_)
    found = ties(round_, Demand(round_))
    assert found == [again._tie(other, place) for place in range(len(round_.measures))]


@settings(max_examples=60)
@given(rounds, st.sampled_from(["most-requested", "equal-shares-completed"]))
def test_what_people_need_first_changes_no_more_than_ties(round_: Round, rule: str) -> None:
    """Where no choice was between equals, it is the same round as if nobody had said."""
    outcome = allocate(round_, rule)
    unsaid = replace(round_, voices=tuple(replace(each, first=None) for each in round_.voices))
    if not any(step.ties for step in outcome.steps) and outcome.chosen is None:
        assert allocate(unsaid, rule).steps == outcome.steps


def test_a_demand_with_more_people_counts_what_they_need_first() -> None:
    round_ = two((9, 9), (3, 2), TIES)
    before = Course(round_, Demand(round_)).demand
    after = before.with_more(Voices(frozenset("ab"), "", 4, "b"))
    assert ([*before.first.items()], after.first) == ([(0, 3), (1, 2)], {0: 3, 1: 6})


def test_a_round_written_before_it_was_known_what_people_need_first_is_read() -> None:
    round_ = two((9, 8), (3, 2), ("first", "lot"))
    held = json.loads(json.dumps(snapshot.written(round_)))
    assert snapshot.read(held) == round_
    del held["ties"]
    held["voices"] = [voices[:3] for voices in held["voices"]]
    old = snapshot.read(held)
    assert (old.ties, {each.first for each in old.voices}) == (TIES, {None})


@pytest.mark.parametrize("order", [TIES, ("unit_cost", "lot")])
def test_the_explanation_tells_the_order_of_the_call(order: tuple[str, ...]) -> None:
    round_ = two((9, 9), (3, 2), order)
    held = account(round_, "most-requested", allocate(round_, "most-requested"))
    taken = {"rule": "most-requested", "names": {}, "call": {"digest": ""}}
    text = str(explain(taken | {"accounts": {"most-requested": held}}))
    assert "Det sto likt med" in text
    assert "'lavest pris'" in text
    assert ("'hvor mange som trenger det først'" in text) == ("first" in order)
