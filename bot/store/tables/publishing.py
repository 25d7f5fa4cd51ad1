"""What was published of what people told, so that no later release gives a small group away."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Table, Text

from bot.store.tables.base import column, metadata

releases = Table(
    "releases",
    metadata,
    column("number", Integer, "the order of releases, 1 first", primary_key=True, autoincrement=False),
    column("released_at", BigInteger, "when it was made, in ms"),
    column("fewest", Integer, "the fewest people a number of it may stand for"),
    column("frame", Text, "what was counted, the questions as asked and the notices, as JSON"),
)

figures = Table(
    "figures",
    metadata,
    column(
        "release",
        Integer,
        "the release that renewed it",
        ForeignKey("releases.number", ondelete="CASCADE"),
        primary_key=True,
    ),
    column("half_year", String(8), "when the people sent what they told", primary_key=True),
    column("place", String(64), "the municipality; empty for all together", primary_key=True),
    column("need", String(64), "the topic or category; empty for anybody", primary_key=True),
    column("split", String(16), "how people are told apart; empty for all", primary_key=True),
    column("part", String(64), "which of them", primary_key=True),
    column("counted", String(16), "what is counted of them", primary_key=True),
    column("people", Integer, "how many: never fewer than the release's fewest"),
)

added_categories = Table(
    "added_categories",
    metadata,
    column("key", String(64), "what answers keep of it", primary_key=True),
    column("topic", String(64), "the topic it is offered under"),
    column("audience", String(16), "whom it is shown to first: youth, family or both"),
    column("names", Text, "what it is called in each language, as JSON"),
    column("about", Text, "what it is about in each language, as JSON"),
    column("words", Text, "words it is known by in what people write, as JSON"),
    column("municipalities", Text, "whose people it is offered to, joined by spaces"),
    column("added_by", String(64), "the coordinator who named it"),
    column("added_at", BigInteger, "when, in ms"),
    column("retired_at", BigInteger, "from when it is no longer offered, in ms", nullable=True),
)
