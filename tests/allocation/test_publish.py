"""What is published of an account gives nobody away."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.explain import explain
from bot.allocation.model import Limits, Measure, Round, Voices
from bot.allocation.publish import published
from bot.funding import proposing
from bot.funding.proposing import Proposal
from bot.i18n import Words
from tests.allocation import town
from tests.allocation.rounds import FEWEST, rounds
from tests.rules.source import ROOT

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


def shown_of(
    round_: Round, rule: str, fewest: int = FEWEST, released: Mapping[str, int] = MappingProxyType({})
) -> tuple[dict, dict]:  # type: ignore[type-arg]  # JSON
    demand = Demand(round_)
    outcome = allocate(round_, rule, demand)
    held = account(round_, rule, outcome, demand)
    return held, published(held, released, fewest)


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


def test_how_many_of_a_group_a_measure_is_not_for_is_not_told() -> None:
    """Of 40 families who ask, as published, 3 or 30 have enough money: their part of it would tell which."""
    told = []
    for enough in (3, 30):
        asks = frozenset("a")
        crowd = (
            Voices(asks, "youth", 60),
            Voices(asks, "family", enough),
            Voices(asks, "family short", 40 - enough),
        )
        offer = Measure("a", "a", asks, 10, frozenset({"youth", "family short"}), 10, 1, 5)
        _, shown = shown_of(Round(crowd, (offer,), Limits(50)), "most-requested")
        told.append(json.dumps(shown))
    assert told[0] == told[1]


def test_no_file_that_stays_inside_can_be_guessed_from_its_hash() -> None:
    """Their hashes are published, and most of their numbers too: what few asked for would soon be found."""
    words, told = Words(ROOT / "locales", ("dialogs", "money")), []
    for salt in ("one", "another"):
        proposal = Proposal(town.competition(), "most-requested", FEWEST, salt=salt)
        files = proposing.propose(proposal, words)
        told.append(json.loads(files["public/allocation.json"])["internal"])
    assert {name for name, hashed in told[0].items() if told[1][name] == hashed} == set()


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


@pytest.mark.parametrize("rule", RULES)
def test_how_many_asked_for_both_is_not_told_by_the_places_where_they_are_few(rule: str) -> None:
    """One measure for two needs, 9 and 8 as published, with money for all: its places are those who asked."""
    told = {}
    for both in range(6):
        crowd = (
            Voices(frozenset("a"), "x", 9 - both),
            Voices(frozenset("b"), "x", 8 - both),
            Voices(frozenset("ab"), "x", both),
            Voices(frozenset("c"), "x", 40),
        )
        offers = (
            Measure("ab", "x", frozenset("ab"), 1, None, 1, 1, 99),
            Measure("c", "y", frozenset("c"), 1, None, 1, 1, 99),
        )
        _, shown = shown_of(Round(crowd, offers, Limits(500)), rule, released={"a": 9, "b": 8, "c": 40})
        told[both] = json.dumps(shown)
    assert told[1] == told[2] == told[3] == told[4]
    assert "null" in told[4]
    assert len({told[0], told[4], told[5]}) == 3  # nobody, or five and more: that may be told


def test_how_many_a_measure_is_not_for_is_not_told_by_the_places_where_they_are_few() -> None:
    told = []
    for others in (1, 4):
        crowd = (
            Voices(frozenset("a"), "x", 30 - others),
            Voices(frozenset("a"), "y", others),
            Voices(frozenset("c"), "x", 40),
        )
        offers = (
            Measure("a", "x", frozenset("a"), 1, frozenset("x"), 1, 1, 99),
            Measure("c", "y", frozenset("c"), 1, None, 1, 1, 99),
        )
        _, shown = shown_of(Round(crowd, offers, Limits(500)), RULES[0], released={"a": 30, "c": 40})
        told.append(json.dumps(shown))
    assert told[0] == told[1]


def test_where_few_asked_for_something_only_who_gets_money_is_told() -> None:
    crowd = (Voices(frozenset("a"), "x", 40), Voices(frozenset("b"), "x", 3))
    round_ = Round(
        crowd, (Measure("a", "a", frozenset("a"), 10), Measure("b", "b", frozenset("b"), 10)), Limits(9)
    )
    _, shown = shown_of(round_, "most-requested")
    assert (shown["few_asked"], shown["unmet"], shown["owed"]) == (True, [], [])
    told = {
        "rule": "most-requested",
        "accounts": {"most-requested": shown},
        "names": {},
        "call": {"digest": ""},
    }
    assert "Dette sier vi ikke" in str(explain(told))
    assert "Vi fant ingen slik gruppe" not in str(explain(told))
