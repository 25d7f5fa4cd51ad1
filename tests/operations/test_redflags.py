"""A red flag: seen by a deadline, owned, decided on, handed over; never a vote, its words the person's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import municipalities
from bot.channels.base import Answer, Pressed, Used, Wrote
from bot.clock import DAY_MS, MINUTE_MS
from bot.municipalities.ground import Ground
from bot.operations import redflags
from bot.operations.redflags import WrongDecision
from bot.store import flags
from bot.store.engine import reading
from bot.store.flags import LEFT_OUT, LONGEST_END, Decision, Flag, Open
from bot.store.outlived import KINDS, forget
from bot.store.tables.people import red_flags
from tests.house import KEYS, House, Series, on_disk, opened
from tests.intake.conversations import press, sent, text

GRAVE = "jeg vil ta livet mitt fordi alt er mørkt"
WAY = "ring 412 34 567 etter skolen, spør etter Åse"
NOON = 1_795_431_600_000  # Monday 23 November 2026, 12:00 in Norway: somebody reads


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url, Series(NOON)) as house:
        yield house


async def cry(house: House, address: str = "a", who: str | None = None, channel: str = "web") -> Answer:
    await house.do(channel, address, Used("start"))
    if who:
        await press(house, address, who, channel)
    return await house.do(channel, address, Wrote(GRAVE))


async def choose(house: House, id: str, address: str = "a") -> Answer:
    return await house.do("web", address, Pressed((id,)))


async def only(house: House) -> Flag:
    async with reading(house.world.engine) as db:
        id = (await db.execute(select(red_flags.c.id))).scalar_one()
        flag = await flags.read(db, KEYS, id)
    assert flag
    return flag


async def open_flags(house: House) -> list[Open]:
    async with reading(house.world.engine) as db:
        return await flags.unowned(db)


async def contact(house: House) -> str | None:
    """The safe way to the person, opened."""
    flag = await only(house)
    async with reading(house.world.engine) as db:
        way = await flags.contact(db, KEYS, flag.id)
    assert flag.has_contact == (way is not None)
    return way


async def decide(house: House, *, reported: bool, keep: bool = False) -> str:
    flag = await only(house)
    to = "barnevern" if reported else None
    decision = Decision(reported, to, "kari", "Hun er trygg hos tanta.", house.series.now())
    async with house.world.engine.begin() as db:
        await flags.decide(db, KEYS, house.series.new_id(), flag.id, decision, keep=keep)
    return flag.id


async def test_a_flag_knows_by_when_it_must_be_seen_and_what_was_shown(house: House) -> None:
    answer = await cry(house, who="16-17")
    flag = await only(house)
    assert (flag.kind, flag.strength, flag.age_band, flag.words) == ("suicide", "sure", "16-17", GRAVE)
    assert flag.seen_by == flag.raised_at + 30 * MINUTE_MS
    assert "innen en halv time" in text(answer)
    async with reading(house.world.engine) as db:
        shown = (await db.execute(select(red_flags.c.lines_shown))).scalar_one()
    assert shown.split() == ["kors_paa_halsen", "mental_helse", "legevakt"]


async def test_at_night_the_person_is_told_when_somebody_reads(sqlite_url: str) -> None:
    async with opened(sqlite_url) as house:  # in the evening
        answer = await cry(house)
        flag = await only(house)
    assert "halv time" not in text(answer)
    assert "på hverdager fra 9 til 15" in text(answer)
    assert flag.seen_by - flag.raised_at > 12 * 60 * MINUTE_MS


async def test_more_words_join_the_flag_that_nobody_has_taken(house: House) -> None:
    await cry(house)
    first = await only(house)
    await house.do("web", "a", Wrote("jeg orker ikke mer"))
    flag = await only(house)
    assert flag.words == f"{GRAVE}\njeg orker ikke mer"
    assert (flag.raised_at, flag.seen_by) == (first.raised_at, first.seen_by)


@pytest.mark.parametrize("channel", ["web", "telegram"])
async def test_a_storm_of_grave_messages_is_one_flag_with_the_first_and_the_last(
    house: House, channel: str
) -> None:
    await cry(house, channel=channel)
    for place in range(8):
        await house.do(channel, "a", Wrote(f"nummer {place}: {GRAVE}. " + "hjelp meg " * 400))
    flag = await only(house)
    assert flag.words is not None
    assert len(flag.words) == 2 * LONGEST_END + len(LEFT_OUT)
    assert flag.words.startswith(GRAVE)
    assert flag.words.count(LEFT_OUT) == 1
    assert "nummer 7: " in flag.words


async def test_one_long_grave_message_keeps_its_beginning_and_its_end(house: House) -> None:
    await house.do("web", "a", Wrote(f"{GRAVE}. {'hjelp meg ' * 5_000} jeg sitter på brua"))
    flag = await only(house)
    assert flag.words is not None
    assert flag.words.startswith(GRAVE)
    assert flag.words.endswith("jeg sitter på brua")


async def test_words_after_a_worker_has_taken_the_flag_are_a_flag_of_their_own(house: House) -> None:
    await cry(house)
    flag = await only(house)
    async with house.world.engine.begin() as db:
        await flags.own(db, flag.id, "kari", NOON)
    await house.do("web", "a", Wrote("jeg orker ikke mer"))
    async with house.world.engine.begin() as db:
        assert len(await flags.unowned(db)) == 1
    assert len(await house.flags()) == 2


async def test_one_worker_takes_a_flag_and_no_other(house: House) -> None:
    await cry(house)
    flag = await only(house)
    async with house.world.engine.begin() as db:
        assert [each.id for each in await flags.unowned(db)] == [flag.id]
        assert await flags.own(db, flag.id, "kari", NOON)
        assert not await flags.own(db, flag.id, "ola", NOON)
        assert await flags.unowned(db) == []
    assert (await only(house)).owner == "kari"


async def test_a_decision_says_whether_to_whom_by_whom_and_why(house: House) -> None:
    await cry(house)
    id = await decide(house, reported=True)
    async with reading(house.world.engine) as db:
        (held,) = await flags.decisions(db, KEYS, id)
    assert (held.reported, held.reported_to, held.by) == (True, "barnevern", "kari")
    assert held.reason == "Hun er trygg hos tanta."


@pytest.mark.parametrize(
    "decision",
    [Decision(False, None, "kari", " ", NOON), Decision(True, None, "kari", "Fare.", NOON)],
)
async def test_a_decision_without_a_reason_or_a_receiver_is_refused(house: House, decision: Decision) -> None:
    await cry(house)
    flag = await only(house)
    async with house.world.engine.begin() as db:
        with pytest.raises(ValueError, match="says why"):
            await flags.decide(db, KEYS, "d", flag.id, decision, keep=False)


async def test_only_the_owner_decides_and_the_ground_says_what_is_kept(house: House) -> None:
    await cry(house)
    flag, world = await only(house), house.world
    async with world.engine.begin() as db:
        with pytest.raises(WrongDecision, match="take the flag"):
            await redflags.decide(db, world, flag.id, "kari", reported_to=None, reason="Trygg.")
        taken = await redflags.take(db, world, flag.id, "kari")
        assert taken
        assert taken.words == GRAVE
        assert await redflags.take(db, world, flag.id, "ola") is None
        with pytest.raises(WrongDecision, match="why"):
            await redflags.decide(db, world, flag.id, "kari", reported_to="police", reason=" ")
        with pytest.raises(WrongDecision, match="before"):
            await redflags.hand_over(db, flag.id, world.now())
        held = await redflags.decide(
            db, world, flag.id, "kari", reported_to="police", reason="Fare nå.", police=True
        )
        assert await flags.decisions(db, KEYS, flag.id) == [held]
        assert (held.reported, held.police, held.by, held.at) == (True, True, "kari", house.series.now())
        await redflags.hand_over(db, flag.id, world.now())
    await choose(house, "delete")
    assert (await only(house)).words is None  # this municipality does not keep a reported case


async def test_handing_over_again_keeps_the_flag_no_longer(house: House) -> None:
    await cry(house)
    id = await decide(house, reported=True)
    for at in (NOON, NOON + DAY_MS):
        async with house.world.engine.begin() as db:
            await redflags.hand_over(db, id, at)
    assert (await only(house)).handed_over_at == NOON


async def test_a_flag_goes_from_its_owner_to_a_colleague_and_from_nobody_else(house: House) -> None:
    await cry(house)
    flag = await only(house)
    async with house.world.engine.begin() as db:
        assert not await flags.pass_on(db, flag.id, "kari", "ola", NOON)
        assert await flags.own(db, flag.id, "kari", NOON)
        assert await flags.pass_on(db, flag.id, "kari", "ola", NOON)
    assert (await only(house)).owner == "ola"


async def test_a_list_of_flags_says_what_is_decided_and_leaves_out_what_was_handed_over(house: House) -> None:
    await cry(house)
    await cry(house, "b")

    async def listed() -> list[tuple[str | None, bool]]:
        async with reading(house.world.engine) as db:
            return [(each.owner, each.decided) for each in await flags.listed(db, ["trondheim"])]

    first = (await open_flags(house))[0].id
    assert await listed() == [(None, False), (None, False)]
    async with house.world.engine.begin() as db:
        await flags.own(db, first, "kari", NOON)
        decision = Decision(False, None, "kari", "Trygg.", NOON)
        await flags.decide(db, KEYS, "d", first, decision, keep=False)
        assert await flags.listed(db, ["froya"]) == []
    assert await listed() == [(None, False), ("kari", True)]
    async with house.world.engine.begin() as db:
        await flags.hand_over(db, first, NOON)
    assert await listed() == [(None, False)]


@pytest.mark.parametrize("keeps", [False, True])
async def test_a_municipality_sets_whether_a_reported_case_is_kept(sqlite_url: str, keeps: bool) -> None:
    place = municipalities.load()["trondheim"]
    towns = {"trondheim": replace(place, ground=Ground(keeps_reported=keeps))}
    async with opened(sqlite_url, Series(NOON), places=towns) as house:
        await cry(house)
        flag = await only(house)
        async with house.world.engine.begin() as db:
            await redflags.take(db, house.world, flag.id, "kari")
            await redflags.decide(db, house.world, flag.id, "kari", reported_to="police", reason="Fare nå.")
        told = text(await choose(house, "delete"))
        assert ("må ta vare på det" in told) is keeps
        assert ((await only(house)).words == GRAVE) is keeps


async def test_a_flag_is_not_handed_over_undecided_and_leaves_fourteen_days_after(house: House) -> None:
    await cry(house)
    flag, kind = await only(house), next(kind for kind in KINDS if kind.name == "red flags handed over")
    now = house.series.now()
    async with house.world.engine.begin() as db:
        assert not await flags.hand_over(db, flag.id, now)
    await decide(house, reported=False)
    async with house.world.engine.begin() as db:
        assert await flags.hand_over(db, flag.id, now)
        assert await forget(db, KEYS, kind, now + 14 * DAY_MS - 1) == 0
        assert await forget(db, KEYS, kind, now + 14 * DAY_MS) == 1
        assert await flags.read(db, KEYS, flag.id) is None


async def test_a_flag_does_not_close_by_itself(house: House) -> None:
    await cry(house)
    async with house.world.engine.begin() as db:
        for kind in KINDS:
            await forget(db, KEYS, kind, house.series.now() + 3650 * DAY_MS)
        assert len(await flags.unowned(db)) == 1


async def test_a_grave_message_is_no_need_and_never_leaves(house: House) -> None:
    await sent(house, "a")
    await cry(house, "a")
    assert [need.words for need in await house.sent() if need.words and "livet" in need.words] == []
    assert len(await house.sent()) == 1


# --- what the person does with it -----------------------------------------------------------------


async def test_delete_what_i_wrote_takes_the_words_and_leaves_that_something_was_said(house: House) -> None:
    await cry(house)
    assert "slettet ordene dine" in text(await choose(house, "delete"))
    flag = await only(house)
    assert (flag.words, await contact(house), flag.kind) == (None, None, "suicide")


async def test_a_reported_case_is_kept_where_the_municipality_says_so_and_the_person_is_told(
    house: House,
) -> None:
    await cry(house)
    await decide(house, reported=True, keep=True)
    assert "må ta vare på det" in text(await choose(house, "delete"))
    assert (await only(house)).words == GRAVE


@pytest.mark.parametrize("kept", [False, True])
async def test_erasing_all_cuts_the_tie_and_takes_the_words_but_of_a_kept_case(
    house: House, kept: bool
) -> None:
    await cry(house)
    await decide(house, reported=True, keep=kept)
    await choose(house, "adult")
    await house.do("web", "a", Wrote(WAY))
    await house.do("web", "a", Used("delete"))
    await choose(house, "yes")
    flag = await only(house)
    assert (flag.words, await contact(house)) == ((GRAVE, WAY) if kept else (None, None))
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(red_flags.c.conversation_id))).scalar_one() is None


async def test_flags_come_along_when_a_receipt_leads_to_an_earlier_conversation(house: House) -> None:
    receipt = await sent(house, "a")
    await cry(house, "b")
    await house.do("web", "b", Used("receipt", receipt))
    flag = await only(house)
    assert flag.words == GRAVE


# --- a safe way -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["12-14", "16-17", None])
async def test_a_safe_way_is_kept_as_written_for_who_takes_the_flag(house: House, who: str | None) -> None:
    await cry(house, who=who)
    told = text(await choose(house, "adult"))
    assert "Er det trygt at vi ringer" in told
    answer = text(await house.do("web", "a", Wrote(WAY)))
    assert "412" not in answer
    flag = await only(house)
    assert (await contact(house), flag.wants_adult) == (WAY, True)


async def test_nobody_must_give_a_number_to_be_answered(house: House) -> None:
    await cry(house)
    await choose(house, "adult")
    assert "Svaret kommer her" in text(await choose(house, "here"))
    flag = await only(house)
    assert (await contact(house), flag.wants_adult) == (None, True)


async def test_a_safe_way_stands_in_its_column_alone_and_encrypted(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series(NOON)) as house:
        await cry(house)
        await choose(house, "adult")
        await house.do("web", "a", Wrote(WAY))
        await press(house, "a", "16-17")
        state = await house.do("web", "a", Used("mine"))
        assert "412" not in text(state)
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    assert b"412 34 567" not in on_disk(folder)


async def test_a_grave_message_in_place_of_a_number_joins_the_flag_and_is_no_number(house: House) -> None:
    await cry(house)
    await choose(house, "adult")
    await house.do("web", "a", Wrote("jeg vil dø, jeg vil ta livet mitt nå"))
    flag = await only(house)
    assert await contact(house) is None
    assert flag.words == f"{GRAVE}\njeg vil dø, jeg vil ta livet mitt nå"
