"""Who stands behind each measure: people of one kind are counted together, never one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bot.allocation.model import Measure, Round, Voices

Measures = tuple[int, ...]
"""Some of a round's measures, by their places in it, ascending."""


class Ask(NamedTuple):
    """A need of one person, and the measures that can meet it."""

    need: str
    able: Measures


Bundle = tuple[Ask, ...]
"""Asks of one person that measures join."""


@dataclass(frozen=True, slots=True)
class Supporters:
    """People of one target group whose asks the same measures can meet."""

    measures: Measures
    group: str
    people: int


class Demand:
    """The asks of a round, seen from its measures."""

    def __init__(self, given: Round) -> None:
        self.measures: Sequence[Measure] = given.measures
        self.people = given.people
        self._meets: dict[tuple[str, str], Measures] = {}
        self._by_need: dict[str, list[int]] = defaultdict(list)
        for place, measure in enumerate(given.measures):
            for need in measure.needs:
                self._by_need[need].append(place)
        self.voices = [voices for voices in given.voices if voices.asks and voices.people]
        self._alike: Counter[tuple[Measures, str]] = Counter()
        self._together: Counter[Bundle] = Counter()
        self.first: Counter[int] = Counter()  # by measure, people for whom it is what they need first
        for voices in self.voices:
            self._count(voices)

    def with_more(self, more: Voices) -> Demand:
        """The same with some people more: only they are counted."""
        other = copy(self)
        for counted in ("supporters", "behind", "asked", "bundles"):
            other.__dict__.pop(counted, None)
        other.people, other.voices = self.people + more.people, [*self.voices, more]
        other._alike, other._together = self._alike.copy(), self._together.copy()
        other.first = self.first.copy()
        other._count(more)
        return other

    def _count(self, voices: Voices) -> None:
        wanted = self._wanted(voices)
        measures = {place for ask in wanted for place in ask.able}
        if measures:
            self._alike[tuple(sorted(measures)), voices.group] += voices.people
        for bundle in joined(wanted):
            self._together[bundle] += voices.people
        first = voices.asks & {voices.first}
        self.first.update(
            {place: voices.people for need in first for place in self.meets(need, voices.group)}
        )

    def meets(self, need: str, group: str) -> Measures:
        """The measures that can meet a need of people in a group."""
        key = (need, group)
        if key not in self._meets:
            able = (place for place in self._by_need.get(need, ()) if reaches(self.measures[place], group))
            self._meets[key] = tuple(able)
        return self._meets[key]

    def _wanted(self, voices: Voices) -> list[Ask]:
        """Each ask that something can meet, and what can meet it."""
        asks = (Ask(need, self.meets(need, voices.group)) for need in voices.asks)
        return [ask for ask in asks if ask.able]

    @cached_property
    def supporters(self) -> list[Supporters]:
        """Everybody whom some measure can help, in an order that the order of the voices does not change."""
        return [Supporters(*key, people) for key, people in sorted(self._alike.items())]

    @cached_property
    def behind(self) -> list[list[int]]:
        """For each measure its supporters, by their places in `supporters`."""
        found: list[list[int]] = [[] for _ in self.measures]
        for place, supporters in enumerate(self.supporters):
            for measure in supporters.measures:
                found[measure].append(place)
        return found

    @cached_property
    def asked(self) -> list[int]:
        """For each measure how many people asked for what it gives."""
        return [sum(self.supporters[place].people for place in places) for places in self.behind]

    @cached_property
    def bundles(self) -> list[tuple[Bundle, int]]:
        """Asks that share a measure within one person, and how many people have them.

        Asks of one person that no measure joins can be met apart from each other, so they are counted
        apart: that keeps the network of `netting` small however many people there are.
        """
        return sorted(self._together.items())


def reaches(measure: Measure, group: str) -> bool:
    """Whether a measure is for people of a target group."""
    return measure.groups is None or group in measure.groups


def joined(wanted: Sequence[Ask]) -> list[Bundle]:
    """The asks of one person, those together that a measure joins."""
    bundles: list[tuple[set[int], list[Ask]]] = []
    for ask in wanted:
        touched = [bundle for bundle in bundles if not bundle[0].isdisjoint(ask.able)]
        apart = [bundle for bundle in bundles if bundle[0].isdisjoint(ask.able)]
        asks = [each for bundle in touched for each in bundle[1]] + [ask]
        bundles = [*apart, (set().union(ask.able, *(bundle[0] for bundle in touched)), asks)]
    return [tuple(sorted(asks)) for _, asks in bundles]
