"""The log as administrators see it, and what it does by itself when somebody reads unusually much."""

import ast

from bot.clock import MINUTE_MS
from bot.operations import accounts, alerts
from bot.operations.routes import Route
from bot.staff.log import ACTS, KINDS
from bot.store import audit
from bot.store.audit import Deed, object_of
from bot.store.engine import reading
from tests.rules.source import modules
from tests.staff.conftest import Desk

MOST = 20
NO_ROUTE, ROUTE = Route(), Route(command="true")


async def reads(desk: Desk, name: str, count: int, *, persons: int | None = None) -> None:
    """A worker opens so many pages of so many persons."""
    world, by = desk.house.world, desk.app.state.office.scribe(name)
    async with world.engine.begin() as db:
        for place in range(count):
            await audit.note(db, by, Deed("open", "person", f"p{place % (persons or count)}", "trondheim"))


async def queued(desk: Desk) -> list[tuple[str, str]]:
    async with reading(desk.house.world.engine) as db:
        found = await db.exec_driver_sql("SELECT subject, duty FROM alerts WHERE subject = 'reading'")
        return [(row.subject, row.duty) for row in found]


async def test_who_opens_many_persons_in_an_hour_is_told_of_once(desk: Desk) -> None:
    await reads(desk, "kari", MOST)
    assert await alerts.watch(desk.house.world, ROUTE, MOST) == 0
    await reads(desk, "kari", MOST + 1)
    await reads(desk, "ola", 5)
    assert await alerts.watch(desk.house.world, ROUTE, MOST) == 1
    assert await alerts.watch(desk.house.world, ROUTE, MOST) == 0
    assert await queued(desk) == [("reading", "")]
    desk.house.series.pass_time(61 * MINUTE_MS)
    await reads(desk, "kari", MOST + 1)
    assert await alerts.watch(desk.house.world, ROUTE, MOST) == 1


async def test_the_same_person_opened_often_is_no_unusual_reading(desk: Desk) -> None:
    await reads(desk, "kari", 5 * MOST, persons=3)
    assert await alerts.watch(desk.house.world, ROUTE, MOST) == 0


async def test_administrators_see_it_though_no_alert_can_go_out(desk: Desk) -> None:
    await reads(desk, "kari", MOST + 1)
    admin = await desk.worker("ada", "admin")
    await desk.worker("kari", "reviewer")
    assert "Åpnet uvanlig mange personer" not in (await admin.get("/ansatt/logg")).text
    await alerts.watch(desk.house.world, NO_ROUTE, MOST)
    page = (await admin.get("/ansatt/logg")).text
    assert "Åpnet uvanlig mange personer på en time" in page
    assert "kari" in page.partition("Åpnet uvanlig mange personer")[2].partition("</div>")[0]
    assert await queued(desk) == []


async def test_the_log_is_looked_through_by_worker_and_by_thing(desk: Desk) -> None:
    await reads(desk, "kari", 2)
    await reads(desk, "ola", 1)
    admin = await desk.worker("ada", "admin")
    await desk.worker("kari", "reviewer")
    table = "<tbody>"
    assert (await admin.get("/ansatt/logg?hvem=kari")).text.partition(table)[2].count("<tr>") == 2
    one = object_of("person", "p0")
    assert (await admin.get(f"/ansatt/logg?hva={one}")).text.partition(table)[2].count("<tr>") == 2
    assert (await admin.get("/ansatt/logg?hvem=ingen&til=1")).text.count("<tr>") == 0
    assert (await admin.get("/ansatt/logg?til=9999999999999999999999")).status_code == 200


async def test_a_long_log_is_paged(desk: Desk) -> None:
    await reads(desk, "kari", 150)
    admin = await desk.worker("ada", "admin")
    first = (await admin.get("/ansatt/logg")).text
    assert "Eldre linjer" in first
    older = first.partition('href="/ansatt/logg?til=')[2].partition("&")[0]
    assert "Eldre linjer" not in (await admin.get(f"/ansatt/logg?til={older}")).text


async def test_another_municipalitys_lines_are_not_shown(desk: Desk) -> None:
    by = desk.app.state.office.scribe("frode")
    async with desk.house.world.engine.begin() as db:
        await audit.note(db, by, Deed("open", "person", "x", "froya"))
    admin = await desk.worker("ada", "admin")
    assert "frode" not in (await admin.get("/ansatt/logg")).text


async def test_who_works_elsewhere_alone_is_named_nowhere_in_it(desk: Desk) -> None:
    """To sign in concerns no municipality, and the line of it names who did."""
    await desk.worker("frode", "reviewer", municipalities=("froya",))
    await desk.worker("begge", "reviewer", municipalities=("froya", "trondheim"))
    admin = await desk.worker("ada", "admin")
    async with desk.house.world.engine.begin() as db:
        for name in ("frode", "begge", "console"):
            await audit.note(db, desk.app.state.office.scribe(name), Deed("sign in", "account", name))
    for path in (
        "/ansatt/logg",
        "/ansatt/logg?hvem=frode",
        f"/ansatt/logg?hva={object_of('account', 'frode')}",
    ):
        assert ">frode<" not in (await admin.get(path)).text
    page = (await admin.get("/ansatt/logg")).text
    assert ">begge<" in page.partition("<tbody>")[2]
    assert ">console<" in page.partition("<tbody>")[2]


async def test_a_reason_stands_where_one_was_given(desk: Desk) -> None:
    by = desk.app.state.office.scribe("kari")
    async with desk.house.world.engine.begin() as db:
        await audit.note(db, by, Deed("unmask", "flag", "x", "trondheim", "ringe <tilbake>"))
    admin = await desk.worker("ada", "admin")
    assert "ringe &lt;tilbake&gt;" in (await admin.get("/ansatt/logg")).text


async def test_what_an_account_was_given_and_where_nobody_signed_in_is_told_in_words(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    world = desk.house.world
    async with world.engine.begin() as db:
        await accounts.add(
            db, accounts.console(world), "kari", ["reviewer", "analyst"], ["trondheim"], "7".__mul__
        )
    line = (await admin.get("/ansatt/logg")).text.partition("<tbody>")[2]
    assert "<td>kommandolinja</td>" in line
    assert "<td>leser og svarer, ser bare tall, Trondheim kommune</td>" in line
    assert "reviewer" not in line


def test_what_is_written_in_the_log_has_words() -> None:
    """An act or a kind that code names must be read by an administrator, not guessed."""
    for module in modules("bot"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Deed"):
                act, kind = (each.value if isinstance(each, ast.Constant) else None for each in node.args[:2])
                assert act is None or act in ACTS, module.path
                assert kind is None or kind in KINDS, module.path
