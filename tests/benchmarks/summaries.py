"""`python -m tests.benchmarks.summaries`: a release of a million needs, and an export of all of them."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from bot.intake import World
from bot.operations import releasing
from bot.operations.handing_out import Wish, needs_file
from bot.store.engine import migrate, open_engine
from bot.summaries import Grid, Place
from tests.exports.told import tell
from tests.house import Series, world_on
from tests.summaries.people import TOPIC_OF, YEAR, crowd

NEEDS = 1_000_000
AT_ONCE = 20_000  # people
MOST_SECONDS, MOST_MB = 10, 500
DISTRICTS = ("midtbyen", "ostbyen", "lerkendal", "heimdal")
GRID = Grid((YEAR,), (Place("froya"), Place("trondheim", DISTRICTS)), TOPIC_OF, ("other",))


async def fill(world: World) -> int:
    """People with needs, until there are enough; returns how many needs."""
    count = people = 0
    while count < NEEDS:
        told = crowd(GRID, AT_ONCE, seed=people)
        await tell(world, told, first=people)
        count, people = count + sum(len(voice.needs) for voice in told), people + AT_ONCE
    return count


def memory() -> int:
    """The most this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def run() -> bool:
    """Measure both; whether they stay within their bars."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite+aiosqlite:///{folder}/lytt.db")
        await migrate(engine)
        world = world_on(engine, Series())
        count = await fill(world)
        begun, worked = time.monotonic(), time.process_time()
        release = await releasing.released(world, 5)
        took, worked = time.monotonic() - begun, time.process_time() - worked
        assert release is not None
        print(f"{count:,} needs released in {took:.1f} s ({worked:.1f} s of a core), {memory()} MB")
        begun = time.monotonic()
        await needs_file(world, Wish(Path(folder) / "needs.csv"), production=False)
        print(f"exported as .csv in {time.monotonic() - begun:.1f} s, {memory()} MB")
        await engine.dispose()
    return took <= MOST_SECONDS and memory() <= MOST_MB


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(run()) else 1)
