"""The data API keeps what its description promises, whatever is asked of it, over real HTTP."""

import asyncio
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from bot.store import tokens
from tests.exports.test_summaries import GRID
from tests.exports.told import publish
from tests.summaries.people import crowd
from tests.web.serving import served

EXAMPLES = 25  # of each operation
TOKEN = "token of the county"


async def test_whatever_is_asked_the_answer_is_as_described(sqlite_url: str) -> None:
    async with served(sqlite_url) as site:
        world = site.house.world
        await publish(world, GRID, crowd(GRID, 100, seed=2))
        async with world.engine.begin() as db:
            await tokens.add(db, "county", TOKEN, ("froya", "trondheim"), world.now())
        asked = await asyncio.to_thread(ask, site.address)
        assert asked >= 3 * EXAMPLES


def ask(address: str) -> int:
    """Ask for everything the description allows, and hold each answer against it; how many there were."""
    held = httpx.get(f"{address}/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict({**held, "servers": [{"url": f"{address}/api"}]})
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def once(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(base_url=f"{address}/api", headers={"Authorization": f"Bearer {TOKEN}"})
            case.validate_response(answer)

        once()
    return asked
