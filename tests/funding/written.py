"""Applications as a body would write them: one that each call of the package takes, to be bent by a test."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from bot.allocation import call as calls
from bot.allocation import checks, written
from bot.allocation.call import Call
from bot.allocation.checks import Known
from dialogs.categories import CATEGORIES

FOLDER = Path(calls.__file__).parent / "calls"
FILES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml"))}
CALLS = {key: calls.read(text) for key, text in FILES.items()}
KNOWN = Known(tuple(CATEGORIES), ("midtbyen", "ostbyen", "lerkendal", "heimdal"))

BUFDIR_PARTS = ("description", "activities", "organisation", "services", "use")
LICENCE = {
    "name": "Veien til førerkortet",
    "needs": ["driving_licence"],
    "unit_cost": 25_000,
    "places": 1,
    "least": 1,
    "most": 20,
    "youngest": 16,
    "oldest": 24,
    "since": "2020-01-15",
    "after": "De som har begynt, får kjøre ferdig.",
}

TAKEN: dict[str, dict[str, Any]] = {
    "trondheim-2021": {
        "title": "Veien til førerkortet",
        "contact": "uteseksjonen@example.no",
        "partners": [
            {"name": "Uteseksjonen", "kind": "unit", "confirmed": True},
            {"name": "NAV Midtbyen", "kind": "state", "confirmed": True},
            {"name": "Kirkens Bymisjon", "kind": "voluntary", "confirmed": True},
        ],
        "measures": [
            LICENCE | {"periods": ["2021-h2", "2022-h1"], "targets": ["youth"], "purposes": ["widen"]}
        ],
        "budget": [{"kind": "bought", "what": "Kjøretimer", "money": 1_000_000}],
        "parts": {"cooperation": "Vi møtes hver uke.", "already": "Vi er ute hver kveld."},
    },
    "bufdir-2019": {
        "title": "Én modell",
        "contact": "post@kommune.example",
        "partners": [{"name": "Orkland kommune", "kind": "municipality", "confirmed": True}],
        "measures": [
            {
                "name": "Fast kontakt",
                "needs": ["lasting_follow_up", "one_door"],
                "unit_cost": "40 000",
                "places": 10,
                "least": 1,
                "most": 20,
                "periods": ["2019"],
                "targets": ["children", "families"],
                "purposes": ["whole-model"],
                "after": "Kommunen betaler selv.",
            }
        ],
        "budget": [{"kind": "wages", "what": "Prosjektleder", "money": 800_000}],
        "milestones": [{"by": "2019-06-30", "what": "Modellen er prøvd"}],
        "own_accounts": True,
        "parts": dict.fromkeys(
            ("description", "activities", "organisation", "services", "use"), "Slik gjør vi det."
        ),
    },
    "socialstyrelsen-2017": {
        "title": "Tidlig innsats",
        "contact": "post@kommune.example",
        "partners": [{"name": "Aarhus Kommune", "kind": "municipality", "confirmed": True}],
        "measures": [
            {
                "name": "Familiekonsulent",
                "needs": ["family_home"],
                "unit_cost": "62500.50",
                "places": 8,
                "least": 2,
                "most": 10,
                "periods": ["2017", "2018"],
                "targets": ["families"],
                "purposes": ["early", "start-up"],
                "after": "Kommunen betaler selv.",
            }
        ],
        "budget": [{"kind": "start-up", "what": "Lønn i oppstarten", "money": 1_250_000}],
        "parts": {"goals": "Vi måler hvert kvartal."},
    },
    "trondelag-0-24": {
        "title": "Fritid for alle",
        "contact": "post@kommune.example",
        "partners": [
            {"name": "Nærøysund kommune", "kind": "municipality", "confirmed": True},
            {"name": "Frivilligsentralen", "kind": "voluntary", "confirmed": True},
        ],
        "measures": [
            {
                "name": "Utstyr og turer",
                "needs": ["leisure"],
                "unit_cost": 5_000,
                "places": 5,
                "least": 1,
                "most": 40,
                "periods": ["2020-h2"],
                "targets": ["youth", "families"],
                "purposes": ["leisure"],
                "after": "Utstyret blir hos sentralen.",
            }
        ],
        "budget": [{"kind": "running", "what": "Utstyr", "money": 200_000}],
        "milestones": [{"by": "2020-12-01", "what": "40 er med"}],
        "parts": {"together": "Ett team.", "evaluation": "Vi spør alle."},
    },
}


def bent(call: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The application that a call takes, with some places changed: "measures.0.least" names one."""
    draft = deepcopy(TAKEN[call])
    for path, value in changes.items():
        *way, last = path.split(".")
        here: Any = draft
        for step in way:
            here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
        here[int(last) if isinstance(here, list) else last] = value
    return draft


def told(call: Call, draft: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The rules that refuse an application, and those that only warn."""
    application, unreadable = written.read(draft)
    found = (*unreadable, *checks.reasons(call, application, KNOWN))
    return {each.rule for each in found if each.refuses}, {each.rule for each in found if not each.refuses}
