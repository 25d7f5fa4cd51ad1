"""Every column that is encrypted or hashed, and which key its rows still need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.crypto import ID_BYTES, Keys
from bot.store.tables.base import metadata


def columns(*marks: str) -> Iterator[Column[Any]]:
    """The columns with any of these marks: `sealed`, `hashed`."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(column.info[mark] for mark in marks):
                yield column


def place(table: Table, name: str, row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What an encrypted value is bound to: table, column and row."""
    bound = row[table.c[name].info["sealed"]]
    return table.name, name, bound.hex() if isinstance(bound, bytes) else bound


def unlock(keys: Keys, table: Table, name: str, row: Mapping[str, Any]) -> str | None:
    """An encrypted value in a row, opened."""
    return None if row[name] is None else keys.unlock(row[name], *place(table, name, row))


def key_of(column: Column[Any]) -> Any:
    """The id of the key a value was made with, in the database's own words."""
    return func.substr(column, 1, ID_BYTES, type_=LargeBinary)


async def under_other_keys(db: AsyncConnection, current: bytes) -> dict[tuple[Column[Any], bytes], int]:
    """How many rows of each column stand under each key that is not the current one."""
    found: dict[tuple[Column[Any], bytes], int] = {}
    for column in columns("sealed", "hashed"):
        if not column.info["fleeting"]:
            id = key_of(column).label("id")
            query = select(id, func.count()).where(column.isnot(None), key_of(column) != current).group_by(id)
            found |= {(column, bytes(key)): count for key, count in await db.execute(query)}
    return found


async def some_under_other_keys(
    db: AsyncConnection, column: Column[Any], current: bytes, limit: int
) -> list[dict[str, Any]]:
    """Some rows whose value in this column must be encrypted anew."""
    table = column.table
    query = select(table).where(column.isnot(None), key_of(column) != current).limit(limit)
    return [dict(row._mapping) for row in await db.execute(query.with_for_update())]
