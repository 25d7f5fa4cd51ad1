"""An application in words: what each field is called, and what each choice in it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.allocation import checks, written
from bot.allocation.call import KINDS
from bot.allocation.tables import day_of
from bot.municipalities import Place
from bot.store.calls import Held
from dialogs.categories import label
from dialogs.text import N_, Text, Value

ROWS = {
    "partners": N_("Søker {number}"),
    "measures": N_("Tiltak {number}"),
    "budget": N_("Linje {number}"),
    "milestones": N_("Milepæl {number}"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One field in words."""

    label: Value
    words: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What everything that an application in a call names is called."""

    held: Held
    places: Mapping[str, Place]

    @property
    def needs(self) -> dict[str, Text]:
        """The kinds of need, by key."""
        return {key: label(key, self.held.added) for key in self.held.needs}

    @property
    def kinds(self) -> dict[str, Text]:
        """The kinds of body, by key."""
        return {kind: checks.kind_label(kind) for kind in KINDS}

    @property
    def districts(self) -> dict[str, str]:
        """The districts of the call's municipalities, by key."""
        here = [self.places[key].municipality for key in self.held.call.municipalities if key in self.places]
        return {each.key: each.name for place in here for each in place.districts}

    def said(self, fields: Iterable[tuple[str, Any]]) -> list[Said]:
        """Fields as they are read; one that nobody filled in is left out."""
        choices = self._choices()
        return [
            Said(self._label(path), tuple(_word(path, each, choices) for each in _several(value)))
            for path, value in fields
            if value
        ]

    def _label(self, path: str) -> Value:
        first, _, rest = path.partition(".")
        if first == "parts":
            return next((part.label for part in self.held.call.parts if part.key == rest), rest)
        place, _, last = rest.partition(".")
        if first not in ROWS:
            return written.field(path)
        row = replace(ROWS[first], values=(("number", int(place) + 1),))
        return N_("{list}, {field}", list=row, field=written.field(last))

    def _choices(self) -> dict[str, Mapping[str, Value]]:
        call = self.held.call
        return {
            "partners.kind": self.kinds,
            "budget.kind": {cost.key: cost.label for cost in call.costs},
            "measures.needs": self.needs,
            "measures.periods": {period.key: period.dates for period in call.periods},
            "measures.targets": {target.key: target.label for target in call.targets},
            "measures.purposes": {purpose.key: purpose.label for purpose in call.purposes},
            "measures.districts": self.districts,
        }


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _word(path: str, value: Any, choices: Mapping[str, Mapping[str, Value]]) -> Value:
    """A value in words; what nobody knows stays as it was written."""
    first, last = path.partition(".")[0], path.rpartition(".")[2]
    if value is True:
        return N_("Ja")
    if last in ("since", "by") and (day := day_of(value)):
        return f"{day:%d.%m.%Y}"
    return choices.get(f"{first}.{last}", {}).get(value, value)
