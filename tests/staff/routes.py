"""Every route of the staff pages, as the app has them, with things of one's own and of others to ask for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update

from bot.staff import routes as pages
from bot.staff.access import Door, Outside
from bot.staff.office import HOME
from bot.store import calls, rights, staff
from bot.store.engine import reading
from bot.store.tables.people import conversations, red_flags, sendings
from tests.funding.written import FILES
from tests.house import KEYS
from tests.intake.conversations import sent
from tests.staff.conftest import NO_PASSWORD, Desk
from tests.staff.pages import cry

# What a part of an address names, by the address before it; a route with another one must be added here.
THINGS = {
    "person": "person",
    "flagg": "flag",
    "krav": "request",
    "kontoer": "account",
    "utlysninger": "call",
}


@dataclass(frozen=True)
class Way:
    """One route: how it is asked, where, and what lets in."""

    method: str
    path: str
    door: Door | Outside | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def thing(self) -> str | None:
        """The kind of thing its address names."""
        found = re.fullmatch(rf"{HOME}/(\w+)/{{\w+}}.*", self.path)
        return THINGS[found[1]] if found else None

    def to(self, id: str) -> str:
        return re.sub(r"{\w+}", id, self.path)


def doors(route: APIRoute) -> list[Door | Outside]:
    """What a route has asked to stand before it."""
    return [each.call for each in route.dependant.dependencies if isinstance(each.call, Door | Outside)]


def of_staff() -> list[Way]:
    """Every route in the list, by its address."""
    found = [route for router in pages.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    ways = [
        Way(method, route.path, next(iter(doors(route)), None))
        for route in found
        for method in route.methods or ()
    ]
    return sorted(ways, key=str)


def in_the_app(app: FastAPI) -> Iterator[APIRoute]:
    """Every route of the app, those of its routers too."""
    for route in app.routes:
        router = getattr(route, "original_router", None)
        yield from (each for each in (router.routes if router else [route]) if isinstance(each, APIRoute))


async def make_things(desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    """A thing of each kind in Trondheim, and one in Frøya."""
    for address in ("a", "b"):
        await sent(desk.house, address)
    for address in ("g", "h"):
        await cry(desk.house, address)
    world, now = desk.house.world, desk.house.series.now()
    async with world.engine.begin() as db:
        persons = (
            await db.execute(select(sendings.c.conversation_id).order_by(sendings.c.sent_at))
        ).scalars()
        flags = (await db.execute(select(red_flags.c.id).order_by(red_flags.c.raised_at))).scalars()
        ours, theirs = (
            {"person": person, "flag": flag} for person, flag in zip(persons, flags, strict=False)
        )
        for things, place, name in ((ours, "trondheim", "ola"), (theirs, "froya", "frode")):
            things |= {"request": world.new_id(), "account": name, "call": f"call-{place}"}
            await calls.add(db, KEYS, call_in(place), "seed", now)
            await rights.add(db, KEYS, things["request"], place, "access", now, "ola", "Et notat")
            if await staff.named(db, name) is None:
                await staff.add(db, name, ["analyst"], [place], NO_PASSWORD, now)
        for table, key in ((conversations, "id"), (sendings, "conversation_id")):
            move = update(table).where(table.c[key] == theirs["person"]).values(municipality="froya")
            await db.execute(move)
        await db.execute(
            update(red_flags).where(red_flags.c.id == theirs["flag"]).values(municipality="froya")
        )
    return ours, theirs


def call_in(place: str) -> str:
    """A call of one municipality."""
    text = FILES["trondheim-2021"].replace('key = "trondheim-2021"', f'key = "call-{place}"')
    return text.replace('municipalities = ["trondheim"]', f'municipalities = ["{place}"]')


async def count_lines(desk: Desk) -> int:
    """How many lines the log has."""
    async with reading(desk.house.world.engine) as db:
        return int((await db.exec_driver_sql("SELECT count(*) FROM audit")).scalar_one())
