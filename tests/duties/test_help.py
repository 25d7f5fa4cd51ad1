"""Help is shown in every state, language and age, within a second, with the database stopped."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot import municipalities
from bot.channels.base import CHANNELS, Incoming, Unavailable, Used, Wrote
from bot.i18n import Words
from bot.intake.door import Intake
from bot.store.engine import open_engine
from dialogs import engine
from dialogs.model import Commanded, Message
from dialogs.needs import bands
from dialogs.questions.who import notice_mark
from tests.dialogs.situations import places
from tests.house import Series, opened, words, world_on
from tests.intake.conversations import text

SECOND = 1.0
NUMBERS = ("113", "112", "116 117")
GRAVE = {"nb": "jeg vil ta livet mitt", "nn": "eg vil ta livet mitt", "en": "i want to kill myself"}
AGES = (None, *bands(15), "25+", "none")


def stopped(folder: Path) -> Intake:
    """Intake whose database can not be opened."""
    return Intake(world_on(open_engine(f"sqlite+aiosqlite:///{folder}"), Series()))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_help_goes_straight_out_without_a_database(tmp_path: Path, channel: str, language: str) -> None:
    intake = stopped(tmp_path)
    intake.straight(Incoming(channel, "1", "0", Used("help"), language))  # what is read once is read
    for act in (Used("help"), Wrote("hjelp nå"), Wrote(GRAVE[language])):
        before = time.perf_counter()
        shown = intake.straight(Incoming(channel, "1", "1", act, language))
        assert time.perf_counter() - before < SECOND
        told = "\n".join(each.text for each in shown)
        assert all(number in told for number in (*NUMBERS, "116 111")), (act, told)
        assert {each.kind for each in shown} == {"grave"}


def test_an_ordinary_message_gets_no_help_it_did_not_ask_for(tmp_path: Path) -> None:
    assert stopped(tmp_path).straight(Incoming("web", "1", "1", Wrote("jeg trenger lappen"))) == ()


@pytest.mark.parametrize("who", AGES)
def test_help_is_there_in_every_state_at_every_age(who: str | None) -> None:
    for state, situation in (way for ways in places().values() for way in ways):
        answers = {**state.answers, "who": (who,) if who else ()}
        aged = state.model_copy(update={"answers": answers, "notice": notice_mark(situation)})
        before = time.perf_counter()
        outcome = engine.step(aged, Commanded("help"), situation)
        assert time.perf_counter() - before < SECOND
        assert outcome.conversation == aged, "help changes nothing"
        for language in words().languages:
            assert_helps(outcome.messages, words(), language)


def assert_helps(messages: tuple[Message, ...], spoken: Words, language: str) -> None:
    told = "\n".join(spoken.say(each, language) for message in messages for each in message.texts)
    assert all(number in told for number in NUMBERS)
    assert "start" in messages[-1].ways


async def test_a_database_that_stops_in_the_middle_takes_nothing_and_still_helps(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with opened(sqlite_url) as house:
        await house.do("web", "a", Used("start"))
        file = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
        for path in file.parent.iterdir():
            path.unlink()
        await house.world.engine.dispose()
        file.mkdir()
        with pytest.raises(Unavailable):
            await house.do("web", "a", Wrote(GRAVE["nb"]))
        shown = house.intake.straight(Incoming("web", "a", "x", Wrote(GRAVE["nb"])))
    assert "113" in "\n".join(each.text for each in shown)


async def test_a_changed_notice_is_shown_again_once(sqlite_url: str) -> None:
    new = "Dette er nytt siden sist:"
    async with opened(sqlite_url) as house:
        assert new not in text(await house.do("web", "a", Used("start")))
        assert new not in text(await house.do("web", "a", Wrote("18")))
    changed = municipalities.load()["trondheim"]
    asked = changed.municipality.model_copy(update={"notice": "another"})
    place = {"trondheim": replace(changed, municipality=asked)}
    async with opened(sqlite_url, Series(made=1000), places=place) as house:
        assert "113" in text(await house.do("web", "a", Wrote(GRAVE["nb"])))
        await house.do("web", "a", Wrote("senere"))
        again = text(await house.do("web", "a", Used("start")))
        assert new in again
        assert "barnevernet" in again
        assert new not in text(await house.do("web", "a", Used("start")))
