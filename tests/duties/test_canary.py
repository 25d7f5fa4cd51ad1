"""A conversation of marker strings, faults among it: no marker is in a log, a metric, a count or a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from bot import understanding
from bot.channels.base import CHANNELS, Answer, Changed, Gave, Pressed, Used, Wrote
from bot.operations import alerts
from bot.operations.routes import Route
from bot.store import needs
from bot.store.engine import reading
from dialogs.model import Heard
from tests.house import House, on_disk, opened
from tests.intake.conversations import press
from tests.operations.test_alerts import place

MARKER = "zkvarnbekk"
BREAKS = f"{MARKER} bryter alt"
CHAT = "8812734455"
WAY = f"ring {MARKER} på 412 34 567"


def breaking(text: str, language: str | None) -> Heard:
    """A reader that fails on one message, and whose error holds what was written."""
    if text == BREAKS:
        raise RuntimeError(f"can not read {text}")
    return understanding.read(text, language)


async def talk(house: House, channel: str) -> None:
    """The marker wherever a person can put it."""

    async def do(act: object) -> Answer:
        return await house.do(channel, CHAT, act, language="nb")  # type: ignore[arg-type]

    await do(Used("start"))
    await press(house, CHAT, "18-24", channel)
    await do(Wrote(f"jeg trenger {MARKER}", "m1"))
    await press(house, CHAT, "other", channel)
    await do(Changed(f"jeg trenger {MARKER} nå", "m1"))
    await press(house, CHAT, "other", channel)
    await do(Wrote(BREAKS))
    await do(Wrote(f"jeg vil ta livet mitt {MARKER}"))
    await do(Pressed(("adult",)))
    await do(Wrote(WAY))
    await do(Gave(MARKER))
    for command in ("receipt", "code", "edit", "language", MARKER):
        await do(Used(command, MARKER))
    await do(Used("start"))
    await press(house, CHAT, "none", channel)
    await press(house, CHAT, "send", channel)
    await house.write(f"Vi har lest om {MARKER}")
    await do(Wrote(f"takk, {MARKER}"))


async def tell_staff(house: House) -> None:
    """An alert that goes nowhere: what fails is logged too."""
    await alerts.once(house.world, Route(command="false"))


@pytest.mark.parametrize("channel", CHANNELS)
async def test_markers_are_nowhere_but_where_they_belong(
    sqlite_url: str, channel: str, logged: Callable[[], str]
) -> None:
    async with opened(sqlite_url, read=breaking, places={"trondheim": place()}) as house:
        await talk(house, channel)
        await tell_staff(house)
        async with reading(house.world.engine) as db:
            counts = await needs.counts(db, "trondheim", house.series.now() + 1)
        assert any(need.words and MARKER in need.words for need in await house.sent()), "it was kept"
        held = on_disk(Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent)
    told = logged()
    assert "an alert was not sent" in told
    assert "an update was given up" in told
    for secret in (MARKER, CHAT, "412 34 567"):
        assert secret not in told
        assert secret not in str(counts)
        assert secret.encode() not in generate_latest()
        assert secret.encode() not in held
