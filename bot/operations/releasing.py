"""Release counts, once a week at most: pages, files and programs all show the newest release."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import OSLO, WEEK_MS, day, milliseconds
from bot.exports.labels import Labels
from bot.intake import World
from bot.municipalities import Place
from bot.operations import turns
from bot.store import categories, conversations, decisions, publishing
from bot.store.engine import reading
from bot.store.publishing import Span
from bot.summaries import Grid, Key, Release, count, half_year, suppress
from bot.summaries import Place as Counted
from bot.summaries.figures import QUESTION, UNSENT
from dialogs import engine
from dialogs.categories import CATEGORIES, TOPICS, Category
from dialogs.model import Conversation, Situation
from dialogs.needs import OTHER
from dialogs.questions import SCRIPT
from dialogs.questions.who import notice_mark
from dialogs.text import Text

EVERY_SECONDS = 3_600
EVERY_MS = WEEK_MS  # more often, and a number that moves would tell which day somebody answered
ASKED = ("who", "need", "first", "district", "money")  # the questions whose answers are counted
log = structlog.get_logger()


async def released(world: World, fewest: int) -> Release | None:
    """The newest release; a new one is made when the last is a week old and enough people have told more.

    None while fewer people than a number may stand for have sent anything.
    """
    await once(world, fewest)
    async with reading(world.engine) as db:
        return await publishing.latest(db)


async def labels(db: AsyncConnection, places: Mapping[str, Place]) -> Labels:
    """What a release is told with: names, and which needs are met."""
    added = [each.category for each in await categories.listed(db)]
    return Labels(places, added, await decisions.met(db))


async def run(world: World, fewest: int) -> None:
    """Release again and again, whoever looks."""
    await turns.again_and_again("releasing", partial(once, world, fewest), EVERY_SECONDS)


async def once(world: World, fewest: int) -> None:
    """Make a new release if one is due."""
    now = world.now()
    async with reading(world.engine) as db:
        last = await publishing.last_released(db)
        since = last[1] if last else 0
        due = now - since >= EVERY_MS and await publishing.sent_since(db, since) >= fewest
    if due:
        await _release(world, (last[0] if last else 0) + 1, since, now, fewest)


async def _release(world: World, number: int, since: int, now: int, fewest: int) -> None:
    """Count, choose what may be shown, and keep it; where two do so at once, the first is kept."""
    async with reading(world.engine) as db:
        spans = _spans(since or await publishing.first_sent(db) or now, now)
        added = await categories.listed(db)
        grid = _grid(world.places, [span.half_year for span in spans], [each.category for each in added])
        counts = count(await publishing.voices(db, spans), grid)
        counts |= await _stops(world, db, grid)
        earlier = await publishing.renewed(db, grid)
        kept = await publishing.latest(db)
    # beside the loop: it takes seconds in a town, and the same process talks with people
    shown = await asyncio.to_thread(suppress, counts, grid, earlier, fewest)
    frame = _frame(world, grid, kept)
    try:
        async with world.engine.begin() as db:
            await publishing.keep(db, number, now, fewest, frame, shown)
    except IntegrityError:
        return
    log.info("counts released", count=len(shown))


def _spans(since: int, now: int) -> list[Span]:
    """The half-years that are not closed: one is closed when it has been released after its end."""
    first, last = day(since), day(now)
    spans, at = [], date(first.year, 1 if first.month < 7 else 7, 1)
    while at <= last:
        after = date(at.year, 7, 1) if at.month == 1 else date(at.year + 1, 1, 1)
        spans.append(Span(half_year(at), _midnight(at), _midnight(after)))
        at = after
    return spans


def _midnight(at: date) -> int:
    return milliseconds(datetime(at.year, at.month, at.day, tzinfo=OSLO))


def _grid(places: Mapping[str, Place], half_years: Iterable[str], added: Sequence[Category] = ()) -> Grid:
    """All that is counted: it follows from settings and added categories, never from who answered.

    A category that is no longer offered stays: what was told under it is counted as it was told.
    """
    held = (places[key].municipality for key in sorted(places))
    every = (*CATEGORIES.values(), *added)
    topics = {topic: tuple(each.key for each in every if each.topic == topic) for topic in TOPICS}
    return Grid(
        tuple(half_years),
        tuple(Counted(each.key, tuple(district.key for district in each.districts)) for each in held),
        topics,
        (OTHER,),
        tuple(question.id for question in SCRIPT.questions),
    )


async def _stops(world: World, db: Any, grid: Grid) -> Counter[Key]:
    """Where people stopped before sending, by question."""
    found: Counter[Key] = Counter()
    async for conversation in conversations.unsent(db, world.keys):
        place = world.places.get(conversation.municipality)
        question = place and engine.current(conversation, _situation(place))
        if question and question.id in grid.questions:
            unsent = Key(grid.half_years[-1], conversation.municipality, counted=UNSENT)
            found[unsent] += 1
            found[unsent._replace(split=QUESTION, part=question.id)] += 1
    return found


def _situation(place: Place) -> Situation:
    return Situation(place.municipality, spoken=lambda text: (text.msgid,))


def _frame(world: World, grid: Grid, kept: Release | None) -> dict[str, Any]:
    closed = tuple(year for year in kept.grid.half_years if year not in grid.half_years) if kept else ()
    notices = {key: notice_mark(_situation(place)) for key, place in world.places.items()}
    whole = Grid((*closed, *grid.half_years), grid.places, grid.topics, grid.loose, grid.questions)
    return publishing.frame_of(whole, _words(world), notices)


def _words(world: World) -> dict[str, str]:
    """The questions as they are asked."""
    situation = _situation(world.places[world.place])
    begun = Conversation(municipality=world.place, language="nb", answers={"who": ("18-24",)})

    def said(texts: tuple[Text, ...]) -> str:
        return " ".join(world.words.say(text, "nb") for text in texts)

    return {id: said(SCRIPT.by_id[id].ask(begun, situation)) for id in ASKED}
