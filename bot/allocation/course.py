"""An allocation under way: what may still be bought, what was bought, and what stopped the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from copy import copy
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from bot.allocation.demand import Demand
from bot.allocation.model import LOT, Cap, Lot, Outcome, Round, Step
from bot.allocation.netting import Netting
from bot.allocation.purse import Purse

Tie: TypeAlias = tuple[int | str, ...]
Rank: TypeAlias = Fraction | int
RankOf: TypeAlias = Callable[[int], Rank | None]


def ties(given: Round, demand: Demand) -> list[Tie]:
    """What decides between equals, the least first, in the order that the call names.

    The lot is drawn from a seed whose hash was published before anybody asked, so nobody could steer it.
    """
    if given.seed is None:
        return [(measure.id,) for measure in given.measures]
    return [
        (*(_TIE[each](given, demand, place) for each in given.ties), measure.id)
        for place, measure in enumerate(given.measures)
    ]


def _lot(given: Round, demand: Demand, place: int) -> str:
    return hashlib.sha256(f"{given.seed}\n{given.measures[place].id}".encode()).hexdigest()


_TIE: dict[str, Callable[[Round, Demand, int], int | str]] = {
    "unit_cost": lambda given, demand, place: given.measures[place].cost,
    "asked": lambda given, demand, place: -demand.asked[place],
    "first": lambda given, demand, place: -demand.first[place],
    LOT: _lot,
}


class Course:
    """One run of one rule over a round."""

    def __init__(self, given: Round, demand: Demand) -> None:
        self.given, self.demand, self.limits = given, demand, given.limits
        self.purse = Purse(given.measures, self.limits)
        self.netting = Netting(len(given.measures), demand.bundles)
        self._fill = self.limits.fill.as_integer_ratio()
        self.ties = ties(given, demand)
        self.outcome = Outcome()
        self.funded: set[str] = set()  # applicants
        self.most: int | None = None  # applicants: where more have got something, the run ends early
        self._closed: set[int] = set()  # what is stopped once is stopped for good

    def copy(self) -> Course:
        """Another run that has come as far; what one does then the other does not see."""
        other = copy(self)
        other.purse, other.netting = self.purse.copy(), self.netting.copy()
        other._closed, other.funded = self._closed.copy(), self.funded.copy()
        other.outcome = Outcome([*self.outcome.steps])
        return other

    def lot(self, place: int) -> Lot | None:
        """The next lot of a measure that keeps within every cap and that enough people asked for."""
        if place in self._closed:
            return None
        found = self._next(place)
        if isinstance(found, Lot):
            return found
        self._closed.add(place)
        self.netting.filling.discard(place)
        return None

    def _next(self, place: int) -> Lot | Cap:
        if not self.netting.serves(place, 1):
            return Cap("asked")
        lot = self.purse.next_lot(place)
        return lot if isinstance(lot, Cap) or self._useful(lot) else Cap("asked")

    def _useful(self, lot: Lot) -> bool:
        """Whether enough of its places find somebody; one that serves all who asked has nobody too few."""
        each, (part, whole) = self.given.measures[lot.measure].places, self._fill
        return each is None or self.netting.serves(lot.measure, -(-part * each * lot.units // whole))

    def places(self, lot: Lot) -> int:
        """How many people a lot serves."""
        each = self.given.measures[lot.measure].places
        return self.netting.unmet(lot.measure) if each is None else each * lot.units

    def buy(self, step: Step) -> None:
        """Spend, give the places to people, and note why."""
        lot = step.lot
        met = self.netting.fill(lot.measure, self.places(lot))
        self.purse.spend(lot)
        self.funded.add(self.given.measures[lot.measure].applicant)
        self.outcome.steps.append(step._replace(met=met))

    @property
    def crowded(self) -> bool:
        """Whether more applicants have got something than are allowed in: then it is of no use to go on."""
        return self.most is not None and len(self.funded) > self.most

    def finish(self) -> Outcome:
        """What came of it, and what keeps each measure from more as things stand in the end."""
        for place in range(len(self.given.measures)):
            found = self._next(place)
            self.outcome.stopped[place] = Cap("rule") if isinstance(found, Lot) else found
        return self.outcome


class Taken(NamedTuple):
    """The measure whose turn it is."""

    place: int
    rank: Rank
    ties: tuple[int, ...]
    following: tuple[int, Rank] | None


class Queue:
    """Measures by rank, the least first, where a rank never falls: an old one is a lower bound."""

    def __init__(self, places: Iterable[int], rank: RankOf, ties: list[Tie]) -> None:
        self._rank, self._ties, self._now = rank, ties, 0
        self._heap: list[tuple[Rank, Tie, int, int]] = []
        for place in places:
            self._push(place)

    def _push(self, place: int) -> None:
        rank = self._rank(place)
        if rank is not None:
            heappush(self._heap, (rank, self._ties[place], place, self._now))

    def _top(self) -> tuple[Rank, Tie, int, int] | None:
        """The first, its rank counted anew where it may be old."""
        while self._heap and self._heap[0][3] != self._now:
            self._push(heappop(self._heap)[2])
        return self._heap[0] if self._heap else None

    def take(self) -> Taken | None:
        """The first, its rank, which others are equal, and the next with its rank."""
        first = self._top()
        if first is None:
            return None
        rank, _, place, _ = heappop(self._heap)
        second, equal = self._top(), []
        while self._heap and self._heap[0][0] <= rank and (top := self._top()) and top[0] == rank:
            equal.append(heappop(self._heap))
        for each in equal:
            heappush(self._heap, each)
        following = (second[2], second[0]) if second else None
        return Taken(place, rank, tuple(each[2] for each in equal), following)

    def put_back(self, place: int) -> None:
        """A measure was bought: every rank may be old now, its own too."""
        self._now += 1
        self._push(place)
