"""A person's page: what they told, each change with who and when, and nobody writes over another."""

import pytest

from bot.channels.base import Wrote
from bot.clock import MINUTE_MS
from bot.staff.pseudonyms import ADJECTIVES, ANIMALS, pseudonym
from bot.store import casework, categories, needs
from bot.store.categories import Added
from bot.store.engine import reading
from bot.store.tables.people import sendings
from dialogs.text import Told
from tests.house import EVENING
from tests.intake.conversations import press, sent
from tests.staff.conftest import Browser, Desk
from tests.staff.pages import cry, fields, follow, links, send, words

WISH = "Jeg vil ha en skatepark."
SKATING = Added(
    "skating",
    "friends_and_leisure",
    "both",
    Told("Skating", "Skating", "Skating"),
    Told("", "", ""),
    (),
    ("trondheim",),
    "siv",
    EVENING,
)


async def opened(browser: Browser, place: int = 0) -> str:
    """Where a person's page is."""
    return links((await browser.get("/ansatt/ko?tilstand=all")).text)[place].split("?")[0]


async def person(desk: Desk, browser: Browser, address: str = "a") -> str:
    await sent(desk.house, address, words=WISH)
    return await opened(browser)


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_pseudonyms_are_many_and_stay_the_same() -> None:
    assert len(set(ADJECTIVES)) == len(ADJECTIVES) >= 60
    assert len(set(ANIMALS)) == len(ANIMALS) >= 60
    names = {pseudonym(f"{number:032x}") for number in range(5_000)}
    assert len(names) > 4_900
    assert pseudonym("a" * 32) == pseudonym("a" * 32)


async def test_a_page_shows_what_was_told_under_a_pseudonym(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    for choice in ("adult", "evening"):
        await press(desk.house, "a", choice)
    page = (await kari.get(path)).text
    assert words(page) == [WISH]
    assert f"<h1>{pseudonym(id_of(path))}</h1>" in page
    assert "Vil ha svar fra en i kommunen" in page
    assert "På kvelden" in page


async def test_a_corrected_need_keeps_what_the_person_confirmed_and_says_who_and_when(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await follow(kari, await send(kari, await kari.get(path), "kategori", kategori="leisure"))
    assert "1. Fritid, ferie og opplevelser" in page.text
    assert "kari rettet fra «Noe annet» til «Fritid, ferie og opplevelser»" in page.text
    async with reading(desk.house.world.engine) as db:
        assert await needs.counts(db, "trondheim", desk.house.series.now() + 1) == {"leisure": 1}
    unknown = await send(kari, page, "kategori", kategori="nothing")
    assert unknown.status_code == 422


async def test_a_need_is_corrected_to_a_kind_that_was_added(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    async with desk.house.world.engine.begin() as db:
        await categories.add(db, SKATING)
    page = await follow(kari, await send(kari, await kari.get(path), "kategori", kategori="skating"))
    assert "kari rettet fra «Noe annet» til «Skating»" in page.text
    assert "1. Skating" in page.text
    for listed in ("/ansatt", "/ansatt/ko?kategori=skating"):
        assert '<span class="kinds">Skating</span>' in (await kari.get(listed)).text


async def test_a_missing_kind_is_proposed(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await follow(kari, await send(kari, await kari.get(path), "forslag", forslag="Anlegg for skating"))
    assert "kari foreslo en ny kategori" in page.text
    assert "Anlegg for skating" in words(page.text)


async def test_the_second_of_two_workers_sees_what_changed_and_keeps_their_words(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await person(desk, kari)
    hers, his = await kari.get(path), await ola.get(path)
    await send(kari, hers, "notat", notat="Ring på fredag.")
    refused = await send(ola, his, "notat", notat="Jeg tar en prat i dag.")
    assert refused.status_code == 409
    assert "Noen endret saken mens du leste" in refused.text
    assert "kari skrev et notat" in refused.text
    assert ">Jeg tar en prat i dag.</textarea>" in refused.text
    page = await follow(ola, await send(ola, refused, f"{path}/notat", notat="Jeg tar en prat i dag."))
    assert {"Ring på fredag.", "Jeg tar en prat i dag."} < set(words(page.text))


async def test_a_need_that_the_person_changed_meanwhile_is_not_corrected(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await kari.get(path)
    gone = await send(kari, page, "kategori", kategori="leisure", behov="gone")
    assert gone.status_code == 409
    assert "Personen har endret svarene sine" in gone.text


async def test_what_came_after_it_was_read_is_still_new(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await kari.get(path)
    desk.house.series.pass_time(MINUTE_MS)
    async with desk.house.world.engine.begin() as db:
        await db.execute(sendings.update().values(sent_at=desk.house.series.now()))
    await send(kari, page, "ferdig")
    assert len(links((await kari.get("/ansatt/ko")).text)) == 1


async def test_a_case_that_is_done_is_opened_again(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await kari.get(f"{path}?tilbake=/ansatt/ko?kategori=other")
    done = await send(kari, page, f"{path}/ferdig")
    assert done.headers["location"] == "/ansatt/ko?kategori=other"
    await send(kari, await kari.get(path), "apne")
    assert len(links((await kari.get("/ansatt/ko")).text)) == 1


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/ansatten", "javascript:x"])
async def test_nobody_is_led_away_from_here(desk: Desk, back: str) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await kari.get(path, params={"tilbake": back})
    assert back not in page.text
    assert (await send(kari, page, f"{path}/ferdig", tilbake=back)).headers["location"] == "/ansatt"


async def test_a_case_is_taken_given_and_laid_back(desk: Desk) -> None:
    kari, _ = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    await desk.worker("per", "reviewer", municipalities=("froya",))
    path = await person(desk, kari)
    for worker, told in (
        ("kari", "kari tok saken"),
        ("ola", "ga saken til ola"),
        ("", "la saken tilbake"),
    ):
        page = await follow(kari, await send(kari, await kari.get(path), "ansvar", kollega=worker))
        assert told in page.text
    assert (await send(kari, page, "ansvar", kollega="per")).status_code == 422
    assert await desk.log("hand over") == [("kari", "hand over", "person")]


async def test_one_named_contact_is_set_and_taken_back(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    page = await follow(kari, await send(kari, await kari.get(path), "fast", kollega="kari"))
    async with reading(desk.house.world.engine) as db:
        assert (await casework.case_of(db, id_of(path))).contact == "kari"
    await send(kari, page, "fast", kollega="")
    async with reading(desk.house.world.engine) as db:
        assert (await casework.case_of(db, id_of(path))).contact is None


async def test_a_likely_double_is_laid_under_the_first_and_taken_out_again(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    await person(desk, kari)
    await sent(desk.house, "b", words=WISH)
    path = await opened(kari)
    page = await follow(kari, await send(kari, await kari.get(path), "samme"))
    assert "Ligger under" in page.text
    assert len(links((await kari.get("/ansatt/ko")).text)) == 1
    assert len(await desk.house.sent()) == 2
    await send(kari, page, "skill")
    assert len(links((await kari.get("/ansatt/ko")).text)) == 2


async def test_what_is_not_sent_is_not_for_staff_but_a_red_flag_is(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    await press(desk.house, "unsent", "18-24")
    await cry(desk.house)
    flag = (await kari.get(links((await kari.get("/ansatt")).text)[0])).text
    path = flag.partition('href="/ansatt/person/')[2].partition('"')[0]
    page = await kari.get(f"/ansatt/person/{path}")
    assert "Har ikke sendt noe ønske." in page.text
    assert "Rødt flagg: Selvmord" in page.text


async def test_a_person_of_another_municipality_is_not_there(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    per = await desk.worker("per", "reviewer", municipalities=("froya",))
    refused = await per.get(path)
    assert (refused.status_code, WISH in refused.text) == (404, False)
    token = (await per.get("/ansatt")).text.partition('name="token" value="')[2].partition('"')[0]
    filled = dict.fromkeys(("behov", "notat", "forslag", "sendt", "kollega", "annen"), "1")
    for action in (
        "kategori",
        "forslag",
        "notat",
        "ferdig",
        "apne",
        "ansvar",
        "kjenner",
        "fast",
        "samme",
        "skill",
    ):
        form = {"token": token, "kategori": "food", **filled}
        assert (await per.client.post(f"{path}/{action}", data=form)).status_code == 404, action


async def test_who_knows_the_person_neither_changes_the_case_nor_finds_its_words(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await person(desk, kari)
    read = await kari.get(path)
    assert (await send(kari, read, "kjenner", kollega="ola")).status_code == 303
    now = await ola.get(path)
    for action, more in (("notat", {"notat": "Hei."}), ("ferdig", {}), ("ansvar", {"kollega": "kari"})):
        sent_by_kari = {**fields(now.text, action), **more, "token": fields(read.text, action)["token"]}
        assert (await kari.client.post(f"{path}/{action}", data=sent_by_kari)).status_code == 403, action
    draft = {**fields(read.text, "brev"), "brev": "Hei."}
    assert (await kari.client.post(f"{path}/utkast", data=draft)).status_code == 403
    for worker, found in ((kari, 0), (ola, 1)):
        page = await worker.get("/ansatt/ko?tilstand=all")
        assert len(links((await send(worker, page, "/ansatt/ko", ord="skatepark")).text)) == found


async def test_a_case_is_not_given_to_who_knows_the_person(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await person(desk, kari)
    await send(kari, await kari.get(path), "kjenner", kollega="ola")
    page = await ola.get(path)
    assert "<option>kari</option>" not in page.text
    laid_back = await follow(ola, await send(ola, page, "ansvar", kollega=""))
    (queued,) = links((await ola.get("/ansatt/ko")).text)
    assert queued.split("?")[0] == path
    for action in ("ansvar", "fast", "kjenner"):
        filled = {**fields(laid_back.text, "notat"), "kollega": "kari"}
        refused = await ola.client.post(f"{path}/{action}", data=filled)
        assert refused.status_code == 403, action
        assert "kari kjenner personen" in refused.text


async def test_what_the_person_answers_is_told_to_who_has_been_given_the_case(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    path = await person(desk, kari)
    await send(kari, await kari.get(path), "brev", brev="Hei!", nar="na")
    await send(kari, await kari.get(path), "ansvar", kollega="ola")
    await desk.house.do("web", "a", Wrote("hei, når?"))
    assert "Svar til meg" in (await ola.get("/ansatt")).text
    assert "Svar til meg" not in (await kari.get("/ansatt")).text


async def test_nobody_handles_what_is_yet_to_be_sent(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    path = await person(desk, kari)
    assert (await send(kari, await kari.get(path), "ferdig", sendt="9" * 15)).status_code == 409
    assert len(links((await kari.get("/ansatt/ko")).text)) == 1
