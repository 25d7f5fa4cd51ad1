"""What is published of an account gives nobody away."""

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.allocation.account import account, target
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.explain import explain
from bot.allocation.model import Limits, Measure, Round, Voices
from bot.allocation.publish import parts_of, published
from tests.allocation.rounds import FEWEST, rounds

RULES = ("most-requested", "equal-shares-completed")
OF_PEOPLE = {
    "asked",
    "met",
    "asking",
    "payers",
    "lacking",
    "missing",
    "reached",
    "lines",
    "needs",
    "asks",
    "no_measure",
}


def shown_of(round_: Round, rule: str, fewest: int = FEWEST) -> tuple[dict, dict]:  # type: ignore[type-arg]  # JSON
    demand = Demand(round_)
    outcome = allocate(round_, rule, demand)
    held = account(round_, rule, outcome, demand)
    funded = {step.lot.measure for step in outcome.steps}
    return held, published(held, parts_of(demand.supporters, funded, target), None, fewest)


def keys(held: object) -> set[str]:
    if isinstance(held, dict):
        return set(held) | {key for each in held.values() for key in keys(each)}
    return {key for each in held for key in keys(each)} if isinstance(held, list) else set()


@given(rounds, st.sampled_from(RULES))
def test_no_number_of_people_is_in_it(round_: Round, rule: str) -> None:
    _, shown = shown_of(round_, rule)
    assert not keys(shown) & OF_PEOPLE
    assert shown["people"] is None


@given(rounds, st.sampled_from(RULES), st.integers(3, 9))
def test_what_few_asked_for_has_no_numbers_and_no_sum_tells_them(
    round_: Round, rule: str, fewest: int
) -> None:
    held, shown = shown_of(round_, rule, fewest)
    asked = {each["measure"]: each["asked"] for each in held["measures"]}
    hidden = [each for each in shown["measures"] if each["funded"] and each["cost"] is None]
    assert all(each["units"] is None and each["periods"] is None for each in hidden)
    assert all(
        each in hidden for each in shown["measures"] if each["funded"] and asked[each["measure"]] < fewest
    )
    assert not hidden or shown["spent"] is None


@given(rounds, st.sampled_from(RULES), st.integers(3, 9))
def test_a_group_is_shown_only_where_it_and_all_others_are_large(
    round_: Round, rule: str, fewest: int
) -> None:
    held, shown = shown_of(round_, rule, fewest)
    demand = Demand(round_)
    funded = {place for place, each in enumerate(held["measures"]) if each["units"]}
    parts = parts_of(demand.supporters, funded, target)
    for group in shown["groups"]:
        mine = parts[group["group"]]
        others = [
            sum(column)
            for column in zip(*(row for name, row in parts.items() if name != group["group"]), strict=True)
        ]
        assert all(number >= fewest for number in mine)
        assert all(number == 0 or number >= fewest for number in others)
    assert len(parts) - len(shown["groups"]) != 1 or not shown["groups"]


def test_three_or_four_behind_a_measure_look_the_same() -> None:
    """Two measures with few behind them: neither their money nor that of both tells how many."""
    told = []
    for few in (3, 4):
        crowd = (
            Voices(frozenset("a"), "x", 40),
            Voices(frozenset("b"), "x", few),
            Voices(frozenset("c"), "x", 4),
        )
        offers = tuple(Measure(id, id, frozenset(id), 10, None, 10, 1, 9) for id in "abc")
        _, shown = shown_of(Round(crowd, offers, Limits(60)), "most-requested")
        told.append(json.dumps(shown))
    assert told[0] == told[1]


def test_where_few_asked_for_something_only_who_gets_money_is_told() -> None:
    crowd = (Voices(frozenset("a"), "x", 40), Voices(frozenset("b"), "x", 3))
    round_ = Round(
        crowd, (Measure("a", "a", frozenset("a"), 10), Measure("b", "b", frozenset("b"), 10)), Limits(9)
    )
    _, shown = shown_of(round_, "most-requested")
    assert (shown["few_asked"], shown["unmet"], shown["groups"], shown["owed"]) == (True, [], [], [])
    told = {
        "rule": "most-requested",
        "accounts": {"most-requested": shown},
        "names": {},
        "call": {"digest": ""},
    }
    assert "Dette sier vi ikke" in str(explain(told))
    assert "Vi fant ingen slik gruppe" not in str(explain(told))
