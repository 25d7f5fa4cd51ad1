"""Marker strings in what staff, applicants and Telegram's file hold: in no log, metric or file, and gone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import Column, LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import web
from bot.app import background
from bot.channels.base import Used, Wrote
from bot.operations import backup
from bot.store import needs, sealed
from bot.store.engine import open_engine, reading
from bot.store.tables.base import metadata
from bot.store.tables.people import conversations
from tests.applicants.conftest import Body
from tests.applicants.filled import filled
from tests.channels.phones import Phones
from tests.channels.test_telegram_file import file_of
from tests.duties.test_canary import MARKER
from tests.house import KEYS, House, Series, on_disk, opened
from tests.intake.conversations import press, sent, told
from tests.staff.conftest import Browser, Desk
from tests.staff.pages import follow, links, send
from tests.web.serving import settings

CALM = f"jeg trenger {MARKER}"
# What outlives the person, and why: each says what a worker did and why, and nothing ties it to anybody.
OUTLIVES = {
    "audit.reason",  # the log must show why something was opened
    "flag_decisions.reason",  # the duty to report asks who decided what, and why
    "rights_requests.note",  # that a request was answered must be shown
}


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    journal = tmp_path / "elsewhere" / "erased"
    async with opened(sqlite_url, Series(), journal=journal) as house, AsyncExitStack() as running:
        yield Desk(web.create(settings(), house.world, house.intake), house, running)


async def cells(engine: AsyncEngine) -> dict[str, list[str]]:
    """Every value in the database by its column, what is encrypted opened."""
    found: dict[str, list[str]] = {}
    async with reading(engine) as db:
        for table in metadata.sorted_tables:
            for row in (await db.execute(select(table))).mappings():
                for column in table.columns:
                    value = _opened(column, dict(row))
                    found.setdefault(str(column), []).append(value)
    return found


def _opened(column: Column[Any], row: dict[str, Any]) -> str:
    if column.info["sealed"]:
        return sealed.unlock(KEYS, metadata.tables[column.table.name], column.name, row) or ""
    return "" if isinstance(column.type, LargeBinary) else str(row[column.name])


async def holding(engine: AsyncEngine, secret: str) -> set[str]:
    """The columns in which something stands."""
    return {name for name, values in (await cells(engine)).items() if any(secret in each for each in values)}


async def work_on_a_person(desk: Desk, kari: Browser) -> None:
    """The marker in each field that staff fill in about a person, in a refused one, and in an address."""
    await sent(desk.house, "other", words="en skatepark")
    await sent(desk.house, "a", words=CALM)
    path = links((await kari.get("/ansatt/ko?tilstand=all")).text)[0].split("?")[0]
    for action, form in {
        "samme": {},
        "kategori": {"kategori": "leisure"},
        "forslag": {"forslag": MARKER},
        "notat": {"notat": f"Ring {MARKER} på fredag."},
        "ansvar": {"kollega": "ola"},
        "fast": {"kollega": "kari"},
    }.items():
        answer = await send(kari, await kari.get(path), action, **form)
        assert answer.status_code == 303, (action, answer.status_code)
    for said in ("Kan vi møtes?", f"Hei {MARKER}!"):
        assert (await send(kari, await kari.get(path), "brev", brev=said, nar="na")).status_code == 303
        await desk.house.do("web", "a", Wrote(f"ja, jeg er {MARKER}"))
    assert (await kari.send(f"{path}/utkast", path, brev=f"Så fint, {MARKER}")).status_code == 303
    assert MARKER in (await kari.send("/ansatt/ko", "/ansatt/ko", ord=MARKER)).text
    assert (await kari.get(f"/ansatt/person/{MARKER}?tilbake={MARKER}")).status_code == 404
    assert (await kari.send("/ansatt/krav", "/ansatt/krav", note=MARKER, came="x")).status_code == 404


async def work_on_a_flag(desk: Desk, kari: Browser) -> None:
    """The marker in what was grave, in the way to the person, and in every reason a worker gives."""
    await desk.house.do("web", "a", Wrote(f"jeg vil ta livet mitt {MARKER}"))
    await press(desk.house, "a", "adult")
    await desk.house.do("web", "a", Wrote(f"ring {MARKER} etter skolen"))
    flagged = [each for each in links((await kari.get("/ansatt")).text) if "/flagg/" in each]
    path = flagged[0].split("?")[0]
    await send(kari, await kari.get(path), "ta")
    page = await kari.get(path)
    assert (
        MARKER in (await follow(kari, await send(kari, page, "kontakt", grunn=f"Skal ringe {MARKER}"))).text
    )
    refused = await send(kari, page, "vedtak", meldt="ja", til="", grunn=f"Fare for {MARKER}")
    assert refused.status_code == 422
    await follow(kari, await send(kari, page, "vedtak", meldt="nei", grunn=f"{MARKER} er trygg"))
    fields = {"municipality": "trondheim", "kind": "access", "came": "2026-11-20", "note": f"Fra {MARKER}"}
    assert (await kari.send("/ansatt/krav", "/ansatt/krav", **fields)).status_code == 303


async def erase(house: House, address: str) -> None:
    await house.do("web", address, Used("delete"))
    await house.do("web", address, Wrote("ja, slett alt"))


async def test_what_staff_write_of_a_person_leaks_nowhere_and_goes_with_them(
    desk: Desk, sqlite_url: str, tmp_path: Path, logged: Callable[[], str]
) -> None:
    engine, folder = desk.house.world.engine, Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    kari, _ = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    await work_on_a_person(desk, kari)
    await work_on_a_flag(desk, kari)
    async with reading(engine) as db:
        counts = str(await needs.counts(db, "trondheim", desk.house.series.now() + 1))
        query = select(conversations.c.id).order_by(conversations.c.created_at.desc()).limit(1)
        person = (await db.execute(query)).scalar_one()
    everywhere = await holding(engine, MARKER)
    assert {"needs.words", "letters.words", "drafts.words", "case_changes.words"} < everywhere
    assert {"red_flags.words", "red_flags.contact"} | OUTLIVES < everywhere
    for told_of in (logged().encode(), generate_latest(), counts.encode(), on_disk(folder)):
        assert MARKER.encode() not in told_of

    kept = tmp_path / "before.lytt"
    await backup.make(engine, KEYS, kept, desk.house.series.now())
    await erase(desk.house, "a")
    assert await holding(engine, MARKER) == OUTLIVES
    assert await holding(engine, person) == set()
    restored = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'restored' / 'lytt.db'}")
    await backup.restore(restored, KEYS, kept, tmp_path / "elsewhere" / "erased")
    assert await holding(restored, MARKER) == OUTLIVES
    assert await holding(restored, person) == set()
    await restored.dispose()


async def test_what_a_body_writes_in_its_application_leaks_nowhere(
    house: House, body: Body, sqlite_url: str, logged: Callable[[], str]
) -> None:
    await body.begins()
    marked = {"title": f"Tiltak {MARKER}", "contact": f"{MARKER}@lytt.example"}
    assert (await body.sends("/soknad", {"do": "send", "title": MARKER})).status_code == 422
    assert (await body.sends("/soknad", {"do": "send", **filled(), **marked})).status_code == 200
    assert (await body.opens(f"/{MARKER}")).status_code == 404
    await body.opens("/soknad")
    await body.sends("/apne", {"code": MARKER})
    held = on_disk(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent)
    assert await holding(house.world.engine, MARKER) == {"applications.draft", "applications.sent"}
    for told_of in (logged().encode(), generate_latest(), held):
        assert MARKER.encode() not in told_of


async def test_the_file_that_is_taken_along_in_telegram_is_in_no_log_and_no_file_of_ours(
    phones: Phones, logged: Callable[[], str]
) -> None:
    kari = phones.person(7)
    async with background(phones.outbox().run()):
        await told(phones.house, "7", words=CALM, channel="telegram")
        await phones.does(kari, Used("take"))
        file = await file_of(phones, kari)
        assert MARKER in file.content["caption"]
        await phones.does(kari, Used("delete"))
        await phones.does(kari, Wrote("ja, slett alt"))
        await phones.emulator.telegram.until(lambda: file.deleted)
    assert MARKER not in logged()
    assert MARKER.encode() not in generate_latest()
    assert await holding(phones.house.world.engine, MARKER) == set()
