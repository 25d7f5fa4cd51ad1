"""Accounts: made and changed by administrators alone, in their own municipalities, always in the log."""

import re
from dataclasses import replace

import pytest

from bot.municipalities.roster import ANSWER, FLAG, NEED, Duty
from bot.operations import alerts
from bot.operations.routes import Route
from bot.store import audit, staff
from bot.store.engine import reading
from bot.store.staff import Account
from tests.house import EVENING, KEYS
from tests.intake.conversations import press, sent
from tests.staff.conftest import Browser, Desk

PAGE = "/ansatt/kontoer"
WORKTIME = EVENING + 15 * 3_600_000  # the next morning at eleven
PASSWORD = re.compile(r'<code class="secret">(\w{16})</code>')


async def account(desk: Desk, name: str) -> Account:
    async with reading(desk.house.world.engine) as db:
        found = await staff.named(db, name)
    assert found is not None
    return found


async def made(browser: Browser, name: str, *roles: str, where: str = "trondheim") -> int:
    answer = await browser.send(PAGE, PAGE, name=name, role=list(roles), municipality=where)
    return answer.status_code


async def test_a_new_account_has_a_password_that_is_shown_once(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    answer = await admin.send(PAGE, PAGE, name="kari", role=["reviewer"], municipality="trondheim")
    assert PASSWORD.search(answer.text)
    assert not PASSWORD.search((await admin.get(PAGE)).text)
    kari = await account(desk, "kari")
    assert (kari.roles, kari.municipalities, kari.must_change) == (("reviewer",), ("trondheim",), True)


async def test_what_can_not_be_an_account_is_none(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    assert await made(admin, "kari hansen", "reviewer") == 422
    assert await made(admin, "kari") == 422
    assert await made(admin, "ada", "reviewer") == 422
    assert await made(admin, "kari", "reviewer", where="froya") == 422
    async with reading(desk.house.world.engine) as db:
        assert [each.name for each in await staff.every(db)] == ["ada"]


@pytest.mark.parametrize("name", ["a/b", "..", "a?b", "a#b", "a%2Fb", "<b>", "a" * 65])
async def test_a_name_that_no_address_reaches_is_none(desk: Desk, name: str) -> None:
    """An account with such a name could be made on the page and never be stopped there."""
    assert await made(await desk.worker("ada", "admin"), name, "reviewer") == 422


async def test_an_administrator_can_not_change_their_own_account(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    fields = {"role": list(staff.ROLES), "municipality": "trondheim"}
    for what in ("rolle", "stopp", "passord"):
        assert (await admin.send(f"{PAGE}/ada/{what}", PAGE, **fields)).status_code == 403
    assert (await account(desk, "ada")).roles == ("admin",)


async def test_an_account_that_reaches_further_is_out_of_reach(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    await desk.worker("frode", "admin", municipalities=("trondheim", "froya"))
    assert "frode" not in (await admin.get(PAGE)).text
    assert (await admin.send(f"{PAGE}/frode/stopp", PAGE)).status_code == 404


async def test_roles_are_changed_and_the_log_says_which(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    await desk.worker("kari", "reviewer")
    fields = {"role": ["analyst", "coordinator"], "municipality": "trondheim"}
    assert (await admin.send(f"{PAGE}/kari/rolle", PAGE, **fields)).status_code == 303
    assert (await account(desk, "kari")).roles == ("coordinator", "analyst")
    async with reading(desk.house.world.engine) as db:
        (line,) = [each for each in await audit.lines(db, KEYS, most=20) if each.act == "assign"]
    assert (line.staff, line.reason) == ("ada", "coordinator, analyst: trondheim")


async def test_a_reset_takes_the_code_app_too_for_who_has_lost_the_phone(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    await desk.worker("kari", "reviewer")
    async with desk.house.world.engine.begin() as db:
        await staff.enrol(db, KEYS, "kari", "SECRET", 1)
    answer = await admin.send(f"{PAGE}/kari/passord", PAGE)
    assert PASSWORD.search(answer.text)
    kari = await account(desk, "kari")
    assert (kari.must_change, kari.enrolled) == (True, False)


async def test_a_stopped_account_is_opened_again(desk: Desk) -> None:
    admin = await desk.worker("ada", "admin")
    await desk.worker("kari", "reviewer")
    for what, disabled in (("stopp", True), ("start", False)):
        await admin.send(f"{PAGE}/kari/{what}", PAGE)
        assert (await account(desk, "kari")).disabled == disabled


# --- one's own page ---------------------------------------------------------------------------------


async def test_a_worker_chooses_language_and_the_name_people_see(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    fields = {"language": "en", "shown_as": "Kari i Uteseksjonen"}
    assert (await kari.send("/ansatt/meg", "/ansatt/meg", **fields)).status_code == 303
    page = (await kari.get("/ansatt/meg")).text
    assert '<html lang="en">' in page
    assert "My page" in page
    assert (await account(desk, "kari")).shown_as == "Kari i Uteseksjonen"


@pytest.mark.parametrize(
    "name",
    ["Ola i Uteseksjonen", "OLA  i uteseksjonen", "ola", "Olа i Uteseksjonen", "Οla", "Ol\u200ba", "Ｏla"],
)
async def test_nobody_is_shown_under_a_name_that_could_be_a_colleagues(desk: Desk, name: str) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    fields = {"language": "nb", "shown_as": "Ola i Uteseksjonen"}
    assert (await ola.send("/ansatt/meg", "/ansatt/meg", **fields)).status_code == 303
    assert (await ola.send("/ansatt/meg", "/ansatt/meg", **fields)).status_code == 303
    refused = await kari.send("/ansatt/meg", "/ansatt/meg", **fields | {"shown_as": name})
    assert (refused.status_code, "som ingen kollega har" in refused.text) == (422, True)
    assert (await account(desk, "kari")).shown_as == ""
    assert (
        await kari.send("/ansatt/meg", "/ansatt/meg", **fields | {"shown_as": "Kari Ås (Ute)"})
    ).status_code == 303


@pytest.mark.parametrize("name", ["Kari", "kаri", "ｋari"])
async def test_no_account_is_made_whose_name_could_be_anothers(desk: Desk, name: str) -> None:
    admin = await desk.worker("ada", "admin")
    assert await made(admin, "kari", "reviewer") == 200
    assert await made(admin, name, "reviewer") == 422


async def test_new_recovery_codes_and_a_new_password_ask_for_the_one_there_is(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    own = "/ansatt/meg"
    assert (await kari.send(f"{own}/koder", own, password="feil")).status_code == 422
    shown = await kari.send(f"{own}/koder", own, password="none")
    assert shown.text.count("<li>") == 10
    new = {"new": "et nytt og langt passord", "again": "et nytt og langt passord"}
    assert (await kari.send(f"{own}/passord", own, old="feil", **new)).status_code == 422
    assert (await kari.send(f"{own}/passord", own, old="none", **new)).headers["location"] == "/ansatt/inn"
    assert (await kari.get(own)).status_code == 303


async def test_who_is_on_the_roster_may_turn_off_alerts_but_not_those_of_red_flags(desk: Desk) -> None:
    world = desk.house.world
    place = world.places["trondheim"]
    duty = Duty("kari", 1, place.hours, wants=(FLAG, ANSWER))
    places = {**world.places, "trondheim": replace(place, roster=(duty,))}
    office = replace(desk.app.state.office, world=replace(world, places=places))
    desk.app.state.office = office
    kari, own = await desk.worker("kari", "reviewer"), "/ansatt/meg"
    page = (await kari.get(own)).text
    assert 'value="answer" checked' in page
    assert 'value="need"' not in page
    assert 'value="flag"' not in page
    await kari.send(own, own, language="nb")
    assert (await account(desk, "kari")).muted == (ANSWER, NEED)
    await sent(desk.house, "a")
    await press(desk.house, "a", "adult")
    await press(desk.house, "a", "any")
    desk.house.series.at = WORKTIME
    assert await alerts.once(office.world, Route(command="true")) == 0
    kari = await desk.worker("kari", "reviewer")  # the session of yesterday has ended
    await kari.send(own, own, language="nb", alerts=ANSWER)
    assert await alerts.once(office.world, Route(command="true")) == 1
