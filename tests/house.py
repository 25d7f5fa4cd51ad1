"""A house for tests: intake at work on a real database, with time, ids and receipts of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import feedback, municipalities, understanding
from bot.channels.base import Act, Answer, Incoming
from bot.clock import MINUTE_MS
from bot.i18n import Words
from bot.intake import World
from bot.intake.door import Intake
from bot.store import codes, needs
from bot.store.crypto import Keys
from bot.store.engine import open_engine, reading
from bot.store.needs import SentNeed
from bot.store.tables.casework import letters
from bot.store.tables.people import conversations, red_flags
from bot.store.threads import Kept
from dialogs.model import Heard

ROOT = Path(__file__).parents[1]
KEYS = Keys((bytes(range(32)),))
EVENING = 1_795_460_400_000  # Monday 23 November 2026, 20:00 in Norway: nobody is at work
WORKER = "Kari fra Uteseksjonen"
Understand = Callable[[str, str | None], Heard]


@cache
def words() -> Words:
    """The catalogues, read once for all tests."""
    return Words(ROOT / "locales")


@dataclass
class Series:
    """Time and identities in a test's hand: both go on only when they are told to."""

    at: int = EVENING
    made: int = 0

    def now(self) -> int:
        return self.at

    def pass_time(self, milliseconds: int = MINUTE_MS) -> None:
        self.at += milliseconds

    def new_id(self) -> str:
        self.made += 1
        return f"{self.made:032x}"

    def new_receipt(self) -> str:
        self.made += 1
        return f"{4_821_000_000_000_000 + self.made * 7919:016d}"


@dataclass(frozen=True)
class House:
    """What a test needs of a running Lytt."""

    world: World
    intake: Intake
    series: Series

    async def do(self, channel: str, address: str, act: Act, **more: object) -> Answer:
        """One thing a person does, with a key that was never used."""
        self.series.pass_time()
        key = str(more.pop("key", None) or self.series.new_id())
        return await self.intake.take(replace(Incoming(channel, address, key, act), **more))  # type: ignore[arg-type]

    async def sent(self) -> list[SentNeed]:
        """Every need that was sent, in the order it came."""
        async with reading(self.world.engine) as db:
            return [need async for need in needs.sent(db, self.world.keys)]

    async def flags(self) -> list[tuple[str, str, bool]]:
        """Kind, strength and whether an adult is wanted, of every red flag in the order raised."""
        query = select(red_flags.c.kind, red_flags.c.strength, red_flags.c.wants_adult)
        async with reading(self.world.engine) as db:
            found = await db.execute(query.order_by(red_flags.c.raised_at, red_flags.c.id))
            return [(row.kind, row.strength, row.wants_adult) for row in found]

    async def make_code(self, kind: str, code: str = "AB12CD34", place: str | None = None) -> str:
        """A worker's code that can be used once."""
        async with self.world.engine.begin() as db:
            here = self.world.place
            await codes.keep(db, self.world.keys, [code], kind, here, place, self.series.now())
        return code

    async def write(self, words: str) -> list[bytes]:
        """A worker writes to the person who sent last, or else came last; the chats with something new."""
        now, last = self.series.now(), func.coalesce(conversations.c.sent_at, 0).desc()
        newest = select(conversations.c.id).order_by(last, conversations.c.created_at.desc()).limit(1)
        async with self.world.engine.begin() as db:
            id = (await db.execute(newest)).scalar_one()
            new_id = self.series.new_id()
            letter = Kept(new_id, id, "worker", WORKER, words, written_at=now, due_at=now, worker="kari")
            chats = await feedback.write(db, self.world, letter)
        self.intake.queued(chats)
        return chats

    async def said(self) -> list[str]:
        """All that people wrote to workers, in order."""
        query = select(letters).where(letters.c.author == "person").order_by(letters.c.written_at)
        async with reading(self.world.engine) as db:
            rows = await db.execute(query.order_by(letters.c.id))
            return [self.world.keys.unlock(row.words, "letters", "words", row.id) for row in rows]


def world_on(engine: AsyncEngine, series: Series, **more: object) -> World:
    """A world as the app builds it, but for time and ids; `more` replaces any part of it."""
    world = World(
        engine=engine,
        keys=KEYS,
        words=words(),
        places=municipalities.load(),
        place="trondheim",
        read=understanding.read,
        now=series.now,
        new_id=series.new_id,
        new_receipt=series.new_receipt,
        web_address="https://lytt.example",
    )
    return replace(world, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(url: str, series: Series | None = None, **more: object) -> AsyncIterator[House]:
    """A house on a migrated database; leaving it stops intake as the end of a process does."""
    series = series or Series()
    world = world_on(open_engine(url), series, **more)
    intake = Intake(world)
    task = asyncio.create_task(intake.run())
    try:
        yield House(world, intake, series)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await world.engine.dispose()


def on_disk(folder: Path) -> bytes:
    """Every byte SQLite keeps, its write-ahead log among them."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())
