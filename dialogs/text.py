"""Words without a language: a message id with values, spoken first at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Told:
    """Words kept as data in each language (a service, a help line), not in the catalogues."""

    nb: str
    nn: str
    en: str


@dataclass(frozen=True, slots=True)
class Text:
    """A bokmål message id and its values.

    A text that `quotes` shows a person their own words; a channel whose history others may read
    leaves such a text out.
    """

    msgid: str
    values: tuple[tuple[str, Value], ...] = ()
    quotes: bool = False


Value: TypeAlias = str | int | Text | Told


def N_(msgid: str, **values: Value) -> Text:
    """Mark a text for the catalogues; the placeholders of `msgid` are the names in `values`."""
    return Text(msgid, tuple(values.items()))


def quoting(text: Text) -> Text:
    """The same text, marked as one that shows the person's own words."""
    return Text(text.msgid, text.values, quotes=True)
