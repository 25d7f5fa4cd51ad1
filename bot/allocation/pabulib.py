"""An election in the Pabulib format as a round: what people voted for is what they asked for.

The format: three sections, each with a heading row of semicolon-separated values. Source: pabulib.org/format.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from bot.allocation.model import Limits, Measure, Round, Voices

SECTIONS = ("META", "PROJECTS", "VOTES")
MOST_MONEY = 10**18  # øre
BLANK = frozenset({""})


class WrongElection(Exception):
    """This is no election in the Pabulib format; the text says what is missing."""


def read(text: str) -> Round:
    """A round from a file's text: every ballot counts, and every listed project is asked for."""
    sections = _sections(text)
    budget = {row["key"]: row["value"] for row in sections["META"] if row.keys() >= {"key", "value"}}
    measures = tuple(_measure(row) for row in sections["PROJECTS"])
    known = {measure.id for measure in measures}
    if len(known) < len(measures):
        raise WrongElection("PROJECTS: a project_id stands there twice")
    votes = Counter(_asks(row, known) for row in sections["VOTES"])
    voices = tuple(Voices(asks, "", people) for asks, people in votes.items())
    return Round(voices, measures, Limits(_øre(budget.get("budget", ""), "budget")))


def _sections(text: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    heading: Sequence[str] | None = None
    section = ""
    for row in csv.reader(text.splitlines(), delimiter=";"):
        if len(row) == 1 and row[0].strip().upper() in SECTIONS:
            section, heading = row[0].strip().upper(), None
            found[section] = []
        elif section and row and heading is None:
            heading = [name.strip() for name in row]
        elif section and row and heading:
            found[section].append(dict(zip(heading, row, strict=False)))
    missing = [name for name in SECTIONS if name not in found]
    if missing:
        raise WrongElection(f"the section {missing[0]} is missing")
    return found


def _measure(row: dict[str, str]) -> Measure:
    project = row.get("project_id", "").strip()
    if not project:
        raise WrongElection("PROJECTS: a project_id is missing")
    cost = _øre(row.get("cost", ""), f"the cost of {project}")
    return Measure(project, project, frozenset({project}), cost, places=None)


def _asks(row: dict[str, str], known: set[str]) -> frozenset[str]:
    """What a ballot lists; an empty one asks for nothing that is there, and has its share all the same."""
    return frozenset(project.strip() for project in row.get("vote", "").split(",")) & known or BLANK


def _øre(written: str, what: str) -> int:
    try:
        amount = Decimal(written.strip().replace(",", ".")) * 100
    except InvalidOperation:
        raise WrongElection(f"{what} is no amount") from None
    if not 0 < amount <= MOST_MONEY or amount != amount.to_integral_value():
        raise WrongElection(f"{what} must be above nothing, with two decimals at most")
    return int(amount)
