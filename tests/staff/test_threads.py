"""A worker writes to a person from the staff pages, and what each of them sees of it."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels.base import Used, Wrote
from bot.clock import OSLO, milliseconds
from bot.operations import deliveries
from bot.store import threads
from bot.store.engine import reading
from bot.store.tables.casework import drafts, letters
from bot.store.tables.people import links, sendings
from tests.house import KEYS
from tests.intake.conversations import press, sent, text
from tests.staff.conftest import Browser, Desk
from tests.staff.pages import cry, fields, send, words
from tests.staff.pages import links as listed

BLNS = Path(__file__).parents[3] / "shared" / "data" / "naughty" / "blns.json"
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)//",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
]
EVENING = datetime(2026, 11, 24, 18, tzinfo=OSLO)


async def page_of(desk: Desk, worker: Browser, place: int = 0) -> str:
    """The address of the page of somebody who sent."""
    return listed((await worker.get("/ansatt")).text)[place].split("?")[0]


async def write(worker: Browser, address: str, said: str, **more: str) -> str:
    """Write to a person; the page after it."""
    page = await worker.get(address)
    answer = await send(worker, page, "brev", brev=said, **{"nar": "na", **more})
    assert answer.status_code == 303, answer.text
    return (await worker.get(address)).text


async def test_what_is_written_comes_out_in_the_chat_and_the_answer_on_the_page(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    await write(kari, address, "Vil du møte oss?")
    now = await desk.house.do("web", "1", Used("start"))
    assert now.question == "thread"
    await desk.house.do("web", "1", Wrote("ja, på onsdag"))
    assert "Svar til meg" in (await kari.get("/ansatt")).text
    assert words((await kari.get(address)).text)[-2:] == ["Vil du møte oss?", "ja, på onsdag"]
    assert "Svar til meg" not in (await kari.get("/ansatt")).text
    assert await desk.log("write") == [("kari", "write", "person")]


async def test_the_person_is_told_who_writes_as_the_worker_chose(desk: Desk) -> None:
    await sent(desk.house, "1", channel="terminal")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    assert "Personen ser: kari skriver." in (await kari.get(address)).text
    await write(kari, address, "Hei!")
    assert "kari skriver:" in text(await desk.house.do("terminal", "1", Used("start")))


async def test_one_form_sent_five_times_is_one_letter(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    page = await kari.get(await page_of(desk, kari))
    for _ in range(5):
        assert (await send(kari, page, "brev", brev="Hei!", nar="na")).status_code == 303
    async with reading(desk.house.world.engine) as db:
        assert len((await db.execute(select(letters))).all()) == 1


async def test_a_wish_for_the_evening_is_shown_and_kept(desk: Desk) -> None:
    await sent(desk.house, "1")
    await press(desk.house, "1", "adult")
    await press(desk.house, "1", "evening")
    desk.house.series.at = milliseconds(EVENING.replace(hour=10))
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    assert "Send 24.11.2026 kl. 18.00" in (await kari.get(address)).text
    page = await write(kari, address, "God kveld!", nar="senere")
    assert "Sendes 24.11.2026 kl. 18.00" in page
    assert (await desk.house.do("web", "1", Used("start"))).question != "thread"
    desk.house.series.at = milliseconds(EVENING)
    assert await deliveries.once(desk.house.world, desk.house.intake.queued) == 1
    assert (await desk.house.do("web", "1", Used("start"))).question == "thread"


async def test_a_letter_that_waits_can_be_taken_back_and_is_a_draft_again(desk: Desk) -> None:
    await sent(desk.house, "1")
    desk.house.series.at = milliseconds(EVENING.replace(hour=23))
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    await write(kari, address, "God morgen!", nar="senere")
    page = await kari.get(address)
    assert (await send(kari, page, "angre", place="0")).status_code == 303
    after = (await kari.get(address)).text
    assert ">God morgen!</textarea>" in after
    assert "God morgen!" not in words(after)


async def test_a_draft_is_there_after_signing_in_anew_and_only_for_its_worker(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    address = await page_of(desk, kari)
    await kari.send(f"{address}/utkast", seen_on=address, brev="Hei, jeg er")
    async with reading(desk.house.world.engine) as db:
        assert b"jeg er" not in (await db.execute(select(drafts.c.words))).scalar_one()
    again = await desk.worker("kari", "reviewer")
    assert ">Hei, jeg er</textarea>" in (await again.get(address)).text
    assert "Hei, jeg er" not in (await ola.get(address)).text
    await write(again, address, "Hei!")
    async with reading(desk.house.world.engine) as db:
        assert (await db.execute(select(drafts))).all() == []


async def test_the_page_says_where_the_answer_goes(desk: Desk) -> None:
    receipt = await sent(desk.house, "1", who="12-14")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    assert "Svaret ligger bak kvitteringen" in (await kari.get(address)).text
    assert "Ikke hentet ennå" in await write(kari, address, "Hei!")
    opened = await desk.house.do("web", "2", Used("receipt", receipt))
    assert "kari skriver:\nHei!" in text(opened)
    assert "Hentet " in (await kari.get(address)).text


async def test_who_says_that_others_see_the_phone_is_kept_in_mind(desk: Desk) -> None:
    await sent(desk.house, "1", channel="telegram")
    await press(desk.house, "1", "adult_hidden", "telegram")
    kari = await desk.worker("kari", "reviewer")
    assert "Andre kan se telefonen" in (await kari.get(await page_of(desk, kari))).text


async def test_ready_answers_are_in_the_persons_language(desk: Desk) -> None:
    await desk.house.do("web", "1", Used("start"))
    await desk.house.do("web", "1", Used("language", "nn"))
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    page = (await kari.get(await page_of(desk, kari))).text
    assert '<li lang="nn">Hei! Vi har lese det du skreiv.' in page
    assert '<blockquote class="words" lang="nn">jeg trenger lappen' in page


async def test_a_ready_answer_is_put_in_without_a_script(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    assert 'name="sett" value="more" formaction=' in (await kari.get(address)).text
    for key in ("read", "more", "nothing"):
        page = await kari.get(address)
        typed = re.search(r"<textarea id=\"brev\".*?>(.*?)</textarea>", page.text, re.DOTALL)
        assert typed
        form = {**fields(page.text, "brev"), "brev": typed[1], "sett": key}
        assert (await kari.client.post(f"{address}/utkast", data=form)).is_redirect
    two = "Takk for at du sa det.\n\nVil du fortelle litt mer? Du bestemmer selv hva du sier.</textarea>"
    assert two in (await kari.get(address)).text


async def test_the_worker_sees_that_the_talk_ended(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    await write(kari, address, "Hei!")
    await press(desk.house, "1", "end")
    assert "Avsluttet praten" in (await kari.get("/ansatt")).text
    assert "Personen avsluttet praten" in (await kari.get(address)).text


async def test_who_is_in_danger_and_has_sent_nothing_can_be_written_to(desk: Desk) -> None:
    await cry(desk.house)
    kari = await desk.worker("kari", "reviewer")
    async with reading(desk.house.world.engine) as db:
        (id,) = await db.scalars(select(links.c.conversation_id))
    await write(kari, f"/ansatt/person/{id}", "Jeg leser det nå.")
    assert (await desk.house.do("web", "g", Wrote("takk"))).question == "thread"
    await press(desk.house, "g", "delete")
    assert (await desk.house.do("web", "g", Used("start"))).question == "thread"


async def test_nobody_writes_to_whom_they_may_not_read(desk: Desk) -> None:
    await sent(desk.house, "1")
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    far = await desk.worker("per", "reviewer", municipalities=("froya",))
    address = await page_of(desk, kari)
    page = await kari.get(address)
    given = await send(kari, page, "kjenner", kollega="ola")
    assert given.status_code == 303
    assert (await send(kari, page, "brev", brev="Hei!", nar="na")).status_code == 403
    assert (await far.send(f"{address}/brev", brev="Hei!", id="0" * 32)).status_code == 404
    assert (await far.send(f"{address}/utkast", brev="Hei!")).status_code == 404
    assert (await (await desk.worker("ada", "admin")).send(f"{address}/brev", brev="Hei!")).status_code == 403
    assert words(await write(ola, address, "Hei!"))[-1] == "Hei!"


async def test_whatever_is_written_is_shown_as_it_was_written(desk: Desk) -> None:
    """Both ways, and on no page is a word of it more than text."""
    await sent(desk.house, "1")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    for each in XSS:
        await write(kari, address, each)
        await desk.house.do("web", "1", Wrote(each))
    page = (await kari.get(address)).text
    assert words(page)[-2 * len(XSS) :] == [each for each in XSS for _ in range(2)]
    assert all(each not in page for each in XSS if "<" in each)
    shown = await kari.get("/chat")
    assert shown.status_code == 200


async def test_the_strings_that_break_programs_come_through_a_talk(desk: Desk) -> None:
    strings = [each for each in json.loads(BLNS.read_text("utf-8")) if each.strip()]
    await sent(desk.house, "1", channel="terminal")
    kari = await desk.worker("kari", "reviewer")
    address = await page_of(desk, kari)
    token = await kari.get(address)
    for place, each in enumerate(strings):
        sent_form = await send(kari, token, "brev", brev=each, nar="na", id=f"{place:032x}")
        assert sent_form.status_code == 303, each
    async with reading(desk.house.world.engine) as db:
        written = await threads.of(db, desk.house.world.keys, address.rpartition("/")[2])
    kept = {each.words for each in written}
    assert {each.replace("\r\n", "\n").strip() for each in strings} == kept
    for each in strings:
        assert (await desk.house.do("terminal", "1", Wrote(each))).shown, each


# --- answering together ------------------------------------------------------------------------------


async def test_who_answers_with_a_worker_is_marked_so(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    made = await kari.send("/ansatt/sammen", seen_on="/ansatt/sammen", kommune="trondheim")
    code = made.text.split('<p class="secret">')[1].split("<")[0]
    assert "<svg" in made.text
    await desk.house.do("web", "1", Used("start"))
    await desk.house.do("web", "1", Used("code", code))
    await sent(desk.house, "1")
    (need,) = await desk.house.sent()
    assert (need.attested, need.assisted) == (True, True)
    async with reading(desk.house.world.engine) as db:
        attester = (await db.execute(select(sendings.c.attester))).scalar_one()
    assert attester == KEYS.hash("attester", "trondheim", "", "kari")  # a worker's codes are theirs
    assert await desk.log("hand out") == [("kari", "hand out", "code")]


async def test_who_works_in_two_municipalities_says_where_the_code_is_for(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer", municipalities=["froya", "trondheim"])
    page = await kari.get("/ansatt/sammen")
    assert '<option value="froya">' in page.text
    made = await kari.send("/ansatt/sammen", seen_on="/ansatt/sammen", kommune="froya")
    assert '<option value="froya" selected>' in made.text


async def test_a_code_of_a_worker_ends_after_half_an_hour(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    made = await kari.send("/ansatt/sammen", seen_on="/ansatt/sammen", kommune="trondheim")
    code = made.text.split('<p class="secret">')[1].split("<")[0]
    desk.house.series.pass_time(31 * 60_000)
    await desk.house.do("web", "1", Used("start"))
    assert "virker ikke" in text(await desk.house.do("web", "1", Used("code", code)))


async def test_on_the_workers_phone_whoever_was_there_before_is_let_go_of(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    kari.client.cookies.set("lytt", "somebody else's", domain="lytt.test")
    assert (
        await kari.send("/ansatt/sammen/her", seen_on="/ansatt/sammen", kommune="trondheim", kode="//evil")
    ).status_code == 422
    answer = await kari.send(
        "/ansatt/sammen/her", seen_on="/ansatt/sammen", kommune="trondheim", kode="ABCD2345"
    )
    assert answer.headers["location"] == "/k/trondheim?kode=ABCD2345"
    assert "somebody else's" not in str(kari.client.cookies)
    # Who holds the phone now does not see the worker's pages.
    shut = await kari.get("/ansatt")
    assert (shut.status_code, shut.headers["location"]) == (303, "/ansatt/inn?til=/ansatt")


@pytest.mark.parametrize("role", ["coordinator", "analyst", "admin"])
async def test_only_who_works_with_people_makes_such_codes(desk: Desk, role: str) -> None:
    worker = await desk.worker("per", role)
    assert (await worker.get("/ansatt/sammen")).status_code == 403
