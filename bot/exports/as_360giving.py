"""Write decided grants by the 360Giving data standard (threesixtygiving.org, version 1.4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

PREFIX = "360G-lytt"


@dataclass(frozen=True, slots=True)
class Grant:
    """One application that got money; `amount` is in øre."""

    id: str
    title: str
    description: str
    currency: str
    amount: int
    awarded_on: str
    starts_on: str
    ends_on: str
    funder: tuple[str, str]
    recipient: tuple[str, str]
    programme: str


def text(grants: Sequence[Grant]) -> str:
    """The file: a list of grants."""
    return json.dumps({"grants": [_grant(each) for each in grants]}, ensure_ascii=False, indent=1) + "\n"


def _grant(each: Grant) -> dict[str, object]:
    whole, rest = divmod(each.amount, 100)
    return {
        "id": f"{PREFIX}-{each.id}",
        "title": each.title,
        "description": each.description,
        "currency": each.currency,
        "amountAwarded": whole + rest / 100 if rest else whole,  # the standard wants a number
        "awardDate": each.awarded_on,
        "plannedDates": [{"startDate": each.starts_on, "endDate": each.ends_on}],
        "fundingOrganization": [_organisation(each.funder)],
        "recipientOrganization": [_organisation(each.recipient)],
        "grantProgramme": [{"title": each.programme}],
    }


def _organisation(named: tuple[str, str]) -> dict[str, str]:
    return {"id": f"{PREFIX}-{named[0]}", "name": named[1]}
