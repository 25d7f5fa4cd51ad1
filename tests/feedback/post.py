"""A worker who writes to the one person there is, and what has become of the letters."""

from sqlalchemy import select

from bot import feedback
from bot.store import threads
from bot.store.engine import reading
from bot.store.tables.people import conversations
from bot.store.threads import Kept
from tests.house import House

KARI = "Kari fra Uteseksjonen"


async def person(house: House) -> str:
    """The one conversation there is."""
    async with reading(house.world.engine) as db:
        id: str = (await db.execute(select(conversations.c.id))).scalar_one()
    return id


async def write(house: House, words: str, id: str | None = None, due_at: int | None = None) -> list[bytes]:
    """A worker writes to the person; the chats that have something new."""
    house.series.pass_time()
    now = house.series.now()
    letter = Kept(
        id=house.series.new_id(),
        conversation_id=id or await person(house),
        author="worker",
        name=KARI,
        words=words,
        written_at=now,
        due_at=due_at or now,
        worker="kari",
    )
    async with house.world.engine.begin() as db:
        return await feedback.write(db, house.world, letter)


async def told(house: House) -> list[tuple[str, str, bool]]:
    """Author, words and whether anybody has them, of every letter in order."""
    async with reading(house.world.engine) as db:
        kept = await threads.of(db, house.world.keys, await person(house))
    return [(each.author, each.words, each.shown_at is not None) for each in kept]
