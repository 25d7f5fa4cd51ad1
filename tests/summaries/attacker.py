"""Somebody who holds everything that was published, and solves it for what was left out.

Written from what the figures mean, not from the sums that `suppress` knows: who asked is at most who is
there, all of a place is its parts together, a topic lies between its largest kind and all its kinds
together, nobody has more than five needs, and nobody counts less than zero times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, identity, kron, vstack

from bot.summaries import ALL, ANY, SPLITS, Grid, Key, Place, Voices, count
from bot.summaries.figures import FIRST, PEOPLE, UNSENT, WITHOUT_FLOODS, parts, splits
from dialogs.needs import MOST_NEEDS

Known = Mapping[Key, int]
Sum = Mapping[Key, int]  # figures, and how often each is taken
Vector = NDArray[np.float64]
NEAR = 1e-6
MANY = 100_000.0
ENDS = (1.0, -1.0)


class Attacker:
    """What a possible world must satisfy, for each of some releases, or with the people between them too.

    A vector holds a world for each release, the earliest first. `only_more` is somebody who believes that
    nobody erased or changed what they told, so that newcomers are people of their own. `beside` has sums
    that other papers say are never above a number, on the day of the last release.
    """

    def __init__(
        self,
        grid: Grid,
        *releases: Known,
        only_more: bool = False,
        beside: Sequence[tuple[Sum, int]] = (),
    ) -> None:
        self.grid = grid
        self.place = {key: number for number, key in enumerate(grid.every_key())}
        self.bounds = [
            (float(known.get(key, 0)), float(known.get(key, MANY)))
            for known in releases
            for key in self.place
        ]
        worlds = np.eye(len(releases))
        equal, below = self._matrix(_equal(grid)), self._matrix(_at_most(grid))
        self.equal, self.below = kron(worlds, equal).tocsr(), kron(worlds, below).tocsr()
        if only_more:  # newcomers are people like all others, and none of them is less than nobody
            came = np.diff(worlds, axis=0)
            none_less = kron(-came, identity(len(self.place)))
            self.below = vstack([self.below, kron(came, below), none_less]).tocsr()
        self.most = np.zeros(self.below.shape[0])
        if beside:
            last = kron(np.eye(len(releases))[-1:], self._matrix(sums for sums, _ in beside))
            self.below = vstack([self.below, last]).tocsr()
            self.most = np.concatenate([self.most, [float(most) for _, most in beside]])

    def _matrix(self, rows: Iterator[Sum]) -> csr_matrix:
        cells = [
            (number, self.place[key], times) for number, row in enumerate(rows) for key, times in row.items()
        ]
        row, column, times = zip(*cells, strict=True)
        return csr_matrix((times, (row, column)), shape=(row[-1] + 1, len(self.place)), dtype=float)

    def world(self, smallest: Vector) -> Vector:
        """A possible world in which something is as small as it can be."""
        solved = linprog(
            smallest,
            A_ub=self.below,
            b_ub=self.most,
            A_eq=self.equal,
            b_eq=np.zeros(self.equal.shape[0]),
            bounds=self.bounds,
            method="highs-ipm" if len(self.bounds) > len(self.place) else "highs",  # the quicker of the two
        )
        assert solved.status == 0, solved.message
        return np.asarray(solved.x)

    def found(self, secrets: Sequence[Sum], at: int = -1, since: int | None = None) -> list[tuple[Sum, int]]:
        """Which of these sums can be one whole number alone on the day of a release, and that number.

        With `since`, an earlier release: by how much they moved. What differs between two possible worlds
        that were met on the way is not looked at more closely.
        """
        if not secrets:
            return []
        wanted, told = self._wanted(secrets, at, since), []
        met = self._shaken(wanted)
        for number, secret in enumerate(secrets):
            if np.ptp(met[:, number]) < 1:
                met = np.vstack(
                    [met, *(wanted @ self.world(end * wanted[[number]].toarray()[0]) for end in ENDS)]
                )
                low, high = met[:, number].min(), met[:, number].max()
                if ceil(low - NEAR) >= floor(high + NEAR):
                    told.append((secret, round(low)))
        return told

    def _shaken(self, wanted: csr_matrix) -> Vector:
        """The sums in possible worlds that differ in as many of them as can be."""
        chance = np.random.default_rng(1)
        met: Vector = np.array([wanted @ self.world(chance.normal(size=wanted.shape[1]))])
        still = len(met[0])
        while still:
            same = np.ptp(met, axis=0) < 1
            shake = (same * chance.choice(ENDS, size=len(same))) @ wanted
            met = np.vstack([met, *(wanted @ self.world(end * shake) for end in ENDS)])
            fewer = int((np.ptp(met, axis=0) < 1).sum())
            if still - fewer <= 2:  # one at a time is as quick now
                break
            still = fewer
        return met

    def _wanted(self, secrets: Sequence[Sum], at: int, since: int | None) -> csr_matrix:
        """A row for each sum, over the worlds of all releases."""
        worlds = np.zeros((1, len(self.bounds) // len(self.place)))
        worlds[0, at] = 1
        if since is not None:
            worlds[0, since] -= 1
        return kron(worlds, self._matrix(iter(secrets))).tocsr()


def _equal(grid: Grid) -> Iterator[Sum]:
    """What is zero in every possible world."""
    for year, place in product(grid.half_years, grid.scope):
        for key in grid.keys_of(year, place):
            if key.counted == UNSENT and not key.split:
                yield {key: -1} | {key._replace(split="question", part=part): 1 for part in grid.questions}
            for split in SPLITS if not key.split and key.counted not in (FIRST, UNSENT) else ():
                if held := parts(place, split):
                    yield {key: -1} | {key._replace(split=split, part=part): 1 for part in held}
        anybody = Key(year, place.key)
        firsts = (anybody._replace(need=need, counted=FIRST) for need in grid.categories)
        yield {anybody: -1} | dict.fromkeys(firsts, 1)
        for key in grid.keys_of(year, Place(ALL)) if place.key == ALL else ():
            yield {key: -1} | {key._replace(place=each.key): 1 for each in grid.places}


def _at_most(grid: Grid) -> Iterator[Sum]:
    """What is never above zero."""
    for year, place in product(grid.half_years, grid.scope):
        for split, part in (("", ""), *splits(place)):
            key = Key(year, place.key, ANY, split, part)
            for counted in (PEOPLE, WITHOUT_FLOODS):
                yield from _of_needs(grid, key._replace(counted=counted))
            for need in (ANY, *grid.needs):
                flooded = key._replace(need=need)
                yield {flooded._replace(counted=WITHOUT_FLOODS): 1, flooded: -1}
        for need in grid.categories:
            asked = Key(year, place.key, need)
            yield {asked._replace(counted=FIRST): 1, asked: -1}


def _of_needs(grid: Grid, anybody: Key) -> Iterator[Sum]:
    """What one and the same people may ask for."""

    def of(needs: Sequence[str], times: int) -> dict[Key, int]:
        return {anybody._replace(need=need): times for need in needs}

    yield of([ANY], 1) | of(grid.categories, -1)
    yield of([ANY], -MOST_NEEDS) | of(grid.categories, 1)
    yield of([ANY], 1) | of([*grid.topics, *grid.loose], -1)
    yield from (of([need], 1) | of([ANY], -1) for need in grid.needs)
    for topic, held in grid.topics.items():
        yield of([topic], 1) | of(held, -1)
        yield from (of([need], 1) | of([topic], -1) for need in held)


def small_groups(grid: Grid, counts: Known, limit: int) -> list[Sum]:
    """Every group of fewer than the limit: in a figure, outside it, in a flood, or in need of it later."""
    keys = list(grid.every_key())
    alone: list[Sum] = [{key: 1} for key in keys]
    outside: list[Sum] = [
        {key._replace(need=ANY): 1, key: -1}
        for key in keys
        if key.need != ANY and key.counted not in (FIRST, UNSENT)
    ]
    less: list[Sum] = [
        {key._replace(counted=PEOPLE): 1, key: -1} for key in keys if key.counted in (FIRST, WITHOUT_FLOODS)
    ]
    return [held for held in (*alone, *outside, *less) if 0 < abs(total(held, counts)) < limit]


def total(wanted: Sum, counts: Known) -> int:
    """What a sum of figures is in truth."""
    return sum(times * counts[key] for key, times in wanted.items())


class Census:
    """The same attacker with whole people: how many of every kind that can be, integers all of them."""

    def __init__(self, grid: Grid, kinds: Sequence[Voices], known: Known) -> None:
        counts = [count([kind], grid) for kind in kinds]
        self.keys = {key: np.array([held[key] for held in counts], dtype=float) for key in grid.every_key()}
        rows = np.array([self.keys[key] for key in known] or [np.zeros(len(kinds))])
        people = np.array(list(known.values()) or [0], dtype=float)
        self.fits = LinearConstraint(csr_matrix(rows), people, people)
        self.many = Bounds(0, MANY)

    def crowd(self, smallest: Vector) -> Vector:
        """A crowd that could have told what is known, with as few as can be of something."""
        solved = milp(smallest, integrality=np.ones(len(smallest)), constraints=self.fits, bounds=self.many)
        assert solved.status == 0, solved.message
        return np.asarray(solved.x)

    def found(self, secrets: Sequence[Sum]) -> list[Sum]:
        """Which of these sums are the same in every crowd."""
        objectives = [sum(times * self.keys[key] for key, times in secret.items()) for secret in secrets]
        chance = np.random.default_rng(1)
        size = len(next(iter(self.keys.values())))
        crowds = [self.crowd(chance.random(size)) for _ in range(3)]
        told = []
        for secret, objective in zip(secrets, objectives, strict=True):
            seen = {round(float(objective @ crowd)) for crowd in crowds}
            if len(seen) == 1 and self._sure(np.asarray(objective)):
                told.append(secret)
        return told

    def _sure(self, objective: Vector) -> bool:
        low, high = self.crowd(objective), self.crowd(-objective)
        return round(float(objective @ low)) == round(float(objective @ high))
