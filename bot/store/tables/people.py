"""What people told, the chats they are in, and what an installation remembers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String, Table, Text
from sqlalchemy.schema import Index

from bot.store.tables.base import Sequence, column, metadata, person

conversations = Table(
    "conversations",
    metadata,
    column("id", String(32), "names the conversation", primary_key=True, personal=True),
    column("municipality", String(64), "whose conversation it is"),
    column("state", LargeBinary, "answers and needs, encrypted", personal=True, sealed="id"),
    column(
        "receipt_hash",
        LargeBinary,
        "finds the conversation by its receipt",
        nullable=True,
        personal=True,
        hashed=True,
    ),
    column("created_at", BigInteger, "when it began, in ms"),
    column("changed_at", BigInteger, "when the person last did something, in ms"),
    column("sent_at", BigInteger, "when it was last sent, in ms; empty means unsent", nullable=True),
    Index("ix_conversations_receipt_hash", "receipt_hash", unique=True),
    Index("ix_conversations_changed_at", "changed_at"),
)

links = Table(
    "links",
    metadata,
    column(
        "hash",
        LargeBinary,
        "finds the conversation by the chat, keyed",
        primary_key=True,
        personal=True,
        hashed=True,
    ),
    person("whose chat it is"),
    column("channel", String(16), "how the chat is reached"),
    column(
        "address",
        LargeBinary,
        "the chat itself, encrypted; empty where nothing is pushed",
        nullable=True,
        personal=True,
        sealed="hash",
    ),
    column("unreachable", Boolean, "the person blocked us; nothing is sent until they write again"),
    column("created_at", BigInteger, "when the chat was tied to the conversation, in ms"),
    column("expires_at", BigInteger, "when the tie ends by itself, in ms", nullable=True),
    Index("ix_links_conversation_id", "conversation_id"),
)

taken = Table(
    "taken",
    metadata,
    column(
        "source",
        LargeBinary,
        "where the key is unique: a channel or one chat, keyed",
        primary_key=True,
        personal=True,
        hashed=True,
    ),
    column("key", String(128), "what must be taken only once", primary_key=True),
    column("at", BigInteger, "when it was taken, in ms; forgotten after a while"),
    Index("ix_taken_at", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    column("seq", Sequence, "the order of messages", primary_key=True, autoincrement=True),
    column("id", String(32), "names the message"),
    column("chat", LargeBinary, "the chat it is for, keyed", personal=True, hashed=True),
    column("channel", String(16), "how it is delivered"),
    column(
        "address",
        LargeBinary,
        "where to, encrypted; empty where it is fetched",
        nullable=True,
        personal=True,
        sealed="id",
    ),
    column("in_reply_to", String(128), "the key it answers; empty for what comes by itself", nullable=True),
    column("body", LargeBinary, "the message as shown, encrypted", personal=True, sealed="id"),
    column("letter_id", String(32), "the letter it brings; empty for others", nullable=True),
    column("priority", Integer, "0 grave, 1 a reply, 2 news"),
    column("next_try_at", BigInteger, "not before this, in ms"),
    column("tries", Integer, "how often it was tried"),
    column("created_at", BigInteger, "when it was queued, in ms"),
    Index("ix_outbox_chat", "chat", "seq"),
    Index("ix_outbox_due", "channel", "priority", "seq"),
    Index("ix_outbox_letter_id", "letter_id"),
)

said = Table(
    "said",
    metadata,
    column("seq", Sequence, "the order of messages", primary_key=True, autoincrement=True, fleeting=True),
    column("chat", LargeBinary, "the chat it stands in, keyed", personal=True, hashed=True, fleeting=True),
    column(
        "message",
        String(32),
        "the channel's own number of a message of ours, to take it back when the person erases all",
        personal=True,
        fleeting=True,
    ),
    column("said_at", BigInteger, "when it was delivered, in ms", fleeting=True),
    Index("ix_said_chat", "chat"),
    Index("ix_said_said_at", "said_at"),
)

sendings = Table(
    "sendings",
    metadata,
    person("who sent it", primary_key=True),
    column("municipality", String(64), "where it counts"),
    column("channel", String(16), "the channel it was sent from"),
    column("language", String(8), "the language it was told in"),
    column("target_group", String(16), "youth or family; empty where unsaid", nullable=True),
    column("age_band", String(16), "the age band; empty where unsaid", nullable=True),
    column("children", String(64), "a family's bands, joined by spaces", nullable=True),
    column("district", String(64), "the district; empty where unsaid", nullable=True),
    column("money", String(16), "whether money is short, as a family said", nullable=True),
    column("answer", String(16), "which answer the person wants", nullable=True),
    column("answer_time", String(16), "when they want it", nullable=True),
    column("asked_at", BigInteger, "when they last said which answer they want, in ms"),
    column("ask_again", Boolean, "whether to ask in half a year"),
    column("asked_again_at", BigInteger, "when the person was asked again, in ms", nullable=True),
    column("attested", Boolean, "a worker's code was used"),
    column("assisted", Boolean, "a worker helped to fill it in"),
    column(
        "attester",
        LargeBinary,
        "whose codes show that this is somebody of the municipality, keyed; to see whether the codes of one "
        "place alone turn what money goes to",
        nullable=True,
        personal=True,
        hashed=True,
    ),
    column("interpreter", Boolean, "the person wants an interpreter"),
    column("sent_at", BigInteger, "when it was last sent, in ms"),
    column(
        "source",
        LargeBinary,
        "where it came from, keyed and salted by the day; for floods, and gone within a day",
        nullable=True,
        hashed=True,
        fleeting=True,
    ),
    column("flagged", Boolean, "it came in a flood; counts are shown with and without it"),
    column(
        "repeated",
        Boolean,
        "somebody had answered in the same browser; kept, and in no count",
        default=False,
    ),
    Index("ix_sendings_municipality", "municipality", "sent_at"),
    Index("ix_sendings_sent_at", "sent_at"),
)

needs = Table(
    "needs",
    metadata,
    column("id", String(32), "names the need", primary_key=True),
    person("whose need it is"),
    column("place", Integer, "order of importance, 1 first"),
    column("category", String(64), "the kind of need: as the person confirmed it, or staff corrected it"),
    column("confirmed", String(64), "what the person confirmed, where staff corrected it", nullable=True),
    column("suggested", Text, "what the machine suggested, joined by spaces"),
    column(
        "words",
        LargeBinary,
        "the person's own words, masked and encrypted",
        nullable=True,
        personal=True,
        sealed="id",
    ),
    column("obstacle", String(32), "what stands in the way", nullable=True),
    Index("ix_needs_conversation_id", "conversation_id"),
    Index("ix_needs_category", "category"),
)

red_flags = Table(
    "red_flags",
    metadata,
    column("id", String(32), "names the flag", primary_key=True),
    column(
        "conversation_id",
        String(32),
        "whose words raised it; empty when the person erased all",
        ForeignKey("conversations.id", ondelete="SET NULL"),
        nullable=True,
        personal=True,
    ),
    column("municipality", String(64), "whose staff must see it"),
    column("kind", String(32), "the kind of danger"),
    column("strength", String(8), "sure or maybe"),
    column("age_band", String(16), "the age band, for who must read it", nullable=True),
    column(
        "words",
        LargeBinary,
        "the deciding words, encrypted; empty when deleted",
        nullable=True,
        personal=True,
        sealed="id",
    ),
    column(
        "contact",
        LargeBinary,
        "a safe way to the person, given for this alone, unmasked and encrypted",
        nullable=True,
        personal=True,
        sealed="id",
    ),
    column("lines_shown", Text, "the help lines the person was shown, joined by spaces"),
    column("wants_adult", Boolean, "the person asks that an adult makes contact"),
    column("raised_at", BigInteger, "when it was raised, in ms"),
    column("seen_by", BigInteger, "when somebody must have taken it, as the person was told, in ms"),
    column("owner", String(64), "the worker who took it; empty until then", nullable=True),
    column("owned_at", BigInteger, "when it was taken, in ms", nullable=True),
    column("kept", Boolean, "reported, in a municipality that keeps a reported case"),
    column("handed_over_at", BigInteger, "when it moved to the case system, in ms", nullable=True),
    Index("ix_red_flags_conversation_id", "conversation_id"),
)

flag_decisions = Table(
    "flag_decisions",
    metadata,
    column("id", String(32), "names the decision", primary_key=True),
    column(
        "flag_id",
        String(32),
        "what it decides; it goes with its flag",
        ForeignKey("red_flags.id", ondelete="CASCADE"),
    ),
    column("reported", Boolean, "whether a report was made"),
    column("reported_to", String(32), "child welfare, police or others; empty if not made", nullable=True),
    column("police", Boolean, "whether the police were told as well"),
    column("by", String(64), "the worker who decided"),
    column("reason", LargeBinary, "why, in the worker's words, encrypted", personal=True, sealed="id"),
    column("at", BigInteger, "when it was decided, in ms"),
    Index("ix_flag_decisions_flag_id", "flag_id"),
)

alerts = Table(
    "alerts",
    metadata,
    column("id", String(32), "names the alert", primary_key=True),
    column("subject", String(8), "what waits: flag, answer or need"),
    column(
        "flag_id",
        String(32),
        "the flag that waits; empty for an answer or a need",
        ForeignKey("red_flags.id", ondelete="CASCADE"),
        nullable=True,
    ),
    column("municipality", String(64), "whose roster is told"),
    column("duty", String(64), "who in the roster is told"),
    column("queued_at", BigInteger, "when it was due, in ms"),
    column("next_try_at", BigInteger, "not tried before this, in ms"),
    column("tries", Integer, "how often it was tried"),
    column("sent_at", BigInteger, "when the mail server or command took it, in ms", nullable=True),
    column("error", String(128), "the class of the last error, never its text", nullable=True),
    Index("ix_alerts_flag_id", "flag_id"),
    Index("ix_alerts_sent_at", "sent_at"),
)

alert_routes = Table(
    "alert_routes",
    metadata,
    column("mark", String(64), "a hash of the route; another server is another route", primary_key=True),
    column("tested_at", BigInteger, "when a test alert went through, in ms"),
)

codes = Table(
    "codes",
    metadata,
    column("hash", LargeBinary, "finds the code, keyed", primary_key=True, hashed=True),
    column("kind", String(16), "attested or assisted"),
    column("municipality", String(64), "where the code is worth something"),
    column("place", String(64), "where it was handed out", nullable=True),
    column(
        "attester",
        LargeBinary,
        "whose codes it belongs to: a place's or a worker's, keyed; nobody's where it is older",
        nullable=True,
        hashed=True,
    ),
    column("created_at", BigInteger, "when it was made, in ms"),
    column("expires_at", BigInteger, "when it is worth nothing any more, in ms", nullable=True),
    column("used_at", BigInteger, "when it was used, in ms; joined to no person", nullable=True),
)

attempts = Table(
    "attempts",
    metadata,
    column(
        "source",
        LargeBinary,
        "who tries, keyed and salted by the day",
        primary_key=True,
        hashed=True,
        fleeting=True,
    ),
    column("at_hour", BigInteger, "the hour, counted from 1970", primary_key=True),
    column("count", Integer, "tries in that hour"),
)

failures = Table(
    "failures",
    metadata,
    column("id", String(32), "names the failure", primary_key=True),
    column("channel", String(16), "where it came from"),
    column("key", String(128), "the update's own id"),
    column("error", String(128), "the class of the error, never its text"),
    column("at", BigInteger, "when it was given up, in ms"),
)

erased = Table(
    "erased",
    metadata,
    column(
        "hash",
        LargeBinary,
        "names what was erased, keyed, until the journal holds it",
        primary_key=True,
        hashed=True,
    ),
    column("at", BigInteger, "when it was erased, in ms"),
)

marks = Table(
    "marks",
    metadata,
    column("name", String(64), "what is remembered: a turn of retention, a key replaced", primary_key=True),
    column("at", BigInteger, "the time of it, in ms"),
)
