"""Who of staff may sign in, and what they opened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text
from sqlalchemy.schema import Index

from bot.store.tables.base import column, metadata

staff = Table(
    "staff",
    metadata,
    column("name", String(64), "the name a worker signs in with", primary_key=True),
    column("roles", Text, "reviewer, coordinator, analyst or admin, joined by spaces"),
    column("municipalities", Text, "where, joined by spaces"),
    column("password", String(256), "argon2id hash of the password"),
    column("must_change", Boolean, "the first password must be changed"),
    column("disabled", Boolean, "may not sign in"),
    column("totp", LargeBinary, "the secret of the code app, encrypted", nullable=True, sealed="name"),
    column("totp_step", BigInteger, "the last 30 seconds whose code was used; none is used twice"),
    column("subject", String(255), "the account at the provider of sign-in", nullable=True, unique=True),
    column("language", String(8), "the language of the pages"),
    column("shown_as", String(64), "what people who are answered see; empty means the name"),
    column("full_name", String(64), "published with a decision about money", nullable=True),
    column("muted", Text, "what this worker wants no alert of, joined by spaces"),
    column("created_at", BigInteger, "when the account was made, in ms"),
)


def worker(purpose: str, *, primary_key: bool = False, fleeting: bool = False) -> Column[Any]:
    """The account a row belongs to; the row goes when the account goes."""
    account = ForeignKey("staff.name", ondelete="CASCADE")
    return column("staff", String(64), purpose, account, primary_key=primary_key, fleeting=fleeting)


staff_sessions = Table(
    "staff_sessions",
    metadata,
    column("hash", String(64), "finds the session by its token", primary_key=True, fleeting=True),
    worker("who is signed in", fleeting=True),
    column("stage", String(16), "what has been shown: password, or all", fleeting=True),
    column("wrong", Integer, "wrong codes since the password", fleeting=True),
    column("started_at", BigInteger, "when the code was last shown, in ms", fleeting=True),
    column("seen_at", BigInteger, "when the worker last did something, in ms", fleeting=True),
    Index("ix_staff_sessions_staff", "staff"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    column("hash", String(64), "finds the code", primary_key=True),
    worker("whose code it is"),
    Index("ix_recovery_codes_staff", "staff"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    column(
        "source",
        LargeBinary,
        "who tries, keyed and salted by the day",
        primary_key=True,
        hashed=True,
        fleeting=True,
    ),
    column("count", Integer, "tries that were not answered by a sign-in", fleeting=True),
    column("free_at", BigInteger, "when the next one is let in, in ms", fleeting=True),
    column("at", BigInteger, "the latest, in ms", fleeting=True),
)

audit = Table(
    "audit",
    metadata,
    column("seq", BigInteger, "the order, without gaps", primary_key=True, autoincrement=False),
    column("id", String(32), "names the line"),
    column("at", BigInteger, "when, in ms"),
    column("staff", String(64), "who; the name outlives the account"),
    column("act", String(32), "what was done"),
    column("kind", String(32), "the kind of thing it was done to"),
    column("object", String(64), "which one, as a digest that says nothing once the thing is erased"),
    column("municipality", String(64), "whose it is"),
    column("reason", LargeBinary, "why, in the worker's words, encrypted", nullable=True, sealed="id"),
    column("hash", LargeBinary, "binds the line to all before it", hashed=True),
    Index("ix_audit_at", "at"),
    Index("ix_audit_object", "object"),
    Index("ix_audit_staff", "staff", "at"),
)

audit_ends = Table(
    "audit_ends",
    metadata,
    column("name", String(8), "which end of the log: first or last", primary_key=True),
    column("seq", BigInteger, "the number of the first line that is kept, or of the last one"),
    column("before", LargeBinary, "the hash of the line before it, or of the last one", hashed=True),
    column("hash", LargeBinary, "that nobody without the keys wrote this", hashed=True),
)

rights_requests = Table(
    "rights_requests",
    metadata,
    column("id", String(32), "names the request", primary_key=True),
    column("municipality", String(64), "who must answer it"),
    column("kind", String(16), "access, rectification, erasure or objection"),
    column("came_at", BigInteger, "when it came, in ms"),
    column("opened_by", String(64), "the worker who wrote it down"),
    column("closed_at", BigInteger, "when it was answered, in ms", nullable=True),
    column("closed_by", String(64), "the worker who answered it", nullable=True),
    column("outcome", String(16), "done, partly, refused or withdrawn", nullable=True),
    column("note", LargeBinary, "what it is about, encrypted; no name", nullable=True, sealed="id"),
    Index("ix_rights_requests_municipality", "municipality", "closed_at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    column("name", String(64), "what the token is for", primary_key=True),
    column("hash", String(64), "finds the token", unique=True),
    column("municipalities", Text, "whose counts it opens, joined by spaces"),
    column("disabled", Boolean, "opens nothing any more"),
    column("created_at", BigInteger, "when it was made, in ms"),
)
