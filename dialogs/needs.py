"""The nouns of the subject: a need, an age band, a district, a help line, a service."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from dialogs.text import N_, Text, Told

OTHER = "other"
MOST_NEEDS = 5
UNDER_12 = "under_12"
YOUNG_PARENT = "under_25"
ADULT = "25+"


class Frozen(BaseModel):
    """A value: equal by content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Need(Frozen):
    """One thing a person asks for: a category, their own words, and what the machine suggested."""

    category: str
    words: str | None = None
    suggested: tuple[str, ...] = ()
    obstacle: str | None = None
    ref: str | None = None


class District(Frozen):
    """A part of a municipality, as its residents call it."""

    key: str
    name: str


class HelpLine(Frozen):
    """A number or address where somebody answers, for an age and some kinds of trouble.

    `closed` is known to be closed now; a line whose hours nobody has checked is not.
    """

    id: str
    name: Told
    reach: str
    about: Told
    kinds: tuple[str, ...] = ()
    youngest: int = 0
    oldest: int = 120
    always_open: bool = False
    closed: bool = False


class Service(Frozen):
    """Something that exists near the person today, for some categories of need."""

    id: str
    name: Told
    about: Told
    reach: Told
    categories: tuple[str, ...]
    groups: tuple[str, ...] = ("youth", "family")


def bands(limit: int) -> tuple[str, ...]:
    """Age bands of the young, cut at the municipality's age limit so that none straddles it.

    `limit` is in years, 13 to 16. Source: design.md, Age.
    """
    if not 13 <= limit <= 16:
        raise ValueError(f"age limit {limit} is outside 13 to 16")
    below = "12" if limit == 13 else f"12-{limit - 1}"
    between = () if limit == 16 else ("15",) if limit == 15 else (f"{limit}-15",)
    return (UNDER_12, below, *between, "16-17", "18-24")


def lowest_age(band: str) -> int:
    """The youngest age in a band, in years; a young parent counts as an adult."""
    if band in (YOUNG_PARENT, ADULT):
        return 18 if band == YOUNG_PARENT else 25
    return 0 if band == UNDER_12 else int(band.split("-")[0])


def band_label(band: str) -> Text:
    """What a band is called when a person chooses it."""
    if band == UNDER_12:
        return N_("Under 12 år")
    if "-" not in band:
        return N_("{age} år", age=band)
    low, high = band.split("-")
    return N_("{low}–{high} år", low=low, high=high)


def band_of(age: int, limit: int) -> str | None:
    """The band that holds an age in years, or None from 25 up."""
    held = [band for band in bands(limit) if lowest_age(band) <= age]
    return held[-1] if held and 0 <= age < 25 else None
