"""A person's request about their rights has a day it must be answered by, and an answer that is kept."""

import pytest

from bot.clock import DAY_MS, moment
from bot.store import rights
from bot.store.engine import reading
from bot.store.rights import Request
from tests.house import KEYS
from tests.staff.conftest import Desk

PAGE = "/ansatt/krav"


def request(came: str) -> Request:
    came_at = rights.day(came)
    assert came_at is not None
    return Request("1", "trondheim", "access", came_at, "kari", None, None, None, "")


@pytest.mark.parametrize(
    ("came", "due"),
    [("2026-11-23", "2026-12-23"), ("2026-12-31", "2027-01-31"), ("2027-01-31", "2027-02-28")],
)
def test_it_is_due_within_a_month(came: str, due: str) -> None:
    assert str(request(came).due.date()) == due


@pytest.mark.parametrize(
    ("days", "state"), [(0, "open"), (20, "open"), (21, "soon"), (29, "soon"), (30, "late")]
)
def test_after_21_days_it_is_urgent_and_after_a_month_late(days: int, state: str) -> None:
    asked = request("2026-11-23")
    assert asked.state(asked.came_at + days * DAY_MS) == state


async def test_it_is_written_down_seen_and_closed_with_who_and_how(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    came = str(moment(desk.house.series.at - 22 * DAY_MS).date())
    fields = {"municipality": "trondheim", "kind": "erasure", "came": came, "note": "Kom på telefon <b>"}
    assert (await kari.send(PAGE, PAGE, **fields)).status_code == 303
    page = (await kari.get(PAGE)).text
    assert "haster" in page
    assert "Kom på telefon &lt;b&gt;" in page
    async with reading(desk.house.world.engine) as db:
        (asked,) = await rights.every(db, KEYS, ["trondheim"])
    assert asked.note == "Kom på telefon <b>"
    assert (await kari.send(f"{PAGE}/{asked.id}", PAGE, outcome="done")).status_code == 303
    assert (await kari.send(f"{PAGE}/{asked.id}", PAGE, outcome="refused")).status_code == 303
    async with reading(desk.house.world.engine) as db:
        (closed,) = await rights.every(db, KEYS, ["trondheim"])
    assert (closed.outcome, closed.closed_by, closed.state(desk.house.series.at)) == (
        "done",
        "kari",
        "closed",
    )
    lines = [line for line in await desk.log("add", "close") if line[2] == "request"]
    assert lines == [("kari", "add", "request"), ("kari", "close", "request")]


@pytest.mark.parametrize("came", ["", "i går", "2026-02-30", "2099-01-01"])
async def test_a_day_that_is_none_or_has_not_come_is_refused(desk: Desk, came: str) -> None:
    kari = await desk.worker("kari", "reviewer")
    fields = {"municipality": "trondheim", "kind": "access", "came": came}
    assert (await kari.send(PAGE, PAGE, **fields)).status_code == 422


async def test_the_note_is_encrypted(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    came = str(moment(desk.house.series.at).date())
    await kari.send(PAGE, PAGE, municipality="trondheim", kind="access", came=came, note="hemmelig")
    async with desk.house.world.engine.connect() as db:
        held = (await db.exec_driver_sql("SELECT note FROM rights_requests")).scalar_one()
    assert b"hemmelig" not in held
