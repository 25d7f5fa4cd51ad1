"""A call is frozen when it is published, and an application counts only as it was sent in time."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import milliseconds
from bot.funding import applying
from bot.store import applications, calls
from bot.store.applications import Kept
from bot.store.calls import WrongCallKey
from bot.store.crypto import Keys
from bot.store.engine import reading
from bot.store.tables.funding import calls as table
from tests.funding.conftest import OPEN
from tests.funding.written import CALLS, FILES, bent
from tests.house import House, Series, on_disk, opened

KEY = "trondheim-2021"
DEADLINE = milliseconds(CALLS[KEY].deadline)
SEED = "a seed nobody knows"


async def publish(house: House, text: str = FILES[KEY]) -> calls.Held:
    async with house.world.engine.begin() as db:
        return await calls.add(db, house.world.keys, text, SEED, house.series.at)


async def begin(house: House, draft: dict[str, Any], code: str = "ABCDEFGHJKLM") -> Kept:
    world = house.world
    async with world.engine.begin() as db:
        await applications.begin(db, world.keys, house.series.new_id(), KEY, code, draft, house.series.at)
    return await opened_by(house, code)


async def opened_by(house: House, code: str) -> Kept:
    async with reading(house.world.engine) as db:
        found = await applications.by_code(db, house.world.keys, KEY, code)
    assert found is not None
    return found


async def send(house: House, kept: Kept) -> set[str]:
    """Send a draft; the rules that keep it out."""
    world = house.world
    async with world.engine.begin() as db:
        found = await applying.send(db, world.keys, kept, world.places, house.series.at)
    return {reason.rule for reason in found if reason.refuses}


async def add(house: House, *drafts: dict[str, Any]) -> list[applying.Added]:
    world = house.world
    codes = [f"CODE{house.series.made + place:08}" for place in range(len(drafts))]
    written = [(world.new_id(), code, draft) for code, draft in zip(codes, drafts, strict=True)]
    async with world.engine.begin() as db:
        held = await calls.named(db, KEY)
        return await applying.add(db, world.keys, held, written, world.places, house.series.at)


async def every(house: House) -> list[Kept]:
    async with reading(house.world.engine) as db:
        return await applications.of_call(db, house.world.keys, KEY)


async def test_a_published_call_can_not_be_changed(database_url: str) -> None:
    async with opened(database_url, Series(OPEN)) as house:
        held = await publish(house)
        assert await publish(house) == held
        with pytest.raises(WrongCallKey):
            await publish(house, FILES[KEY].replace("groups = 8", "groups = 9"))
        async with reading(house.world.engine) as db:
            assert await calls.every(db) == [held]
            assert await calls.seed(db, house.world.keys, KEY) == SEED
            assert SEED not in held.seed_hash


async def test_no_call_of_a_name_is_told(house: House) -> None:
    with pytest.raises(WrongCallKey):
        async with reading(house.world.engine) as db:
            await calls.named(db, "nothing")


async def test_an_application_is_sent_and_counts(database_url: str) -> None:
    async with opened(database_url, Series(OPEN)) as house:
        await publish(house)
        kept = await begin(house, bent(KEY, {}))
        assert not kept.counts
        assert await send(house, kept) == set()
        after = await opened_by(house, "abcd-efgh jklm")
        assert after.counts
        assert after.sent == kept.draft


async def test_a_draft_that_lacks_something_is_kept_and_does_not_count(house: House) -> None:
    await publish(house)
    kept = await begin(house, bent(KEY, {"title": ""}))
    assert await send(house, kept) == {"title"}
    assert await opened_by(house, "ABCDEFGHJKLM") == kept


async def test_what_was_sent_counts_until_it_is_replaced(house: House) -> None:
    await publish(house)
    kept = await begin(house, bent(KEY, {}))
    await send(house, kept)
    kept = await opened_by(house, "ABCDEFGHJKLM")
    async with house.world.engine.begin() as db:
        assert await applications.save(db, house.world.keys, kept, bent(KEY, {"title": "Ny"}), OPEN)
    changed = await opened_by(house, "ABCDEFGHJKLM")
    assert changed.sent == kept.draft
    assert await send(house, changed) == set()
    assert (await opened_by(house, "ABCDEFGHJKLM")).sent == changed.draft


async def test_two_partners_do_not_undo_each_other(house: House) -> None:
    await publish(house)
    kept = await begin(house, bent(KEY, {}))
    world = house.world
    async with world.engine.begin() as db:
        assert await applications.save(db, world.keys, kept, bent(KEY, {"title": "Karis"}), OPEN)
        assert not await applications.save(db, world.keys, kept, bent(KEY, {"title": "Olas"}), OPEN)
    assert await send(house, kept) == {"changed"}
    assert (await opened_by(house, "ABCDEFGHJKLM")).draft["title"] == "Karis"


async def test_a_partners_code_opens_one_draft_as_that_partner_after_a_change_of_keys_too(
    database_url: str,
) -> None:
    async with opened(database_url, Series(OPEN)) as house:
        await publish(house)
        first, second = await begin(house, bent(KEY, {})), await begin(house, bent(KEY, {}), "NPQRSTUVWXYZ")
        old = house.world.keys
        codes = {
            applications.partner_code(old, kept.id, name): (kept.id, name)
            for kept in (first, second)
            for name in ("NAV Midtbyen", "Kirkens Bymisjon")
        }
        assert len(codes) == 4
        async with reading(house.world.engine) as db:
            for keys in (old, Keys((b"n" * 32, *old.secrets))):
                for code, (id, name) in codes.items():
                    found = await applications.by_code(db, keys, KEY, f" {code[:8].lower()}-{code[8:]}")
                    assert found is not None
                    assert (found.id, found.partner) == (id, name)
            for name in ("Uteseksjonen", "", "Røde Kors"):  # who leads, and who is not there
                code = applications.partner_code(old, first.id, name)
                assert await applications.by_code(db, old, KEY, code) is None
            assert await applications.by_code(db, old, "another-call", next(iter(codes))) is None
        assert (await opened_by(house, "ABCDEFGHJKLM")).partner is None


async def test_withdrawn_and_sent_again(house: House) -> None:
    await publish(house)
    await send(house, await begin(house, bent(KEY, {})))
    async with house.world.engine.begin() as db:
        await applications.withdraw(db, await opened_by(house, "ABCDEFGHJKLM"), OPEN)
    kept = await opened_by(house, "ABCDEFGHJKLM")
    assert not kept.counts
    assert await send(house, kept) == set()
    assert (await opened_by(house, "ABCDEFGHJKLM")).counts


@pytest.mark.parametrize(("late", "refusing"), [(0, set()), (999, set()), (1000, {"late"})])
async def test_the_deadline_is_to_the_second(house: House, late: int, refusing: set[str]) -> None:
    await publish(house)
    kept = await begin(house, bent(KEY, {}))
    house.series.at = DEADLINE + late
    assert await send(house, kept) == refusing


async def test_a_clock_that_is_set_back_opens_no_closed_call(database_url: str) -> None:
    async with opened(database_url, Series(OPEN)) as house:
        await publish(house)
        kept = await begin(house, bent(KEY, {}))
        async with house.world.engine.begin() as db:
            assert await calls.close_due(db, house.world.keys, DEADLINE) == []
            assert await calls.close_due(db, house.world.keys, DEADLINE + 1000) == [KEY]
            assert await calls.close_due(db, house.world.keys, DEADLINE + 2000) == []
        house.series.at = OPEN
        assert await send(house, kept) == {"closed"}
        async with reading(house.world.engine) as db:
            assert not (await calls.named(db, KEY)).is_open(OPEN)


async def test_one_who_comes_late_closes_the_call_for_good(house: House) -> None:
    await publish(house)
    kept = await begin(house, bent(KEY, {}))
    house.series.at = DEADLINE + 1000
    assert await send(house, kept) == {"late"}
    house.series.at = DEADLINE - 1000
    assert await send(house, kept) == {"closed"}


async def test_a_file_may_be_added_twice_and_mended_between(house: House) -> None:
    await publish(house)
    good, bad = bent(KEY, {}), bent(KEY, {"title": "Annen", "budget": []})
    first = await add(house, good, bad)
    assert [each.taken for each in first] == [True, False]
    assert all(each.code for each in first)
    again = await add(house, good, bent(KEY, {"title": "Annen"}))
    assert [(each.taken, each.code) for each in again] == [(True, None), (True, None)]
    assert [kept.counts for kept in await every(house)] == [True, True]
    assert {each.replaces for each in again} == {kept.id for kept in await every(house)}


async def test_what_a_file_began_and_the_form_changed_may_be_replaced_by_the_file(house: House) -> None:
    await publish(house)
    (first,) = await add(house, bent(KEY, {}))
    kept = await opened_by(house, first.code or "")
    async with house.world.engine.begin() as db:
        assert await applications.save(db, house.world.keys, kept, bent(KEY, {"contact": "b@c.no"}), OPEN)
        assert await applications.save(
            db, house.world.keys, replace(kept, version=kept.version + 1), bent(KEY, {}), OPEN
        )
    (again,) = await add(house, bent(KEY, {}))
    assert again.replaces == kept.id


async def test_a_file_replaces_no_draft_of_the_form_by_the_same_name(house: House) -> None:
    """Whoever began it holds its code: they would see, change and withdraw what the file says."""
    await publish(house)
    strangers = await begin(house, bent(KEY, {"budget": []}))
    (added,) = await add(house, bent(KEY, {}))
    assert (added.taken, added.replaces, added.code is None) == (True, None, False)
    assert await opened_by(house, "ABCDEFGHJKLM") == strangers
    assert sorted(kept.counts for kept in await every(house)) == [False, True]


async def test_applications_are_sealed(sqlite_url: str, tmp_path: Any) -> None:
    async with opened(sqlite_url, Series(OPEN)) as house:
        await publish(house)
        await send(house, await begin(house, bent(KEY, {"contact": "hemmelig@example.no"})))
        held = on_disk(tmp_path / "database")
        assert b"hemmelig" not in held
        assert b"ABCDEFGHJKLM" not in held
        assert SEED.encode() not in held


async def test_a_call_whose_words_were_changed_in_the_database_is_known(house: House) -> None:
    held = await publish(house)
    async with house.world.engine.begin() as db:
        changed = FILES[KEY].replace("groups = 8", "groups = 9")
        await db.execute(update(table).values(text=changed))
        with pytest.raises(WrongCallKey):
            await calls.named(db, held.call.key)
