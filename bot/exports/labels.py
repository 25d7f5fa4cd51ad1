"""What the parts of a summary are called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.municipalities import Place
from bot.summaries import ALL, ANY, UNSAID, Key
from dialogs.categories import TOPICS, Category, label
from dialogs.text import N_, Value

ANYBODY = N_("Alle")
NOT_SAID = N_("Vil ikke si, eller ikke spurt")
HIDDEN = N_("skjult")
TOGETHER = N_("Alle kommunene")
SPLITS = {
    "": N_("Alle"),
    "district": N_("Bydel"),
    "age_band": N_("Alder"),
    "group": N_("Målgruppe"),
    "money": N_("Penger nok til det barna trenger"),
    "question": N_("Spørsmål"),
}
PARTS = {
    ("age_band", "12-15"): N_("12–15 år"),
    ("age_band", "16-17"): N_("16–17 år"),
    ("age_band", "18-24"): N_("18–24 år"),
    ("age_band", "under_25"): N_("Under 25 år, har eller venter barn"),
    ("age_band", "25+"): N_("25 år eller mer, har eller venter barn"),
    ("group", "youth"): N_("Unge"),
    ("group", "family"): N_("Familier"),
    ("money", "yes"): N_("Ja"),
    ("money", "sometimes"): N_("Av og til"),
    ("money", "no"): N_("Nei"),
}
COUNTED = {
    "people": N_("personer som har bedt om det"),
    "first": N_("personer som trenger det først"),
    "without_floods": N_("personer uten mistenkte masseinnsendinger"),
    "unsent": N_("personer som stoppet før de sendte"),
}
QUESTIONS = {
    "danger": N_("Om fare"),
    "safe": N_("Om å være trygg nå"),
    "contact": N_("Hvordan en voksen kan nå deg"),
    "who": N_("Hvem er du?"),
    "children": N_("Hvor gamle er barna?"),
    "heard": N_("Hørte jeg riktig?"),
    "category": N_("Hvilket ønske?"),
    "need": N_("Hva trenger du?"),
    "district": N_("Hvor bor du?"),
    "obstacle": N_("Hva står i veien?"),
    "first": N_("Hva trenger du først?"),
    "send": N_("Skal jeg sende?"),
}


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of municipalities, districts and added categories, beside those that are the same everywhere."""

    places: Mapping[str, Place]
    added: Sequence[Category] = ()  # by a coordinator, those no longer offered among them
    funded: Mapping[str, Collection[str]] = field(default_factory=dict)  # by place, needs that money went to

    def place(self, key: str) -> Value:
        """A municipality, or all of them together."""
        return TOGETHER if key == ALL else self.places[key].municipality.name if key in self.places else key

    def need(self, need: str) -> Value:
        """A topic or a category, or anybody whatever they asked for."""
        if need in TOPICS:
            return TOPICS[need].label
        return ANYBODY if need == ANY else label(need, self.added)

    def part(self, key: Key) -> Value:
        """One part of a split."""
        if key.part == UNSAID:
            return NOT_SAID
        if key.split == "district" and key.place in self.places:
            names = {each.key: each.name for each in self.places[key.place].municipality.districts}
            return names.get(key.part, key.part)
        return PARTS.get((key.split, key.part)) or QUESTIONS.get(key.part) or key.part


def kind(need: str) -> str:
    """Whether a need is a topic, a category or neither."""
    return "topic" if need in TOPICS else "" if need == ANY else "category"
