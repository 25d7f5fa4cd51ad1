"""The invented town in a database: whom its call refuses plays no part, and would have changed everything."""

from bot.allocation import snapshot, written
from bot.allocation.account import canonical
from bot.allocation.allocate import allocate
from bot.allocation.margin import funded
from bot.clock import DAY_MS, milliseconds
from bot.funding import applying, rounds
from bot.funding.rounds import Entry
from bot.store import applications, calls
from tests.allocation import town
from tests.funding.written import CALLS
from tests.house import House, Series, opened

CALL = CALLS[town.KEY]


async def refusals(house: House) -> list[set[str]]:
    """The rules that refuse each application of the town."""
    async with house.world.engine.begin() as db:
        held = await calls.named(db, town.KEY)
        kept = await applications.of_call(db, house.world.keys, town.KEY)
    looked = [applying.look(held, each.draft, house.world.places) for each in kept]
    return [{reason.rule for reason in each.reasons if reason.refuses} for each in looked]


async def test_who_asks_for_a_position_is_refused_for_it_and_changes_nothing(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(milliseconds(CALL.opens) + DAY_MS)) as house:
        await town.settle(house.world)
        assert sorted(map(sorted, await refusals(house))) == [[]] * 12 + [["excluded-cost"]]
        async with house.world.engine.begin() as db:
            found = await rounds.competition(db, house.world.keys, town.KEY, house.world.places)
    without = town.competition().round
    assert canonical(snapshot.written(found.round)) == canonical(snapshot.written(without))


def test_taken_in_it_would_have_changed_who_gets_money() -> None:
    """So that it changes nothing is the call's doing: most people ask for it, and it is cheap."""
    ((title, measures),) = town.REFUSED.items()
    entry = Entry("13".zfill(8), "", written.read(town.draft(title, measures))[0])
    applied = town.entries()
    before, after = (
        rounds.round_of(CALL, entries, town.voices(), town.SEED) for entries in (applied, (*applied, entry))
    )
    got = funded(after, allocate(after, CALL.rule))
    assert f"{entry.id}-1" in got
    assert not funded(before, allocate(before, CALL.rule)) <= got
