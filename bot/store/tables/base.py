"""What every table is made with: each column says what it is for and whether it can point at a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite numbers rows by itself only when the column is exactly INTEGER.
Sequence = BigInteger().with_variant(Integer, "sqlite")


def column(
    name: str,
    kind: Any,
    purpose: str,
    *args: Any,
    personal: bool = False,
    sealed: str | None = None,
    hashed: bool = False,
    fleeting: bool = False,
    **options: Any,
) -> Column[Any]:
    """A column that says its purpose; `personal` marks what can point at a person.

    `sealed` marks what is encrypted and names the column it is bound to, `hashed` a keyed hash: both
    begin with the id of their key. `fleeting` is what lives two days at most, and never in a backup.
    """
    options.setdefault("nullable", False)
    info = {
        "purpose": purpose,
        "personal": personal,
        "sealed": sealed,
        "hashed": hashed,
        "fleeting": fleeting,
    }
    return Column(name, kind, *args, info=info, **options)


def person(purpose: str, *, primary_key: bool = False) -> Column[Any]:
    """The conversation a row belongs to; the row goes when the conversation goes."""
    return column(
        "conversation_id",
        String(32),
        purpose,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=primary_key,
        personal=True,
    )
