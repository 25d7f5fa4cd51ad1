"""Decisions: kept once, agreed to once, and never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import call as read
from bot.mistakes import Mistake
from bot.store.engine import in_turn
from bot.store.tables.funding import calls, decisions


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, when and why."""

    call: str
    body: dict[str, Any]
    digest: str
    reason: str
    by: str
    by_name: str | None
    decided_at: int
    agreed_by: str | None
    agreed_name: str | None
    agreed_at: int | None
    final: bool

    @property
    def decider(self) -> str:
        """Who decided, as it is published; an older decision keeps the name that it said."""
        return self.by_name or self.by

    @property
    def agreer(self) -> str | None:
        """Who agreed, as it is published."""
        return self.agreed_name or self.agreed_by

    @property
    def needs(self) -> frozenset[str]:
        """The needs that a funded measure meets."""
        funded = (each["measure"] for each in self.body["decided"]["measures"] if each["units"])
        return frozenset(need for id in funded for need in self.body["names"]["needs"][id])

    def granted(self) -> dict[str, dict[int, list[tuple[str, int, int]]]]:
        """By application: for each period the measures it got, their units and øre."""
        found: dict[str, dict[int, list[tuple[str, int, int]]]] = {}
        for each in self.body["decided"]["measures"]:
            id = self.body["applications"][each["applicant"]]
            for period, units in each["periods"]:
                lots = found.setdefault(id, {}).setdefault(period, [])
                lots.append((each["measure"], units, units * each["unit_cost"]))
        return found


async def keep(
    db: AsyncConnection,
    call: str,
    body: str,
    digest: str,
    reason: str,
    by: str,
    now: int,
    *,
    final: bool,
    by_name: str | None = None,
) -> bool:
    """Keep a decision; False where the call has one that is final, or waits for another to agree."""
    await in_turn(db, f"decision {call}")  # of two who decide at once, the second finds the first's
    if await of_call(db, call) is not None:
        return False
    row = {
        "call_key": call,
        "body": body,
        "digest": digest,
        "reason": reason,
        "by": by,
        "by_name": by_name,
        "decided_at": now,
        "final": final,
    }
    await db.execute(insert(decisions), [row])
    return True


async def agree(db: AsyncConnection, call: str, by: str, now: int, agreed_name: str | None = None) -> bool:
    """Make a decision final by another name; False where none waits, or it is the same person's."""
    waits = (decisions.c.call_key == call, decisions.c.final.is_(False), decisions.c.by != by)
    values = {"agreed_by": by, "agreed_name": agreed_name, "agreed_at": now, "final": True}
    return (await db.execute(update(decisions).where(*waits).values(**values))).rowcount > 0


async def take_back(db: AsyncConnection, call: str) -> bool:
    """Take back a decision that nobody has agreed to yet."""
    waits = (decisions.c.call_key == call, decisions.c.final.is_(False))
    return (await db.execute(decisions.delete().where(*waits))).rowcount > 0


async def of_call(db: AsyncConnection, call: str) -> Decision | None:
    """The decision of a call, if there is one."""
    row = (await db.execute(select(decisions).where(decisions.c.call_key == call))).one_or_none()
    return None if row is None else _decision(row)


async def met(db: AsyncConnection) -> dict[str, frozenset[str]]:
    """By municipality, the needs that a measure meets which a final decision gave money."""
    query = select(decisions, calls.c.text).join(calls).where(decisions.c.final)
    found: dict[str, frozenset[str]] = {}
    for row in await db.execute(query):
        for key in read.read(row.text).municipalities:
            found[key] = found.get(key, frozenset()) | _decision(row).needs
    return found


class ChangedDecision(Mistake):
    """A decision is not as it was made; the text says of which call."""


def _decision(row: Row[Any]) -> Decision:
    """A decision as it was made: its words were hashed then, and others are no decision."""
    if hashlib.sha256(row.body.encode()).hexdigest() != row.digest:
        raise ChangedDecision(
            f"the decision of {row.call_key} is not as it was made: it was changed in the database"
        )
    held = {name: row._mapping[name] for name in decisions.c.keys()}  # noqa: SIM118 - columns are no dict
    return Decision(call=held.pop("call_key"), body=json.loads(held.pop("body")), **held)
