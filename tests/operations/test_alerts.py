"""Staff are told at once that something waits, again until somebody takes it, and never what it is."""

import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import select

from bot import municipalities
from bot.channels.base import Pressed, Used, Wrote
from bot.municipalities import Place
from bot.municipalities.hours import hours_of
from bot.municipalities.roster import roster_of
from bot.operations import alerts, doctor
from bot.operations.routes import Route, RouteError
from bot.settings import Settings
from bot.store import alerts as kept
from bot.store import flags
from bot.store.engine import reading
from bot.store.flags import Open
from bot.store.tables.people import alerts as rows
from tests.house import House, opened
from tests.house import Series as Time

MONDAY_NOON = 1_795_431_600_000  # 23 November 2026, 12:00 in Norway
MINUTE = 60_000
ALWAYS = hours_of([{"days": range(8), "opens": "00:00", "closes": "00:00"}])
ROSTER = roster_of(
    [
        {"name": "first", "order": 1, "mail": "first@kommune.test", "wants": ["flag", "need"]},
        {"name": "second", "order": 2, "mail": "second@kommune.test"},
        {"name": "third", "order": 3, "mail": "third@kommune.test", "wants": ["flag", "answer"]},
    ],
    ALWAYS,
)
GRAVE = "jeg vil ta livet mitt"


@dataclass
class Mailbox:
    """A mail server's memory; it can refuse for a while."""

    got: list[Message] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 try again later"
        self.got.append(message_from_bytes(envelope.content))
        return "250 taken"

    def told(self) -> list[str]:
        """Who was told, in order; the box is empty after."""
        told = [str(message["To"]).split("@")[0] for message in self.got]
        self.got.clear()
        return told


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, Route]]:
    """A real mail server on this machine."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, Route(f"smtp://127.0.0.1:{port}", "lytt@kommune.test", address="https://lytt.test/ansatt")
    controller.stop()


def place(**more: object) -> Place:
    return replace(municipalities.load()["trondheim"], roster=ROSTER, hours=ALWAYS, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def house(url: str, at: int = MONDAY_NOON) -> AsyncIterator[House]:
    async with opened(url, Time(at), places={"trondheim": place()}) as home:
        yield home


async def cries(home: House, address: str = "a") -> None:
    await home.do("web", address, Used("start"))
    await home.do("web", address, Wrote(GRAVE))


def failed() -> float:
    """How many alerts could not be sent, as it is measured."""
    return REGISTRY.get_sample_value("lytt_alerts_failed_total") or 0


async def takes(home: House) -> None:
    """A worker takes the flag there is."""
    async with home.world.engine.begin() as db:
        for flag in await flags.unowned(db):
            assert await flags.own(db, flag.id, "kari", home.series.now())


# --- the route --------------------------------------------------------------------------------


async def test_an_alert_says_nothing_of_what_waits(sqlite_url: str, mailbox: tuple[Mailbox, Route]) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await cries(home)
        assert await alerts.once(home.world, route) == 1
    (message,) = box.got
    assert message["Subject"] == "Noe venter i Lytt"
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == "Noe venter i Lytt. Logg inn for å se det. https://lytt.test/ansatt"
    whole = message.as_string().casefold()
    assert not any(word in whole for word in ("trondheim", "suicide", "livet", "rødt"))


async def test_a_command_is_told_who_and_gets_the_text(tmp_path: Path) -> None:
    script = "import os,sys; open(sys.argv[1],'w').write(os.environ['LYTT_ALERT_TO']+sys.stdin.read())"
    route = Route(command=f'{sys.executable} -c "{script}" {tmp_path / "told"}')
    await route.send("kari@kommune.test")
    assert (tmp_path / "told").read_text() == "kari@kommune.testNoe venter i Lytt. Logg inn for å se det."


async def test_a_command_that_fails_is_a_failed_alert() -> None:
    with pytest.raises(RouteError, match="status 3"):
        await Route(command=f'{sys.executable} -c "raise SystemExit(3)"').send("kari")


async def test_a_command_that_is_not_there_is_a_failed_alert_and_no_fault_of_ours(sqlite_url: str) -> None:
    async with house(sqlite_url) as home:
        await cries(home)
        assert await alerts.once(home.world, Route(command="no-such-command-anywhere")) == 0
        async with reading(home.world.engine) as db:
            assert await kept.failing(db) == 1


@pytest.mark.parametrize("url", ["http://mail.test", "smtp://", "mail.test:25"])
async def test_an_address_of_no_mail_server_is_said_plainly(url: str) -> None:
    with pytest.raises(RouteError, match="LYTT_SMTP_URL"):
        await Route(url, "lytt@kommune.test").send("kari@kommune.test")


async def test_a_route_is_tested_once_and_another_route_is_not(
    database_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(database_url) as home:
        assert await alerts.test(home.world, route) == 3
        assert box.told() == ["first", "second", "third"]
        other = replace(route, mail="other@kommune.test")
        async with reading(home.world.engine) as db:
            assert await kept.tested_at(db, route.mark) == home.series.now()
            assert await kept.tested_at(db, other.mark) is None


async def test_a_test_that_fails_leaves_the_route_untested(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    box.refuses = True
    async with house(sqlite_url) as home:
        with pytest.raises(RouteError, match="did not go out"):
            await alerts.test(home.world, route)
        async with reading(home.world.engine) as db:
            assert await kept.tested_at(db, route.mark) is None


# --- again, and further -----------------------------------------------------------------------


async def test_who_is_first_is_told_again_until_somebody_takes_it(
    database_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(database_url) as home:
        await cries(home)
        await alerts.once(home.world, route)
        assert box.told() == ["first"]
        home.series.pass_time(9 * MINUTE)
        await alerts.once(home.world, route)
        assert box.told() == []
        home.series.pass_time(MINUTE)
        await alerts.once(home.world, route)
        assert box.told() == ["first"]
        await takes(home)
        home.series.pass_time(60 * MINUTE)
        await alerts.once(home.world, route)
        assert box.told() == []


async def test_an_unread_flag_goes_down_the_roster(sqlite_url: str, mailbox: tuple[Mailbox, Route]) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await cries(home)
        seen: list[list[str]] = []
        for minutes in (0, 31, 30):
            home.series.pass_time(minutes * MINUTE)
            await alerts.once(home.world, route)
            seen.append(box.told())
    assert seen == [["first"], ["first", "second"], ["first", "second", "third"]]


async def test_a_new_flag_is_told_at_once_though_another_waits(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await cries(home, "a")
        await alerts.once(home.world, route)
        await cries(home, "b")
        await alerts.once(home.world, route)
    assert box.told() == ["first", "first"]


async def test_what_could_not_be_sent_is_tried_again_and_counted(
    database_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    box.refuses = True
    async with house(database_url) as home:
        await cries(home)
        before = failed()
        assert await alerts.once(home.world, route) == 0
        assert failed() == before + 1
        async with reading(home.world.engine) as db:
            assert await kept.failing(db) == 1
            assert (await db.execute(select(rows.c.error))).scalar_one().startswith("smtplib.")
        box.refuses = False
        home.series.pass_time(MINUTE)
        assert await alerts.once(home.world, route) == 1
        async with reading(home.world.engine) as db:
            assert await kept.failing(db) == 0
    assert box.told() == ["first"]


async def test_the_doctor_says_that_an_alert_has_not_gone_out(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    box.refuses = True
    async with house(sqlite_url) as home:
        await cries(home)
        await alerts.once(home.world, route)
        settings = Settings(_env_file=None, database_url=sqlite_url, alert_command="true")
        findings = {each.name: each for each in await doctor.examined(settings, home.series.now())}
    assert findings["alerts"].state == "wrong"
    assert findings["alerts"].about.startswith("1 alerts were tried")


async def test_an_alert_outlives_the_process_that_queued_it(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    box.refuses = True
    async with house(sqlite_url) as home:
        await cries(home)
        await alerts.once(home.world, route)
    box.refuses = False
    async with house(sqlite_url, MONDAY_NOON + 5 * MINUTE) as again:
        await alerts.once(again.world, route)
    assert box.told() == ["first"]


async def test_a_flag_taken_before_its_alert_went_out_wakes_nobody(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    box.refuses = True
    async with house(sqlite_url) as home:
        await cries(home)
        await alerts.once(home.world, route)
        await takes(home)
        box.refuses = False
        home.series.pass_time(20 * MINUTE)
        await alerts.once(home.world, route)
    assert box.told() == []


async def test_needs_and_answers_are_told_to_who_chose_them(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await home.do("web", "a", Used("start"))
        for ids in (("18-24",), ("money_food_clothes",), ("food",), ("heimdal",), ("send",)):
            await home.do("web", "a", Pressed(ids))
        await alerts.once(home.world, route)
        assert box.told() == ["first"]  # a need; nobody has asked for an answer yet
        await home.do("web", "a", Pressed(("adult",)))
        await alerts.once(home.world, route)
        assert box.told() == ["third"]
        await alerts.once(home.world, route)
        assert box.told() == []


async def test_a_flag_that_waits_long_is_told_of_ever_more_slowly(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await cries(home)
        heard: list[int] = []
        for minute in range(120):
            await alerts.once(home.world, route)
            heard += [minute] * box.told().count("first")
            home.series.pass_time()
    assert heard == [0, 10, 20, 40, 70, 100]


async def test_a_storm_of_flags_is_no_storm_of_alerts_and_none_waits_long(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        heard: list[int] = []
        for minute in range(60):
            await cries(home, f"chat {minute}")
            await alerts.once(home.world, route)
            heard += [home.series.now()] * box.told().count("first")
    assert len(heard) <= 20
    pauses = [later - earlier for earlier, later in pairwise(heard)]
    assert pauses[:2] == [2 * MINUTE, 2 * MINUTE]  # the first three at once
    assert max(pauses) <= alerts.AGAIN_MS + 2 * MINUTE


async def test_a_flag_of_a_municipality_that_is_gone_is_told_to_the_one_there_is(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with opened(sqlite_url, Time(MONDAY_NOON), places={"gone": place(), "trondheim": place()}) as home:
        await home.do("web", "a", Used("start"), municipality="gone")
        await home.do("web", "a", Wrote(GRAVE))
    async with house(sqlite_url, MONDAY_NOON + 5 * MINUTE) as left:
        await alerts.once(left.world, route)
    assert box.told() == ["first"]


# --- the rules alone --------------------------------------------------------------------------


def flag(raised: int, seen_by: int) -> Open:
    return Open("f", "trondheim", raised, seen_by)


def test_nobody_is_woken_off_duty() -> None:
    day = hours_of([{"days": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "15:00"}])
    home = place()
    home = replace(home, roster=tuple(replace(duty, hours=day) for duty in ROSTER))
    night = int(datetime(2026, 11, 23, 22, tzinfo=UTC).timestamp() * 1000)
    morning = int(datetime(2026, 11, 24, 8, tzinfo=UTC).timestamp() * 1000)
    waits = [flag(night, morning + 30 * MINUTE)]
    assert list(alerts.flags_due(waits, lambda key: home, {}, {}, night)) == []
    assert [due.told[2] for due in alerts.flags_due(waits, lambda key: home, {}, {}, morning)] == ["first"]


@given(now=st.integers(0, 4_000_000_000_000), seen_by=st.integers(0, 4_000_000_000_000))
def test_no_clock_makes_a_step_negative(now: int, seen_by: int) -> None:
    assert alerts.step(flag(0, seen_by), now) >= 0


@given(tries=st.integers(0, 1_000_000), now=st.integers(0, 4_000_000_000_000))
def test_a_next_try_is_never_far_away(tries: int, now: int) -> None:
    assert now < alerts.later(tries, now) <= now + alerts.AGAIN_MS


async def test_a_clock_set_back_neither_silences_nor_floods(
    sqlite_url: str, mailbox: tuple[Mailbox, Route]
) -> None:
    box, route = mailbox
    async with house(sqlite_url) as home:
        await cries(home)
        home.series.pass_time(60 * MINUTE)
        await alerts.once(home.world, route)
        box.told()
        home.series.pass_time(-50 * MINUTE)
        for _ in range(3):
            await alerts.once(home.world, route)
    assert box.told() == ["first"]
