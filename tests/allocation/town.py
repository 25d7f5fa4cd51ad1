"""An invented municipality in the Trondheim call: 480 people, twelve applicants, and one that it refuses."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import update

from bot.allocation import written
from bot.allocation.call import VOICES
from bot.allocation.model import Attester
from bot.clock import DAY_MS, milliseconds
from bot.funding import applying
from bot.funding.rounds import Competition, Entry, round_of
from bot.intake import World
from bot.store import calls
from bot.store import voices as kept
from bot.store.calls import Held
from bot.store.tables import funding as tables
from bot.store.voices import Voice
from tests.funding.written import CALLS, FILES, bent

KEY = "trondheim-2021"
SEED = "an invented seed"
PEOPLE = 480
HOUSES = {"youth": "Ungdomshuset", "family": "Helsestasjonen"}
DISTRICTS = ("midtbyen", "ostbyen", "lerkendal", "heimdal")

# What people ask for, and how often one of a hundred does: the young, and families.
YOUNG = {
    "driving_licence": 30,
    "work": 24,
    "leisure": 22,
    "place_to_be": 20,
    "safe_adult": 16,
    "mental_health": 14,
    "school": 12,
    "clothes_gear": 9,
    "transport": 8,
    "being_heard": 5,
    "housing": 4,
    "substance_use": 2,
}
FAMILIES = {
    "childcare_relief": 24,
    "leisure": 22,
    "after_hours_contact": 20,
    "lasting_follow_up": 18,
    "community": 17,
    "clothes_gear": 16,
    "food": 12,
    "one_door": 11,
    "forms_rights": 9,
    "language_new_norway": 8,
    "money": 8,
    "housing": 7,
    "family_home": 1,
}

# Applicant: its measures, each with needs, kroner a unit, places a unit, least and most units, and for whom.
APPLICANTS = {
    "Veien til førerkortet": [
        ("Hjelp til lappen", ["driving_licence"], 25_000, 1, 1, 20, "youth"),
    ],
    "Stødig oppvekst": [
        ("Noen å ringe på kvelden", ["after_hours_contact"], 90_000, 12, 1, 4, "families"),
        ("Den samme som følger deg", ["lasting_follow_up", "one_door"], 60_000, 5, 1, 6, "families"),
    ],
    "Sommerjobb for flere": [
        ("Sommerjobb", ["work"], 28_000, 1, 5, 25, "youth"),
        ("Praksis ved siden av skolen", ["work", "school"], 22_000, 1, 3, 20, "youth"),
    ],
    "Utstyr til alle": [
        ("Lån av utstyr", ["clothes_gear", "leisure"], 15_000, 10, 1, 8, "both"),
    ],
    "Fritid uten regning": [
        ("Kontingent og tur", ["leisure"], 3_500, 1, 10, 60, "both"),
        ("Sommerleir", ["leisure"], 42_000, 6, 1, 8, "families"),
    ],
    "Åpent hus i Østbyen": [
        ("Et sted å være på kvelden", ["place_to_be"], 75_000, 20, 1, 4, "youth"),
    ],
    "Trygg voksen på nett og gate": [
        ("En trygg voksen", ["safe_adult"], 30_000, 4, 1, 10, "youth"),
        ("Samtaler uten ventetid", ["mental_health"], 24_000, 3, 1, 12, "youth"),
    ],
    "Pusterom": [
        ("Avlastning i helga", ["childcare_relief"], 20_000, 2, 1, 15, "families"),
    ],
    "Familiekafeen": [
        ("Kafé og fellesskap", ["community", "food"], 35_000, 15, 1, 4, "families"),
        ("Matkasser", ["food"], 6_000, 1, 5, 30, "families"),
    ],
    "Leksehjelp Heimdal": [
        ("Leksehjelp", ["school"], 40_000, 10, 1, 4, "youth"),
    ],
    "Norsk sammen": [
        ("Språkvenn", ["language_new_norway"], 9_000, 1, 2, 20, "families"),
    ],
    "Skyss fra bygda": [
        ("Skyss hjem på kvelden", ["transport"], 50_000, 8, 1, 4, "youth"),
    ],
}
# What most people need, cheap, and a salary in its budget: the money shall not go to staff positions.
POSITION = "Ny koordinator"
REFUSED = {
    POSITION: [
        (
            "En fast voksen til alle",
            ["driving_licence", "work", "leisure", "safe_adult"],
            500,
            5,
            1,
            99,
            "both",
        ),
    ],
}
WAGES = {"kind": "positions", "what": "Koordinator i full stilling", "money": 40_000}
TARGETS = {"youth": ["youth"], "families": ["families"], "both": ["youth", "families"]}


def voices(*, attested: bool = False) -> Counter[Voice]:
    """What the people of the town asked for; a worker has met each third of them."""
    found: Counter[Voice] = Counter()
    for number, voice in enumerate(people()):
        found[voice] += not attested or number % 3 == 0
    return found


def attesters() -> tuple[Attester, ...]:
    """Whose codes let in those whom a worker has met: the young in one house, families in another."""
    let_in = {"youth": Counter[Voice](), "family": Counter[Voice]()}
    for number, voice in enumerate(people()):
        if number % 3 == 0 and voice.group:
            let_in[voice.group][voice] += 1
    call, applied = CALLS[KEY], entries()
    return tuple(
        Attester(HOUSES[group], round_of(call, applied, heard, SEED).voices)
        for group, heard in let_in.items()
    )


def people() -> Iterator[Voice]:
    """Each person of the town, drawn from a fixed seed."""
    chance = random.Random(480)
    for number in range(PEOPLE):
        young = number % 2 == 0
        weights = YOUNG if young else FAMILIES
        asks = chance.choices(list(weights), list(weights.values()), k=chance.choice([1, 1, 2, 2, 3]))
        band = chance.choice(["12-14", "15", "16-17", "18-24"]) if young else None
        money = None if young else chance.choice(["yes", "no", None])
        group = "youth" if young else "family"
        yield Voice("trondheim", chance.choice(DISTRICTS), group, band, money, frozenset(asks), asks[0])


def entries() -> tuple[Entry, ...]:
    """The applications, as their bodies wrote them."""
    return tuple(
        Entry(f"{place:08}", f"{place:08}", written.read(draft(title, measures))[0])
        for place, (title, measures) in enumerate(APPLICANTS.items(), 1)
    )


def draft(title: str, measures: list[tuple[str, list[str], int, int, int, int, str]]) -> dict[str, object]:
    periods = [period.key for period in CALLS[KEY].periods]
    keys = ("name", "needs", "unit_cost", "places", "least", "most", "targets")
    rows = [dict(zip(keys, (*each[:-1], TARGETS[each[-1]]), strict=True)) for each in measures]
    same = {
        "periods": periods,
        "purposes": ["widen"],
        "since": "2020-01-15",
        "after": "Vi finner andre penger.",
    }
    return {"title": title, "measures": [row | same for row in rows]}


def competition(*, attested: bool = False) -> Competition:
    """The call with all that takes part in it, closed."""
    call, applied = CALLS[KEY], entries()
    held = Held(call, FILES[KEY], hashlib.sha256(SEED.encode()).hexdigest(), 0, 1, False)
    return Competition(held, applied, round_of(call, applied, voices(attested=attested), SEED))


async def settle(world: World) -> None:
    """Keep the town in a database: its call, closed, what its bodies applied with, and who asked for what.

    The thirteenth applies too, and is not taken.
    """
    now = milliseconds(CALLS[KEY].opens) + DAY_MS
    async with world.engine.begin() as db:
        held = await calls.add(db, world.keys, FILES[KEY], SEED, now)
        written_down = enumerate((APPLICANTS | REFUSED).items(), 1)
        drafts = [
            (f"{place:08}{world.new_id()[8:]}", f"code{place:04}", _whole(*each))
            for place, each in written_down
        ]
        added = await applying.add(db, world.keys, held, drafts, world.places, now)
        assert [each.title for each in added if each.taken] == [*APPLICANTS]
        await calls.close(db, world.keys, KEY, now)
        tally = {name: kept.written(voices(attested=name == "attested")) for name in VOICES}
        sealed = world.keys.lock(json.dumps(tally), "calls", "tally", KEY)
        await db.execute(update(tables.calls).values(tally=sealed))


def _whole(title: str, measures: list[tuple[str, list[str], int, int, int, int, str]]) -> dict[str, object]:
    """An application with all that its call asks for."""
    cost = sum(unit_cost * least for _, _, unit_cost, _, least, _, _ in measures)
    budget: list[dict[str, object]] = [{"kind": "bought", "what": "Varer", "money": cost}]
    budget += [WAGES] if title == POSITION else []
    return bent(KEY, {**draft(title, measures), "budget": budget})
