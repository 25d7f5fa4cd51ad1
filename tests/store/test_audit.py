"""The log of what staff did shows its own wounds: a line changed, moved, or taken away is named."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import DAY_MS
from bot.store import audit, outlived, staff
from bot.store.audit import Deed, Scribe
from bot.store.crypto import Keys
from bot.store.engine import open_engine
from bot.store.outlived import KINDS
from bot.store.tables.access import audit as lines
from bot.store.tables.access import audit_ends
from tests.house import KEYS, Series

NEWER = Keys((bytes(range(32, 64)), bytes(range(32))))
LINES = 6


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


async def write(engine: AsyncEngine, series: Series, count: int = LINES) -> None:
    by = Scribe(KEYS, "kari", series.new_id, series.now)
    for place in range(count):
        series.pass_time()
        async with engine.begin() as db:
            await audit.note(db, by, Deed("open", "person", f"p{place}", "trondheim", f"fordi {place}"))


async def wrong(engine: AsyncEngine, keys: Keys = KEYS) -> Sequence[str]:
    async with engine.connect() as db:
        return (await audit.verify(db, keys)).wrong


@pytest_asyncio.fixture
async def written(engine: AsyncEngine) -> AsyncEngine:
    await write(engine, Series())
    return engine


async def test_an_untouched_log_is_whole(written: AsyncEngine) -> None:
    assert await wrong(written) == ()
    async with written.connect() as db:
        verdict = await audit.verify(db, KEYS)
    assert (verdict.count, verdict.first, verdict.last) == (LINES, 1, LINES)


async def test_an_empty_log_is_whole(engine: AsyncEngine) -> None:
    assert await wrong(engine) == ()


async def test_a_log_that_is_taken_away_whole_is_missed(written: AsyncEngine) -> None:
    async with written.begin() as db:
        await staff.add(db, "kari", ["reviewer"], ["trondheim"], "a hash", 0)
        await db.execute(delete(lines))
        await db.execute(delete(audit_ends))
    (why,) = await wrong(written)
    assert why.startswith("every line is missing")


FOLLOWS = "was changed, or does not follow the line before it"


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("UPDATE audit SET staff = 'ola' WHERE seq = 3", {f"line 3 {FOLLOWS}"}),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", {f"line 3 {FOLLOWS}"}),
        ("UPDATE audit SET reason = NULL WHERE seq = 3", {f"line 3 {FOLLOWS}"}),
        (
            "UPDATE audit SET reason = (SELECT reason FROM audit WHERE seq = 2) WHERE seq = 3",
            {f"line 3 {FOLLOWS}"},
        ),
        ("DELETE FROM audit WHERE seq = 3", {"line 3 is missing"}),
        ("DELETE FROM audit WHERE seq IN (1, 2)", {"lines 1 to 2 are missing"}),
        ("DELETE FROM audit WHERE seq > 4", {"lines 5 to 6 are missing"}),
        ("DELETE FROM audit", {"lines 1 to 6 are missing"}),
        (
            "UPDATE audit_ends SET seq = 4 WHERE name = 'last'",
            {"the note of the last line was changed"},
        ),
    ],
)
async def test_what_was_done_to_the_log_is_named(written: AsyncEngine, harm: str, told: set[str]) -> None:
    async with written.begin() as db:
        await db.exec_driver_sql(harm)
    assert told == set(await wrong(written))


async def test_two_lines_that_changed_places_are_both_named(written: AsyncEngine) -> None:
    async with written.begin() as db:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            await db.exec_driver_sql(f"UPDATE audit SET seq = {new} WHERE seq = {old}")
    assert {f"line 3 {FOLLOWS}", f"line 4 {FOLLOWS}"} <= set(await wrong(written))


async def test_a_line_added_by_hand_is_named(written: AsyncEngine) -> None:
    copied = (
        "INSERT INTO audit (seq, id, at, staff, act, kind, object, municipality, reason, hash) "
        "SELECT 7, 'x', at, staff, act, kind, object, municipality, NULL, hash FROM audit WHERE seq = 6"
    )
    async with written.begin() as db:
        await db.exec_driver_sql(copied)
    assert f"line 7 {FOLLOWS}" in await wrong(written)


async def test_who_has_the_database_and_no_keys_can_not_bind_a_line(written: AsyncEngine) -> None:
    """The same lines, bound by keys of somebody's own, are all wrong under ours."""
    async with written.begin() as db:
        await audit.bind_anew(db, Keys((bytes(32), *KEYS.secrets)))
    assert len(await wrong(written)) >= LINES


async def test_a_log_put_back_to_an_earlier_day_is_found_by_a_mark_kept_elsewhere(
    written: AsyncEngine,
) -> None:
    async with written.connect() as db:
        number, _, hash = (await audit.verify(db, KEYS)).mark.partition(":")
        assert (await audit.verify(db, KEYS, int(number), hash)).wrong == ()
        assert (await audit.verify(db, KEYS, int(number), "00")).wrong != ()
        assert (await audit.verify(db, KEYS, int(number) + 1, hash)).wrong != ()


async def test_what_has_had_its_time_is_forgotten_from_the_front_and_the_rest_holds(
    engine: AsyncEngine,
) -> None:
    series, (kind,) = Series(), [kind for kind in KINDS if kind.table.name == "audit"]
    await write(engine, series, 3)
    series.pass_time(10 * DAY_MS)
    await write(engine, series, 2)
    async with engine.begin() as db:
        assert await outlived.forget(db, KEYS, kind, series.now() + kind.kept_ms - DAY_MS) == 3
    assert await wrong(engine) == ()
    async with engine.connect() as db:
        verdict = await audit.verify(db, KEYS)
    assert (verdict.count, verdict.first, verdict.last) == (2, 4, 5)
    async with engine.begin() as db:
        assert await outlived.forget(db, KEYS, kind, series.now() + 2 * kind.kept_ms) == 2
    await write(engine, series, 1)
    assert await wrong(engine) == ()


async def test_another_key_binds_all_anew_and_hides_no_wound(written: AsyncEngine) -> None:
    async with written.begin() as db:
        await db.exec_driver_sql("UPDATE audit SET staff = 'ola' WHERE seq = 3")
        await audit.bind_anew(db, NEWER)
    assert await wrong(written, NEWER) == (f"line 3 {FOLLOWS}",)
    alone = Keys(NEWER.secrets[:1])
    async with written.connect() as db:
        (count,) = await under_old_key(db, alone)
    assert count == 1  # the changed line alone


async def under_old_key(db: AsyncConnection, keys: Keys) -> tuple[int]:
    rows = (await db.exec_driver_sql("SELECT hash FROM audit")).scalars().all()
    return (sum(bytes(row)[:4] != keys.ids[0] for row in rows),)


async def test_words_of_a_reason_are_not_in_clear(written: AsyncEngine) -> None:
    async with written.connect() as db:
        for reason in (await db.exec_driver_sql("SELECT reason FROM audit")).scalars():
            assert b"fordi" not in bytes(reason)
        (newest,) = await audit.lines(db, KEYS, most=1)
    assert newest.reason == "fordi 5"
