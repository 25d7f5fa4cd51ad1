"""Match places to people who asked, so that no more places are funded than there is somebody for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import copy

from bot.allocation.demand import Bundle

SINK = 0


class Netting:
    """A flow from measures to asks that only grows.

    One ask holds one place, and one person holds one place in a measure, however many of their asks it meets,
    and one in all offers of the same. How many more places somebody is there for never grows again as others
    are funded (what augmenting paths reach is a matroid): so an old count is an upper bound. A count depends
    on how many places each has, never on who holds them: they are given out when another measure is asked
    about, all at once.
    """

    def __init__(self, measures: int, bundles: Sequence[tuple[Bundle, int]]) -> None:
        self._edges: list[list[int]] = [[] for _ in range(measures + 1)]
        self._to: list[int] = []
        self._room: list[int] = []
        self._asking: dict[str, list[int]] = {}  # edges from asks to the sink, by need
        self._rivals = list(range(measures))
        for asks, people in bundles:
            self._add_bundle(asks, people)
        self._first = [self._root(measure) for measure in range(measures)]
        self._version = [0] * measures
        self._known: dict[int, tuple[int, int]] = {}
        self._owed: dict[int, tuple[int, int]] = {}  # places not given out yet, by the first of its rivals

    def copy(self) -> Netting:
        """The same flow, to be filled in another way."""
        other = copy(self)
        other._room, other._version = self._room.copy(), self._version.copy()
        other._known, other._owed = self._known.copy(), self._owed.copy()
        return other

    def _edge(self, start: int, end: int, room: int) -> None:
        for here, there, free in ((start, end, room), (end, start, 0)):
            self._edges[here].append(len(self._to))
            self._to.append(there)
            self._room.append(free)

    def _node(self) -> int:
        self._edges.append([])
        return len(self._edges) - 1

    def _add_bundle(self, asks: Bundle, people: int) -> None:
        """A node for each ask; a gate before several that one measure meets, for they are one person's."""
        nodes = [self._node() for _ in asks]
        for node, ask in zip(nodes, asks, strict=True):
            self._asking.setdefault(ask.need, []).append(len(self._to))
            self._edge(node, SINK, people)
        ways: dict[tuple[int, ...], int] = {}
        rivals = sorted({measure for ask in asks for measure in ask.able})
        for measure in rivals:
            met = tuple(node for node, ask in zip(nodes, asks, strict=True) if measure in ask.able)
            if met not in ways:
                ways[met] = met[0] if len(met) == 1 else self._gate(met, people)
            self._edge(measure + 1, ways[met], people)
            self._join(rivals[0], measure)

    def _gate(self, asks: Sequence[int], people: int) -> int:
        """What measures that meet the same asks share: one place a person between them."""
        before, after = self._node(), self._node()
        self._edge(before, after, people)
        for ask in asks:
            self._edge(after, ask, people)
        return before

    def _join(self, one: int, other: int) -> None:
        self._rivals[self._root(other)] = self._root(one)

    def _root(self, measure: int) -> int:
        while self._rivals[measure] != measure:
            self._rivals[measure] = self._rivals[self._rivals[measure]]
            measure = self._rivals[measure]
        return measure

    def unmet(self, measure: int) -> int:
        """How many more people a measure could serve, were there no end to its places."""
        known = self._known.get(measure)
        version = self._version[self._first[measure]]
        if known is None or (known[1] != version and known[0]):
            self._give_out(self._first[measure])
            pushed = list(self._push(measure, None))
            for path, amount in reversed(pushed):
                self._move(path, -amount)
            known = (sum(amount for _, amount in pushed), version)
            self._known[measure] = known
        return known[0]

    def fill(self, measure: int, places: int) -> int:
        """Give places to people who are there for them; how many found somebody."""
        unmet, first = self.unmet(measure), self._first[measure]
        met = min(places, unmet)
        if met:
            if self._owed.get(first, (measure,))[0] != measure:
                self._give_out(first)
            self._owed[first] = (measure, self._owed.get(first, (measure, 0))[1] + met)
            self._version[first] += 1
            self._known[measure] = (unmet - met, self._version[first])
        return met

    def _give_out(self, first: int) -> None:
        """Let people have the places that were only counted so far."""
        if first in self._owed:
            self._push(*self._owed.pop(first))

    def by_need(self, places: Sequence[int], needs: Sequence[str]) -> dict[str, int]:
        """Of an empty flow: how many asks of each need so many met places meet, the first needs first."""
        shut = {edge: self._room[edge] for edges in self._asking.values() for edge in edges}
        for edge in shut:
            self._room[edge] = 0
        left, met = list(places), {}
        for need in needs:
            for edge in self._asking.get(need, ()):
                self._room[edge] = shut[edge]
            pushed = [sum(amount for _, amount in self._push(place, most)) for place, most in enumerate(left)]
            left = [most - amount for most, amount in zip(left, pushed, strict=True)]
            met[need] = sum(pushed)
        return met

    def _push(self, measure: int, most: int | None) -> list[tuple[list[int], int]]:
        """Augment from a measure until nobody, or no place, is left; the paths taken, and how many each."""
        taken: list[tuple[list[int], int]] = []
        left = most
        while left != 0 and (path := self._path(measure + 1)) is not None:
            room = min(self._room[edge] for edge in path)
            amount = room if left is None else min(room, left)
            self._move(path, amount)
            taken.append((path, amount))
            left = None if left is None else left - amount
        return taken

    def _move(self, path: list[int], amount: int) -> None:
        for edge in path:
            self._room[edge] -= amount
            self._room[edge ^ 1] += amount

    def _path(self, start: int) -> list[int] | None:
        """A shortest way from a measure to somebody who has no place yet."""
        came: dict[int, int] = {start: -1}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for edge in self._edges[node]:
                there = self._to[edge]
                if self._room[edge] and there not in came:
                    came[there] = edge
                    if there == SINK:
                        return self._back(came, start)
                    waiting.append(there)
        return None

    def _back(self, came: dict[int, int], start: int) -> list[int]:
        path, node = [], SINK
        while node != start:
            path.append(came[node])
            node = self._to[came[node] ^ 1]
        return path
