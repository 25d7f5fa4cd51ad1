"""A round and its decision in the field's own formats, with nothing that few people stand behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.allocation.demand import Demand
from bot.allocation.publish import FEWEST
from bot.clock import OSLO, moment
from bot.exports import as_360giving, as_pabulib
from bot.exports.as_360giving import Grant
from bot.exports.as_pabulib import Project
from bot.funding.rounds import Competition, Entry
from bot.municipalities import Place
from bot.store.decisions import Decision


def pabulib(found: Competition) -> str:
    """The round as ballots; a ballot that fewer people hold than may be told of is dropped."""
    call, given = found.held.call, found.round
    projects = [
        Project(each.id, _kroner(each.cost * each.most * len(each.periods)), found.measure(each.id))
        for each in given.measures
    ]
    ids = [each.id for each in given.measures]
    ballots = [
        [ids[place] for place in measures] for measures, count in _alike(Demand(given)) for _ in range(count)
    ]
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
    }
    return as_pabulib.text(meta, projects, ballots)


def _alike(demand: Demand) -> list[tuple[tuple[int, ...], int]]:
    """Ballots and how many people hold each, whatever kind of people they are."""
    people: Counter[tuple[int, ...]] = Counter()
    for each in demand.supporters:
        people[each.measures] += each.people
    return [(measures, count) for measures, count in sorted(people.items()) if count >= FEWEST]


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
