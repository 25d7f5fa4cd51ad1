"""A call's round for the allocation: its limits, the measures that were sent in, and who asked for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import model, reach
from bot.allocation.application import Application
from bot.allocation.call import Call
from bot.allocation.model import Attester, Limits, Round, Source, Voices
from bot.allocation.publish import FEWEST
from bot.allocation.reach import JOINED, YOUTH, Kind
from bot.funding import applying
from bot.municipalities import Place
from bot.store import applications, calls
from bot.store.calls import Held
from bot.store.crypto import Keys
from bot.store.voices import Voice
from dialogs.needs import OTHER, lowest_age

ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """An application that takes part, by the short id it has in an allocation."""

    id: str
    kept_id: str
    application: Application


@dataclass(frozen=True, slots=True)
class Competition:
    """A call with all that takes part in it, and the round it comes to."""

    held: Held
    entries: tuple[Entry, ...]
    round: Round

    def title(self, applicant: str) -> str:
        """What an applicant's application is called."""
        return next(entry.application.title for entry in self.entries if entry.id == applicant)

    def measure(self, id: str) -> str:
        """What a measure is called."""
        names = {
            measure_id(entry, place): measure.name
            for entry in self.entries
            for place, measure in enumerate(entry.application.measures, 1)
        }
        return names[id]

    @property
    def names(self) -> dict[str, dict[str, str]]:
        """What all that takes part is called, and whose each measure is."""
        return {
            "measures": {each.id: self.measure(each.id) for each in self.round.measures},
            "applicants": {entry.id: entry.application.title for entry in self.entries},
            "applicants_of": {each.id: each.applicant for each in self.round.measures},
        }


def measure_id(entry: Entry, place: int) -> str:
    """What a measure is known by in an allocation."""
    return f"{entry.id}-{place}"


async def competition(
    db: AsyncConnection, keys: Keys, key: str, places: Mapping[str, Place], *, attested: bool | None = None
) -> Competition:
    """All of a call as it stands; `attested` says whose voices count in place of the call."""
    held = await calls.named(db, key)
    entries = tuple(
        Entry(kept.id[:ID_LENGTH], kept.id, looked.application)
        for kept in await applications.of_call(db, keys, key)
        if kept.counts and not (looked := applying.look(held, kept.sent or {}, places)).refused
    )
    steering = held.call.voices == "attested" if attested is None else attested
    heard = await calls.heard(db, keys, held, "attested" if steering else "all")
    seed = await calls.seed(db, keys, key)
    return Competition(held, entries, round_of(held.call, entries, heard, seed))


async def is_as_heard(db: AsyncConnection, keys: Keys, found: Competition) -> bool:
    """Whether a competition counts just those whom its call counts."""
    held = found.held
    heard = await calls.heard(db, keys, held, held.call.voices)
    seed = await calls.seed(db, keys, held.call.key)
    return round_of(held.call, found.entries, heard, seed) == found.round


def round_of(call: Call, entries: Sequence[Entry], heard: Counter[Voice], seed: str) -> Round:
    """The round of a call: people are counted by kind, as finely as these measures need."""
    voices, kinds = _counted(entries, heard)
    return Round(voices, tuple(_measures(call, entries, kinds)), limits(call), seed, call.ties)


async def attesters(db: AsyncConnection, keys: Keys, found: Competition) -> tuple[Attester, ...] | None:
    """Whose codes let in whom; None where the call was closed before that was counted.

    A place behind which few people stand has no name.
    """
    heard = await calls.by_attester(db, keys, found.held)
    if heard is None:
        return None
    shown = [(name if voices.total() >= FEWEST else None, voices) for name, voices in heard]
    return tuple(Attester(name, _counted(found.entries, voices)[0]) for name, voices in shown)


def _counted(
    entries: Sequence[Entry], heard: Counter[Voice]
) -> tuple[tuple[Voices, ...], Mapping[str, Kind]]:
    """People by what they ask for and the name of their kind, and the kinds."""
    measures = [measure for entry in entries for measure in entry.application.measures]
    cuts_ages, cuts_places = reach.cuts_joined(measures), reach.cuts_places(measures)
    kinds: dict[str, Kind] = {}
    people: Counter[tuple[frozenset[str], str, str | None]] = Counter()
    for voice, count in heard.items():
        kind = _kind(voice, apart=cuts_ages)
        name = kind.name(places=cuts_places)
        kinds.setdefault(name, kind)
        people[voice.asks - {OTHER}, name, None if voice.first == OTHER else voice.first] += count
    counted = [Voices(asks, name, count, first) for (asks, name, first), count in people.items()]
    return tuple(sorted(counted, key=lambda each: (each.group, sorted(each.asks), each.first or ""))), kinds


def _kind(voice: Voice, *, apart: bool) -> Kind:
    return Kind(
        voice.group,
        _ages(voice.age_band, apart=apart) if voice.group == YOUTH else None,
        voice.money != "yes",
        voice.municipality,
        voice.district,
    )


def _ages(band: str | None, *, apart: bool) -> tuple[int, int] | None:
    """A band as its youngest and oldest, those of 12 to 15 as one unless they must be told apart."""
    if band is None or not band[:1].isdigit() or band.endswith("+"):
        return None
    youngest = lowest_age(band)
    if not apart and JOINED[0] <= youngest <= JOINED[1]:
        return JOINED
    return youngest, int(band.split("-")[-1])


def _measures(call: Call, entries: Sequence[Entry], kinds: Mapping[str, Kind]) -> list[model.Measure]:
    periods = {period.key: place for place, period in enumerate(call.periods)}
    return [
        model.Measure(
            id=measure_id(entry, place),
            applicant=entry.id,
            needs=frozenset(measure.needs),
            cost=measure.unit_cost,
            groups=frozenset(name for name, kind in kinds.items() if reach.reaches(call, measure, kind)),
            places=measure.places,
            least=measure.least,
            most=measure.most,
            periods=tuple(sorted(periods[key] for key in measure.periods)),
            purposes=frozenset(measure.purposes),
            tier=call.tier(entry.application.earlier_grants),
        )
        for entry in entries
        for place, measure in enumerate(entry.application.measures, 1)
    ]


def limits(call: Call) -> Limits:
    """The limits of a call, as the rules know them."""
    return Limits(
        money=call.money,
        periods=tuple(period.money for period in call.periods),
        cap=call.cap,
        applicants=call.groups,
        fill=Fraction(call.fill, 100),
        sources=tuple(Source(each.key, each.money, frozenset(each.purposes)) for each in call.sources),
    )


def with_limits(found: Competition, cap: int | None, applicants: int | None) -> Competition:
    """The same with other limits, for a coordinator who looks at what they would change."""
    tried = replace(found.round.limits, cap=cap, applicants=applicants)
    return replace(found, round=replace(found.round, limits=tried))
