"""Who holds the public folder beside the published counts is sure of no group of fewer than five."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import ceil
from typing import Any, NamedTuple

import pytest

from bot.allocation.allocate import allocate
from bot.funding import proposing
from bot.funding.proposing import Proposal
from bot.funding.rounds import limits, round_of
from bot.i18n import Words
from bot.store.voices import Voice
from bot.summaries import Key, count, suppress
from bot.summaries import Voices as Told
from bot.summaries.figures import WITHOUT_FLOODS
from dialogs.categories import CATEGORIES
from tests.allocation import town
from tests.allocation.rounds import FEWEST
from tests.funding.written import CALLS
from tests.rules.source import ROOT
from tests.summaries.attacker import Attacker, Sum, small_groups
from tests.summaries.people import YEAR, municipality

RULES = ("most-requested", "equal-shares-completed")
HERE = "trondheim"
GROUP_OF = {"youth": ("youth",), "families": ("family",), "both": ("youth", "family")}
GRID = municipality(0, HERE)


FEW = {  # beside the invented town: nobody, or a few whom a measure that all others ask for is not for
    "as it is": Counter[Voice](),
    "three parents": Counter(
        {Voice(HERE, "midtbyen", "family", None, "no", frozenset({"driving_licence"})): 3}
    ),
    "two of the young": Counter(
        {Voice(HERE, "midtbyen", "youth", "16-17", None, frozenset({"childcare_relief"})): 2}
    ),
}


def crowd(people: Counter[Voice]) -> list[Told]:
    """People as the published counts see them."""
    return [
        Told(YEAR, HERE, None, v.age_band, v.group, v.money, False, tuple(sorted(v.asks)), number)
        for v, number in people.items()
    ]


def folder(people: Counter[Voice], shown: Mapping[Key, int]) -> dict[str, Any]:
    """The public account of the invented town with these people in it, beside what was published before."""
    keys = {need: Key(YEAR, HERE, need) for need in ("", *GRID.categories)}
    released = {need: shown[key] for need, key in keys.items() if key in shown}
    found = town.competition()
    found = replace(found, round=round_of(found.held.call, found.entries, people, town.SEED))
    words = Words(ROOT / "locales", ("dialogs", "money"))
    proposal = Proposal(found, CALLS[town.KEY].rule, FEWEST, released, "salt")
    taken = proposing.snapshot_of(proposal, words)
    return proposing.accounts(taken, allocate)[1]


class Offer(NamedTuple):
    """What a measure is for, as its application tells: needs, groups, places a unit, and the least units."""

    needs: list[str]
    groups: tuple[str, ...]
    places: int
    least: int


def offers() -> dict[str, Offer]:
    """Each measure of the invented town, by what it is called."""
    rows = (row for rows in town.APPLICANTS.values() for row in rows)
    return {row[0]: Offer(row[1], GROUP_OF[row[6]], row[3], row[4]) for row in rows}


# Families that a measure is for have too little money, or did not say: no count shows just those.
SURELY = {"youth": [("group", "youth")], "family": [("money", "no"), ("money", "sometimes")]}


def asking(needs: list[str], groups: tuple[str, ...]) -> Sum:
    """Everybody who may have asked for a measure, once for each of its needs."""
    return {
        Key(YEAR, HERE, need, "group", group, WITHOUT_FLOODS): 1 for need, group in product(needs, groups)
    }


def told(held: Mapping[str, Any], about: Mapping[str, Offer]) -> Iterator[tuple[Sum, int]]:
    """What an account says of how many asked: places have people, and where that stopped it no more wait."""
    meeting = Counter(need for offer in about.values() for need in offer.needs)
    fill = limits(CALLS[town.KEY]).fill
    for each in held["measures"]:
        needs, groups, places, least = about[each["measure"]]
        if each["units"] is None:
            continue
        lots = sum(
            ceil(fill * places * least) + (u - least) * ceil(fill * places) for _, u in each["periods"]
        )
        fewest = max(lots, FEWEST if each["units"] else 0)
        yield dict.fromkeys(asking(needs, groups), -1), -fewest
        alone = [need for need in needs if meeting[need] == 1]
        if each["stopped"] == "asked" and alone == needs:
            lot = places * (1 if each["units"] else least)
            for need in needs:
                sure = [part for group in groups for part in SURELY[group]]
                everybody = places * each["units"] + ceil(fill * lot) - 1
                yield {Key(YEAR, HERE, need, *part, WITHOUT_FLOODS): 1 for part in sure}, everybody
    yield from _waiting(held, about)


def _waiting(held: Mapping[str, Any], about: Mapping[str, Offer]) -> Iterator[tuple[Sum, int]]:
    """Five or more wait for what is named, and fewer for all else but what is in their own words alone."""
    for need in CATEGORIES:
        able = [each for each in held["measures"] if need in about[each["measure"]].needs and each["funded"]]
        asked = Key(YEAR, HERE, need, counted=WITHOUT_FLOODS)
        if need in held["unmet"]:
            yield {asked: -1}, -FEWEST
        elif all(each["units"] is not None for each in able):
            places = sum(each["units"] * about[each["measure"]].places for each in able)
            yield {asked: 1}, places + FEWEST - 1


def recovered(few: str, *, is_minded: bool = True, **changed: str) -> list[object]:
    """The small groups that the attacker is sure of; `changed` is told of each measure that got money.

    `is_minded`: whether the account minds what was published before it.
    """
    people = town.voices() + FEW[few]
    counts = count(crowd(people), GRID)
    shown = suppress(counts, GRID)
    accounts = folder(people, shown if is_minded else {})["accounts"]
    for each in accounts[RULES[0]]["measures"]:
        each |= changed if each["funded"] else {}
    names = town.competition().measure
    about = {each["measure"]: offers()[names(each["measure"])] for each in accounts[RULES[0]]["measures"]}
    attacker = Attacker(GRID, shown, beside=[row for rule in RULES for row in told(accounts[rule], about)])
    return [*attacker.found(small_groups(GRID, counts, FEWEST))]


@pytest.mark.parametrize("few", FEW)
def test_beside_the_published_counts_the_account_gives_nobody_away(few: str) -> None:
    """The other public files are made of this account alone."""
    assert recovered(few) == []


def test_places_and_why_they_ended_would_give_three_people_away() -> None:
    """Eighty ask for it and 77 places end it: three are those it is not for."""
    assert recovered("three parents", is_minded=False, stopped="asked")


def test_where_a_few_are_those_it_is_not_for_its_places_are_not_told() -> None:
    """Whoever guesses why it ended is not sure of them."""
    assert recovered("three parents", stopped="asked") == []
