"""What a worker does with a red flag: take it, decide on it, hand it over, by the municipality's rules."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.intake import World
from bot.store import flags
from bot.store.flags import Decision, Flag


class WrongDecision(Exception):
    """What a worker decided can not be filed; the text says what is missing."""


async def take(db: AsyncConnection, world: World, flag_id: str, worker: str) -> Flag | None:
    """The flag with its words, for the worker who takes it; None where another has it, or there is none."""
    if not await flags.own(db, flag_id, worker, world.now()):
        return None
    return await flags.read(db, world.keys, flag_id)


async def decide(
    db: AsyncConnection,
    world: World,
    flag_id: str,
    worker: str,
    *,
    reported_to: str | None,
    reason: str,
    police: bool = False,
) -> Decision:
    """File whether a report was made, to whom, by whom and why; only its owner decides on a flag."""
    decision = Decision(reported_to is not None, reported_to, worker, reason, world.now(), police)
    flag = await flags.read(db, world.keys, flag_id)
    if flag is None or flag.owner != worker:
        raise WrongDecision("take the flag first: only its owner decides on it")
    if not reason.strip() or reported_to == "":
        raise WrongDecision("say why, and to whom if a report was made")
    keep = world.place_of(flag.municipality).ground.keeps_reported
    await flags.decide(db, world.keys, world.new_id(), flag_id, decision, keep=keep)
    return decision


async def hand_over(db: AsyncConnection, flag_id: str, now: int) -> None:
    """Note that the case lives in the case system now; it leaves here fourteen days later."""
    if not await flags.hand_over(db, flag_id, now):
        raise WrongDecision("decide on the flag before it is handed over")
