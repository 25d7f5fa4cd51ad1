"""Words without a language: a message id with values, spoken first at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

LONGEST_QUOTE = 3_000  # characters; all of what was written is kept


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
    """The same text, marked as one that shows the person's own words, as far as anybody reads a reply."""
    return Text(text.msgid, tuple((name, _shortened(value)) for name, value in text.values), quotes=True)


def _shortened(value: Value) -> Value:
    """Every reply is stored until it is fetched: long words must not be stored again with each of them."""
    return f"{value[:LONGEST_QUOTE]} …" if isinstance(value, str) and len(value) > LONGEST_QUOTE else value
