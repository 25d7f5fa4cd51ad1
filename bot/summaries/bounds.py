"""What somebody who holds published figures can be sure of: the least and the most of each figure.

An equation narrows every figure in it by what the others can be at least and at most; what is narrowed
narrows others in turn, until nothing moves. The truth is always within.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.summaries.figures import Key
from bot.summaries.sums import Equation

MANY = 1 << 60  # more than there are people
NONE = -1  # no equation has narrowed it
TURNS = 40  # how often each equation is read at most; stopping early leaves bounds wider, never wrong


class Sums:
    """The equations of one half-year, with figures as numbers."""

    def __init__(self, equations: Sequence[Equation]) -> None:
        self.keys = tuple(dict.fromkeys(key for each in equations for side in each for key in side))
        self.numbers = {key: number for number, key in enumerate(self.keys)}
        self.sides = [tuple([self.numbers[key] for key in side] for side in each) for each in equations]
        self.holding: list[list[int]] = [[] for _ in self.keys]
        for place, (left, right) in enumerate(self.sides):
            for number in (*left, *right):
                self.holding[number].append(place)


@dataclass
class Bounds:
    """The least and the most each figure can be, and which equation last said so."""

    sums: Sums
    low: list[int]
    high: list[int]
    why_low: list[int]
    why_high: list[int]
    possible: bool = field(default=True, init=False)
    settled: bool = field(default=False, init=False)  # nothing moves any more

    def __post_init__(self) -> None:
        self._narrow()

    def known(self, number: int) -> bool:
        """Whether a figure can be one number alone."""
        return self.low[number] == self.high[number]

    def _narrow(self) -> None:
        sides, holding = self.sums.sides, self.sums.holding
        waiting, queued, turns = deque(range(len(sides))), [True] * len(sides), TURNS * len(sides)
        while waiting and self.possible and turns:
            turns -= 1
            place = waiting.popleft()
            queued[place] = False
            for moved in self._read(place, *sides[place]):
                for touched in holding[moved]:
                    if not queued[touched]:
                        queued[touched] = True
                        waiting.append(touched)
        self.settled = self.possible and not waiting

    def _read(self, place: int, left: list[int], right: list[int]) -> list[int]:
        """Narrow the figures of one equation; returns which moved."""
        left_low, left_high = self._sum(left)
        right_low, right_high = self._sum(right)
        if left_low == left_high and right_low == right_high:
            return []  # all of it is known, as most is where many people answer
        moved = self._side(place, left, left_low, left_high, right_low, right_high)
        left_low, left_high = self._sum(left)
        return moved + self._side(place, right, right_low, right_high, left_low, left_high)

    def _sum(self, side: list[int]) -> tuple[int, int]:
        return sum([self.low[each] for each in side]), sum([self.high[each] for each in side])

    def _side(
        self, place: int, side: list[int], own_low: int, own_high: int, other_low: int, other_high: int
    ) -> list[int]:
        """Narrow each figure of one side to what the rest of the equation leaves it; returns which moved."""
        low, high, moved = self.low, self.high, []
        for each in side:
            least, most = other_low - own_high + high[each], other_high - own_low + low[each]
            if most < high[each]:
                own_high += most - high[each]
                high[each], self.why_high[each] = most, place
                moved.append(each)
            if least > low[each]:
                own_low += least - low[each]
                low[each], self.why_low[each] = least, place
                moved.append(each)
            if low[each] > high[each]:
                self.possible = False
        return moved


def of(sums: Sums, shown: Mapping[Key, int]) -> Bounds:
    """What follows from the figures of one release."""
    low, high = [0] * len(sums.keys), [MANY] * len(sums.keys)
    for key, people in shown.items():
        low[sums.numbers[key]] = high[sums.numbers[key]] = people
    return Bounds(sums, low, high, [NONE] * len(low), [NONE] * len(low))


def moved(now: Bounds, before: Bounds, *, only_more: bool) -> Bounds:
    """What follows of how much each figure moved between two releases; `only_more` if nobody left."""
    low = [least - most for least, most in zip(now.low, before.high, strict=True)]
    high = [most - least for most, least in zip(now.high, before.low, strict=True)]
    if only_more:
        low = [max(0, least) for least in low]
    return Bounds(now.sums, low, high, now.why_low.copy(), now.why_high.copy())
