"""A municipality that publishes all it can, week after week, by the commands and pages that people use."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete

from bot import municipalities, web
from bot.commands.shared import stored
from bot.exports import summaries
from bot.intake import World
from bot.intake.door import Intake
from bot.operations import releasing
from bot.settings import Settings
from bot.store.tables.people import conversations
from bot.summaries import Grid, Key, Place, Voices, count
from dialogs.questions import SCRIPT
from tests.allocation.town import APPLICANTS, draft
from tests.commands.lytt import Lytt
from tests.exports.told import tell
from tests.funding.written import FILES, TAKEN
from tests.house import EVENING, Series
from tests.summaries.people import TOPIC_OF, YEAR
from tests.web.conftest import HERE as ADDRESS
from tests.web.serving import settings

FEWEST = 5
WEEK_MS = 7 * 24 * 3_600_000
CALL = "trondheim-2021"
HERE, SMALL = "trondheim", "froya"  # the second asks for no district, and has no call
OPEN = f"/apne-data/{HERE}/tall.csv"
PAGES = ("/dette-har-folk-sagt", f"/dette-har-folk-sagt/{CALL}")
DECIDED = f"{PAGES[1]}/allocation.json"
# Open for a long while, so that a command that asks the real clock finds it so.
OPEN_CALL = FILES[CALL].replace("deadline = 2021-05-31", "deadline = 2999-05-31")
DISTRICT = re.compile(r"\[\[districts\]\]\n(?:[^\[\n].*\n|\n)*")


@dataclass
class Town:
    """Where it is published, what anybody can fetch there, and what is true."""

    lytt: Lytt
    grid: Grid
    files: dict[str, Path] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)  # of the pages and the data API
    weeks: list[dict[str, Any]] = field(default_factory=list)  # the open file of each release
    true: list[Mapping[Key, int]] = field(default_factory=list)

    def do(self, *words: str) -> str:
        """One command, as staff type it."""
        done = self.lytt(*words, environment="test", municipalities_dir="places")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, name: str, *words: str) -> Path:
        """A command that writes a file or a folder."""
        self.do(*words, "-o", name)
        self.files[name] = self.lytt.folder / name
        return self.files[name]

    def known(self, week: int) -> dict[Key, int]:
        """What the open file of a week says of its own day; the rest is known from earlier ones."""
        held = self.weeks[week]
        return {
            key_of(each): each["people"]
            for each in held["figures"]
            if each["people"] is not None and each["as_of"] == held["released_on"]
        }


def key_of(row: Mapping[str, Any]) -> Key:
    """The key of a figure as the formats write it."""
    names = ("half_year", "municipality", "need", "split", "part", "counted")
    return Key(*(str(row[name]) for name in names))


def grid(districts: int) -> Grid:
    """A municipality with so many districts beside a small one without."""
    places = (Place(SMALL), Place(HERE, tuple(f"d{number}" for number in range(districts))))
    return Grid((YEAR,), places, TOPIC_OF, ("other",), tuple(each.id for each in SCRIPT.questions))


def publish(folder: Path, of: Grid, weeks: Sequence[Sequence[Voices]], *, leaving: int = 0) -> Town:
    """Let people answer week by week, `leaving` of them erase it a week after, and publish all there is."""
    town = Town(Lytt(folder), of)
    _settle(town)
    asyncio.run(stored(_settings(town), partial(_weeks, town, weeks, leaving)))
    for ending in summaries.FORMATS:
        town.write(f"summary{ending}", "export", "summary")
    _share_out(town)
    both = [word for place in of.places for word in ("--municipality", place.key)]
    token = json.loads(town.do("tokens", "add", "anybody", *both, "--json"))["token"]
    asyncio.run(stored(_settings(town), partial(_fetch, town, token)))
    return town


def _settle(town: Town) -> None:
    """The municipality's own file with its districts, and its call."""
    held = (municipalities.HERE / f"{HERE}.toml").read_text("utf-8")
    names = [each for place in town.grid.places for each in place.districts]
    districts = "".join(f'\n[[districts]]\nkey = "{name}"\nname = "Bydel {name}"\n' for name in names)
    (town.lytt.folder / "places").mkdir()
    (town.lytt.folder / "places" / f"{HERE}.toml").write_text(DISTRICT.sub("", held) + districts, "utf-8")
    (town.lytt.folder / "call.toml").write_text(OPEN_CALL, "utf-8")
    town.do("calls", "add", "call.toml")
    shared = TAKEN[CALL] | {"budget": [{"kind": "for-people", "what": "Plasser", "money": 100_000}]}
    drafts = [shared | draft(title, measures) for title, measures in APPLICANTS.items()]
    (town.lytt.folder / "applications.json").write_text(json.dumps(drafts), "utf-8")
    town.do("applications", "add", CALL, "applications.json")
    town.do("staff", "add", "kari", "--role", "coordinator")


async def _weeks(town: Town, weeks: Sequence[Sequence[Voices]], leaving: int, world: World) -> None:
    """A release a week; where nothing is due, none is made."""
    people: list[Voices] = []
    for week, newcomers in enumerate(weeks):
        here = replace(world, now=Series(EVENING + week * WEEK_MS).now)
        if week:
            await _leave(here, range((week - 1) * leaving, week * leaving))
        await tell(here, newcomers, first=len(people), days=6)
        people += newcomers
        await releasing.once(here, FEWEST)
        town.weeks.append(json.loads(await asyncio.to_thread(_open_file, town, week)))
        town.true.append(count(people[week * leaving :], town.grid))


def _open_file(town: Town, week: int) -> str:
    return town.write(f"week-{week}.json", "export", "summary").read_text("utf-8")


async def _leave(world: World, numbers: range) -> None:
    async with world.engine.begin() as db:
        gone = conversations.c.id.in_([f"{number:032x}" for number in numbers])
        await db.execute(delete(conversations).where(gone))


def _share_out(town: Town) -> None:
    """The call closed, decided as proposed, and all that is told of it."""
    town.do("calls", "close", CALL)
    town.write("proposal", "allocate", CALL)
    town.do("decide", CALL, "--by", "kari", "--full-name", "Kari Nordmann", "--reason", "Flest ba om det.")
    town.write("round.pb", "export", "pabulib", CALL)
    town.write("grants.json", "export", "360giving", CALL)


async def _fetch(town: Town, token: str, world: World) -> None:
    """Every page for everybody, and every answer of the data API."""
    site = httpx.ASGITransport(app=web.create(_settings(town), world, Intake(world), lambda: 0.0))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=site, base_url=ADDRESS, headers=headers) as client:
        for page in (*PAGES, DECIDED, OPEN, "/api/v1/summaries.csv", "/api/v1/allocations"):
            town.answers[page] = (await client.get(page)).raise_for_status().text
        further: str | None = "/api/v1/summaries?size=1000"
        while further:
            answer = (await client.get(further)).raise_for_status()
            town.answers[further] = answer.text
            further = answer.json()["next"]


def _settings(town: Town) -> Settings:
    """The same settings as the commands have."""
    folder = town.lytt.folder
    return settings(
        environment="test",
        database_url=f"sqlite+aiosqlite:///{folder / 'data' / 'lytt.db'}",
        secret_key_file=folder / "data" / "keys",
        municipalities_dir=folder / "places",
    )
