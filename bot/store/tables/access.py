"""Who of staff may sign in, and what they opened."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, String, Table, Text

from bot.store.tables.base import column, metadata

staff = Table(
    "staff",
    metadata,
    column("name", String(64), "the name a worker signs in with", primary_key=True),
    column("role", String(16), "reviewer, coordinator, analyst or admin"),
    column("municipalities", Text, "where, joined by spaces"),
    column("password", String(256), "argon2id hash of the password"),
    column("must_change", Boolean, "the first password must be changed"),
    column("disabled", Boolean, "may not sign in"),
    column("created_at", BigInteger, "when the account was made, in ms"),
)
