"""What may leave: the columns of each export, with what they mean.

What is not here can not leave: no name, chat, user name, receipt, conversation or need id. A person's
needs are told apart by `order` alone: the rows with order 1 are one a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeAlias, TypeVar

from bot.clock import day
from bot.store.needs import SentNeed
from dialogs.categories import label

Row = TypeVar("Row")
Cell: TypeAlias = str | int | bool | date | None
Cells: TypeAlias = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name in the file, what it means, and where it comes from."""

    name: str
    about: str
    value: Callable[[Row], Cell]


WORDS: Column[SentNeed] = Column(
    "own_words",
    "what the person wrote, personal data masked; empty where they chose from a list",
    lambda need: need.words,
)
LABEL: Column[SentNeed] = Column(
    "category_label", "the same in bokmål", lambda need: label(need.category).msgid
)
NEEDS: tuple[Column[SentNeed], ...] = (
    Column(
        "category",
        "the kind of need, as the person confirmed it or staff corrected it",
        lambda need: need.category,
    ),
    LABEL,
    Column("order", "the person's order of importance, 1 first", lambda need: need.place),
    WORDS,
    Column("obstacle", "what stands in the way, where it was asked", lambda need: need.obstacle),
    Column("target_group", "youth or family", lambda need: need.target_group),
    Column("age_band", "an age in a band; under_25 and 25+ are parents", lambda need: need.age_band),
    Column("children", "a family's children in age bands, with a space between", lambda need: need.children),
    Column("money", "whether a family has money enough: yes, sometimes, no, unsaid", lambda need: need.money),
    Column("municipality", "where it counts", lambda need: need.municipality),
    Column("district", "where the person lives; empty where unsaid", lambda need: need.district),
    Column("answer", "the answer wanted: adult, adult_hidden, news, no", lambda need: need.answer),
    Column("answer_time", "when the person wants it", lambda need: need.answer_time),
    Column("interpreter", "the person wants an interpreter", lambda need: need.interpreter),
    Column("attested", "a worker's code was used", lambda need: need.attested),
    Column("assisted", "a worker helped to fill it in", lambda need: need.assisted),
    Column("channel", "web, telegram or terminal", lambda need: need.channel),
    Column("language", "the language it was told in", lambda need: need.language),
    Column("sent_on", "the day it was last sent; never the hour", lambda need: day(need.sent_at)),
)


def of_needs(*, words: bool, added: Mapping[str, str] = {}) -> tuple[Column[SentNeed], ...]:  # never changed
    """The columns of the needs, with or without what people wrote themselves.

    `added` is what the categories are called that a coordinator added.
    """
    named = (
        replace(LABEL, value=lambda need: added.get(need.category) or LABEL.value(need)) if added else LABEL
    )
    return tuple(named if column is LABEL else column for column in NEEDS if words or column is not WORDS)
