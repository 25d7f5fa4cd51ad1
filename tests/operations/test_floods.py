"""A flood is flagged and counted apart; a class, a school and a campaign are not, and nobody is stopped."""

import itertools
import random
from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet

import pytest
from sqlalchemy import insert, select, update

from bot.channels.base import Pressed, Used
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.operations import floods
from bot.store import bursts
from bot.store import conversations as kept_conversations
from bot.store import needs as kept
from bot.store.bursts import Sending
from bot.store.engine import reading
from bot.store.tables.people import conversations, needs, sendings
from dialogs.categories import CATEGORIES
from tests.house import KEYS, House, opened
from tests.intake.conversations import sent, told

NOON = 1_795_431_600_000
PUSHED = "leisure"
KEYS_OF_NEEDS = [key for key in CATEGORIES if key != PUSHED]
ids = map("{:032x}".format, itertools.count(1))


def sending(source: str, at: int, *categories: str) -> Sending:
    return Sending(next(ids), "trondheim", at, source.encode(), frozenset(categories))


def people(count: int, chance: random.Random) -> Iterator[Sending]:
    """Honest answers of a day, each from a phone of its own, some needs wanted more than others."""
    weights = [len(KEYS_OF_NEEDS) - place for place in range(len(KEYS_OF_NEEDS))]
    for number in range(count):
        wanted = chance.choices(KEYS_OF_NEEDS, weights, k=chance.choice([1, 1, 2, 3]))
        yield sending(f"phone {number}", NOON + chance.randrange(8 * HOUR_MS), *wanted)


def forged(count: int, sources: int, chance: random.Random) -> Iterator[Sending]:
    """Answers that push one need from some sources, now and then with another beside it."""
    for number in range(count):
        beside = chance.sample(KEYS_OF_NEEDS, chance.choice([0, 0, 1]))
        yield sending(f"forger {number % sources}", NOON + number * 2000, PUSHED, *beside)


def top_five(sendings: list[Sending], without: AbstractSet[str] = frozenset()) -> list[str]:
    counts = dict.fromkeys(CATEGORIES, 0)
    for each in sendings:
        if each.id not in without:
            for category in each.categories:
                counts[category] += 1
    return sorted(counts, key=lambda key: (-counts[key], key))[:5]


@pytest.mark.parametrize("sources", [1, 100, 1000])
def test_ten_thousand_forged_answers_are_flagged_and_change_nothing(sources: int) -> None:
    chance = random.Random(sources)
    honest, false = list(people(400, chance)), list(forged(10_000, sources, chance))
    flagged = floods.flooded(honest + false, {})
    assert {each.id for each in false} <= flagged
    assert not flagged & {each.id for each in honest}
    assert top_five(honest + false) != top_five(honest)
    assert top_five(honest + false, flagged) == top_five(honest)


def test_a_class_that_wants_the_same_from_one_address_is_no_flood() -> None:
    pupils = [sending("the school", NOON + number * 20_000, PUSHED) for number in range(30)]
    assert floods.flooded(pupils, {}) == set()


def test_a_school_day_behind_one_address_is_no_flood() -> None:
    chance = random.Random(5)
    pupils = [
        sending("the school", NOON + chance.randrange(6 * HOUR_MS), *each.categories)
        for each in people(600, chance)
    ]
    assert floods.flooded(pupils, {}) == set()


def test_a_campaign_in_which_each_answers_once_is_no_flood() -> None:
    chance = random.Random(7)
    crowd = [sending(f"phone {number}", NOON + chance.randrange(HOUR_MS), PUSHED) for number in range(2000)]
    assert floods.flooded(crowd, {}) == set()


def test_a_forger_who_hides_among_a_schools_wishes_is_flagged_by_the_pace() -> None:
    chance = random.Random(9)
    school = [
        sending("the school", NOON + chance.randrange(6 * HOUR_MS), *each.categories)
        for each in people(600, chance)
    ]
    false = [sending("the school", NOON + number * 5000, PUSHED) for number in range(500)]
    flagged = floods.flooded(school + false, {})
    assert {each.id for each in false} <= flagged
    assert not flagged & {each.id for each in school}


def test_a_need_that_is_always_asked_for_much_is_measured_by_its_own_usual() -> None:
    families = [
        sending(f"clinic {number % 100}", NOON + number * MINUTE_MS // 2, PUSHED) for number in range(400)
    ]
    assert floods.flooded(families, {("trondheim", PUSHED): 60.0}) == set()
    assert floods.flooded(families, {("trondheim", PUSHED): 5.0}) != set()


def test_municipalities_are_looked_at_one_by_one() -> None:
    here = [sending("one", NOON + number * 1000, PUSHED) for number in range(30)]
    there = [Sending(next(ids), "froya", each.sent_at, each.source, each.categories) for each in here]
    assert floods.flooded(here + there, {}) == set()


# --- with the database ----------------------------------------------------------------------------


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def keep(house: House, made: list[Sending]) -> None:
    """Store sendings as the conversation would."""
    common = {"municipality": "trondheim", "sent_at": house.series.now()}
    person = {"state": b"", "created_at": 0, "changed_at": 0}
    no = dict.fromkeys(("ask_again", "attested", "assisted", "interpreter", "flagged"), False)
    async with house.world.engine.begin() as db:
        await db.execute(insert(conversations), [{"id": each.id, **common, **person} for each in made])
        flat = {"channel": "web", "language": "nb", "asked_at": common["sent_at"], **common, **no}
        rows = [{"conversation_id": each.id, "source": each.source, **flat} for each in made]
        await db.execute(insert(sendings), rows)
        wanted = [(each.id, category) for each in made for category in sorted(each.categories)]
        await db.execute(
            insert(needs),
            [
                {"id": next(ids), "conversation_id": id, "place": 1, "category": category, "suggested": ""}
                for id, category in wanted
            ],
        )


async def test_counts_are_shown_with_and_without_floods(house: House) -> None:
    honest, false = list(people(50, random.Random(1))), list(forged(200, 2, random.Random(2)))
    await keep(house, honest + false)
    assert await floods.once(house.world) == 200
    assert await floods.once(house.world) == 0
    later = house.series.now() + 1
    async with reading(house.world.engine) as db:
        everything = await kept.counts(db, "trondheim", later)
        without = await kept.counts(db, "trondheim", later, flagged=False)
    assert everything[PUSHED] == 200
    assert PUSHED not in without
    assert sum(without.values()) == sum(len(each.categories) for each in honest)


async def test_a_real_person_is_never_stopped_by_a_strangers_flood(house: House) -> None:
    """From the same address, in the middle of a flood: told, sent, kept, and not flagged."""
    await keep(house, list(forged(300, 1, random.Random(3))))
    async with house.world.engine.begin() as db:
        source = KEYS.hash("source", str(house.series.now() // DAY_MS), "192.0.2.7")
        await db.execute(update(sendings).values(source=source))
    await floods.once(house.world)
    for number in range(20):
        await told(house, f"pupil {number}")
        at = await house.do("web", f"pupil {number}", Used("start"))
        await house.do("web", f"pupil {number}", Pressed(("send",), at.turn), source="192.0.2.7")
    await floods.once(house.world)
    async with reading(house.world.engine) as db:
        flags = (await db.execute(select(sendings.c.flagged).where(sendings.c.sent_at > 0))).scalars().all()
    assert flags.count(True) == 300
    assert flags.count(False) == 20


async def test_sending_again_is_no_way_out_of_a_flag(house: House) -> None:
    await sent(house, "kari")
    async with house.world.engine.begin() as db:
        (first,) = await bursts.recent(db, 0)
        assert await bursts.flag(db, {first.id}) == 1
        row = (await db.execute(select(conversations))).one()
        told_again = kept_conversations.opened(KEYS, row.id, row.state)
        again = kept.Sending(row.id, told_again, "web", [next(ids)], b"elsewhere")
        await kept.replace(db, KEYS, [again], NOON)
        assert (await db.execute(select(sendings.c.flagged))).scalars().all() == [True]


async def test_a_source_is_another_the_next_day(house: House) -> None:
    """Nobody can follow a phone from day to day by what is stored."""
    await sent(house, "kari")
    house.series.pass_time(DAY_MS)
    await sent(house, "kari2")
    async with reading(house.world.engine) as db:
        first, second = (await db.execute(select(sendings.c.source))).scalars()
    assert first != second
    assert KEYS.hash("source", str(NOON // DAY_MS), "web kari") in (first, second)
