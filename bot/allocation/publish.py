"""What of an account may be published: who gets what, and no number that a few people stand behind.

How many asked for a measure is never shown: with how many asked for each of its needs, it would tell how many
asked for both. What is shown of people comes from what was published before, of all people and of each need.
Nor is it said that a funded measure ended because all who asked had got a place: its places would count them.
Where few asked for any measure, only who gets money is told: what waits, whose part is how large and what
another rule would have given each say a little of how many those few are, and together they said it all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.allocation.account import Account

FEWEST = 5  # people behind a number that the staff see


def compared(
    held: Mapping[str, Account],
    rule: str,
    parts: Mapping[str, Mapping[str, Sequence[int]]],
    people: int | None,
    fewest: int,
) -> dict[str, Account]:
    """The accounts of all rules as they may be published beside each other; that of `rule` always is."""
    told = [rule] if _few_asked(held[rule], fewest) else held
    return {each: published(held[each], parts[each], people, fewest) for each in told}


def published(held: Account, parts: Mapping[str, Sequence[int]], people: int | None, fewest: int) -> Account:
    """An account with every number left out that few people stand behind, or that would give one away.

    `parts`: for each target group how many of its people asked for each measure that is funded; `people`:
    how many have answered, as published before; `fewest`: people behind a number that is shown.
    """
    small, few = _small(held["measures"], fewest), _few_asked(held, fewest)
    return {
        "rule": held["rule"],
        "money": held["money"],
        "spent": None if small else held["spent"],  # with what each unit costs, a sum tells the units
        "people": people,
        "chosen": held["chosen"],
        "measures": [_measure(each, each["measure"] in small, fewest) for each in held["measures"]],
        "left_caps": _left(held, fewest),
        "few_asked": few,
        "unmet": [] if few else sorted(n["need"] for n in held["needs"] if n["asks"] - n["met"] >= fewest),
        "groups": [] if few else _groups(held, parts, fewest),
        "owed": [] if few else [_owed(each) for each in held["owed"] if each["people"] >= fewest],
    }


def _few_asked(held: Account, fewest: int) -> bool:
    return any(each["asked"] < fewest for each in held["measures"])


def _small(measures: Sequence[Account], fewest: int) -> set[str]:
    """The funded measures whose places would tell how few asked; never one alone, for the sum would tell."""
    funded = sorted((each["asked"], each["measure"]) for each in measures if each["units"])
    few = sum(asked < fewest for asked, _ in funded)
    return {measure for _, measure in funded[: max(few, 2) if few else 0]}


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


def _groups(held: Account, parts: Mapping[str, Sequence[int]], fewest: int) -> list[Account]:
    """Shares of the money in whole percent, of groups that are large wherever they and others ask."""
    whole = [sum(column) for column in zip(*parts.values(), strict=True)]
    large = {name for name, part in parts.items() if _apart(part, whole, fewest)}
    if len(parts) - len(large) == 1 and large:  # all shares but one would tell the last
        large.remove(min(large, key=lambda name: (sum(parts[name]), name)))
    spent = held["spent"] or 1
    return [
        {"group": each["group"], "money_percent": round(100 * each["money"] / spent)}
        for each in held["groups"]
        if each["group"] in large
    ]


def _apart(part: Collection[int], whole: Sequence[int], fewest: int) -> bool:
    """Whether a group, and everybody else, is large or nobody at every funded measure."""
    return bool(part) and all(
        number >= fewest and (rest == 0 or rest >= fewest)
        for number, rest in zip(
            part, (all_ - one for all_, one in zip(whole, part, strict=True)), strict=True
        )
        if number or rest
    )


def _owed(each: Account) -> Account:
    return {key: each[key] for key in ("measure", "cap", "explained")}


def parts_of(supporters: Sequence[Any], funded: Collection[int], target_of: Any) -> dict[str, list[int]]:
    """For each target group how many of its people asked for each funded measure."""
    order = sorted(funded)
    found: dict[str, list[int]] = {}
    for each in supporters:
        row = found.setdefault(target_of(each.group), [0] * len(order))
        for column, place in enumerate(order):
            row[column] += each.people if place in each.measures else 0
    return found
