"""What staff do with a person's needs is kept, and lists of people show what was asked for."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.clock import MINUTE_MS
from bot.store import casework, erase, needs, worklist
from bot.store.casework import Case, Edit, Overtaken
from bot.store.engine import reading
from bot.store.needs import PersonNeed
from bot.store.tables.casework import case_changes, cases
from bot.store.tables.people import sendings
from bot.store.worklist import ALL, HANDLED, MINE, Sender, Wanted
from dialogs.model import Conversation
from dialogs.needs import Need
from tests.house import KEYS, House, opened
from tests.intake.conversations import sent

HERE = ("trondheim",)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def ids(house: House) -> list[str]:
    """Who has sent, in order."""
    query = select(sendings.c.conversation_id).order_by(sendings.c.sent_at)
    async with reading(house.world.engine) as db:
        return [row.conversation_id for row in await db.execute(query)]


async def person(house: House, address: str = "a") -> str:
    await sent(house, address)
    return (await ids(house))[-1]


async def told(house: House, id: str) -> list[PersonNeed]:
    async with reading(house.world.engine) as db:
        return await needs.of_person(db, KEYS, id)


async def listed(house: House, **wanted: object) -> list[str]:
    async with reading(house.world.engine) as db:
        found = await worklist.page(db, Wanted(HERE, **wanted), None, 50)  # type: ignore[arg-type]
        assert len(found) == await worklist.count(db, Wanted(HERE, **wanted))  # type: ignore[arg-type]
    return [each.id for each in found]


async def found(house: House, words: str, state: str = ALL) -> list[str]:
    async with reading(house.world.engine) as db:
        held = await worklist.search(db, KEYS, Wanted(HERE, state), words, None, 50)
    return [each.id for each in held]


def edit(house: House, id: str, version: int, by: str = "kari") -> Edit:
    return Edit(house.series.new_id(), id, version, by, house.series.now())


async def test_a_correction_keeps_what_the_person_and_the_machine_said(house: House) -> None:
    id = await person(house)
    (before,) = await told(house, id)
    async with house.world.engine.begin() as db:
        await casework.correct(db, KEYS, edit(house, id, 0), before.id, "work")
    (after,) = await told(house, id)
    assert (after.category, after.confirmed, after.suggested) == ("work", before.category, before.suggested)
    async with house.world.engine.begin() as db:
        assert await needs.counts(db, "trondheim", house.series.now() + 1) == {"work": 1}
        (change,) = await casework.changes(db, KEYS, id)
    assert (change.kind, change.need_id, change.before, change.after, change.by) == (
        "corrected",
        before.id,
        before.category,
        "work",
        "kari",
    )


async def test_corrected_back_is_as_the_person_said_it(house: House) -> None:
    id = await person(house)
    (before,) = await told(house, id)
    async with house.world.engine.begin() as db:
        await casework.correct(db, KEYS, edit(house, id, 0), before.id, "work")
        await casework.correct(db, KEYS, edit(house, id, 1), before.id, before.category)
    assert await told(house, id) == [before]


async def test_a_correction_outlives_that_the_person_sends_the_same_again(house: House) -> None:
    id = await person(house)
    (before,) = await told(house, id)
    again = Need(category=before.category, words=before.words)
    said = Conversation(municipality="trondheim", needs=(Need(category="food"), again), sent=True)
    async with house.world.engine.begin() as db:
        await casework.correct(db, KEYS, edit(house, id, 0), before.id, "work")
        sending = needs.Sending(id, said, "web", ["new", "newer"])
        await needs.replace(db, KEYS, [sending], house.series.now())
    added, kept = await told(house, id)
    assert (added.id, added.category, added.confirmed) == ("new", "food", None)
    assert (kept.id, kept.category, kept.confirmed) == (before.id, "work", before.category)
    with pytest.raises(Overtaken):
        async with house.world.engine.begin() as db:
            await casework.correct(db, KEYS, edit(house, id, 1), "gone", "work")


async def test_two_workers_never_write_over_each_other(house: House) -> None:
    id = await person(house)
    async with house.world.engine.begin() as db:
        await casework.note(db, KEYS, edit(house, id, 0), "Ring på fredag.")
    for version in (0, 2):
        with pytest.raises(Overtaken):
            async with house.world.engine.begin() as db:
                await casework.note(db, KEYS, edit(house, id, version, "ola"), "Jeg ringer.")
    async with reading(house.world.engine) as db:
        (change,) = await casework.changes(db, KEYS, id, after=0)
        assert (change.words, change.by, change.version) == ("Ring på fredag.", "kari", 1)
        assert await casework.changes(db, KEYS, id, after=1) == []


async def test_what_was_handled_is_new_again_when_the_person_sends_again(house: House) -> None:
    id = await person(house)
    assert await listed(house) == [id]
    async with house.world.engine.begin() as db:
        sender = await worklist.one(db, id)
        assert sender
        await casework.handle(db, KEYS, edit(house, id, 0), sender.sent_at)
    assert (await listed(house), await listed(house, state=HANDLED)) == ([], [id])
    house.series.pass_time(MINUTE_MS)
    async with house.world.engine.begin() as db:
        await db.execute(sendings.update().values(sent_at=house.series.now()))
    assert (await listed(house), await listed(house, state=HANDLED)) == ([id], [])


async def test_a_case_goes_from_hand_to_hand(house: House) -> None:
    id = await person(house)
    async with house.world.engine.begin() as db:
        await casework.assign(db, KEYS, edit(house, id, 0), "kari")
        await casework.leave_to(db, KEYS, edit(house, id, 1), "ola")
        await casework.name_contact(db, KEYS, edit(house, id, 2, "ola"), "ola")
        assert await casework.case_of(db, id) == Case(3, "ola", "ola")
        assert await casework.knowers(db, id) == {"kari"}
        assert await casework.known_to(db, "kari", [id, "another"]) == {id}
        assert await casework.known_to(db, "ola", [id]) == set()
    assert (
        await listed(house, state=MINE, worker="ola"),
        await listed(house, state=MINE, worker="kari"),
    ) == (
        [id],
        [],
    )


async def test_a_sending_laid_under_another_can_be_taken_up_again(house: House) -> None:
    first, second = await person(house), await person(house, "b")
    async with house.world.engine.begin() as db:
        await casework.join(db, KEYS, edit(house, second, 0), first)
    assert await listed(house) == [first]
    async with reading(house.world.engine) as db:
        assert await casework.duplicates_of(db, first) == [second]
    with pytest.raises(Overtaken):
        async with house.world.engine.begin() as db:
            await casework.join(db, KEYS, edit(house, first, 0), second)
    async with house.world.engine.begin() as db:
        await casework.part(db, KEYS, edit(house, second, 1))
    assert await listed(house) == [first, second]
    assert len(await house.sent()) == 2


async def test_who_lies_under_another_and_sends_again_is_new(house: House) -> None:
    first, second = await person(house), await person(house, "b")
    async with house.world.engine.begin() as db:
        await casework.join(db, KEYS, edit(house, second, 0), first)
        mine = sendings.c.conversation_id == second
        await db.execute(sendings.update().where(mine).values(sent_at=house.series.now() + MINUTE_MS))
    assert await listed(house) == [first, second]


async def test_nobody_is_laid_under_what_is_not_sent_or_sent_elsewhere(house: House) -> None:
    first, second = await person(house), await person(house, "b")
    async with house.world.engine.begin() as db:
        mine = sendings.c.conversation_id == first
        await db.execute(sendings.update().where(mine).values(municipality="froya"))
    for other in (first, second, "nobody"):
        with pytest.raises(Overtaken):
            async with house.world.engine.begin() as db:
                await casework.join(db, KEYS, edit(house, second, 0), other)


async def test_a_kind_is_proposed_for_a_need_of_the_person_alone(house: House) -> None:
    first, second = await person(house), await person(house, "b")
    async with reading(house.world.engine) as db:
        (theirs,) = await needs.of_person(db, KEYS, second)
    for need in (theirs.id, "words of a worker, in clear"):
        with pytest.raises(Overtaken):
            async with house.world.engine.begin() as db:
                await casework.propose(db, KEYS, edit(house, first, 0), need, "Skating")


async def test_who_is_erased_leaves_no_case(house: House) -> None:
    first, second = await person(house), await person(house, "b")
    async with house.world.engine.begin() as db:
        await casework.note(db, KEYS, edit(house, first, 0), "Ring på fredag.")
        await casework.join(db, KEYS, edit(house, second, 0), first)
        await erase.erase(db, KEYS, [first], house.series.now())
    async with reading(house.world.engine) as db:
        assert [row.duplicate_of for row in await db.execute(select(cases))] == [None]
        assert [row.conversation_id for row in await db.execute(select(case_changes))] == [second]


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"categories": ("other", "food")}, True),
        ({"categories": ("food",)}, False),
        ({"district": "midtbyen"}, False),
        ({"age_band": "18-24", "group": "youth", "channel": "web"}, True),
        ({"channel": "telegram"}, False),
        ({"flagged": True}, False),
        ({"answer": True}, False),
        ({"since": 0, "until": 10**15}, True),
        ({"since": 10**15}, False),
        ({"until": 1}, False),
    ],
)
async def test_a_list_holds_what_it_is_asked_for(house: House, wanted: dict[str, object], fits: bool) -> None:
    id = await person(house)
    assert await listed(house, **wanted) == ([id] if fits else [])


async def test_words_are_found_whatever_their_case_and_order(house: House) -> None:
    id = await person(house)
    assert await found(house, "LAPPEN jobb") == [id]
    assert await found(house, "lappen moped") == []
    assert await found(house, "lappen", state=HANDLED) == []


async def test_pages_of_a_list_hold_everybody_once(house: House) -> None:
    every = [await person(house, f"person {number}") for number in range(5)]
    for state in (worklist.NEW, ALL):
        seen: list[str] = []
        mark = None
        for _ in range(3):
            async with reading(house.world.engine) as db:
                held: list[Sender] = await worklist.page(db, Wanted(HERE, state=state), mark, 2)
                again = await worklist.search(db, KEYS, Wanted(HERE, state=state), "jobb", mark, 2)
            assert again == held
            seen += [each.id for each in held]
            mark = held[-1].mark
        assert seen == (every if state == worklist.NEW else every[::-1])
