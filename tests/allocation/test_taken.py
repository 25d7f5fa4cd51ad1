"""What it would have taken is told for what was not funded: no less would do, and no more is needed."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.allocation.account import account, replayed
from bot.allocation.allocate import allocate
from bot.allocation.course import Course
from bot.allocation.demand import Demand
from bot.allocation.explain import amount, explain
from bot.allocation.model import Limits, Lot, Measure, Outcome, Round, Voices
from bot.allocation.rules import RULES
from tests.allocation.rounds import GROUPS, rounds


def raised(limits: Limits, more: int) -> Limits:
    """Every limit on money with so much more."""

    def up(money: int | None) -> int | None:
        return None if money is None else money + more

    periods = tuple(up(own) for own in limits.periods)
    return replace(limits, money=limits.money + more, periods=periods, cap=up(limits.cap))


def would_fit(given_: Round, rule: str, place: int, more: int) -> bool:
    """Whether one more lot would fit where everything stands as it is, and each limit is so much higher."""
    outcome, demand = allocate(given_, rule), Demand(given_)
    richer = replace(given_, limits=raised(given_.limits, more))
    return isinstance(replayed(richer, demand, outcome).lot(place), Lot)


@given(rounds, st.sampled_from(sorted(RULES)))
def test_so_much_more_money_buys_the_next_lot_and_an_øre_less_does_not(round_: Round, rule: str) -> None:
    assume(not round_.limits.sources)
    measures = account(round_, rule, allocate(round_, rule))["measures"]
    for place, each in enumerate(measures):
        if each["missing"]:
            assert not would_fit(round_, rule, place, each["missing"] - 1)
            assert Course(round_, Demand(round_)).purse.missing(place) <= each["missing"]
        assert bool(each["missing"]) == (each["stopped"] in ("applicant", "period", "money"))


def is_worth_it(round_: Round, outcome: Outcome, place: int, people: int) -> bool:
    """Whether enough would wait for the first lot of a measure if so many more asked for it alone."""
    offer = round_.measures[place]
    own = replace(offer, needs=offer.needs | {"own"})
    more = Voices(frozenset({"own"}), min(offer.groups or GROUPS), people)
    offers = (*round_.measures[:place], own, *round_.measures[place + 1 :])
    asked = replace(round_, voices=(*round_.voices, more), measures=offers)
    course = replayed(asked, Demand(asked), outcome)
    unmet = course.netting.unmet(place)
    places = offer.least * offer.places if offer.places else unmet
    return unmet > 0 and min(places, unmet) >= round_.limits.fill * places


@settings(max_examples=60)
@given(rounds, st.sampled_from(sorted(RULES)))
def test_so_many_more_who_ask_are_enough_and_one_less_is_not(round_: Round, rule: str) -> None:
    outcome = allocate(round_, rule)
    for place, each in enumerate(account(round_, rule, outcome)["measures"]):
        if each["stopped"] == "asked" and not each["units"]:
            assert is_worth_it(round_, outcome, place, each["lacking"])
            assert not is_worth_it(round_, outcome, place, each["lacking"] - 1)


def test_the_people_that_are_missing_are_told_in_words() -> None:
    """Two ask for what serves ten, of whom half must have asked."""
    offer = Measure("a", "x", frozenset("a"), 10, places=10)
    round_ = Round((Voices(frozenset("a"), "", 2),), (offer,), Limits(20))
    held = account(round_, "most-requested", allocate(round_, "most-requested"))
    assert [each["lacking"] for each in held["measures"]] == [3]


def test_the_kroner_that_are_missing_under_a_cap_are_told_in_words() -> None:
    crowd = (Voices(frozenset("a"), "", 9), Voices(frozenset("b"), "", 8))
    offers = (
        Measure("a", "x", frozenset("a"), 7_000_00, places=None),
        Measure("b", "x", frozenset("b"), 5_000_00, places=None),
    )
    round_ = Round(crowd, offers, Limits(20_000_00, cap=10_000_00))
    held = account(round_, "most-requested", allocate(round_, "most-requested"))
    assert [each["missing"] for each in held["measures"]] == [0, 2_000_00]
    told = {
        "rule": "most-requested",
        "accounts": {"most-requested": held},
        "names": {},
        "call": {"digest": ""},
    }
    assert str(amount(2_000_00)) in str(explain(told))


def test_who_came_too_late_is_told_how_many_the_last_to_get_in_meets() -> None:
    crowd = tuple(Voices(frozenset(need), "", people) for need, people in (("a", 9), ("b", 6), ("c", 4)))
    offers = tuple(Measure(need, need, frozenset(need), 1, places=None) for need in "abc")
    round_ = Round(crowd, offers, Limits(20, applicants=2))
    held = account(round_, "most-requested", allocate(round_, "most-requested"))
    assert held["chosen"] == ["a", "b"]
    assert [each["reached"] for each in held["measures"]] == [[], [], [4, 6]]
