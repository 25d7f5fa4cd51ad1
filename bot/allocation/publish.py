"""What of an account may be published: who gets what, and no number that a few people stand behind.

How many asked for a measure is never shown: with how many asked for each of its needs, it would tell how many
asked for both. Its places tell it too, where all who asked get one: so they are not shown where only a few
asked for both, or where only a few who asked are not those it is for. What is shown of people comes from what
was published before, of all people and of each need.
Nor is it said that a funded measure ended because all who asked had got a place: its places would count them.
Nor how large a group's part of the money is: beside how many of it asked, as published, a part tells how many
the measure is not for. Where few asked for any measure, only who gets money is told: what waits and what
another rule would have given each say a little of how many those few are, and together they said it all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.allocation.account import Account

FEWEST = 5  # people behind a number that the staff see


def compared(
    held: Mapping[str, Account],
    rule: str,
    released: Mapping[str, int],
    fewest: int,
) -> dict[str, Account]:
    """The accounts of all rules as they may be published beside each other; that of `rule` always is."""
    told = [rule] if _few_asked(held[rule], fewest) else held
    return {each: published(held[each], released, fewest) for each in told}


def published(held: Account, released: Mapping[str, int], fewest: int) -> Account:
    """An account with every number left out that few people stand behind, or that would give one away.

    `released`: how many asked for each need, and under "" how many have answered, as published before;
    `fewest`: people behind a number that is shown.
    """
    small, few = _small(held["measures"], released, fewest), _few_asked(held, fewest)
    return {
        "rule": held["rule"],
        "money": held["money"],
        "spent": None if small else held["spent"],  # with what each unit costs, a sum tells the units
        "people": released.get(""),
        "chosen": held["chosen"],
        "measures": [_measure(each, each["measure"] in small, fewest) for each in held["measures"]],
        "left_caps": _left(held, fewest),
        "few_asked": few,
        "unmet": [] if few else sorted(n["need"] for n in held["needs"] if n["asks"] - n["met"] >= fewest),
        "owed": [] if few else [_owed(each) for each in held["owed"] if _told_owed(each, fewest)],
        "pots": [] if small else held["pots"],  # what each source pays follows from what each measure got
    }


def shown_now(shown: Account) -> Account:
    """What a decision published, as it may be shown now: an older one told what was moved where few asked."""
    return {**shown, "more": [], "less": []} if shown["few_asked"] else shown


def _few_asked(held: Account, fewest: int) -> bool:
    return any(each["asked"] < fewest for each in held["measures"])


def _small(measures: Sequence[Account], released: Mapping[str, int], fewest: int) -> set[str]:
    """The funded measures whose places would tell of a few; never one alone, for the sum would tell."""
    funded = sorted(
        (each["asked"], each["measure"], _tells(each, released, fewest)) for each in measures if each["units"]
    )
    telling = [measure for _, measure, tells in funded if tells]
    beside = [measure for _, measure, tells in funded if not tells]
    return {*telling, *(beside[:1] if len(telling) == 1 else ())}


def _tells(each: Account, released: Mapping[str, int], fewest: int) -> bool:
    """Whether who knows how many asked for a measure knows how many a few people are."""
    if each["asked"] < fewest:
        return True
    wishes = [released.get(need) for need in each["needs"]]
    # More wishes than people: so many asked for two of its needs, or are not those it is for.
    return None not in wishes and 0 < sum(filter(None, wishes)) - each["asked"] < fewest


def _measure(each: Account, small: bool, fewest: int) -> Account:
    shown = ("measure", "applicant", "unit_cost", "places", "units", "periods", "cost", "stopped")
    funded = each["units"] > 0
    hidden = (*(("units", "periods", "cost") if small else ()), *(("stopped",) if funded else ()))
    held = {key: None if key in hidden else each[key] for key in shown} | {"funded": funded}
    return held if funded or each["asked"] >= fewest else held | {"stopped": "asked"}  # they are too few


def _left(held: Account, fewest: int) -> list[str]:
    """Why something is left, without amounts: they would tell how many wait behind each."""
    people: Counter[str] = Counter()
    for line in held["lines"]:
        if line["kind"] == "left":
            people[line["cap"]] += line["people"]
    return sorted(cap for cap, waiting in people.items() if waiting >= fewest)


def _told_owed(each: Account, fewest: int) -> bool:
    """That those who asked have a place, or are too few for more, would tell how many they are."""
    return bool(each["people"] >= fewest and each["cap"] != "asked")


def _owed(each: Account) -> Account:
    return {key: each[key] for key in ("measure", "cap", "explained")}
