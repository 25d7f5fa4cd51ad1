"""What staff do with what people told: handling, notes, answers, corrections."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Table, Text
from sqlalchemy.schema import Index

from bot.store.tables.base import column, metadata, person

cases = Table(
    "cases",
    metadata,
    person("whose answers staff work with", primary_key=True),
    column("version", Integer, "counts the changes, so that two workers never overwrite each other"),
    column("worker", String(64), "who follows it up; empty until somebody does", nullable=True),
    column("contact", String(64), "the one named worker the person is told of", nullable=True),
    column("handled_through", BigInteger, "the newest sending that was handled, in ms", nullable=True),
    column(
        "duplicate_of",
        String(32),
        "the conversation this one is likely another sending of; taken back at any time",
        ForeignKey("conversations.id", ondelete="SET NULL"),
        nullable=True,
        personal=True,
    ),
    Index("ix_cases_worker", "worker"),
    Index("ix_cases_duplicate_of", "duplicate_of"),
)

case_changes = Table(
    "case_changes",
    metadata,
    column("id", String(32), "names the change", primary_key=True),
    person("whose case was changed"),
    column("version", Integer, "the version of the case that it made"),
    column("kind", String(16), "what was done: corrected, noted, assigned and so on"),
    column("need_id", String(32), "the need it is about; empty where it is about all", nullable=True),
    column("before", String(64), "what stood there: a category or a worker", nullable=True),
    column("after", String(64), "what stands there now", nullable=True),
    column(
        "words",
        LargeBinary,
        "a note or a proposal in the worker's words, encrypted",
        nullable=True,
        personal=True,
        sealed="id",
    ),
    column("by", String(64), "the worker who did it"),
    column("at", BigInteger, "when it was done, in ms"),
    Index("ix_case_changes_conversation_id", "conversation_id", "version"),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    column("id", String(32), "names the filter", primary_key=True),
    column("worker", String(64), "whose filter it is"),
    column("name", String(64), "what the worker calls it"),
    column(
        "query", Text, "what is asked for, as the address of the queue has it; never a word to search for"
    ),
    Index("ix_saved_filters_worker", "worker"),
)

threads = Table(
    "threads",
    metadata,
    person("who is written to", primary_key=True),
    column("municipality", String(64), "whose worker writes"),
    column("worker", String(64), "the account that wrote last, or was given the case after that"),
    column("opened_at", BigInteger, "when a worker first wrote, in ms"),
    column("said_at", BigInteger, "when the person last wrote, in ms", nullable=True),
    column("seen_at", BigInteger, "when a worker last looked at what the person wrote, in ms", nullable=True),
    column("ended_at", BigInteger, "when the person ended it, in ms; empty while it is open", nullable=True),
    Index("ix_threads_worker", "worker"),
    Index("ix_threads_municipality", "municipality", "said_at"),
)

letters = Table(
    "letters",
    metadata,
    column("id", String(32), "names the letter", primary_key=True),
    person("who is written to, or who wrote it"),
    column("author", String(8), "worker, person, or news and decision, which Lytt brings"),
    column("worker", String(64), "the account that wrote it; empty for others", nullable=True),
    column("name", String(64), "who it is from, as the person was told"),
    column(
        "words",
        LargeBinary,
        "what is written, encrypted; the person's words masked",
        personal=True,
        sealed="id",
    ),
    column("news", String(64), "which news it brings; nobody gets the same twice", nullable=True),
    column("written_at", BigInteger, "when it was written, in ms"),
    column("due_at", BigInteger, "not told before this, in ms"),
    column("told_at", BigInteger, "when it was laid where the person finds it, in ms", nullable=True),
    column("shown_at", BigInteger, "when the person's app or page fetched it, in ms", nullable=True),
    Index("ix_letters_conversation_id", "conversation_id", "written_at"),
    Index("ix_letters_due_at", "told_at", "due_at"),
    Index("ix_letters_news", "news"),
)

drafts = Table(
    "drafts",
    metadata,
    column("id", String(32), "names the draft", primary_key=True),
    person("who it is meant for"),
    column("worker", String(64), "whose draft it is"),
    column("words", LargeBinary, "what is written so far, encrypted", personal=True, sealed="id"),
    column("changed_at", BigInteger, "when it was last kept, in ms"),
    Index("ix_drafts_conversation_id", "conversation_id", "worker", unique=True),
)
