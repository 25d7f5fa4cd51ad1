"""Equal shares of the money, one for each person, exact to the last fraction of an øre."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd

from bot.allocation.demand import Demand


class Shares:
    """What each person has left of their share.

    Everything is a whole number of parts: `parts` to an øre, which grow only when a price needs it. So
    nothing is rounded, and what is equal is equal.
    """

    def __init__(self, demand: Demand, share: Fraction) -> None:
        self.parts = share.denominator
        self.people = [supporters.people for supporters in demand.supporters]
        self.left = [share.numerator] * len(self.people)
        self._behind = [list(places) for places in demand.behind]

    def price(self, measure: int, cost: int) -> Fraction | None:
        """What each who can must pay when all who asked pay alike; None where they can not pay together."""
        left, due, payers = self.left, cost * self.parts, self._behind[measure]
        waiting = sum(map(self.people.__getitem__, payers))
        if payers and min(map(left.__getitem__, payers)) * waiting >= due:
            return Fraction(due, waiting * self.parts)  # everybody has enough: most prices are found here
        payers.sort(key=left.__getitem__)
        for place in payers:
            if left[place] * waiting >= due:
                return Fraction(due, waiting * self.parts)
            due -= left[place] * self.people[place]
            waiting -= self.people[place]
        return None

    def repeats(self, measure: int, price: Fraction) -> int:
        """How many times in a row everybody who asked can pay the same price."""
        poorest = min(self.left[place] for place in self._behind[measure])
        return int(poorest / (price * self.parts))

    def payers(self, measure: int) -> int:
        """How many of those who asked have anything left."""
        return sum(self.people[place] for place in self._behind[measure] if self.left[place])

    def pay(self, measure: int, price: Fraction, times: int = 1) -> None:
        """Take a price from all who asked, and all they have from those with less."""
        self._divide(price.denominator)
        due, left = int(price * self.parts) * times, self.left
        for place in self._behind[measure]:
            left[place] = left[place] - due if left[place] > due else 0
        self._behind[measure] = [place for place in self._behind[measure] if left[place]]

    def _divide(self, denominator: int) -> None:
        factor = denominator // gcd(denominator, self.parts)
        if factor > 1:
            self.parts *= factor
            self.left = [held * factor for held in self.left]


class Loads:
    """What each person has paid so far where money comes to all at the same pace (Phragmén)."""

    def __init__(self, demand: Demand) -> None:
        self.parts = 1
        self.people: Sequence[int] = [supporters.people for supporters in demand.supporters]
        self.paid = [0] * len(self.people)
        self._behind, self._asked = demand.behind, demand.asked

    def moment(self, measure: int, cost: int) -> Fraction:
        """When those who asked have together saved enough: what each then has paid in all."""
        paid = sum(self.paid[place] * self.people[place] for place in self._behind[measure])
        return Fraction(cost * self.parts + paid, self.parts * self._asked[measure])

    def pay(self, measure: int, moment: Fraction) -> None:
        factor = moment.denominator // gcd(moment.denominator, self.parts)
        self.parts *= factor
        self.paid = [held * factor for held in self.paid] if factor > 1 else self.paid
        for place in self._behind[measure]:
            self.paid[place] = int(moment * self.parts)
