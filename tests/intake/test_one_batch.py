"""What comes together in one batch ends as it would have ended one by one."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.channels.base import Act, Answer, Incoming, Pressed, Used, Wrote
from bot.store import conversations, flags
from bot.store.engine import reading
from bot.store.flags import Flag
from bot.store.tables.people import red_flags, sendings
from tests.house import KEYS, House, opened
from tests.intake.conversations import press, sent, told

GRAVE = "jeg vil ta livet mitt fordi alt er mørkt"


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


async def together(house: House, *acts: tuple[str, Act], channel: str = "telegram") -> list[Answer]:
    """What chats did while nobody listened, brought all at once."""
    return await house.intake.take_all(
        [Incoming(channel, address, house.series.new_id(), act) for address, act in acts]
    )


async def raised(house: House) -> list[tuple[str | None, Flag]]:
    async with reading(house.world.engine) as db:
        rows = (await db.execute(select(red_flags.c.id, red_flags.c.conversation_id))).all()
        read = [(row.conversation_id, await flags.read(db, KEYS, row.id)) for row in rows]
    return [(owner, flag) for owner, flag in read if flag]


@pytest.mark.parametrize("before", ["18-24", None])
async def test_a_red_flag_stays_when_all_is_erased_in_the_same_batch(
    house: House, before: str | None
) -> None:
    if before:
        await told(house, "7", before, channel="telegram")
    await together(
        house,
        ("7", Wrote(GRAVE)),
        ("7", Pressed(("later",))),
        ("7", Used("delete")),
        ("7", Pressed(("yes",))),
    )
    ((owner, flag),) = await raised(house)
    assert (owner, flag.kind, flag.strength, flag.words) == (None, "suicide", "sure", None)
    assert await house.sent() == []


async def test_a_red_flag_comes_along_to_the_answers_a_receipt_opens_in_the_same_batch(house: House) -> None:
    receipt = await sent(house, "7", channel="telegram")
    await together(house, ("8", Wrote(GRAVE)), ("8", Used("receipt", receipt)))
    ((owner, flag),) = await raised(house)
    async with reading(house.world.engine) as db:
        found = await conversations.by_receipt(db, KEYS, receipt)
    assert found
    assert owner == found[0]
    assert flag.words == GRAVE


async def test_answers_let_go_and_opened_again_in_one_batch_keep_what_was_just_told(house: House) -> None:
    receipt = await sent(house, "kari", who="12-14")
    await house.do("web", "mobil", Used("receipt", receipt))
    await house.do("web", "mobil", Used("edit", "need0"))
    await press(house, "mobil", "money_food_clothes")
    answer = await house.do("web", "mobil", Used("start"))
    category = next(each.id for each in answer.shown[-1].choices)
    await press(house, "mobil", category)
    at = await house.do("web", "mobil", Used("help"))
    await together(
        house, ("mobil", Pressed(("send",), at.turn)), ("annen", Used("receipt", receipt)), channel="web"
    )
    (need,) = await house.sent()
    assert need.category == category
    async with reading(house.world.engine) as db:
        found = await conversations.by_receipt(db, KEYS, receipt)
    assert found
    assert [each.category for each in found[1].needs] == [category]
    assert not found[1].changed


async def test_what_is_told_after_sending_in_the_same_batch_is_kept_with_what_was_sent(house: House) -> None:
    await press(house, "kari", "25+")
    await told(house, "kari", "0-1")
    await together(
        house,
        ("kari", Pressed(("send",))),
        ("kari", Pressed(("news",))),
        ("kari", Pressed(("no",))),
        ("kari", Pressed(("yes",))),
        channel="web",
    )
    (need,) = await house.sent()
    assert (need.answer, need.money) == ("news", "no")
    async with reading(house.world.engine) as db:
        assert (await db.execute(select(sendings.c.ask_again))).scalar_one()
