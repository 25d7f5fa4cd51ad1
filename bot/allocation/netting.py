"""Match places to people who asked, so that no more places are funded than there is somebody for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from bot.allocation.demand import Bundle

SINK = 0
PART = 16  # of what a measure could serve: as much is set aside for each that may fill places beside it


@dataclass(slots=True)
class Count:
    """How many more people a measure could serve, at least and at most.

    `tight` are the measures that compete for the very people it found. For others some people more may have
    been set aside: so many places they can fill before it is touched.
    """

    least: int
    most: int
    tight: frozenset[int]
    aside: dict[int, int]

    def fill(self, measure: int, met: int) -> None:
        """A measure has filled places."""
        if measure in self.tight:
            self.most = max(self.most - met, 0)
            self.least = max(self.least - met, 0)
        else:
            aside = self.aside.get(measure, 0)
            self.aside[measure] = max(aside - met, 0)
            self.least = max(self.least - max(met - aside, 0), 0)

    def copy(self) -> Count:
        return Count(self.least, self.most, self.tight, self.aside.copy())


class Netting:
    """A flow from measures to asks that only grows.

    One ask holds one place, and one person holds one place in a measure, however many of their asks it meets,
    and one in all offers of the same. What augmenting paths reach is a matroid, so a place that one measure
    fills takes at most one from what any other could fill, and never gives one back: a count bounds those
    that come after it from both sides. Whom a search for one more meets in vain competes for the very people
    that were found: a place of theirs takes just one. And people found for several at once are enough for
    all of them, whoever comes first. So a measure is counted anew only where that does not tell. A count
    depends on how many places each has, never on who holds them: they are given out when another measure is
    asked about, all at once.
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
        self._known: dict[int, dict[int, Count]] = {first: {} for first in self._first}  # by first of rivals
        self.filling: set[int] = set()  # who may yet fill places: a hint that changes no count, only how many
        self._owed: dict[int, tuple[int, int]] = {}  # places not given out yet, by the first of its rivals

    def copy(self) -> Netting:
        """The same flow, to be filled in another way."""
        other = copy(self)
        other._room, other._owed = self._room.copy(), self._owed.copy()
        other.filling = self.filling.copy()
        other._known = {
            first: {measure: count.copy() for measure, count in known.items()}
            for first, known in self._known.items()
        }
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
        count = self._known[self._first[measure]].get(measure)
        if count is None or count.least < count.most:
            count = self._count(measure)
        return count.most

    def serves(self, measure: int, people: int) -> bool:
        """Whether a measure could serve so many more: often known where how many is not."""
        count = self._known[self._first[measure]].get(measure)
        if count is not None and not count.least < people <= count.most:
            return people <= count.least
        return people <= self.unmet(measure)

    def _count(self, measure: int) -> Count:
        first = self._first[measure]
        self._give_out(first)
        held, known = self._room.copy(), self._known[first]
        most, tight = self._push(measure, None)
        others = sorted(self.filling & known.keys() - tight) if measure in known else ()
        aside = self._set_aside(others, most // PART + 1)
        self._room = held
        count = known[measure] = Count(most, most, tight, aside)
        return count

    def _set_aside(self, measures: Iterable[int], places: int) -> dict[int, int]:
        """For each so many places, or all it can fill, while there is somebody for all at once."""
        aside: dict[int, int] = {}
        for other in measures:
            wanted = min(places, self._known[self._first[other]][other].most)
            aside[other], _ = self._push(other, wanted)
            if aside[other] < wanted:
                break
        return aside

    def fill(self, measure: int, places: int) -> int:
        """Give places to people who are there for them; how many found somebody."""
        met, first = places if self.serves(measure, places) else self.unmet(measure), self._first[measure]
        if met:
            if self._owed.get(first, (measure,))[0] != measure:
                self._give_out(first)
            self._owed[first] = (measure, self._owed.get(first, (measure, 0))[1] + met)
            for count in self._known[first].values():
                count.fill(measure, met)
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
            pushed = [self._push(place, most)[0] for place, most in enumerate(left)]
            left = [most - amount for most, amount in zip(left, pushed, strict=True)]
            met[need] = sum(pushed)
        return met

    def _push(self, measure: int, most: int | None) -> tuple[int, frozenset[int]]:
        """Augment from a measure until nobody, or no place, is left; how many, and whom the last look met."""
        pushed, came = 0, dict[int, int]()
        while pushed != most:
            ends, came = self._look(measure + 1)
            if not ends:
                break
            for end in ends:
                pushed += self._augment(end, came, None if most is None else most - pushed)
        return pushed, frozenset(node - 1 for node in came if node <= len(self._rivals))

    def _augment(self, end: int, came: dict[int, int], most: int | None) -> int:
        """Push along the way to the sink that ends so; none where a way before has used its room."""
        path = [end]
        while (edge := came[self._to[path[-1] ^ 1]]) >= 0:
            path.append(edge)
        amount = min(self._room[edge] for edge in path)
        amount = amount if most is None else min(amount, most)
        for edge in path:
            self._room[edge] -= amount
            self._room[edge ^ 1] += amount
        return amount

    def _look(self, start: int) -> tuple[list[int], dict[int, int]]:
        """The last edges to the nearest of those who have no place yet, and the way to all that is met."""
        room, to, ends = self._room, self._to, list[int]()
        came, front = {start: -1}, [start]
        while front and not ends:
            beyond = []
            for node in front:
                for edge in self._edges[node]:
                    if room[edge] and (there := to[edge]) not in came:
                        if there == SINK:
                            ends.append(edge)
                        else:
                            came[there] = edge
                            beyond.append(there)
            front = beyond
        return ends, came
