"""What is left of the money, and whether one more lot of a measure keeps within every cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy

from bot.allocation.model import Cap, Limits, Lot, Measure, Source

BOUNDLESS = 1 << 80  # øre: more than any number of lots costs
NO_ROOM = Cap("most")


class Purse:
    """The money of a round as it is spent. A measure that a cap stops once is stopped for good."""

    def __init__(self, measures: Sequence[Measure], limits: Limits) -> None:
        self.measures, self.limits = measures, limits
        self.left = limits.money
        self.units: Counter[tuple[int, int]] = Counter()  # by measure and period
        self._period: Counter[int] = Counter()  # øre spent by period
        self._applicant: Counter[tuple[str, int]] = Counter()  # øre spent by applicant and period
        self._spent: Counter[int] = Counter()  # øre spent by measure
        self._next: dict[int, Lot] = {}  # what was found for a measure that has bought nothing since

    def copy(self) -> Purse:
        """The same purse, to be spent in another way."""
        other = copy(self)
        other.units, other._period = self.units.copy(), self._period.copy()
        other._applicant, other._spent = self._applicant.copy(), self._spent.copy()
        other._next = self._next.copy()
        return other

    @contextmanager
    def boundless(self) -> Iterator[None]:
        """As if there were no end to the money; what is left may be less than nothing after."""
        self._next.clear()  # what the money shut is open now
        self.left += BOUNDLESS
        try:
            yield
        finally:
            self.left -= BOUNDLESS

    def next_lot(self, place: int) -> Lot | Cap:
        """What may be bought next of a measure, as early as there is room, or the cap that stops it."""
        known = self._next.get(place)
        if known is not None and self._stopped(known) is None:  # a period that was shut before stays so
            return known
        stopped = NO_ROOM
        for period in self.measures[place].periods:
            lot = self._lot(place, period)
            cap = self._stopped(lot) if lot else Cap("most", period)
            if lot and cap is None:
                self._next[place] = lot
                return lot
            if cap and stopped.kind == "most":
                stopped = cap
        return stopped

    def most(self, place: int, period: int) -> int:
        """The most units of a measure that its own capacity and the money of one period have room for."""
        measure, limits, own = self.measures[place], self.limits, self.limits.periods[period]
        room = [self.left]
        if limits.cap is not None:
            room.append(limits.cap - self._applicant[measure.applicant, period])
        if own is not None:
            room.append(own - self._period[period])
        return min(measure.most - self.units[place, period], min(room) // measure.cost)

    def _lot(self, place: int, period: int) -> Lot | None:
        measure, bought = self.measures[place], self.units[place, period]
        units = 1 if bought else measure.least
        if bought + units > measure.most:
            return None
        return Lot(place, period, units, units * measure.cost)

    def _stopped(self, lot: Lot) -> Cap | None:
        limits, measure = self.limits, self.measures[lot.measure]
        own = limits.periods[lot.period]
        if limits.cap is not None and self._applicant[measure.applicant, lot.period] + lot.cost > limits.cap:
            return Cap("applicant", lot.period)
        if own is not None and self._period[lot.period] + lot.cost > own:
            return Cap("period", lot.period)
        if lot.cost > self.left:
            return Cap("money")
        if limits.sources and not self._sources_pay(lot):
            return Cap("source")
        return None

    def _sources_pay(self, lot: Lot) -> bool:
        return payable(self.limits.sources, self._costs(lot))

    def _costs(self, lot: Lot) -> list[tuple[Measure, int]]:
        """What every measure has cost with one more lot."""
        spent = self._spent + Counter({lot.measure: lot.cost})
        return [(self.measures[place], øre) for place, øre in spent.items()]

    def missing(self, place: int) -> int:
        """How much more money, under every cap that is reached, the next lot of a measure would take."""
        lots = (self._lot(place, period) for period in self.measures[place].periods)
        return min((self._over(lot) for lot in lots if lot), default=0)

    def _over(self, lot: Lot) -> int:
        limits, applicant, own = (
            self.limits,
            self.measures[lot.measure].applicant,
            self.limits.periods[lot.period],
        )
        over = [lot.cost - self.left, lack(limits.sources, self._costs(lot)) if limits.sources else 0]
        if limits.cap is not None:
            over.append(self._applicant[applicant, lot.period] + lot.cost - limits.cap)
        if own is not None:
            over.append(self._period[lot.period] + lot.cost - own)
        return max(0, *over)

    def spend(self, lot: Lot) -> None:
        """Take a lot's money out."""
        self.left -= lot.cost
        self.units[lot.measure, lot.period] += lot.units
        self._period[lot.period] += lot.cost
        self._applicant[self.measures[lot.measure].applicant, lot.period] += lot.cost
        self._spent[lot.measure] += lot.cost
        self._next.pop(lot.measure, None)


def payable(sources: Sequence[Source], costs: Iterable[tuple[Measure, int]]) -> bool:
    """Whether sources can pay all costs, each only what it is for."""
    return lack(sources, costs) <= 0


def lack(sources: Sequence[Source], costs: Iterable[tuple[Measure, int]]) -> int:
    """How much more money sources need to pay all costs; nothing, or less, where they can.

    Hall's condition: what can be paid by some of the sources alone must not exceed what those have.
    """
    costs_by_payers: Counter[int] = Counter()
    for measure, øre in costs:
        payers = sum(1 << place for place, source in enumerate(sources) if source.pays(measure))
        costs_by_payers[payers] += øre
    lacks = []
    for some in range(1 << len(sources)):
        money = sum(source.money for place, source in enumerate(sources) if some >> place & 1)
        lacks.append(sum(øre for payers, øre in costs_by_payers.items() if payers & ~some == 0) - money)
    return max(lacks)


def traced(sources: Sequence[Source], costs: Sequence[tuple[Measure, int]]) -> list[list[int]]:
    """For each cost how much each source pays: the first source as much as leaves the others able."""
    left = list(sources)
    found = []
    for place, (measure, øre) in enumerate(costs):
        paid: list[int] = []
        for number, source in enumerate(left):
            amount = _most_paid(left, number, (measure, øre - sum(paid)), costs[place + 1 :])
            left[number] = Source(source.id, source.money - amount, source.purposes)
            paid.append(amount)
        found.append(paid)
    return found


def _most_paid(
    sources: Sequence[Source], number: int, cost: tuple[Measure, int], rest: Sequence[tuple[Measure, int]]
) -> int:
    """The most that one source can pay of a cost so that all the others can still be paid."""
    source, (measure, øre) = sources[number], cost
    if not source.pays(measure):
        return 0
    low, high = 0, min(øre, source.money)
    while low < high:
        middle = (low + high + 1) // 2
        after = Source(source.id, source.money - middle, source.purposes)
        others = [*sources[:number], after, *sources[number + 1 :]]
        fits = payable(others, [(measure, øre - middle), *rest])
        low, high = (middle, high) if fits else (low, middle - 1)
    return low
