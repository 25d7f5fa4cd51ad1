"""A funded group's report: places given, money used, and how it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.allocation.call import Call
from bot.allocation.checks import Reason, kroner
from bot.allocation.tables import typed_øre
from bot.store.decisions import Decision
from dialogs.text import N_

LONGEST = 10_000
MOST_PLACES = 1_000_000
LABELS = {
    "places": N_("Plasser dere har gitt"),
    "spent": N_("Kroner dere har brukt"),
    "done": N_("Hva dere har gjort, og hva folk sier om det"),
    "milestones": N_("Milepæler: hva dere nådde, og hva som gjenstår"),
}


@dataclass(frozen=True, slots=True)
class Granted:
    """What a group got in a period: places, and øre."""

    period: str
    places: int
    money: int


def granted(call: Call, decision: Decision, application_id: str) -> list[Granted]:
    """What a group got, period by period."""
    places = {each["measure"]: each["places"] or 0 for each in decision.body["decided"]["measures"]}
    periods = decision.granted().get(application_id, {})
    return [
        Granted(
            call.periods[place].key,
            sum(units * places[measure] for measure, units, _ in lots),
            sum(money for _, _, money in lots),
        )
        for place, lots in sorted(periods.items())
    ]


def written(fields: Mapping[str, str]) -> dict[str, str]:
    """A report as it was written."""
    return {name: fields.get(name, "").replace("\r\n", "\n").strip()[:LONGEST] for name in LABELS}


def reasons(report: Mapping[str, str], got: Granted) -> tuple[Reason, ...]:
    """What is wrong with a report, and what is worth a second look: more than was given."""
    found = []
    places, spent = report["places"], typed_øre(report["spent"])
    if not places.isdecimal() or len(places) > 7 or int(places) > MOST_PLACES:
        why = N_("Skriv hvor mange plasser dere har gitt, som et tall.")
        found.append(Reason("places", "plan", why, field="places"))
    elif int(places) > got.places:
        why = N_("Antall plasser dere fikk penger til: {count}.", count=got.places)
        found.append(Reason("places-above", "plan", why, refuses=False, field="places"))
    if spent is None:
        why = N_("Skriv hvor mange kroner dere har brukt, som 10 000 eller 1250,50.")
        found.append(Reason("spent", "plan", why, field="spent"))
    elif spent > got.money:
        why = N_("Dere fikk {money} kroner i perioden.", money=kroner(got.money))
        found.append(Reason("spent-above", "plan", why, refuses=False, field="spent"))
    if not report["done"]:
        found.append(Reason("done", "plan", N_("Skriv hva dere har gjort."), field="done"))
    return tuple(found)
