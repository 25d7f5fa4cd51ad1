"""Calls, applications, decisions and what came of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.store.tables.base import column, metadata

calls = Table(
    "calls",
    metadata,
    column("key", String(64), "names the call, in addresses too", primary_key=True),
    column("text", Text, "the call's file, frozen as it was published"),
    column("digest", String(64), "SHA-256 of the text"),
    column("seed", LargeBinary, "what draws lots between equals, secret until the decision", sealed="key"),
    column("seed_hash", String(64), "SHA-256 of the seed, published with the call"),
    column(
        "mark",
        LargeBinary,
        "what says in a browser that somebody has answered, the same in all; destroyed when the call closes",
        nullable=True,
        sealed="key",
    ),
    column(
        "tally",
        LargeBinary,
        "how many of each kind of people had asked for what when the call closed; the same for ever after",
        nullable=True,
        sealed="key",
    ),
    column("added_at", BigInteger, "when it was published, in ms"),
    column(
        "closed_at", BigInteger, "when it was closed, in ms; a clock set back opens nothing", nullable=True
    ),
)

# Applicants are bodies, not citizens. What they write is sealed: they compete, and it holds an address.
applications = Table(
    "applications",
    metadata,
    column("id", String(32), "names the application", primary_key=True),
    column("call_key", String(64), "the call it is for", ForeignKey("calls.key")),
    column("code_hash", LargeBinary, "finds it by the code of who leads it, keyed", hashed=True, unique=True),
    column("draft", LargeBinary, "the form as it stands, encrypted", sealed="id"),
    column("sent", LargeBinary, "what was sent last and counts, encrypted", nullable=True, sealed="id"),
    column("version", Integer, "goes up with each change, so that two partners do not undo each other"),
    column("changed_at", BigInteger, "when the draft was last changed, in ms"),
    column("sent_at", BigInteger, "when it was last sent, in ms; empty for a draft", nullable=True),
    column("withdrawn_at", BigInteger, "when it was withdrawn, in ms", nullable=True),
    Index("ix_applications_call_key", "call_key"),
)

decisions = Table(
    "decisions",
    metadata,
    column("call_key", String(64), "the call it ends", ForeignKey("calls.key"), primary_key=True),
    column("body", Text, "who gets what, and what that changes against the proposal, as canonical JSON"),
    column("digest", String(64), "SHA-256 of the body"),
    column("reason", Text, "why, in the words that are published"),
    column("by", String(64), "the worker who decided"),
    column("by_name", String(64), "the full name that was published; none where it is older", nullable=True),
    column("decided_at", BigInteger, "when, in ms"),
    column("agreed_by", String(64), "the second worker, where the call asks for two", nullable=True),
    column("agreed_name", String(64), "the second's full name, as published", nullable=True),
    column("agreed_at", BigInteger, "when the second agreed, in ms", nullable=True),
    column("final", Boolean, "all who must have decided; from then on nothing changes"),
    CheckConstraint("\"by\" <> '' AND reason <> ''", name="ck_decisions_named"),
)

reports = Table(
    "reports",
    metadata,
    column("id", String(32), "names the report", primary_key=True),
    column("application_id", String(32), "who reports", ForeignKey("applications.id")),
    column("period", String(64), "the period of the call it tells of"),
    column("due_at", BigInteger, "when it must have come, in ms"),
    column("reminded_at", BigInteger, "when the group was last reminded, in ms", nullable=True),
    column(
        "body", LargeBinary, "places given, accounts and milestones, encrypted", nullable=True, sealed="id"
    ),
    column("sent_at", BigInteger, "when it came, in ms", nullable=True),
    Index("ix_reports_application_id", "application_id", "period", unique=True),
)
