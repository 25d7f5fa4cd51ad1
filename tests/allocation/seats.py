"""People one by one, each with a place or without one: both implementations are held against it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple, TypeAlias

from bot.allocation.model import Measure, Round


def serves(measure: Measure, need: str, group: str) -> bool:
    return need in measure.needs and (measure.groups is None or group in measure.groups)


class Wish(NamedTuple):
    """One ask of one person."""

    person: int
    need: str


Node: TypeAlias = int | Wish
"""A measure that is to find somebody, or a wish that is to find another place."""


class Seats:
    """Who holds a place in what."""

    def __init__(self, given: Round) -> None:
        people = [voices for voices in given.voices if voices.asks for _ in range(voices.people)]
        wishes = [
            (Wish(number, need), each.group) for number, each in enumerate(people) for need in each.asks
        ]
        self.wishes = [
            [wish for wish, group in wishes if serves(m, wish.need, group)] for m in given.measures
        ]
        self.asking = [{wish.person for wish in wishes} for wishes in self.wishes]
        self.gates: dict[tuple[int, int], frozenset[Wish]] = {}  # the wishes of a person that a measure meets
        for place, found in enumerate(self.wishes):
            for wish in found:
                before = self.gates.get((place, wish.person), frozenset())
                self.gates[place, wish.person] = before | {wish}
        self.holds: dict[Wish, int] = {}

    def copy(self) -> Seats:
        other = copy(self)
        other.holds = dict(self.holds)
        return other

    def seat(self, place: int) -> bool:
        """Give one place to somebody, others moving where they can; False where nobody is left."""
        came: dict[Node, tuple[Node, Wish | None] | None] = {place: None}
        waiting: deque[Node] = deque([place])
        while waiting:
            here = waiting.popleft()
            for there, taken in self._from(here):
                if there not in came:
                    came[there] = (here, taken)
                    waiting.append(there)
                if isinstance(there, Wish) and there not in self.holds:
                    self._move(there, came)
                    return True
        return False

    def _from(self, here: Node) -> Iterator[tuple[Node, Wish | None]]:
        """Where one who must move can go, and the wish it takes over on the way, if it does."""
        if isinstance(here, Wish):
            holder = self.holds[here]
            yield from ((wish, wish) for wish in self.gates[holder, here.person])
            yield holder, None
            return
        for person in self.asking[here]:
            gate = self.gates[here, person]
            inside = [wish for wish in gate if self.gates.get((self.holds.get(wish, -1), person)) == gate]
            yield from ((self.holds[wish], wish) for wish in inside)
            yield from ((wish, wish) for wish in gate if not inside)

    def _move(self, here: Node, came: dict[Node, tuple[Node, Wish | None] | None]) -> None:
        """Everybody on the way takes what the next one leaves."""
        way = [here]
        while (step := came[way[-1]]) is not None:
            way.append(step[0])
        mover = way.pop()
        assert isinstance(mover, int)
        for node in reversed(way):
            _, taken = came[node] or (None, None)
            if taken is not None:
                mover, self.holds[taken] = self.holds.get(taken, -1), mover
