"""A round as JSON and back, so that an allocation can be made again from its files alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from bot.allocation.call import MOST_SOURCES
from bot.allocation.model import TIES, Attester, Limits, Measure, Round, Source, Voices

MOST_PEOPLE = 1_000_000  # more than any place has; time goes by how many different wishes there are


class WrongSnapshot(Exception):
    """This is no snapshot of a round; the text says what is wrong."""


def written(given: Round) -> dict[str, Any]:
    """A round as JSON holds it."""
    return {
        "voices": _voices(given.voices),
        "measures": [_measure(each) for each in given.measures],
        "limits": _limits(given.limits),
        "seed": given.seed,
        "ties": list(given.ties),
    }


def attesters_written(attesters: Sequence[Attester]) -> list[list[Any]]:
    """Whose codes let in whom, as JSON holds it."""
    return [[each.name, _voices(each.voices)] for each in attesters]


def _voices(voices: Sequence[Voices]) -> list[list[Any]]:
    return [[sorted(each.asks), each.group, each.people, each.first] for each in voices]


def _measure(each: Measure) -> dict[str, Any]:
    return {
        "id": each.id,
        "applicant": each.applicant,
        "needs": sorted(each.needs),
        "cost": each.cost,
        "groups": None if each.groups is None else sorted(each.groups),
        "places": each.places,
        "least": each.least,
        "most": each.most,
        "periods": list(each.periods),
        "purposes": sorted(each.purposes),
        "tier": each.tier,
    }


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        "money": limits.money,
        "periods": list(limits.periods),
        "cap": limits.cap,
        "applicants": limits.applicants,
        "fill": str(limits.fill),
        "sources": [[each.id, each.money, sorted(each.purposes)] for each in limits.sources],
    }


def read(held: Mapping[str, Any]) -> Round:
    """The round that was written."""
    try:
        return Round(
            _voices_of(held["voices"]),
            tuple(_measure_of(each) for each in held["measures"]),
            _limits_of(held["limits"]),
            held["seed"],
            tuple(held.get("ties", TIES)),
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise WrongSnapshot("a round is not as it was written") from error


def attesters_read(held: Sequence[Any]) -> list[Attester]:
    """The attesters that were written."""
    return [Attester(name, _voices_of(voices)) for name, voices in held]


def _voices_of(held: Sequence[Any]) -> tuple[Voices, ...]:
    """Voices of before what people need first was counted have none."""
    voices = tuple(Voices(frozenset(asks), *told) for asks, *told in held)
    counts = [each.people for each in voices]
    if min(counts, default=0) < 0 or sum(counts) > MOST_PEOPLE:
        raise WrongSnapshot("there are fewer people than none, or more than any place has")
    return voices


def _measure_of(held: Mapping[str, Any]) -> Measure:
    sets = {key: frozenset(held[key]) for key in ("needs", "purposes")}
    groups = None if held["groups"] is None else frozenset(held["groups"])
    measure = Measure(**{**held, **sets, "groups": groups, "periods": tuple(held["periods"])})
    places = 1 if measure.places is None else measure.places
    if min(measure.cost, places, measure.least) < 1 or measure.most < measure.least:
        raise WrongSnapshot("a measure costs nothing, has no places, or has less at most than at least")
    return measure


def _limits_of(held: Mapping[str, Any]) -> Limits:
    sources = tuple(Source(id, money, frozenset(purposes)) for id, money, purposes in held["sources"])
    if len(sources) > MOST_SOURCES:
        raise WrongSnapshot(f"there are more than {MOST_SOURCES} sources of money")
    return Limits(
        held["money"],
        tuple(held["periods"]),
        held["cap"],
        held["applicants"],
        Fraction(held["fill"]),
        sources,
    )
