"""The queue: red flags first, then who waits, filtered, searched in and kept fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from bot.clock import OSLO, milliseconds
from bot.staff import labels, today
from bot.staff.access import Reviewing, Watching, note
from bot.staff.colleagues import colleagues
from bot.staff.office import Visit
from bot.store import categories, filters, worklist
from bot.store.audit import Deed
from bot.store.filters import Saved
from bot.store.worklist import NEW, STATES, Mark, Sender, Wanted
from dialogs.categories import Category
from dialogs.text import Text

HERE = "/ansatt/ko"
PAGE = 50
LONGEST_SEARCH = 200  # characters
LONGEST_QUERY = 2_000  # characters of what is asked for; every list there is, chosen together, is shorter
routes = APIRouter(prefix=HERE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as the fields of the form and the address of the page have it."""

    tilstand: str = NEW
    kategori: tuple[str, ...] = ()
    bydel: str = ""
    alder: str = ""
    gruppe: str = ""
    kanal: str = ""
    svar: str = ""
    flom: str = ""
    fra: str = ""
    til: str = ""

    def wanted(self, visit: Visit) -> Wanted:
        """The same, as the store is asked."""
        return Wanted(
            visit.worker.municipalities,
            self.tilstand,
            visit.worker.name,
            self.kategori,
            self.bydel,
            self.alder,
            self.gruppe,
            self.kanal,
            bool(self.svar),
            bool(self.flom),
            _midnight(self.fra),
            _midnight(self.til, days=1),
        )

    def query(self) -> str:
        """The same, as the end of an address; what is empty is left out."""
        usual = asdict(Asked())
        held = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return urlencode(held, doseq=True)


def asked(fields: QueryParams | FormData) -> Asked:
    """What an address or a form asks for; what it has no name for is not asked."""
    held = {name: _plain(fields.get(name) or "") for name in Asked.__slots__ if name != "kategori"}
    if held["tilstand"] not in STATES:
        held["tilstand"] = NEW
    return Asked(kategori=tuple(map(_plain, fields.getlist("kategori"))), **held)


def _plain(value: object) -> str:
    """A value as text; no database has a place for the one character that is left out."""
    return str(value).replace("\0", "")


def _midnight(day: str, days: int = 0) -> int | None:
    """The beginning of a day in Norway, or of one some days later; None where it is no day."""
    try:
        found = date.fromisoformat(day) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return milliseconds(datetime.combine(found, time(), OSLO))


def _mark(shown: str) -> Mark | None:
    sent_at, _, id = shown.partition("-")
    return (int(sent_at), id) if sent_at.isdecimal() and len(sent_at) < 16 else None


# --- the page -------------------------------------------------------------------------------------


@routes.get("")
async def queue(visit: Reviewing) -> Response:
    """The queue, or the part of it that is asked for."""
    return await _shown(visit)


@routes.get("/levende")
async def queue_again(visit: Watching) -> Response:
    """The same, asked for by a page that nobody touches, when something new has come."""
    return await _shown(visit)


async def _shown(visit: Visit) -> Response:
    fields = visit.request.query_params
    what = asked(fields)
    wanted, after = what.wanted(visit), _mark(fields.get("etter", ""))
    async with visit.acting() as db:
        await note(db, visit, Deed("list", "queue"))
        found = await worklist.page(db, wanted, after, PAGE + 1)
        page = await _around(db, visit, what, found)
        page["count"] = await worklist.count(db, wanted)
    live = f"{HERE}/levende?{what.query()}"
    return visit.show("queue.html", search="", live=live, **page)


@routes.post("")
async def search(visit: Reviewing) -> Response:
    """Those who wrote some words. They come in a form, and so stand in no address and no log of one."""
    words = visit.field("ord")[:LONGEST_SEARCH]
    what = asked(visit.form)
    if not words:
        return visit.go(f"{HERE}?{what.query()}")
    wanted, after = what.wanted(visit), _mark(visit.field("etter"))
    async with visit.acting() as db:
        await note(db, visit, Deed("search", "queue"))
    async with visit.reading() as db:
        found = await worklist.search(db, visit.office.world.keys, wanted, words, after, PAGE + 1)
        page = await _around(db, visit, what, found)
    return visit.show("queue.html", search=words, live="", count=len(page["rows"]), **page)


async def _around(db: AsyncConnection, visit: Visit, what: Asked, found: list[Sender]) -> dict[str, Any]:
    """A page of the list and what stands around it."""
    rows, more = found[:PAGE], len(found) > PAGE
    return {
        "see": labels,
        "now": visit.now,
        "mark": await today.mark(db, visit),
        **await today.flags_shown(db, visit),
        "rows": rows,
        "next": "{}-{}".format(*rows[-1].mark) if more else "",
        "asked": what,
        "added": (added := await categories.kinds(db, visit.worker.municipalities)),
        "choices": _choices(visit, added),
        "colleagues": await colleagues(db, visit),
        "saved": await filters.of(db, visit.worker.name),
        "districts": labels.districts(visit.places.values()),
        "narrowed": bool(what.query()),
        "back": f"{HERE}?{what.query()}",
    }


def _choices(visit: Visit, added: Sequence[Category]) -> Mapping[str, list[tuple[str, Text]]]:
    """What each list of the form can be set to."""
    places = [each.municipality for each in visit.places.values()]
    limits = {place.age_limit for place in places}
    return {
        "tilstand": list(labels.STATES.items()),
        "kategori": labels.every_category(added),
        "bydel": [(key, labels.plain(name)) for key, name in labels.districts(visit.places.values()).items()],
        "alder": list(dict(pair for limit in sorted(limits) for pair in labels.every_band(limit)).items()),
        "gruppe": list(labels.GROUPS.items()),
        "kanal": list(labels.CHANNELS.items()),
    }


# --- saved filters --------------------------------------------------------------------------------


@routes.post("/filter")
async def save(visit: Reviewing) -> Response:
    """Keep what is asked for under a name; words that were searched for are never among it."""
    what, name = asked(visit.form), visit.field("navn")
    if not name or len(what.query()) > LONGEST_QUERY:
        raise HTTPException(422)
    saved = Saved(visit.office.world.new_id(), name, what.query())
    async with visit.acting() as db:
        await filters.save(db, visit.worker.name, saved)
        await note(db, visit, Deed("change", "filter", saved.id))
    return visit.go(f"{HERE}?{what.query()}")


@routes.post("/filter/glem")
async def forget(visit: Reviewing) -> Response:
    """Forget a saved filter."""
    async with visit.acting() as db:
        await filters.drop(db, visit.worker.name, visit.field("filter"))
        await note(db, visit, Deed("change", "filter", visit.field("filter")))
    return visit.go(f"{HERE}?{asked(visit.form).query()}")
