"""Read a table key by key: each fault is noted with its line, and reading goes on to find the next."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.allocation.places import Path, lines_of
from dialogs.text import N_, Text, Told

MOST_MONEY = 10**15  # øre: far over any call, and far under what a database can count
MOST = 10**6
MOST_TABLES = 100  # of one list: every one of an application is weighed against all others
LONGEST_AMOUNT = 40  # characters
TOO_LARGE = 10**LONGEST_AMOUNT  # a whole number of thousands of digits can not even be told
YEARS = range(1900, 9000)  # far outside them a clock time has no place in another zone
_REQUIRED: Any = object()
_ANSWERS = {"ja": True, "nei": False, "yes": True, "no": False, "true": True, "false": False}
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_AROUND = re.compile(r"^\s*kr\b\.?|[,.][-–]\s*$|\bkr\b\.?\s*$|(?<=\d)kr\.?\s*$", re.IGNORECASE)
TYPED_AMOUNT = N_("må være et beløp, som 10 000 eller 1250,50. Bruk mellomrom, ikke punktum, mellom tusen")
_AMOUNT = re.compile(r"\d+(?:[.,]\d\d?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file: the line (0 where it has none), the key, and why in words."""

    line: int
    key: str
    why: Text


class Table:
    """One table of a file. A reader returns a value of its kind in any case; `faults` says if it counts."""

    def __init__(
        self,
        held: Mapping[str, Any],
        lines: Mapping[Path, int],
        faults: list[Fault],
        path: Path = (),
        *,
        typed: bool = False,
    ) -> None:
        self._held, self._lines, self.faults, self._path = held, lines, faults, path
        self._typed = typed  # by people into fields: numbers, days and lists are words, and nothing is empty
        self._read: set[str] = set()

    def fault(self, key: str, why: Text) -> None:
        """Note what is wrong with a key; one that is not there is shown where its table begins."""
        self.faults.append(Fault(self._line((*self._path, key)), self._named(key), why))

    def _line(self, path: Path) -> int:
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1 if self._lines else 0)

    def _named(self, key: str) -> str:
        parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in (*self._path, key)]
        return "".join(parts).lstrip(".")

    def _value(self, key: str, kinds: tuple[type, ...], wanted: Text, default: Any) -> Any:
        """The value under a key, or None where there is none that can be used."""
        self._read.add(key)
        if key not in self._held:
            if default is _REQUIRED:
                self.fault(key, N_("mangler"))
            return None
        value = self._held[key]
        if self._typed and isinstance(value, str):
            value = _meant(value.strip(), kinds)
            if value is None:
                return None
        if isinstance(value, int) and abs(value) >= TOO_LARGE:
            self.fault(key, N_("er et altfor stort tall"))
            return None
        if isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds):
            return value
        self.fault(key, wanted)
        return None

    def has(self, key: str) -> bool:
        """Whether a key is there."""
        return key in self._held

    def text(self, key: str, default: str = _REQUIRED, most: int = 10_000) -> str:
        """Words: at least one, and not too long."""
        value = self._value(key, (str,), N_("må være tekst i anførselstegn"), default)
        if value is None:
            return "" if default is _REQUIRED else default
        if not value.strip() and default is _REQUIRED:
            self.fault(key, N_("mangler"))
        if len(value) > most:
            self.fault(key, N_("er for lang: høyst {most} tegn", most=most))
        return str(value).strip()

    def key(self, key: str) -> str:
        """A short name in small letters, digits and single hyphens."""
        value = self.text(key, most=64)
        if value and not _KEY.fullmatch(value):
            self.fault(key, N_("må være små bokstaver a–z, tall og bindestrek"))
        return value

    def told(self, key: str) -> Told:
        """The same words in bokmål, nynorsk and English."""
        value = self._value(key, (dict,), N_("må ha nb, nn og en"), _REQUIRED)
        table = Table(value or {}, self._lines, self.faults if value is not None else [], (*self._path, key))
        told = Told(table.text("nb"), table.text("nn"), table.text("en"))
        table.end()
        return told

    def money(self, key: str) -> int:
        """An amount in øre: whole kroner, or a decimal in quotation marks; never a float."""
        return self._money(key, _REQUIRED) or 0

    def maybe_money(self, key: str) -> int | None:
        """An amount in øre, if there is one."""
        return self._money(key, None)

    def _money(self, key: str, default: Any) -> int | None:
        wanted = TYPED_AMOUNT if self._typed else N_('må være et beløp i hele kroner, eller som "1250.50"')
        value = self._value(key, (int, str), wanted, default)
        amount = None if value is None else typed_øre(value) if self._typed else øre(value)
        if value is not None and amount is None:
            self.fault(key, wanted)
        return amount

    def count(self, key: str, default: int | None = None, least: int = 1, most: int = MOST) -> int:
        """A whole number within bounds."""
        found = self._count(key, _REQUIRED if default is None else default, least, most)
        return found if found is not None else default or least

    def maybe_count(self, key: str) -> int | None:
        """A whole number from one up, if there is one."""
        return self._count(key, None, 1, MOST)

    def _count(self, key: str, default: Any, least: int, most: int) -> int | None:
        wanted = N_("må være et helt tall fra {least} til {most}", least=least, most=most)
        value: int | None = self._value(key, (int,), wanted, default)
        if value is not None and not least <= value <= most:
            self.fault(key, wanted)
            return None
        return value

    def truth(self, key: str, default: bool = _REQUIRED) -> bool:
        """Yes or no."""
        value = self._value(key, (bool,), N_("må være true eller false"), default)
        return bool(default is not _REQUIRED and default) if value is None else bool(value)

    def day(self, key: str) -> date:
        """A day of the calendar."""
        return self._day(key, _REQUIRED) or date.min

    def maybe_day(self, key: str) -> date | None:
        """A day of the calendar, if there is one."""
        return self._day(key, None)

    def _day(self, key: str, default: Any) -> date | None:
        wanted = N_("må være en dato, som 2026-11-23")
        value = self._value(key, (date, str), wanted, default)
        found = day_of(value) if isinstance(value, str) else value
        if value is not None and (found is None or isinstance(found, datetime) or found.year not in YEARS):
            self.fault(key, wanted)
            return None
        return found

    def moment(self, key: str, zone: ZoneInfo) -> datetime:
        """A clock time in a time zone; one that summer time skips or repeats is refused."""
        wanted = N_("må være dag og klokkeslett, som 2017-03-24T12:00:00")
        value = self._value(key, (datetime,), wanted, _REQUIRED)
        if value is None:
            return datetime.min.replace(tzinfo=UTC)
        if value.year not in YEARS:
            self.fault(key, wanted)
            return datetime.min.replace(tzinfo=UTC)
        if value.tzinfo is not None or value.microsecond:
            self.fault(key, N_("må være hele sekunder uten tidssone: sonen står i zone"))
        local: datetime = value.replace(tzinfo=zone, microsecond=0)
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            self.fault(key, N_("finnes ikke, eller finnes to ganger, når klokka stilles"))
        return local

    def zone(self, key: str) -> ZoneInfo:
        """A time zone by its name."""
        name = self.text(key)
        try:
            return ZoneInfo(name or "UTC")
        except (ValueError, OSError, KeyError):
            self.fault(key, N_("er ingen tidssone, som Europe/Oslo"))
            return ZoneInfo("UTC")

    def one_of(self, key: str, choices: Collection[str], default: str = _REQUIRED) -> str:
        """One of some words."""
        value = self.text(key, default)
        if value and value not in choices:
            self.fault(key, unknown(value, choices))
        return value

    def names(
        self, key: str, choices: Collection[str] | None = None, default: tuple[str, ...] = _REQUIRED
    ) -> tuple[str, ...]:
        """A list of words, each once; where there are choices, each one of them."""
        value = self._value(key, (list,), N_('må være en liste, som ["a", "b"]'), default)
        if value is None:
            return () if default is _REQUIRED else default
        found = [each for each in value if isinstance(each, str) and each.strip()]
        if len(found) < len(value) or len(set(found)) < len(found):
            self.fault(key, N_("må være en liste av ulike ord"))
        for each in found if choices is not None else ():
            if each not in (choices or ()):
                self.fault(key, unknown(each, choices or ()))
        return tuple(dict.fromkeys(found))

    def tables(self, key: str, *, required: bool = False, most: int = MOST_TABLES) -> list[Table]:
        """A list of tables, in their order."""
        value = self._value(key, (list,), N_("må være en liste av tabeller"), _REQUIRED if required else ())
        found = [(place, each) for place, each in enumerate(value or ()) if isinstance(each, dict)]
        if len(found) < len(value or ()):
            self.fault(key, N_("må være en liste av tabeller"))
        if len(found) > most:
            self.fault(key, N_("kan være høyst {most}", most=most))
        return [self._inner(each, self.faults, (key, place)) for place, each in found[:most]]

    def table(self, key: str, *, required: bool = False) -> Table:
        """A table in this one; an empty one where it is missing."""
        value = self._value(key, (dict,), N_("må være en tabell"), _REQUIRED if required else ())
        faults = self.faults if value is not None else []
        return self._inner(value or {}, faults, (key,))

    def _inner(self, held: Mapping[str, Any], faults: list[Fault], path: Path) -> Table:
        return Table(held, self._lines, faults, (*self._path, *path), typed=self._typed)

    def words(self) -> dict[str, str]:
        """All of this table, as words by key."""
        return {key: self.text(key, "") for key in self._held}

    def end(self) -> None:
        """All that may be here has been asked for: every other key is a fault."""
        for key in self._held:
            if key not in self._read:
                self.fault(key, N_("er ukjent her"))


def _meant(typed: str, kinds: tuple[type, ...]) -> Any:
    """What somebody typed into a field, as the kind that is wanted; None for an empty field."""
    if not typed and str not in kinds:
        return None
    if kinds == (int,):
        digits = re.sub(r"\s", "", typed)
        return int(digits) if digits.isdecimal() and len(digits) < LONGEST_AMOUNT else typed
    if kinds == (list,):
        return [part.strip() for part in typed.split(";") if part.strip()]
    if kinds == (bool,):
        return _ANSWERS.get(typed.casefold(), typed)
    return typed or None


def unknown(value: str, choices: Collection[str]) -> Text:
    """Why a word is none of the choices."""
    listed = ", ".join(sorted(choices))
    return N_("{value} er ukjent. Velg blant: {choices}", value=value[:64], choices=listed)


def day_of(written: str) -> date | None:
    """The day that is written as year-month-day; None where it is none."""
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None


def øre(written: int | str) -> int | None:
    """An amount of kroner in øre; None where it is none.

    Two digits at most are øre: the point in "25.000" may part thousands, and is not guessed at.
    """
    digits = re.sub(r"\s", "", str(written)) if len(str(written)) <= LONGEST_AMOUNT else ""
    if not _AMOUNT.fullmatch(digits):
        return None
    amount = int(Decimal(digits.replace(",", ".")) * 100)
    return amount if amount <= MOST_MONEY else None


def typed_øre(written: int | str) -> int | None:
    """An amount as people type it, "kr 10 000,-", in øre; None where it is none."""
    return øre(_AROUND.sub("", str(written))) if len(str(written)) <= LONGEST_AMOUNT else None


def twice(tables: Sequence[Table], keys: Sequence[str]) -> None:
    """Note each key that another table of the same list has already."""
    for place, (table, key) in enumerate(zip(tables, keys, strict=True)):
        if key and key in keys[:place]:
            table.fault("key", N_("{key} står her fra før", key=key))


def opened(text: str) -> Table:
    """A TOML text as a table; what is no TOML is a table of nothing with one fault."""
    try:
        return Table(tomllib.loads(text), lines_of(text), [])
    except (ValueError, RecursionError) as error:  # what is no TOML, or a number that Python will not read
        at = _AT_LINE.search(str(error))
        fault = Fault(int(at[1]) if at else text.count("\n") + 1, "", N_("er ikke gyldig TOML"))
        return Table({}, {}, [fault])
