"""Open the database: one code for a SQLite file and for PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from asyncpg import PostgresError
from sqlalchemy import Connection, event, func, inspect, make_url, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL may lose the last commits at a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
)


# What is raised when the database can not be reached or can not write. A driver raises its own errors
# while it connects; those of asyncpg stand under Exception alone, so that only their base is named here.
AWAY = (DBAPIError, OSError, TimeoutError, PostgresError)
_OURS = (IntegrityError, DataError, ProgrammingError, NotSupportedError)


def is_away(error: BaseException) -> bool:
    """Whether an error means the database is away, rather than that this one thing can not be stored."""
    return isinstance(error, AWAY) and not isinstance(error, _OURS)


class _Connection(aiosqlite.Connection):
    """A connection that can be stopped twice.

    One that is closed while the process ends is stopped by force as well. The second stop waited for a
    thread that the first had ended: now and then the process never did.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, *args, **options), iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy has it: what was never closed holds up no end
        self._stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread once; whoever asks again waits for the same end."""
        self._stopped = self._stopped or super().stop()
        return self._stopped


def open_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite://` or `postgresql+asyncpg://`; nothing is opened yet."""
    parsed = make_url(url)
    if not parsed.drivername.startswith("sqlite"):
        return create_async_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed, connect_args={"async_creator_fn": _Connection})
    event.listen(engine.sync_engine, "connect", _on_connect)
    event.listen(engine.sync_engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, record: Any) -> None:
    # The driver must not begin transactions by itself: a write lock taken late can dead-lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that only reads: it waits for no writer and writers do not wait for it."""
    async with engine.connect() as connection:
        yield await connection.execution_options(reads=True)


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema to the newest version; a database from an earlier release keeps its rows."""
    async with engine.begin() as connection:
        if await connection.run_sync(version) != newest():
            await connection.run_sync(upgrade)


def newest() -> str:
    """The newest version of the schema: the files of the migrations are named by their versions."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def version(connection: Connection) -> str | None:
    """The version that a database is at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema to a version, in the transaction at hand."""
    from alembic import command  # why: a tenth of a second in which every command would wait for it
    from alembic.config import Config  # why: the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@asynccontextmanager
async def alone(engine: AsyncEngine, task: str) -> AsyncIterator[None]:
    """Wait until no other process does this task, and keep others from it meanwhile.

    The lock is PostgreSQL's own and ends with its connection, so a process that is killed blocks
    nobody. A SQLite file is one process's: there is nobody to wait for.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    async with engine.connect() as connection:
        held = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await held.execute(select(func.pg_advisory_lock(zlib.crc32(task.encode()))))
        try:
            yield
        finally:
            # The pool would keep the session, and the lock with it, for as long as the process lives.
            await connection.invalidate()


async def in_turn(db: AsyncConnection, task: str) -> None:
    """Keep other transactions from this task until this one ends; a SQLite file has one writer anyhow."""
    if db.dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(zlib.crc32(task.encode()))))


async def erase_traces(engine: AsyncEngine) -> None:
    """After erasure: empty the write-ahead log, where deleted bytes would live on."""
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None  # a connection just opened has its driver
        await (await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()
