"""What is published of the money never tells how many asked where they are few: tried on all small towns."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from bot.allocation.account import account, canonical
from bot.allocation.allocate import allocate
from bot.allocation.demand import Demand
from bot.allocation.model import Limits, Measure, Round, Voices
from bot.allocation.publish import compared
from bot.funding import deciding, proposing
from bot.funding.rounds import Competition
from tests.allocation.rounds import FEWEST

RULES = ("most-requested", "equal-shares-completed")
MOST = 9  # people of each kind
KINDS = ((frozenset("a"), "youth"), (frozenset("b"), "youth"), (frozenset("ab"), "family"))
BOTH = (
    Measure("a", "x", frozenset("a"), 10, None, 1, 1, 20),
    Measure("b", "y", frozenset("b"), 10, None, 2, 1, 10),
)
YOUNG = (Measure("a", "x", frozenset("a"), 10, frozenset({"youth"}), 1, 1, 20), BOTH[1])


def shown(people: tuple[int, ...], offers: tuple[Measure, ...], limits: Limits) -> tuple[str, list[int]]:
    """What a town publishes of both rules, and how many there asked for each measure."""
    crowd = tuple(Voices(*kind, number) for kind, number in zip(KINDS, people, strict=True) if number)
    round_ = Round(crowd, offers, limits)
    demand, held = Demand(round_), {}
    for rule in RULES:
        outcome = allocate(round_, rule, demand)
        held[rule] = account(round_, rule, outcome, demand)
    return canonical(compared(held, RULES[0], {}, FEWEST)), demand.asked


def worlds(offers: tuple[Measure, ...], limits: Limits) -> Iterator[list[list[int]]]:
    """The sizes in all towns that publish the same, for each thing that is published."""
    alike = defaultdict(list)
    for people in product(range(MOST + 1), repeat=len(KINDS)):
        told, sizes = shown(people, offers, limits)
        alike[told].append(sizes)
    return iter(alike.values())


@pytest.mark.parametrize("offers", [BOTH, YOUNG])
@pytest.mark.parametrize("money", [30, 50, 60, 1000])
def test_no_small_group_has_one_size_alone(offers: tuple[Measure, ...], money: int) -> None:
    for towns in worlds(offers, Limits(money)):
        for sizes in zip(*towns, strict=True):
            assert len(set(sizes)) > 1 or not 0 < sizes[0] < FEWEST


def decided(people: tuple[int, ...], units: dict[tuple[str, int], int]) -> tuple[str, list[int]]:
    """What a town publishes of a decision that people made, and how many there asked for each measure."""
    crowd = tuple(Voices(*kind, number) for kind, number in zip(KINDS, people, strict=True) if number)
    held: Any = SimpleNamespace(call=SimpleNamespace(periods=(SimpleNamespace(dates=""),)))
    found = Competition(held, (), Round(crowd, BOTH, Limits(30)))
    made: Any = SimpleNamespace(
        body={"shown": deciding.shown_of(deciding.weigh(found, RULES[0], units), {}, FEWEST)}
    )
    return canonical(proposing.shown(made)), Demand(found.round).asked


@pytest.mark.parametrize("units", [(0, 1), (3, 0), (1, 2)])
def test_what_people_decided_otherwise_gives_no_small_group_one_size(units: tuple[int, int]) -> None:
    """That one measure got what the rule gave it said that just four had asked for the other."""
    given, alike = {(id, 0): number for id, number in zip("ab", units, strict=True)}, defaultdict(list)
    for people in product(range(MOST + 1), repeat=len(KINDS)):
        if any(people):
            told, sizes = decided(people, given)
            alike[told].append(sizes)
    for towns in alike.values():
        for each in zip(*towns, strict=True):
            assert len(set(each)) > 1 or not 0 < each[0] < FEWEST
