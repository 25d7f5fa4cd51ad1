"""A red flag: taken by one, read by that one, unmasked with a reason, decided on and handed over."""

import pytest
from sqlalchemy import select

from bot.channels.base import Used, Wrote
from bot.operations import alerts
from bot.store import flags
from bot.store.engine import reading
from bot.store.tables.access import audit
from tests.house import KEYS, House
from tests.intake.conversations import press, sent
from tests.staff.conftest import Browser, Desk
from tests.staff.pages import GRAVE, cry, follow, links, send, words

WAY = "ring 412 34 567 etter skolen, spør etter Åse"


async def flag_page(browser: Browser) -> str:
    """Where the flag is."""
    return links((await browser.get("/ansatt")).text)[0]


async def taken(desk: Desk, browser: Browser) -> str:
    await cry(desk.house)
    path = await flag_page(browser)
    await send(browser, await browser.get(path), "ta")
    return path


async def waiting(house: House) -> int:
    async with reading(house.world.engine) as db:
        return len(await flags.unowned(db))


async def test_a_flag_is_read_when_it_is_taken_and_then_the_alerts_are_silent(desk: Desk) -> None:
    await cry(desk.house)
    kari = await desk.worker("kari", "reviewer")
    path = await flag_page(kari)
    before = await kari.get(path)
    assert "Selvmord" in before.text
    assert GRAVE not in before.text
    assert await waiting(desk.house) == 1
    after = await follow(kari, await send(kari, before, "ta"))
    assert words(after.text) == [GRAVE]
    assert "Kors på halsen" in after.text
    assert await waiting(desk.house) == 0
    assert not list(alerts.flags_due([], desk.house.world.place_of, {}, {}, desk.house.series.now()))
    assert await desk.log("open", "take") == [
        ("kari", "open", "flag"),
        ("kari", "take", "flag"),
        ("kari", "open", "flag"),
    ]


async def test_a_second_worker_sees_who_has_it_and_not_what_was_written(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    await cry(desk.house)
    path = await flag_page(ola)
    seen = await ola.get(path)
    await send(kari, await kari.get(path), "ta")
    late = await send(ola, seen, "ta")
    assert late.status_code == 409
    assert GRAVE not in late.text
    assert "kari har flagget" in late.text
    assert links((await ola.get("/ansatt")).text) == []
    twice = await kari.client.post(f"{path}/ta", data={"token": _token(await kari.get(path))})
    assert twice.status_code == 303


def _token(page: object) -> str:
    return str(getattr(page, "text", "")).partition('name="token" value="')[2].partition('"')[0]


async def test_who_is_away_has_a_flag_taken_over_for_a_reason(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await taken(desk, kari)
    page = await ola.get(path)
    assert (await send(ola, page, "gi", grunn="")).status_code == 422
    mine = await follow(ola, await send(ola, page, "gi", grunn="Kari er syk."))
    assert words(mine.text) == [GRAVE]
    assert words((await kari.get(path)).text) == []
    assert (await send(ola, page, "gi", grunn="En gang til.")).status_code == 409


async def test_an_owner_gives_a_flag_to_a_colleague(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await taken(desk, kari)
    page = await kari.get(path)
    assert (await send(kari, page, "gi", kollega="nobody")).status_code == 422
    assert (await send(kari, page, "gi", kollega="ola")).status_code == 303
    assert words((await ola.get(path)).text) == [GRAVE]


async def test_the_safe_way_is_shown_for_a_reason_which_the_log_keeps(desk: Desk) -> None:
    await cry(desk.house)
    await press(desk.house, "g", "adult")
    await desk.house.do("web", "g", Wrote(WAY))
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await flag_page(kari)
    await send(kari, await kari.get(path), "ta")
    page = await kari.get(path)
    assert WAY not in page.text
    assert (await send(kari, page, "kontakt", grunn="  ")).status_code == 422
    assert await desk.log("unmask") == []
    shown = await follow(kari, await send(kari, page, "kontakt", grunn="Skal ringe tilbake."))
    assert WAY in words(shown.text)
    refused = await send(ola, page, "kontakt", token=_token(await ola.get(path)), grunn="Vil se.")
    assert (refused.status_code, WAY in refused.text) == (409, False)
    assert await desk.log("unmask") == [("kari", "unmask", "flag")]
    decided = await send(kari, shown, "vedtak", meldt="nei", grunn="Hun er trygg nå.")
    assert WAY in words((await follow(kari, decided)).text)
    async with reading(desk.house.world.engine) as db:
        query = select(audit.c.id, audit.c.reason).where(audit.c.act == "unmask")
        row = (await db.execute(query)).one()
    assert KEYS.unlock(row.reason, "audit", "reason", row.id) == "Skal ringe tilbake."


async def test_who_gets_the_flag_or_gets_it_back_says_why_they_must_see_the_safe_way(desk: Desk) -> None:
    await cry(desk.house)
    await press(desk.house, "g", "adult")
    await desk.house.do("web", "g", Wrote(WAY))
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await flag_page(kari)
    await send(kari, await kari.get(path), "ta")
    page = await follow(kari, await send(kari, await kari.get(path), "kontakt", grunn="Skal ringe."))
    for giver, taker, name in ((kari, ola, "ola"), (ola, kari, "kari")):
        desk.house.series.pass_time()
        await send(giver, await giver.get(path), "gi", kollega=name)
        page = await taker.get(path)
        assert words(page.text) == [GRAVE]
    assert "Hvorfor trenger du å se den?" in page.text


async def test_what_a_person_wrote_is_marked_with_their_language(desk: Desk) -> None:
    await desk.house.do("web", "g", Used("start"))
    await desk.house.do("web", "g", Used("language", "en"))
    await desk.house.do("web", "g", Wrote(GRAVE))
    kari = await desk.worker("kari", "reviewer")
    path = await flag_page(kari)
    await send(kari, await kari.get(path), "ta")
    assert f'<blockquote class="words" lang="en">{GRAVE}' in (await kari.get(path)).text


@pytest.mark.parametrize(
    "form",
    [
        {"meldt": "ja", "til": "", "grunn": "Fare nå."},
        {"meldt": "ja", "til": "somebody", "grunn": "Fare nå."},
        {"meldt": "nei", "grunn": " "},
        {"grunn": "Trygg."},
    ],
)
async def test_half_a_decision_is_not_filed_and_keeps_what_was_written(
    desk: Desk, form: dict[str, str]
) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await taken(desk, kari)
    answer = await send(kari, await kari.get(path), "vedtak", **form)
    assert answer.status_code == 422
    assert form["grunn"].strip() in answer.text
    async with reading(desk.house.world.engine) as db:
        assert await flags.decisions(db, KEYS, path.rpartition("/")[2]) == []


async def test_a_flag_is_decided_on_and_handed_over_by_its_owner_alone(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await taken(desk, kari)
    form = {"meldt": "ja", "til": "child_welfare", "politi": "ja", "grunn": "Hun er ikke trygg hjemme."}
    page = await kari.get(path)
    not_mine = await send(ola, page, "vedtak", token=_token(await ola.get(path)), **form)
    assert not_mine.status_code == 422
    early = await kari.client.post(f"{path}/flytt", data={"token": _token(page)})
    assert early.status_code == 422
    decided = await follow(kari, await send(kari, page, "vedtak", **form))
    assert "Meldt til: Barnevernet" in decided.text
    assert "Politiet er varslet" in decided.text
    assert "Hun er ikke trygg hjemme." in words(decided.text)
    others = await ola.client.post(f"{path}/flytt", data={"token": _token(await ola.get(path))})
    assert others.status_code == 409
    assert (await send(kari, decided, "flytt")).headers["location"] == "/ansatt"
    assert links((await kari.get("/ansatt")).text) == []
    assert "slettes her etter 14 dager" in (await kari.get(path)).text


async def test_who_knows_the_person_neither_takes_nor_gets_their_flag(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await taken(desk, kari)
    page = await kari.get(path)
    person = page.text.partition('href="/ansatt/person/')[2].partition('"')[0]
    case = await kari.get(f"/ansatt/person/{person}")
    assert (await send(kari, case, "kjenner", kollega="ola")).status_code == 303
    assert words((await ola.get(path)).text) == [GRAVE]
    token = _token(page)
    for action in ("ta", "gi", "kontakt", "vedtak", "flytt"):
        form = {"token": token, "grunn": "Vil se.", "meldt": "nei", "fra": "ola"}
        refused = await kari.client.post(f"{path}/{action}", data=form)
        assert (refused.status_code, "fordi du kjenner personen" in refused.text) == (403, True), action
    assert "fordi du kjenner personen" in (await kari.get(path)).text
    his = await ola.get(path)
    assert "<option>kari</option>" not in his.text
    token = _token(his)
    given = await ola.client.post(f"{path}/gi", data={"token": token, "kollega": "kari", "fra": "ola"})
    assert (given.status_code, "kari kjenner personen" in given.text) == (403, True)
    assert await desk.log("take", "hand over") == [("kari", "take", "flag"), ("kari", "hand over", "person")]


async def test_a_list_tells_of_the_flag_of_somebody_known_only_that_it_waits(desk: Desk) -> None:
    kari, _ = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    await sent(desk.house, "g")
    (link,) = links((await kari.get("/ansatt")).text)
    await send(kari, await kari.get(link), link.split("?")[0] + "/kjenner", kollega="ola")
    await desk.house.do("web", "g", Wrote(GRAVE))
    for page in ("/ansatt", "/ansatt/ko"):
        shown = (await kari.get(page)).text
        assert "Si fra til en kollega om at det venter" in shown
        assert "Må ses innen" in shown
        assert "Selvmord" not in shown
        assert not any("/flagg/" in each for each in links(shown))


async def test_a_flag_of_another_municipality_is_not_there(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await taken(desk, kari)
    per = await desk.worker("per", "reviewer", municipalities=("froya",))
    assert (await per.get(path)).status_code == 404
    assert GRAVE not in (await per.get(path)).text
    token = _token(await per.get("/ansatt"))
    for action in ("ta", "gi", "kontakt", "vedtak", "flytt"):
        assert (await per.client.post(f"{path}/{action}", data={"token": token})).status_code in (404, 422)
    assert (await per.get("/ansatt/flagg/nothing")).status_code == 404
