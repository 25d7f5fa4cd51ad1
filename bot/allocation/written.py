"""Read an application as it was written, in a file or a form; what can not be read is told, not dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.allocation.application import Application, Line, Measure, Milestone, Partner
from bot.allocation.checks import Reason
from bot.allocation.tables import Fault, Table
from dialogs.text import N_, Text

OLDEST = 120
LONGEST = 10_000  # characters of one field
LONGEST_NAME = 100
_PART_OF = {"partners": "partners", "measures": "measures", "budget": "budget", "own_accounts": "budget"}

# What each field is called where people write.
FIELDS = {
    "title": N_("Navn på søknaden"),
    "contact": N_("E-post til den som søker"),
    "partners": N_("Hvem som søker"),
    "name": N_("Navn"),
    "kind": N_("Type"),
    "measures": N_("Tiltak"),
    "needs": N_("Behov det møter"),
    "unit_cost": N_("Pris for én enhet, i kroner"),
    "places": N_("Plasser i én enhet"),
    "least": N_("Minst så mange enheter"),
    "most": N_("Høyst så mange enheter"),
    "periods": N_("Perioder"),
    "targets": N_("Hvem det er for"),
    "youngest": N_("Yngste alder"),
    "oldest": N_("Eldste alder"),
    "districts": N_("Bydeler"),
    "purposes": N_("Formål"),
    "since": N_("Dagen det begynte"),
    "after": N_("Hva som skjer når pengene tar slutt"),
    "budget": N_("Budsjett"),
    "what": N_("Hva"),
    "money": N_("Beløp i kroner"),
    "milestones": N_("Milepæler"),
    "by": N_("Innen dag"),
    "parts": N_("Planen"),
    "own_accounts": N_("Eget budsjett og regnskap"),
    "earlier_grants": N_("Støtte dere har fått før"),
    "confirmed": N_("Bekreftet"),
}


def read(held: Mapping[str, Any]) -> tuple[Application, tuple[Reason, ...]]:
    """An application, and why some of it can not be read."""
    table = Table(held, {}, [], typed=True)
    application = Application(
        title=table.text("title", "", LONGEST),
        contact=table.text("contact", "", LONGEST),
        partners=tuple(_partner(each) for each in table.tables("partners")),
        measures=tuple(_measure(each, place) for place, each in enumerate(table.tables("measures"), 1)),
        budget=tuple(_line(each) for each in table.tables("budget")),
        milestones=tuple(_milestone(each) for each in table.tables("milestones")),
        parts={key: text for key, text in table.table("parts").words().items() if text},
        earlier_grants=table.names("earlier_grants", default=()),
        own_accounts=table.truth("own_accounts", default=False),
    )
    table.table("aside")  # what the form took away last, and can bring back
    table.end()
    return application, tuple(dict.fromkeys(_reason(fault) for fault in table.faults))


def _partner(table: Table) -> Partner:
    partner = Partner(
        table.text("name", "", LONGEST),
        table.text("kind", "", LONGEST),
        table.truth("confirmed", default=False),
        table.text("id", "", LONGEST),
    )
    table.text("saw", "", LONGEST)  # what they confirmed, as the form knows it again
    table.end()
    return partner


def _measure(table: Table, place: int) -> Measure:
    measure = Measure(
        key=f"m{place}",
        name=table.text("name", "", LONGEST),
        needs=table.names("needs", default=()),
        unit_cost=table.maybe_money("unit_cost") or 0,
        places=table.maybe_count("places") or 0,
        least=table.maybe_count("least") or 0,
        most=table.maybe_count("most") or 0,
        periods=table.names("periods", default=()),
        targets=table.names("targets", default=()),
        youngest=table.count("youngest", default=0, least=0, most=OLDEST),
        oldest=table.count("oldest", default=OLDEST, least=0, most=OLDEST),
        districts=table.names("districts", default=()),
        purposes=table.names("purposes", default=()),
        since=table.maybe_day("since"),
        after=table.text("after", "", LONGEST),
    )
    table.end()
    return measure


def _line(table: Table) -> Line:
    line = Line(
        table.text("kind", "", LONGEST), table.text("what", "", LONGEST), table.maybe_money("money") or 0
    )
    table.end()
    return line


def _milestone(table: Table) -> Milestone:
    milestone = Milestone(table.maybe_day("by") or date.min, table.text("what", "", LONGEST))
    table.end()
    return milestone


def _reason(fault: Fault) -> Reason:
    """A fault as a reason: which field, in words."""
    top = fault.key.partition("[")[0].partition(".")[0]
    place = re.sub(r"\[(\d+)\]", lambda match: f".{int(match[1]) - 1}", fault.key)
    why = N_("{field}: {why}.", field=field(place), why=fault.why)
    return Reason("unreadable", _PART_OF.get(top, "plan"), why, field=place)


def field(path: str) -> Text | str:
    """What a field is called: "measures.0.name" is the name of the first; an unknown one as it is."""
    first, *more = path[:LONGEST_NAME].split(".")
    label: Text | str = FIELDS.get(first, first)
    for part in more:
        if part.isdecimal():
            label = N_("{list} {number}", list=label, number=int(part) + 1)
        else:
            label = N_("{list}, {field}", list=label, field=FIELDS.get(part, part))
    return label
