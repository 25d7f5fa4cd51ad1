"""Write a round as a Pabulib file (pabulib.org/format), the field's own format for budgets people vote on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """What could be chosen: its cost in whole kroner or with two decimals, and what it is called."""

    id: str
    cost: str
    name: str


def text(meta: Mapping[str, str], projects: Sequence[Project], ballots: Iterable[Sequence[str]]) -> str:
    """The file: each ballot is the projects one person approves of."""
    votes = [list(ballot) for ballot in ballots]
    held = io.StringIO(newline="")
    lines = csv.writer(held, delimiter=";", lineterminator="\n")
    lines.writerows([["META"], ["key", "value"]])
    counted = {"num_projects": str(len(projects)), "num_votes": str(len(votes)), "vote_type": "approval"}
    lines.writerows([_plain(key), _plain(value)] for key, value in {**meta, **counted}.items())
    lines.writerows([["PROJECTS"], ["project_id", "cost", "votes", "name"]])
    for project in projects:
        behind = sum(project.id in ballot for ballot in votes)
        lines.writerow([project.id, project.cost, behind, _plain(project.name)])
    lines.writerows([["VOTES"], ["voter_id", "vote"]])
    lines.writerows([number, ",".join(ballot)] for number, ballot in enumerate(votes, 1))
    return held.getvalue()


def _plain(value: str) -> str:
    """Words on one line, with nothing a spreadsheet would run."""
    return " ".join(value.split()).lstrip("=+-@")
