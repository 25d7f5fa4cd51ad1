"""What is stored comes back the same from a file of SQLite and from PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiosqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import codes, conversations, needs, queue
from bot.store.conversations import Chat, Held
from bot.store.crypto import KeyFileError, Keys, WrongKey, create_keys, read_keys
from bot.store.engine import MIGRATIONS, migrate, newest, open_engine, reading, upgrade, version
from bot.store.tables.base import metadata
from bot.store.tables.people import conversations as conversation_rows
from bot.store.tables.people import links
from dialogs.model import Coded, Conversation
from dialogs.needs import Need
from tests.services.databases import ENGINES

KEYS = Keys((b"1" * 32,))
ROTATED = Keys((b"2" * 32, b"1" * 32))
NOW = 1_795_460_400_000
TOLD = Conversation(
    municipality="trondheim",
    answers={"who": ("25+",), "children": ("0-1", "2-5"), "district": ("none",), "again": ("yes",)},
    needs=(
        Need(category="food", words="mat, brød og «smør» 🧈", suggested=("food", "money")),
        Need(category="other", words=None, obstacle=""),
        Need(category="work", words="jobb", obstacle="price"),
    ),
    sent=True,
    attested=True,
)


@asynccontextmanager
async def closing_engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with closing_engine(database_url) as engine:
        yield engine


async def keep(engine: AsyncEngine, id: str, conversation: Conversation = TOLD, channel: str = "web") -> Chat:
    """A conversation with a chat of the same name."""
    held = Held(id, conversation, new=True)
    chat = Chat(conversations.chat_hash(KEYS, channel, id), channel, id, held, new=True)
    async with engine.begin() as db:
        await conversations.save(db, KEYS, [held], NOW)
        await conversations.link(db, KEYS, [chat], NOW, pushed={"telegram"})
    return chat


async def test_migrations_lead_to_the_tables_as_they_are_declared(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_newest_migration_is_the_one_named_last(engine: AsyncEngine) -> None:
    async with reading(engine) as db:
        at = await db.run_sync(version)
    assert at == newest() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


async def test_migrating_again_changes_nothing_and_keeps_rows(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await migrate(engine)
    async with reading(engine) as db:
        assert await conversations.load(db, KEYS, [("web", "a")], NOW)


@pytest.mark.parametrize("kind", ENGINES)
async def test_a_database_of_an_earlier_version_keeps_its_codes(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = f"sqlite+aiosqlite:///{tmp_path / 'earlier.db'}"
    url = file if kind == "sqlite" else request.getfixturevalue("postgres_url")
    async with closing_engine(url) as engine:
        async with engine.begin() as db:
            await db.run_sync(upgrade, "0005")
            columns = "(hash, kind, municipality, created_at) VALUES (:hash, 'attested', 'froya', :now)"
            given = {"hash": KEYS.hash("code", "AB12CD34"), "now": NOW}
            await db.execute(text(f"INSERT INTO codes {columns}"), given)
        await migrate(engine)
        async with engine.begin() as db:
            assert await codes.use(db, KEYS, "AB12CD34", "froya", NOW) == Coded("attested")


async def test_a_conversation_comes_back_as_it_was(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    async with engine.begin() as db:
        found = await conversations.load(db, KEYS, [("web", "a"), ("web", "nobody")], NOW)
    assert {chat: each.held.conversation for chat, each in found.items()} == {("web", "a"): TOLD}


async def test_what_changed_is_stored_and_nothing_else(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await keep(engine, "b")
    later = TOLD.model_copy(update={"turn": 9})
    async with engine.begin() as db:
        held = [Held("a", later, changed=True), Held("b", later)]
        await conversations.save(db, KEYS, held, NOW + 1)
    async with engine.begin() as db:
        found = await conversations.load(db, KEYS, [("web", "a"), ("web", "b")], NOW)
    assert [found["web", name].held.conversation.turn for name in ("a", "b")] == [9, 0]


async def test_an_address_is_kept_only_where_messages_are_pushed(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    chat = await keep(engine, "7", channel="telegram")
    async with reading(engine) as db:
        rows = {row.channel: row.address for row in await db.execute(select(links))}
    assert rows["web"] is None
    assert KEYS.unlock(rows["telegram"], "links", "address", chat.hash.hex()) == "7"


async def test_after_a_rotation_what_was_stored_before_is_found_and_read(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    async with engine.begin() as db:
        await conversations.keep_receipts(db, KEYS, [("a", "4821730596142087")])
    async with engine.begin() as db:
        assert await conversations.load(db, ROTATED, [("web", "a")], NOW)
        assert await conversations.by_receipt(db, ROTATED, "4821730596142087") == ("a", TOLD)


async def test_what_is_moved_to_another_row_does_not_open(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await keep(engine, "b", Conversation(municipality="froya"))
    async with engine.begin() as db:
        rows = conversation_rows.c
        state = (await db.execute(select(rows.state).where(rows.id == "b"))).scalar_one()
        await db.execute(update(conversation_rows).where(rows.id == "a").values(state=state))
    async with engine.begin() as db:
        with pytest.raises(WrongKey):
            await conversations.load(db, KEYS, [("web", "a")], NOW)


async def test_no_row_outlives_its_conversation(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    async with engine.begin() as db:
        await db.execute(delete(conversation_rows))
    async with reading(engine) as db:
        assert (await db.execute(select(links))).all() == []


async def test_a_receipt_belongs_to_one_conversation(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await keep(engine, "b")
    async with engine.begin() as db:
        await conversations.keep_receipts(db, KEYS, [("a", "1" * 16)])
    with pytest.raises(IntegrityError):
        async with engine.begin() as db:
            await conversations.keep_receipts(db, KEYS, [("b", "1" * 16)])


async def send(engine: AsyncEngine, id: str, conversation: Conversation = TOLD, now: int = NOW) -> None:
    async with engine.begin() as db:
        ids = [f"{id}{place}-{now}" for place, _ in enumerate(conversation.needs)]
        await needs.replace(db, KEYS, [needs.Sending(id, conversation, "web", ids)], now)


async def test_sent_needs_come_back_in_order_with_what_is_known_of_who_sent(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await send(engine, "a")
    async with reading(engine) as db:
        found = [need async for need in needs.sent(db, KEYS)]
    assert [(each.place, each.category, each.words) for each in found] == [
        (1, "food", "mat, brød og «smør» 🧈"),
        (2, "other", None),
        (3, "work", "jobb"),
    ]
    first = found[0]
    assert (first.target_group, first.age_band, first.children) == ("family", "25+", "0-1 2-5")
    assert (first.district, first.suggested, first.obstacle) == (None, "food money", None)
    assert (first.attested, first.assisted, first.sent_at) == (True, False, NOW)


async def test_the_latest_sending_takes_the_place_of_the_earlier_one(engine: AsyncEngine) -> None:
    await keep(engine, "a")
    await send(engine, "a")
    await send(engine, "a", TOLD.model_copy(update={"needs": TOLD.needs[2:]}), NOW + 1)
    async with reading(engine) as db:
        assert [need.category async for need in needs.sent(db, KEYS)] == ["work"]


async def test_people_are_counted_once_a_category_and_only_before_a_time(engine: AsyncEngine) -> None:
    twice = TOLD.model_copy(update={"needs": (TOLD.needs[0], TOLD.needs[0], TOLD.needs[2])})
    for id in ("a", "b"):
        await keep(engine, id, twice)
        await send(engine, id, twice)
    await keep(engine, "c")
    await send(engine, "c", now=NOW + 10)
    async with reading(engine) as db:
        assert await needs.counts(db, "trondheim", NOW + 1) == {"food": 2, "work": 2}
        assert await needs.counts(db, "froya", NOW + 1) == {}


async def test_a_key_is_taken_once_in_its_source(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await queue.take(db, [(b"chat", "1")], NOW)
    async with reading(engine) as db:
        wanted = [(b"chat", "1"), (b"chat", "2"), (b"other", "1")]
        assert await queue.already(db, wanted) == {(b"chat", "1")}
    with pytest.raises(IntegrityError):
        async with engine.begin() as db:
            await queue.take(db, [(b"chat", "1")], NOW)


async def test_a_code_is_used_once_and_only_where_it_was_made(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await codes.keep(db, KEYS, ["AB12CD34"], "attested", "trondheim", None, NOW)
    async with engine.begin() as db:
        assert (await codes.use(db, KEYS, "AB12CD34", "froya", NOW)).kind is None
        assert (await codes.use(db, ROTATED, "ab12cd34", "trondheim", NOW)).kind == "attested"
        assert await codes.use(db, KEYS, "AB12CD34", "trondheim", NOW) == Coded(None)


async def test_sqlite_is_set_up_to_lose_nothing_and_to_forget_what_is_erased(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
    }
    async with engine.connect() as connection:
        found = {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in wanted}
    await engine.dispose()
    assert found == wanted


def test_every_column_says_what_it_is_for() -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if not column.info.get("purpose")] == []


# Keys


def test_a_value_opens_only_in_its_own_place_and_with_its_own_key() -> None:
    locked = KEYS.lock("hemmelig", "needs", "words", "1")
    assert b"hemmelig" not in locked
    assert KEYS.lock("hemmelig", "needs", "words", "1") != locked
    assert ROTATED.unlock(locked, "needs", "words", "1") == "hemmelig"
    with pytest.raises(WrongKey):
        KEYS.unlock(locked, "needs", "words", "2")
    with pytest.raises(WrongKey):
        Keys((b"3" * 32,)).unlock(locked, "needs", "words", "1")


def test_parts_of_a_hash_do_not_run_together() -> None:
    assert KEYS.hash("chat", "web", "1") != KEYS.hash("chat", "web1", "")


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    create_keys(path)
    assert path.stat().st_mode & 0o077 == 0
    assert read_keys(path).unlock(read_keys(path).lock("a", "b"), "b") == "a"
    with pytest.raises(KeyFileError):
        create_keys(path)


@pytest.mark.parametrize("content", ["", "not base64!", "c2hvcnQ="])
def test_a_wrong_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys"
    path.write_text(content)
    with pytest.raises(KeyFileError):
        read_keys(path)


async def test_the_tables_of_both_engines_have_the_same_names(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert names == {*metadata.tables, "alembic_version"}


async def test_a_connection_that_is_stopped_while_it_closes_is_closed(tmp_path: Path) -> None:
    """The end of the process stops what is being closed: neither may wait for the other for ever."""
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'lytt.db'}")
    async with engine.connect() as db:
        opened = (await db.get_raw_connection()).driver_connection
        assert isinstance(opened, aiosqlite.Connection)
        opened.stop()
        async with asyncio.timeout(10):
            with suppress(ValueError):  # it says that it is closed
                await opened.close()
    await engine.dispose()
