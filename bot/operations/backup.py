"""Backups: every table in one encrypted stream, from SQLite or PostgreSQL and into either.

A backup is a header and chunks. The header says when it was made and by which key; each chunk is sealed
with AES-GCM under a key of this backup's own, bound to the header and to its place, the last one marked as
the last: none can be changed, moved, dropped or cut off unnoticed. Inside are JSON lines, compressed: the
schema, then each table with its rows, then how many rows there were.
"""

from __future__ import annotations

import base64
import json
import os
import struct
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, MetaData, Table, func, insert, null, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import DAY_MS
from bot.mistakes import Mistake
from bot.store import journal
from bot.store.crypto import ID_BYTES, SALT_BYTES, Keys, new_salt, sync_folder
from bot.store.engine import upgrade, version
from bot.store.tables.base import metadata

KEPT_DAYS = 35  # duties.md 5
VERSION = 1
MAGIC = b"LYTTBAK1"
HEADER = struct.Struct(f">8sQ{ID_BYTES}s{SALT_BYTES}s")
LENGTH = struct.Struct(">I")
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
ROWS_AT_ONCE = 500
VERSIONS = "alembic_version"


class BackupError(Mistake):
    """A backup can not be made or restored; the text says why in plain words."""


# --- the sealed stream ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """When a backup was made, in ms, by which key, and what makes its own key."""

    made_at: int
    key: bytes
    salt: bytes

    def packed(self) -> bytes:
        """The bytes that every chunk is bound to."""
        return HEADER.pack(MAGIC, self.made_at, self.key, self.salt)


def _header(path: Path) -> _Header | None:
    """The header of a backup; None where a file is none, or not there."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        begun = file.read(HEADER.size)
    if len(begun) < HEADER.size or not begun.startswith(MAGIC):
        return None
    return _Header(*HEADER.unpack(begun)[1:])


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))


class _Sealing:
    """Compresses and seals what is written, chunk by chunk."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, header: bytes) -> None:
        self._file, self._cipher, self._header = file, cipher, header
        self._squeeze, self._held, self._number = zlib.compressobj(), bytearray(), 0
        file.write(header)

    def line(self, held: object) -> None:
        """Write one line of JSON."""
        self._hold(self._squeeze.compress(json.dumps(held, default=_encoded).encode() + b"\n"))

    def end(self) -> None:
        """Write what is held and the mark that this is all."""
        self._hold(self._squeeze.flush())
        self._chunk(len(self._held), last=True)

    def _hold(self, squeezed: bytes) -> None:
        self._held += squeezed
        while len(self._held) > CHUNK_BYTES:
            self._chunk(CHUNK_BYTES, last=False)

    def _chunk(self, size: int, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        locked = self._cipher.encrypt(nonce, bytes(self._held[:size]), self._header)
        self._file.write(LENGTH.pack(len(locked)) + locked)
        del self._held[:size]
        self._number += 1


def _encoded(value: object) -> dict[str, str]:
    assert isinstance(value, bytes | memoryview)  # all that a column holds and JSON does not know
    return {"bytes": base64.b64encode(value).decode()}


def _decoded(held: dict[str, Any]) -> Any:
    return base64.b64decode(held["bytes"]) if held.keys() == {"bytes"} else held


def _opened(file: BufferedReader, cipher: AESGCM, header: bytes) -> Iterator[bytes]:
    """The chunks of a backup; raises BackupError where it is not whole."""
    number, last = 0, False
    while size := file.read(LENGTH.size):
        length = LENGTH.unpack(size)[0] if len(size) == LENGTH.size else 0
        locked = file.read(min(length, CHUNK_BYTES + TAG_BYTES))
        last = not file.peek(1)
        try:
            yield cipher.decrypt(_nonce(number, last=last), locked, header)
        except InvalidTag as error:
            raise BackupError("this backup is cut off or was changed: take another") from error
        number += 1
    if not last:
        raise BackupError("this backup is cut off: take another")


def _lines(path: Path, keys: Keys) -> Iterator[Any]:
    """What a backup holds, line by line."""
    header = _header(path)
    if header is None:
        raise BackupError(f"{path} is no backup of Lytt")
    cipher, rest, expand = keys.for_backup(header.salt, header.key), b"", zlib.decompressobj()
    with path.open("rb") as file:
        file.seek(HEADER.size)
        for chunk in _opened(file, cipher, header.packed()):
            *whole, rest = (rest + expand.decompress(chunk)).split(b"\n")
            for line in whole:
                yield json.loads(line, object_hook=_decoded)


def tables(path: Path, keys: Keys) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    """The rows of a backup, some at a time, with their table and columns; it must end as it says."""
    lines = _lines(path, keys)
    counts: dict[str, int] = {}
    name, columns = "", list[str]()
    rows: list[list[Any]] = []
    next(lines)  # the schema
    for line in lines:
        if isinstance(line, list):
            rows.append(line)
            counts[name] += 1
            if len(rows) < ROWS_AT_ONCE:
                continue
        if rows:
            yield name, columns, rows
            rows = []
        if isinstance(line, dict) and "table" in line:
            name, columns = line["table"], line["columns"]
            counts[name] = 0
        elif isinstance(line, dict) and line.get("counts") != counts:
            raise BackupError("this backup does not hold as many rows as it says")


# --- make -----------------------------------------------------------------------------------------


async def make(engine: AsyncEngine, keys: Keys, path: Path, now: int) -> dict[str, int]:
    """Write a backup of one moment, however busy Lytt is, and read it again to see that it is whole."""
    header = _Header(now, keys.ids[0], new_salt())
    with _whole_or_none(path) as (file, part):
        stream = _Sealing(file, keys.for_backup(header.salt), header.packed())
        async with _one_moment(engine) as db:
            counts = await _dump(db, stream)
        stream.end()
        file.flush()
        os.fsync(file.fileno())
        check(part, keys)
    return counts


@contextmanager
def _whole_or_none(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file that takes its name only when it is done."""
    if path.exists():
        raise BackupError(f"{path} is there already; it is left as it is")
    part = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file, part
        part.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} could not be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


@asynccontextmanager
async def _one_moment(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    async with engine.connect() as connection:
        yield await connection.execution_options(reads=True, **level)


async def _dump(db: AsyncConnection, stream: _Sealing) -> dict[str, int]:
    stream.line({"version": VERSION, "schema": await db.run_sync(version)})
    counts: dict[str, int] = {}
    for table in metadata.sorted_tables:
        if any(column.info["fleeting"] for column in table.primary_key):
            continue  # it lives two days at most; a backup lives longer
        stream.line({"table": table.name, "columns": [column.name for column in table.columns]})
        counts[table.name] = 0
        held = [null() if column.info["fleeting"] else column for column in table.columns]
        async for row in await db.stream(select(*held).select_from(table).order_by(*table.primary_key)):
            stream.line(list(row))
            counts[table.name] += 1
    stream.line({"counts": counts})
    return counts


def check(path: Path, keys: Keys) -> dict[str, int]:
    """Read a whole backup and count its rows; raises BackupError where anything is wrong."""
    counts: dict[str, int] = {}
    for name, _, rows in tables(path, keys):
        counts[name] = counts.get(name, 0) + len(rows)
    return counts


def expire(folder: Path, days: int, now: int, but: Path) -> list[Path]:
    """Remove the backups in a folder that are older than so many days, never the one just made."""
    removed = []
    for path in sorted(folder.iterdir()):
        header = _header(path) if path != but else None
        if header and header.made_at < now - days * DAY_MS:
            path.unlink()
            removed.append(path)
    return removed


# --- restore --------------------------------------------------------------------------------------


async def restore(engine: AsyncEngine, keys: Keys, path: Path, noted: Path) -> dict[str, int]:
    """Fill an empty database from a backup, all or nothing, and erase again what was erased since."""
    counts = check(path, keys)
    async with engine.begin() as db:
        await db.run_sync(_fill, path, keys)
    await journal.apply(engine, keys, noted)
    return counts


def _fill(connection: Connection, path: Path, keys: Keys) -> None:
    """The schema the backup was made with, its rows, and then the newest schema."""
    _clear(connection)
    upgrade(connection, next(_lines(path, keys))["schema"])
    there = MetaData()
    there.reflect(connection)
    for name, columns, rows in tables(path, keys):
        held = [dict(zip(columns, row, strict=True)) for row in rows]
        connection.execute(insert(there.tables[name]), held)
    for table in there.sorted_tables:
        _count_on(connection, table)
    upgrade(connection)


def _clear(connection: Connection) -> None:
    """Remove empty tables, for they may be of another schema; a database with a row in it is left alone."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != VERSIONS and connection.execute(select(table).limit(1)).first():
            raise BackupError("the database is not empty; a backup is restored only into an empty one")
    there.drop_all(connection)


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows from a counter of its own, which must stand behind what was restored."""
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        counter = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(counter, select(func.max(column)).scalar_subquery())))
