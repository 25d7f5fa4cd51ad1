"""Was it fair? Which groups of people were owed something and got less, and what stood in the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bot.allocation.demand import Demand
from bot.allocation.model import Cap, Outcome, Round

# A rule that leaves a group with less is no excuse; a cap that the call has set is.
NO_EXCUSE = ("money", "rule")


@dataclass(frozen=True, slots=True)
class Owed:
    """People who together have enough of the money for one more lot, and got less than that."""

    measure: int
    people: int
    cap: Cap

    @property
    def explained(self) -> bool:
        """Whether a cap of the call, or of the measure itself, stood in the way."""
        return self.cap.kind not in NO_EXCUSE


def owed(given: Round, demand: Demand, outcome: Outcome) -> list[Owed]:
    """Every breach of EJR+ up to any one unit, by money (Brill and Peters, arXiv 2302.01989).

    A lot is owed when, for some of those who asked for it, what each of them got of what they asked for
    and the lot together cost no more than their equal shares. Whoever got least is looked at first, so it is
    enough to try those groups.
    """
    got = _got(demand, outcome)
    found = []
    for place in range(len(given.measures)):
        cost = _next_cost(given, outcome, place)
        people = _largest(given, demand, place, cost, got) if cost else 0
        if people:
            found.append(Owed(place, people, outcome.stopped.get(place, Cap("rule"))))
    return found


def _got(demand: Demand, outcome: Outcome) -> list[int]:
    """For each kind of supporters what all they asked for got, in øre."""
    spent: Counter[int] = Counter()
    for step in outcome.steps:
        spent[step.lot.measure] += step.lot.cost
    return [sum(spent[place] for place in supporters.measures) for supporters in demand.supporters]


def _next_cost(given: Round, outcome: Outcome, place: int) -> int:
    """The cost of the least that could still be added of a measure; 0 where nothing can."""
    measure = given.measures[place]
    bought: Counter[int] = Counter()
    for step in outcome.steps:
        if step.lot.measure == place:
            bought[step.lot.period] += step.lot.units
    lots = (
        1 if bought[period] else measure.least
        for period in measure.periods
        if _room(given, place, bought, period)
    )
    return measure.cost * min(lots, default=0)


def _room(given: Round, place: int, bought: Counter[int], period: int) -> bool:
    measure = given.measures[place]
    return bought[period] + (1 if bought[period] else measure.least) <= measure.most


def _largest(given: Round, demand: Demand, place: int, cost: int, got: list[int]) -> int:
    """The largest group that is owed a lot of this cost; 0 where there is none."""
    largest = people = 0
    for each in sorted(demand.behind[place], key=got.__getitem__):
        people += demand.supporters[each].people
        if (got[each] + cost) * demand.people <= people * given.limits.money:
            largest = people
    return largest
