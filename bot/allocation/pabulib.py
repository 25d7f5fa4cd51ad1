"""An election in the Pabulib format as a round: what people voted for is what they asked for.

The format: three sections, each with a heading row of semicolon-separated values. Source: pabulib.org/format.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.allocation.model import Limits, Measure, Round, Voices

SECTIONS = ("META", "PROJECTS", "VOTES")
MOST_MONEY = 10**18  # øre
BLANK = frozenset({""})
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class WrongElection(Exception):
    """This is no election in the Pabulib format; the text says what is missing."""


def read(text: str) -> Round:
    """A round from a file's text: every ballot counts, and every listed project is asked for."""
    rows: dict[str, list[dict[str, str]]] = {"META": [], "PROJECTS": []}
    ballots: Counter[str] = (
        Counter()
    )  # counted as they come: as rows those of a large file take all the memory
    for section, row in _sections(text):
        if section == "VOTES":
            ballots[row.get("vote", "")] += 1
        else:
            rows[section].append(row)
    meta = _meta(rows["META"])
    _whole(meta, len(rows["PROJECTS"]), ballots.total())
    measures = tuple(_measure(row) for row in rows["PROJECTS"])
    known = {measure.id for measure in measures}
    if len(known) < len(measures):
        raise WrongElection("PROJECTS: a project_id stands there twice")
    votes: Counter[frozenset[str]] = Counter()
    for vote, people in ballots.items():
        votes[_asks(vote, known)] += people
    voices = tuple(Voices(asks, "", people) for asks, people in votes.items())
    return Round(voices, measures, Limits(_øre(meta.get("budget", ""), "budget")))


def _meta(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What META says, each key once."""
    meta: dict[str, str] = {}
    for row in rows:
        key = row.get("key", "").strip()
        if key in meta:
            raise WrongElection(f"META: {key} stands there twice")
        meta[key] = row.get("value", "").strip()
    return meta


def _whole(meta: Mapping[str, str], projects: int, votes: int) -> None:
    """Where META says how many projects or votes there are, so many are there."""
    for key, section, there in (("num_projects", "PROJECTS", projects), ("num_votes", "VOTES", votes)):
        told = meta.get(key)
        if told and told != str(there):
            raise WrongElection(f"{key} is {told[:20]}, and {section} has {there}: the file is not whole")


def _sections(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row by the names of its section's heading, with the section."""
    heading: Sequence[str] | None = None
    section, found = "", set[str]()
    for row in _rows(text):
        if len(row) == 1 and row[0].strip().upper() in SECTIONS:
            section, heading = row[0].strip().upper(), None
            if section in found:
                raise WrongElection(f"the section {section} stands there twice")
            found.add(section)
        elif section and row and heading is None:
            heading = [name.strip() for name in row]
        elif section and row and heading:
            yield section, dict(zip(heading, row, strict=False))
    missing = [name for name in SECTIONS if name not in found]
    if missing:
        raise WrongElection(f"the section {missing[0]} is missing")


def _rows(text: str) -> Iterator[list[str]]:
    """The rows of a file: only real line ends part them; a quotation mark that is never closed is told."""
    lines = csv.reader((line[0] for line in _LINE.finditer(text)), delimiter=";", strict=True)
    try:
        yield from lines
    except csv.Error as error:
        raise WrongElection(f"line {lines.line_num} can not be read: {error}") from None


def _measure(row: dict[str, str]) -> Measure:
    project = row.get("project_id", "").strip()
    if not project:
        raise WrongElection("PROJECTS: a project_id is missing")
    cost = _øre(row.get("cost", ""), f"the cost of {project}")
    return Measure(project, project, frozenset({project}), cost, places=None)


def _asks(vote: str, known: set[str]) -> frozenset[str]:
    """What a ballot lists; an empty one asks for nothing that is there, and has its share all the same."""
    return frozenset(project.strip() for project in vote.split(",")) & known or BLANK


def _øre(written: str, what: str) -> int:
    try:
        amount = Decimal(written.strip().replace(",", ".")) * 100
    except ArithmeticError:
        raise WrongElection(f"{what} is no amount") from None
    if not amount.is_finite():
        raise WrongElection(f"{what} is no amount")
    if not 0 < amount <= MOST_MONEY or amount != amount.to_integral_value():
        raise WrongElection(f"{what} must be above nothing, with two decimals at most")
    return int(amount)
