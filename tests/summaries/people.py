"""Invented people for summaries: of any number, in any districts, alike or all different."""

from __future__ import annotations

from random import Random

from bot.summaries import Grid, Place, Voices
from dialogs.categories import CATEGORIES, TOPICS
from dialogs.needs import OTHER

YEAR = "2026-2"
TOPIC_OF = {topic: tuple(each.key for each in CATEGORIES.values() if each.topic == topic) for topic in TOPICS}
YOUNG, PARENTS = ("12-14", "15", "16-17", "18-24"), ("under_25", "25+")
MANY_NEEDS = (45, 35, 12, 5, 3)  # how many of a hundred ask for one thing, two, and so on


def municipality(districts: int, key: str = "a") -> Grid:
    """One municipality with all the categories there are."""
    places = (Place(key, tuple(f"d{number}" for number in range(districts))),)
    return Grid((YEAR,), places, TOPIC_OF, (OTHER,))


def crowd(grid: Grid, people: int, seed: int, *, floods: float = 0.01) -> list[Voices]:
    """Different people, some needs and districts much more usual than others."""
    chance = Random(seed)
    return [_person(grid, chance, floods) for _ in range(people)]


def alike(grid: Grid, people: int, kinds: int, seed: int) -> list[Voices]:
    """People of a few kinds, so that much follows from little."""
    chance = Random(seed)
    held = [_person(grid, chance, floods=0.2) for _ in range(kinds)]
    return [chance.choice(held) for _ in range(people)]


def _person(grid: Grid, chance: Random, floods: float) -> Voices:
    place = chance.choice(grid.places)
    young = chance.random() < 0.5
    usual = [1 / (number + 2) ** 0.5 for number in range(len(place.districts))]
    lives = chance.choices(place.districts, usual)[0] if place.districts and chance.random() > 0.06 else None
    return Voices(
        grid.half_years[-1],
        place.key,
        lives,
        chance.choice(YOUNG if young else PARENTS),
        "youth" if young else "family",
        None if young else chance.choice(["yes", "sometimes", "no", None]),
        chance.random() < floods,
        _needs(grid, chance),
    )


def _needs(grid: Grid, chance: Random) -> tuple[str, ...]:
    usual = [1 / (number + 1) ** 0.7 for number in range(len(grid.categories))]
    many = chance.choices(range(1, 6), MANY_NEEDS)[0]
    return tuple(dict.fromkeys(chance.choices(grid.categories, usual, k=many)))
