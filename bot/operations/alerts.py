"""Tell who is on duty that something waits, again until somebody takes it, and further by the roster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import HOUR_MS, MINUTE_MS, moment
from bot.intake import World
from bot.logs import error_class
from bot.municipalities import Place
from bot.municipalities.lines import unchecked
from bot.municipalities.roster import ANSWER, FLAG, NEED, told_now
from bot.operations import turns
from bot.operations.routes import FAULTS, Route, RouteError
from bot.store import alerts, audit, flags, staff
from bot.store.alerts import Alert, Told
from bot.store.audit import Deed, Scribe
from bot.store.engine import reading
from bot.store.flags import Open

READING = "reading"  # the subject of an alert about staff
ITSELF = "lytt itself"  # who wrote a line that no human did; no account can have a space in its name
AGAIN_MS = 10 * MINUTE_MS  # until somebody has taken it; then ever more slowly
STEP_MS = 30 * MINUTE_MS  # after the deadline, one more in the roster each time; and the slowest again
AT_ONCE = 3  # new flags in an hour; each of more is told of within AGAIN_MS: a phone that never rests is shut
QUIET_MS = 60 * MINUTE_MS  # between two alerts of needs or answers: nobody is in danger
FIRST_TRY_MS = 15_000
EVERY_SECONDS = 15.0
WARN_EVERY_MS = 24 * 60 * MINUTE_MS
FAILED = Counter("lytt_alerts_failed", "Alerts that could not be sent")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that must go out, and the flag it is for."""

    told: Told
    flag_id: str | None = None


# --- the rules: pure, and a clock set back neither silences them nor makes them shout ---------------


def step(flag: Open, now: int) -> int:
    """How far a flag has gone down the roster: 0 until its deadline, then one more each half hour."""
    return 0 if now < flag.seen_by else 1 + (now - flag.seen_by) // STEP_MS


def pause(flag: Open, before: int, lately: int) -> int:
    """How long after the last alert this flag may give one, in ms; `lately` is how many the last hour had."""
    if before < flag.raised_at:
        return min(MINUTE_MS << min(lately - AT_ONCE, 10), AGAIN_MS) if lately >= AT_ONCE else 0
    return min(max(before - flag.raised_at, AGAIN_MS), STEP_MS)


def flags_due(
    waiting: Sequence[Open],
    place_of: Callable[[str], Place],
    last: Mapping[Told, int],
    lately: Mapping[Told, int],
    now: int,
) -> Iterator[Due]:
    """Who must be told of flags that nobody has taken: once for all, and again after a growing pause."""
    told: set[Told] = set()
    for flag in waiting:
        roster = place_of(flag.municipality).roster
        for duty in told_now(roster, FLAG, step(flag, now), moment(now)):
            key = (FLAG, flag.municipality, duty.name)
            before = last.get(key)
            rested = before is None or now - before >= pause(flag, before, lately.get(key, 0))
            if rested and key not in told:
                told.add(key)
                yield Due(key, flag.id)


def news_due(
    place: Place, subject: str, newest: int | None, last: Mapping[Told, int], now: int
) -> Iterator[Due]:
    """Who wants to hear that something new was sent, at most once an hour."""
    everybody = len(place.roster)
    for duty in told_now(place.roster, subject, everybody, moment(now)):
        key = (subject, place.municipality.key, duty.name)
        before = last.get(key, 0)
        if newest is not None and newest > before and now - before >= QUIET_MS:
            yield Due(key)


def later(tries: int, now: int) -> int:
    """When a failed alert is tried again: soon, then more slowly, never later than ten minutes."""
    return now + min(FIRST_TRY_MS << min(tries, 10), AGAIN_MS)


# --- at work ----------------------------------------------------------------------------------------


async def once(world: World, route: Route) -> int:
    """Queue what is due and send what waits; returns how many went out."""
    now = world.now()
    async with world.engine.begin() as db:
        await alerts.drop_taken(db)
        for due in await _due(db, world, now):
            await alerts.put(db, world.new_id(), due.told, due.flag_id, now)
        waiting = await alerts.waiting(db, now)
    return sum([await _sent(world, route, alert, now) for alert in waiting])


async def _due(db: AsyncConnection, world: World, now: int) -> list[Due]:
    last = await alerts.last_told(db, now)
    lately = await alerts.told_since(db, now - HOUR_MS, now)
    muted = await _muted(db, world)
    due = list(flags_due(await flags.unowned(db), world.place_of, last, lately, now))
    for key, place in world.places.items():
        for subject in (ANSWER, NEED):
            newest = await alerts.newest_sending(db, key, wants_answer=subject == ANSWER)
            due += [each for each in news_due(place, subject, newest, last, now) if each.told not in muted]
    return due


async def _muted(db: AsyncConnection, world: World) -> set[Told]:
    """What workers chose not to be told of; the roster names them as their accounts do."""
    accounts = [(account.name, subject) for account in await staff.every(db) for subject in account.muted]
    return {(subject, key, name) for name, subject in accounts for key in world.places}


async def _sent(world: World, route: Route, alert: Alert, now: int) -> bool:
    try:
        await route.send(_mail(world, alert))
    except FAULTS as error:
        FAILED.inc()
        log.error("an alert was not sent", error=error_class(error), tries=alert.tries + 1)
        async with world.engine.begin() as db:
            await alerts.mark_failed(db, alert.id, error_class(error), later(alert.tries, now))
        return False
    async with world.engine.begin() as db:
        await alerts.mark_sent(db, alert.id, now)
    return True


def _mail(world: World, alert: Alert) -> str:
    """Where a duty is reached; who has left the roster meanwhile is told by the common address."""
    roster = world.place_of(alert.municipality).roster
    return next((duty.mail for duty in roster if duty.name == alert.duty), "")


async def watch(world: World, route: Route, most: int) -> int:
    """Note who of staff has opened unusually many persons within the hour, and tell; returns how many."""
    now = world.now()
    async with reading(world.engine) as db:
        busy = await audit.busy(db, now - HOUR_MS, most)
    if not busy:
        return 0
    by = Scribe(world.keys, ITSELF, world.new_id, world.now)
    async with world.engine.begin() as db:
        for name, municipality in busy:
            await audit.note(db, by, Deed(audit.UNUSUAL, "account", name, municipality))
            if route.exists:  # nobody in a roster is told of a colleague: the common address is
                await alerts.put(db, world.new_id(), (READING, municipality, ""), None, now)
    return len(busy)


async def run(world: World, route: Route, most_opened: int) -> None:
    """Do so again and again, in one process of all; without a route only the warnings are given."""
    warned: int | None = None

    async def turn() -> None:
        nonlocal warned
        now = world.now()
        if route.exists:
            await once(world, route)  # first: somebody may be in danger
        if warned is None or not 0 <= now - warned < WARN_EVERY_MS:
            _warn(world, moment(now))
            warned = now
        await watch(world, route, most_opened)

    telling = partial(turns.again_and_again, "alerts", turn, EVERY_SECONDS)
    await turns.in_one_process(world.engine, "alerts", telling)


def _warn(world: World, at: datetime) -> None:
    """Lines that nobody has checked lately are told without hours; a running service goes on."""
    for key, place in world.places.items():
        if old := unchecked(place.lines, at):
            log.warning("help lines are unchecked or older than 90 days", municipality=key, count=len(old))


async def test(world: World, route: Route) -> int:
    """Send one alert to everybody in every roster, and remember that the route works; returns how many."""
    if not route.exists:
        raise RouteError("set LYTT_ALERT_MAIL and LYTT_SMTP_URL, or LYTT_ALERT_COMMAND")
    everybody = {duty.mail for place in world.places.values() for duty in place.roster} or {""}
    for mail in sorted(everybody):
        try:
            await route.send(mail)
        except FAULTS as error:
            told = str(error) if isinstance(error, RouteError) else error_class(error)
            raise RouteError(f"the test alert did not go out: {told}") from error
    async with world.engine.begin() as db:
        await alerts.mark_tested(db, route.mark, world.now())
    return len(everybody)
