"""Killed while a letter is brought or answered, Lytt brings it all the same, and keeps the answer once."""

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store import threads
from bot.store.crypto import read_keys
from bot.store.engine import open_engine, reading
from bot.store.tables.people import conversations
from bot.store.threads import Kept
from tests.emulator import Emulator, Person
from tests.faults.answers import SHORT, reply_to
from tests.faults.crowd import Crowd
from tests.faults.lytt import Lytt
from tests.faults.test_kills import FULL

LETTER, ANSWER = "Vil du møte en av oss?", "ja det vil jeg gjerne"
WITHIN = 60.0
EVERY = list(product(("bringing", "brought", "sent"), ("stepped", "saved", "committed")))


async def letters(lytt: Lytt, put: str = "") -> list[Kept]:
    """Every letter of the one person there is; first one more is put that is due at once."""
    engine, keys = open_engine(lytt.database), read_keys(lytt.folder / "keys")
    try:
        async with reading(engine) as db:
            id: str = (await db.execute(select(conversations.c.id))).scalar_one()
        if put:
            async with engine.begin() as db:
                await threads.put(db, keys, [_letter(id, put)])
        async with reading(engine) as db:
            return await threads.of(db, keys, id)
    finally:
        await engine.dispose()


def _letter(id: str, words: str) -> Kept:
    return Kept("f" * 32, id, "worker", "Kari", words, written_at=1, due_at=1, worker="kari")


def heard(person: Person, words: str) -> bool:
    return any(words in message.text for message in person.heard())


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("brings", "takes"), EVERY if FULL else EVERY[::4])
async def test_a_letter_comes_and_its_answer_is_kept_once(tmp_path: Path, brings: str, takes: str) -> None:
    async with Emulator() as emulator:
        told = {"LYTT_TELEGRAM_TOKEN": emulator.token, "LYTT_TELEGRAM_BASE_URL": emulator.base_url}
        lytt, telegram = Lytt(tmp_path, "telegram", told), emulator.telegram
        crowd = Crowd(emulator, lambda number, message, replied: reply_to(message.text, SHORT))
        crowd.begin(10_000)
        await lytt.start()
        await telegram.until(lambda: crowd.finished == 1, WITHIN)
        await lytt.kill()
        telegram.on_message = lambda message: None
        await letters(lytt, LETTER)
        await lytt.start(kill_at=f"{brings}:1")
        await lytt.died()
        person = emulator.person(number=10_000)
        await lytt.start(kill_at=f"{takes}:1")
        await telegram.until(lambda: heard(person, LETTER), WITHIN)
        person.says(ANSWER)
        await lytt.died()
        await lytt.start()
        await telegram.until(lambda: heard(person, "Jeg har gitt det videre."), WITHIN)
        await lytt.kill()
        kept = await letters(lytt)
    assert [(each.author, each.words) for each in kept] == [("worker", LETTER), ("person", ANSWER)]
    assert kept[0].told_at is not None
