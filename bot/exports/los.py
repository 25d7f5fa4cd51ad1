"""The nearest words of Los, the vocabulary that Norwegian authorities name their services by."""

from __future__ import annotations

from dialogs.categories import CATEGORIES

ADDRESS = "https://psi.norge.no/los/"


def los(need: str) -> list[str]:
    """The addresses of the words for a category; none for a topic, or what was added later."""
    held = CATEGORIES[need].los if need in CATEGORIES else ""
    return [f"{ADDRESS}{word}" for word in held.split(" + ") if word]
