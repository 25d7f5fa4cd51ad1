"""Small invented rounds for property tests: every cap, lots, rival measures, tiers and merged sources."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from bot.allocation.model import LOT, TIES, Limits, Measure, Round, Source, Voices

NEEDS = "abcde"
GROUPS = ("youth/north", "youth/south", "family/north")
PURPOSES = ("p", "q")
FEWEST = 5  # people behind a number that is published

asks = st.frozensets(st.sampled_from(NEEDS), max_size=3)
reach = st.none() | st.frozensets(st.sampled_from(GROUPS), min_size=1)


@st.composite
def voices(draw: st.DrawFn) -> Voices:
    wanted = draw(asks)
    first = draw(st.sampled_from([None, *sorted(wanted)]))
    return Voices(wanted, draw(st.sampled_from(GROUPS)), draw(st.integers(1, 4)), first)


crowds = st.lists(voices(), min_size=1, max_size=8).map(tuple)


@st.composite
def measures(draw: st.DrawFn) -> tuple[Measure, ...]:
    """Up to five measures of up to three applicants, each in some of three periods."""
    count = draw(st.integers(1, 5))
    return tuple(draw(measure(f"m{number}")) for number in range(count))


@st.composite
def measure(draw: st.DrawFn, id: str) -> Measure:
    least = draw(st.integers(1, 3))
    applicant = draw(st.sampled_from("xyz"))
    return Measure(
        id,
        applicant,
        draw(st.frozensets(st.sampled_from(NEEDS), min_size=1, max_size=3)),
        draw(st.integers(1, 12)),
        draw(reach),
        draw(st.none() | st.integers(1, 4)),
        least,
        least + draw(st.integers(0, 3)),
        tuple(sorted(draw(st.sets(st.integers(0, 2), min_size=1)))),
        draw(st.frozensets(st.sampled_from(PURPOSES), min_size=1)),
        draw(st.just(0) | st.integers(0, 1)),
    )


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    money = draw(st.integers(1, 60))
    first = draw(st.integers(0, money))
    merged = (
        Source("s", first, frozenset("p")),
        Source("t", money - first, draw(st.sampled_from([frozenset(), frozenset("pq")]))),
    )
    return Limits(
        money,
        tuple(draw(st.none() | st.integers(5, 30)) for _ in range(3)),
        draw(st.none() | st.integers(5, 30)),
        draw(st.none() | st.integers(1, 3)),
        draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])),
        draw(st.just(()) | st.just(merged)),
    )


seeds = st.none() | st.just("seed")
before_the_lot = st.lists(st.sampled_from([each for each in TIES if each != LOT]), unique=True)
orders = before_the_lot.map(lambda order: (*order, LOT))
rounds = st.builds(Round, crowds, measures(), limits(), seeds, orders)


@st.composite
def crowded(draw: st.DrawFn) -> Round:
    """Rounds with money for many and room for one or two: in half of them that decides."""
    drawn = [draw(measure(f"m{number}")) for number in range(draw(st.integers(3, 6)))]
    offers = tuple(replace(each, applicant="uvwxyz"[n], most=each.least + 1) for n, each in enumerate(drawn))
    caps = replace(draw(limits()), applicants=draw(st.integers(1, 2)), sources=())
    return Round(draw(crowds), offers, replace(caps, money=caps.money * 3, cap=None), draw(seeds))


def plain(given: Round) -> Round:
    """The same round with money as its only cap, one unit a measure that serves all who asked."""
    free = tuple(replace(m, places=None, least=1, most=1, periods=(0,), tier=0) for m in given.measures)
    return replace(given, measures=free, limits=Limits(given.limits.money))


crowded_rounds = crowded()
plain_rounds = rounds.map(plain)


def scaled(given: Round, people: int = 1, money: int = 1) -> Round:
    """So many times the people with their places, and so many times the money."""

    def times(amount: int | None) -> int | None:
        return None if amount is None else amount * money

    crowd = tuple(replace(each, people=each.people * people) for each in given.voices)
    offers = tuple(
        replace(each, cost=each.cost * money, places=each.places and each.places * people)
        for each in given.measures
    )
    caps = replace(
        given.limits,
        money=given.limits.money * money,
        periods=tuple(times(own) for own in given.limits.periods),
        cap=times(given.limits.cap),
        sources=tuple(replace(source, money=source.money * money) for source in given.limits.sources),
    )
    return replace(given, voices=crowd, measures=offers, limits=caps)


Chosen = Callable[[Round, str], list[tuple[str, int, int]]]
