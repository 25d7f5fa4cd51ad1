"""However messages arrive, twice, late, in batches or among those of others, they make the same round."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.allocation.model import Round
from bot.channels.base import Answer, Changed, Incoming, Pressed, Wrote
from bot.intake.door import Intake
from tests.funding.conftest import OPEN
from tests.funding.test_deciding import competition, filled
from tests.house import House, Series, opened
from tests.intake.conversations import press

# Who writes what; one takes a need back by an edit, and one never sends.
PEOPLE = {
    "kari": ("18-24", ("jeg trenger lappen", "jeg vil ha noen å snakke med på kvelden")),
    "ola": ("16-17", ("jeg trenger lappen",)),
    "siv": ("16-17", ("jeg vil ha en sommerjobb",)),
    "per": ("18-24", ("jeg trenger et sted å være på kvelden",)),
}
EDITED, SILENT = "siv", "per"
INSTEAD = "jeg trenger støvler til skolen"


class Recorder(Intake):
    """An intake that remembers what it was handed."""

    def __init__(self, given: Intake) -> None:
        self.given, self.handed = given, list[Incoming]()

    async def take(self, incoming: Incoming) -> Answer:
        """Hand it on."""
        self.handed.append(incoming)
        return await self.given.take(incoming)


async def talk(house: House, person: str) -> None:
    """All that one person does, from who they are to the sending."""
    who, texts = PEOPLE[person]
    await press(house, person, who)
    for number, text in enumerate(texts):
        await house.do("web", person, Wrote(text, f"m{number}"))
        if person == EDITED:
            await house.do("web", person, Changed(INSTEAD, f"m{number}"))
        await press(house, person, "yes")
    await press(house, person, "none")
    if person != SILENT:
        await press(house, person, "send")


async def round_of(house: House) -> Round:
    """What everybody who has sent comes to, in a call with two applications."""
    await filled(house, people=0)
    return (await competition(house)).round


@asynccontextmanager
async def empty(file: Path) -> AsyncIterator[House]:
    """A house with nobody in it: a property needs a new one for each example."""
    with TemporaryDirectory() as folder:
        shutil.copy(file, folder)
        async with opened(f"sqlite+aiosqlite:///{folder}/{file.name}", Series(OPEN)) as house:
            yield house


class Spoken(NamedTuple):
    """What each person did, and the round it makes where each speaks in turn."""

    talks: tuple[tuple[Incoming, ...], ...]
    round: Round


@pytest.fixture(scope="module")
def spoken(migrated_file: Path) -> Spoken:
    """What everybody does, done once."""

    async def speak() -> Spoken:
        talks = []
        async with empty(migrated_file) as house:
            for person in PEOPLE:
                recorder = Recorder(house.intake)
                await talk(replace(house, intake=recorder), person)
                talks.append(tuple(recorder.handed))
            return Spoken(tuple(talks), await round_of(house))

    return asyncio.run(speak())


def delivered(talks: Sequence[Sequence[Incoming]], draw: st.DataObject) -> list[Incoming]:
    """Every talk in its own order, among each other; some of it again at once, and some again at the end."""
    turns = [person for person, handed in enumerate(talks) for _ in handed]
    left = [iter(handed) for handed in talks]
    found: list[Incoming] = []
    for person in draw.draw(st.permutations(turns)):
        handed = next(left[person])
        tapped_twice = [replace(handed, key=f"{handed.key} again")] if isinstance(handed.act, Pressed) else []
        found += [handed, *draw.draw(st.sampled_from([[], [handed], [handed, handed], tapped_twice]))]
    return found + draw.draw(st.lists(st.sampled_from(found), max_size=10))


def batches(found: Sequence[Incoming], draw: st.DataObject) -> Iterator[Sequence[Incoming]]:
    """The same in order, some at a time."""
    size = draw.draw(st.integers(1, 12))
    yield from (found[start : start + size] for start in range(0, len(found), size))


@given(data=st.data())
@settings(max_examples=15)
def test_the_same_messages_make_the_same_round(
    spoken: Spoken, migrated_file: Path, data: st.DataObject
) -> None:
    async def again() -> Round:
        async with empty(migrated_file) as house:
            for some in batches(delivered(spoken.talks, data), data):
                await house.intake.take_all(some)
            return await round_of(house)

    assert sum(each.people for each in spoken.round.voices) == len(PEOPLE) - 1
    assert asyncio.run(again()) == spoken.round
