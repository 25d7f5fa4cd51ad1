"""The account of an allocation: every øre in exactly one line, and what it came to for whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from math import ceil
from typing import Any, TypeAlias

from bot.allocation.allocate import reached
from bot.allocation.audit import Owed, owed
from bot.allocation.course import Course
from bot.allocation.demand import Demand
from bot.allocation.model import Cap, Limits, Lot, Outcome, Round, Source, Standing, Step
from bot.allocation.purse import Purse, traced
from bot.allocation.rules import most_unmet

Account: TypeAlias = dict[str, Any]
"""What `canonical` writes: keys, whole numbers, and exact fractions as texts."""

CAPS = ("applicant", "period", "source", "money")  # more money under them would have bought more
MANY = 1 << 40  # units: more than any money buys


def canonical(held: Mapping[str, Any]) -> str:
    """One way to write it, so that equal accounts are equal bytes."""
    return json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def account(given: Round, rule: str, outcome: Outcome, demand: Demand | None = None) -> Account:
    """All there is to tell of what a rule made of a round."""
    demand = demand or Demand(given)
    course = replayed(given, demand, outcome)
    left, paid, met = _left(course, outcome), _sources(given, outcome), _met_by_need(given, demand, outcome)
    others = reached(given, demand, outcome.chosen) if outcome.chosen else {}
    return {
        "rule": rule,
        "money": given.limits.money,
        "spent": outcome.cost,
        "people": given.people,
        "tie_order": list(given.ties),
        "chosen": outcome.chosen and list(outcome.chosen),
        "lines": [*_spent(course, outcome), *left],
        "measures": [_measure(course, outcome, place, others) for place in range(len(given.measures))],
        "needs": _needs(demand, met),
        "groups": _groups(demand, outcome, met),
        "sources": paid,
        "pots": [_pot(source, paid) for source in given.limits.sources],
        "owed": [_owed(course, each) for each in owed(given, demand, outcome)],
    }


def replayed(given: Round, demand: Demand, outcome: Outcome) -> Course:
    """A course that has bought just this."""
    course = Course(given, demand)
    for step in outcome.steps:
        course.buy(step)
    return course


# --- every øre in one line ------------------------------------------------------------------------


def _spent(course: Course, outcome: Outcome) -> Iterator[Account]:
    """A line for each run of units of one measure at one price."""
    given, units, purse = course.given, Counter[int](), Purse(course.given.measures, course.limits)
    for _, run in groupby(outcome.steps, key=_alike):
        steps = list(run)
        first, measure = steps[0], given.measures[steps[0].lot.measure]
        bought = sum(step.lot.units for step in steps)
        begun = units[first.lot.measure]
        units[first.lot.measure] += bought
        yield {
            "kind": "spent",
            "measure": measure.id,
            "period": first.lot.period,
            "first_unit": begun + 1,
            "last_unit": begun + bought,
            "places": None if measure.places is None else measure.places * bought,
            "met": sum(step.met for step in steps),
            "cost": sum(step.lot.cost for step in steps),
            "phase": first.phase,
            "standing": _standing(given, first.standing),
            "payers": first.payers,
            "following": _standing(given, first.following),
            **_behind(purse, first),
            "ties": sorted(given.measures[place].id for place in first.ties),
        }
        for step in steps:
            purse.spend(step.lot)


def _alike(step: Step) -> tuple[object, ...]:
    return step.phase, step.lot.measure, step.lot.period, step.lot.cost, step.standing.price


def _behind(purse: Purse, step: Step) -> Account:
    """What the next best lacked: so many people, or so much less for each to pay."""
    people = price = None
    if step.following and step.phase == "most-requested":
        people = step.standing.asking - step.following.asking
    lot = purse.next_lot(step.following.measure) if step.following else None
    if step.following and step.phase == "equal-shares" and isinstance(lot, Lot):
        first = (step.standing.price or 0) * lot.cost / step.lot.cost
        price = str((step.following.price or 0) - first)
    return {"behind_people": people, "behind_price": price}


def _standing(given: Round, standing: Standing | None) -> Account | None:
    if standing is None:
        return None
    price = None if standing.price is None else str(standing.price)
    return {"measure": given.measures[standing.measure].id, "asking": standing.asking, "price": price}


def _left(course: Course, outcome: Outcome) -> list[Account]:
    """The money left, by what kept it from those who still ask; the rest nobody asked for.

    What no cap had stopped is found by sharing out the rest once more, as if there were no cap at all.
    """
    given, rest = course.given, course.purse.left
    free = _without_caps(course)
    bought = _summed((step.lot.measure, step.lot.cost) for step in free.outcome.steps)
    people = _summed((step.lot.measure, step.met) for step in free.outcome.steps)
    lines = [
        _kept(
            given.measures[place].id,
            outcome.stopped[place],
            øre,
            people[place],
            _missing(course, outcome, place),
        )
        for place, øre in bought.items()
    ]
    if rest > bought.total():
        small = any(cap.kind == "money" for cap in free.finish().stopped.values())
        lines.append(_kept(None, Cap("money" if small else "asked"), rest - bought.total(), 0))
    return lines


def _without_caps(course: Course) -> Course:
    given = course.given
    measures = tuple(replace(each, least=1, most=MANY, periods=(0,), tier=0) for each in given.measures)
    limits = Limits(course.purse.left, fill=given.limits.fill)
    free = Course(replace(given, measures=measures, limits=limits), course.demand)
    free.netting = course.netting.copy()
    return most_unmet(free, range(len(measures)))


def _missing(course: Course, outcome: Outcome, place: int) -> int:
    """How much more money one more lot would have taken, where a cap on money stopped it."""
    return course.purse.missing(place) if outcome.stopped[place].kind in CAPS else 0


def _kept(measure: str | None, cap: Cap, øre: int, people: int, missing: int = 0) -> Account:
    held = {"measure": measure, "cap": cap.kind, "period": cap.period, "cost": øre, "people": people}
    held |= {"missing": missing}
    return {"kind": "left"} | held


# --- what it came to ------------------------------------------------------------------------------


def _measure(course: Course, outcome: Outcome, place: int, others: Mapping[str, tuple[int, int]]) -> Account:
    measure, cap = course.given.measures[place], outcome.stopped[place]
    steps = [step for step in outcome.steps if step.lot.measure == place]
    periods: Counter[int] = Counter()
    for step in steps:
        periods[step.lot.period] += step.lot.units
    return {
        "measure": measure.id,
        "applicant": measure.applicant,
        "needs": sorted(measure.needs),
        "unit_cost": measure.cost,
        "places": measure.places,
        "units": periods.total(),
        "periods": [[period, units] for period, units in sorted(periods.items())],
        "cost": sum(step.lot.cost for step in steps),
        "asked": course.demand.asked[place],
        "met": sum(step.met for step in steps),
        "stopped": cap.kind,
        "stopped_period": cap.period,
        "tier": measure.tier,
        "ahead": _ahead(course, outcome, place),
        "lacking": _lacking(course, place) if cap.kind == "asked" else 0,
        "missing": _missing(course, outcome, place),
        "reached": list(others.get(measure.applicant, ())) if cap.kind == "slots" else [],
    }


def _ahead(course: Course, outcome: Outcome, place: int) -> bool:
    """Whether it is what earlier tiers got that keeps a measure from one more lot."""
    measures, cap = course.given.measures, outcome.stopped[place].kind
    tier = measures[place].tier
    if cap == "slots":
        return any(each.applicant in (outcome.chosen or ()) for each in measures if each.tier < tier)
    if not tier or cap not in CAPS:
        return False
    purse = Purse(measures, course.limits)
    for step in outcome.steps:
        if measures[step.lot.measure].tier >= tier:
            purse.spend(step.lot)
    return isinstance(purse.next_lot(place), Lot)


def _lacking(course: Course, place: int) -> int:
    """How many more people must ask before one more lot is worth its money."""
    measure, lot = course.given.measures[place], course.purse.next_lot(place)
    units = lot.units if isinstance(lot, Lot) else measure.least
    places = units * measure.places if measure.places else 1  # one that serves all who ask is always full
    return max(1, ceil(course.limits.fill * places)) - course.netting.unmet(place)


def _needs(demand: Demand, met: Mapping[str, int]) -> list[Account]:
    asks, without = _asks(demand), Counter[str]()
    for (need, group), people in asks.items():
        if not demand.meets(need, group):
            without[need] += people
    total = _summed((need, people) for (need, _), people in asks.items())
    return [
        {"need": need, "asks": total[need], "met": met[need], "no_measure": without[need]}
        for need in sorted(total)
    ]


def _asks(demand: Demand) -> Counter[tuple[str, str]]:
    """How many people of each kind asked for each need."""
    return _summed(((need, each.group), each.people) for each in demand.voices for need in each.asks)


def _summed(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for key, number in pairs:
        total[key] += number
    return total


def _met_by_need(given: Round, demand: Demand, outcome: Outcome) -> Counter[str]:
    """Which asks the places meet, where a measure meets several: what most people ask for first."""
    met = _summed((step.lot.measure, step.met) for step in outcome.steps)
    total = _summed((need, people) for (need, _), people in _asks(demand).items())
    order = sorted(total, key=lambda need: (-total[need], need))
    places = [met[place] for place in range(len(given.measures))]
    return Counter(Course(given, demand).netting.by_need(places, order))


def target(group: str) -> str:
    """Of a kind of people, the target group that they are reported in."""
    return group.partition("/")[0]


def _groups(demand: Demand, outcome: Outcome, met_by_need: Mapping[str, int]) -> list[Account]:
    """For each target group: people, what they ask, what of it is met, and their part of the money."""
    people, asked = _summed((target(each.group), each.people) for each in demand.voices), _asks(demand)
    asks = _summed((target(group), number) for (_, group), number in asked.items())
    names = sorted(people)
    without = _summed((target(key[1]), each) for key, each in asked.items() if not demand.meets(*key))
    met = _whole(_met_by_group(demand, outcome, met_by_need), names)
    money = _whole(_money_by_group(demand, outcome), names)
    return [
        {"group": name, "people": people[name], "asks": asks[name], "met": met[name], "money": money[name]}
        | {"no_measure": without[name]}
        for name in names
    ]


def _met_by_group(demand: Demand, outcome: Outcome, met: Mapping[str, int]) -> Mapping[str, Fraction]:
    """The met asks of a need, shared evenly over all whose ask a funded measure can meet."""
    funded = {step.lot.measure for step in outcome.steps}
    able = {key: people for key, people in _asks(demand).items() if funded & set(demand.meets(*key))}
    reached = _summed((need, people) for (need, _), people in able.items())
    found: dict[str, Fraction] = {}
    for (need, group), people in able.items():
        share = Fraction(met[need] * people, reached[need])
        found[target(group)] = found.get(target(group), Fraction(0)) + share
    return found


def _money_by_group(demand: Demand, outcome: Outcome) -> Mapping[str, Fraction]:
    """What each measure got, shared evenly over all who asked for it."""
    spent = _summed((step.lot.measure, step.lot.cost) for step in outcome.steps)
    found: dict[str, Fraction] = {}
    for measure, øre in spent.items():
        for place in demand.behind[measure]:
            supporters = demand.supporters[place]
            share = Fraction(øre * supporters.people, demand.asked[measure])
            found[target(supporters.group)] = found.get(target(supporters.group), Fraction(0)) + share
    return found


def _whole(parts: Mapping[str, Fraction], names: Sequence[str]) -> dict[str, int]:
    """Parts in whole numbers with the same sum: the largest remainders are rounded up."""
    down = {name: int(parts.get(name, 0)) for name in names}
    over = sorted(names, key=lambda name: (down[name] - parts.get(name, 0), name))
    for name in over[: int(sum(parts.values())) - sum(down.values())]:
        down[name] += 1
    return down


def _sources(given: Round, outcome: Outcome) -> list[Account]:
    """Which source pays how much of which measure."""
    spent = _summed((step.lot.measure, step.lot.cost) for step in outcome.steps)
    costs = [(given.measures[place], øre) for place, øre in sorted(spent.items())]
    paid = traced(given.limits.sources, costs) if given.limits.sources else []
    return [
        {"source": source.id, "measure": measure.id, "cost": øre}
        for (measure, _), amounts in zip(costs, paid, strict=bool(paid))
        for source, øre in zip(given.limits.sources, amounts, strict=True)
        if øre
    ]


def _pot(source: Source, paid: Sequence[Account]) -> Account:
    """One source: how much of it is used, and for what."""
    mine = [each for each in paid if each["source"] == source.id]
    used = sum(each["cost"] for each in mine)
    held = {"source": source.id, "money": source.money, "used": used, "left": source.money - used}
    return held | {"measures": [each["measure"] for each in mine]}


def _owed(course: Course, each: Owed) -> Account:
    return {
        "measure": course.given.measures[each.measure].id,
        "people": each.people,
        "waiting": course.netting.unmet(each.measure),
        "cap": each.cap.kind,
        "period": each.cap.period,
        "explained": each.explained,
    }
