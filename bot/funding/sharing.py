"""A round and its decision in the field's own formats, with nothing that few people stand behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.allocation.application import Measure
from bot.allocation.call import Call
from bot.clock import OSLO, moment
from bot.exports import as_360giving, as_pabulib
from bot.exports.as_360giving import Grant
from bot.exports.as_pabulib import Project
from bot.funding.rounds import Competition, Entry, measure_id
from bot.municipalities import Place
from bot.store.decisions import Decision
from bot.summaries import Key, Release
from bot.summaries.figures import GROUP, WITHOUT_FLOODS

WISHES = "A vote is a wish as published: who has three wishes has three votes; small groups have none."


def pabulib(found: Competition, release: Release | None) -> str:
    """The round as ballots, made of published counts alone: what people wished for together is not in them.

    How many hold a ballot would tell, beside how many asked for each need, who asked for a rare two.
    """
    call, given = found.held.call, found.round
    projects = [
        Project(each.id, _kroner(each.cost * each.most * len(each.periods)), found.measure(each.id))
        for each in given.measures
    ]
    ballots = [able for able, count in _wishes(found, release) for _ in range(count)] if release else []
    meta = {
        "description": call.about.en,
        "country": "Norway",
        "unit": " ".join(call.municipalities),
        "instance": call.key,
        "budget": _kroner(call.money),
        "currency": call.currency,
        "rule": "unknown",
        "date_begin": f"{call.opens:%d.%m.%Y}",
        "date_end": f"{call.deadline:%d.%m.%Y}",
        "language": "nb",
        "comment": WISHES,
    }
    return as_pabulib.text(meta, projects, ballots)


def _wishes(found: Competition, release: Release) -> Iterator[tuple[list[str], int]]:
    """The measures that meet a need of a target group in a municipality, and how many there asked for it."""
    call, districts = found.held.call, {place.key: place.districts for place in release.grid.places}
    for figure in release.figures:
        key = figure.key
        if figure.people and (key.split, key.counted) == (GROUP, WITHOUT_FLOODS):
            where = {key.place, *districts.get(key.place, ())}
            able = [
                measure_id(entry, place)
                for entry in found.entries
                for place, measure in enumerate(entry.application.measures, 1)
                if key.place in call.municipalities and _meets(call, measure, key, where)
            ]
            if able:
                yield able, figure.people


def _meets(call: Call, measure: Measure, key: Key, where: set[str]) -> bool:
    groups = {target.group for target in call.targets if target.key in measure.targets}
    here = not measure.districts or not where.isdisjoint(measure.districts)
    return key.need in measure.needs and key.part in groups and here


def _kroner(øre: int) -> str:
    whole, rest = divmod(øre, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def giving(found: Competition, decision: Decision, places: Mapping[str, Place]) -> tuple[str, int]:
    """The grants of a decision, and how many are left out because their sum would tell of a few people."""
    shown = decision.body["shown"]["measures"]
    hidden = {each["applicant"] for each in shown if each["funded"] and each["cost"] is None}
    granted = decision.granted()
    grants = [
        _grant(found, entry, decision, places)
        for entry in found.entries
        if entry.kept_id in granted and entry.id not in hidden
    ]
    return as_360giving.text(grants), len(hidden)


def _grant(found: Competition, entry: Entry, decision: Decision, places: Mapping[str, Place]) -> Grant:
    call, application = found.held.call, entry.application
    funder, periods = call.municipalities[0], decision.granted()[entry.kept_id]
    held = [call.periods[place] for place in sorted(periods)]
    return Grant(
        id=f"{call.key}-{entry.id}",
        title=application.title,
        description="; ".join(measure.name for measure in application.measures),
        currency=call.currency,
        amount=sum(money for lots in periods.values() for _, _, money in lots),
        awarded_on=f"{moment(decision.decided_at).astimezone(OSLO):%Y-%m-%d}",
        starts_on=held[0].starts.isoformat(),
        ends_on=held[-1].ends.isoformat(),
        funder=(funder, places[funder].municipality.name if funder in places else funder),
        recipient=(entry.id, application.partners[0].name),
        programme=call.name.en,
    )
