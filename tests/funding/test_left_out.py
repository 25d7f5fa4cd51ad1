"""What a call refuses plays no part in it, whatever the reason: the round stays the same to the last byte."""

from typing import Any

import pytest

from bot.allocation import snapshot
from bot.allocation.account import canonical
from bot.clock import DAY_MS, milliseconds
from bot.funding import applying, rounds
from bot.store import calls
from tests.funding.test_programmes import EVERYWHERE, OWN
from tests.funding.written import CALLS, FILES, bent
from tests.house import House, Series, opened


async def add(house: House, key: str, drafts: list[dict[str, Any]]) -> list[applying.Added]:
    world = house.world
    written = [(world.new_id(), f"{world.new_id()[-8:]}CODE", draft) for draft in drafts]
    async with world.engine.begin() as db:
        held = await calls.named(db, key)
        return await applying.add(db, world.keys, held, written, world.places, house.series.at)


async def round_now(house: House, key: str) -> str:
    world = house.world
    async with world.engine.begin() as db:
        return canonical(
            snapshot.written((await rounds.competition(db, world.keys, key, world.places)).round)
        )


@pytest.mark.parametrize("key", OWN)
async def test_what_a_call_refuses_changes_nothing_whatever_the_reason(sqlite_url: str, key: str) -> None:
    cases = [(changes, rules) for changes, rules, _ in (*EVERYWHERE, *OWN[key]) if rules]
    async with opened(sqlite_url, Series(milliseconds(CALLS[key].opens) + DAY_MS)) as house:
        async with house.world.engine.begin() as db:
            await calls.add(db, house.world.keys, FILES[key], "seed", house.series.at)
        (first,) = await add(house, key, [bent(key, {})])
        assert first.taken
        before = await round_now(house, key)
        drafts = [
            bent(key, {"title": f"Nummer {place}"} | changes) for place, (changes, _) in enumerate(cases)
        ]
        added = await add(house, key, drafts)
        assert not any(each.taken for each in added)
        for each, (_, rules) in zip(added, cases, strict=True):
            found = {reason.rule for reason in each.reasons if reason.refuses}
            assert {
                "part" if rule.startswith("part-") and "part" in rules else rule for rule in found
            } >= rules
        assert await round_now(house, key) == before
