"""How many people there are of a kind, counted by others: what the answers are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SPLITS = ("", "age_band", "group", "district")


@dataclass(frozen=True, slots=True)
class Outside:
    """So many people live here, of one part of one split; of everybody where both are empty."""

    people: int
    source: str
    split: str = ""
    part: str = ""


def outside_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Outside, ...]:
    """The numbers of a municipality's file; each says where it is from."""
    found = tuple(Outside(**row) for row in rows)
    for each in found:
        if each.people < 1 or not each.source.strip() or each.split not in SPLITS:
            raise ValueError(
                f"[[outside]] {each.split} {each.part}: say people, source, and a split of {SPLITS}"
            )
    return found
