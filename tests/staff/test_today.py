"""I dag: what waits, the grave first; a new need is read and dealt with in two taps."""

import pytest

from bot.clock import MINUTE_MS
from bot.store import worklist
from tests.intake.conversations import press, sent
from tests.staff.conftest import Desk
from tests.staff.pages import GRAVE, cry, fields, links


async def test_a_new_need_is_read_and_dealt_with_in_two_taps(desk: Desk) -> None:
    await sent(desk.house, "a", words="Jeg vil ha en skatepark.")
    kari = await desk.worker("kari", "reviewer")
    page = (await kari.get("/ansatt")).text
    assert "skatepark" not in page
    (link,) = links(page)
    read = await kari.get(link)  # one
    assert "Jeg vil ha en skatepark." in read.text
    done = await kari.client.post(link.split("?")[0] + "/ferdig", data=fields(read.text, "/ferdig"))  # two
    assert (done.status_code, done.headers["location"]) == (303, "/ansatt")
    assert links((await kari.get("/ansatt")).text) == []
    assert await desk.log("list", "open", "change") == [
        ("kari", "list", "today"),
        ("kari", "open", "person"),
        ("kari", "change", "person"),
        ("kari", "list", "today"),
    ]


async def test_the_grave_stands_first_with_its_clock(desk: Desk) -> None:
    await sent(desk.house, "a")
    await cry(desk.house)
    kari = await desk.worker("kari", "reviewer")
    page = (await kari.get("/ansatt")).text
    assert [link.split("/")[2] for link in links(page)] == ["flagg", "person"]
    assert "Selvmord" in page
    assert GRAVE not in page
    assert "Må ses innen" in page
    desk.house.series.pass_time(24 * 60 * MINUTE_MS)
    again = await desk.worker("kari", "reviewer")
    assert "over fristen" in (await again.get("/ansatt")).text


async def test_who_knows_the_person_hands_them_over_unopened(desk: Desk) -> None:
    await sent(desk.house, "a")
    ola, kari = await desk.worker("ola", "reviewer"), await desk.worker("kari", "reviewer")
    page = (await kari.get("/ansatt")).text
    (link,) = links(page)
    given = await kari.client.post(
        link.split("?")[0] + "/kjenner", data={**fields(page, "/kjenner"), "kollega": "ola"}
    )
    assert given.status_code == 303
    assert "Mine saker" in (await ola.get("/ansatt")).text
    refused = await kari.get(link)
    assert refused.status_code == 403
    assert "lappen" not in refused.text
    assert "lappen" in (await ola.get(link)).text


async def test_a_page_left_open_learns_that_something_came(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    before = (await kari.get("/ansatt/nytt")).json()
    assert (await kari.get("/ansatt/nytt")).json() == before
    await sent(desk.house, "a")
    after = (await kari.get("/ansatt/nytt")).json()
    assert after["mark"] != before["mark"]
    assert after["mark"] in (await kari.get("/ansatt/levende")).text


async def test_a_page_left_open_learns_that_who_is_in_danger_asks_for_an_adult(desk: Desk) -> None:
    await cry(desk.house)
    kari = await desk.worker("kari", "reviewer")
    page, before = (await kari.get("/ansatt")).text, (await kari.get("/ansatt/nytt")).json()
    assert "Vil at en voksen tar kontakt" not in page
    await press(desk.house, "g", "adult")
    assert (await kari.get("/ansatt/nytt")).json()["mark"] != before["mark"]
    assert "Vil at en voksen tar kontakt" in (await kari.get("/ansatt/levende")).text


async def test_looking_for_news_does_not_keep_a_session_alive(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    for _ in range(4):
        desk.house.series.pass_time(6 * MINUTE_MS)
        last = await kari.get("/ansatt/nytt", headers={"sec-fetch-mode": "cors"})
    assert last.status_code == 401


@pytest.mark.parametrize("role", ["coordinator", "analyst", "admin"])
async def test_who_reads_no_persons_is_welcomed_without_any(desk: Desk, role: str) -> None:
    await sent(desk.house, "a")
    worker = await desk.worker("per", role)
    page = await worker.get("/ansatt")
    assert (page.status_code, links(page.text)) == (200, [])
    assert (await worker.get("/ansatt/nytt")).status_code == 403


async def test_people_of_another_municipality_are_not_there(desk: Desk) -> None:
    await sent(desk.house, "a")
    kari = await desk.worker("kari", "reviewer", municipalities=("froya",))
    assert links((await kari.get("/ansatt")).text) == []


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [("reviewer", "/ansatt/ko", "/ansatt/tall"), ("coordinator", "/ansatt/tall", "/ansatt/ko")],
)
async def test_the_tour_shows_the_pages_that_a_worker_has(
    desk: Desk, role: str, seen: str, unseen: str
) -> None:
    page = (await (await desk.worker("per", role)).get("/ansatt/omvisning")).text
    assert (f'<h2><a href="{seen}"' in page, f'<h2><a href="{unseen}"' in page) == (True, False)


async def test_a_fault_of_ours_is_not_called_a_page_that_is_not_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> int:
        raise RuntimeError("what a person wrote")

    kari = await desk.worker("kari", "reviewer")
    monkeypatch.setattr(worklist, "count", fail)
    answer = await kari.get("/ansatt")
    assert answer.status_code == 500
    assert "Feilen er vår." in answer.text
    assert "wrote" not in answer.text
    assert "finnes ikke" not in answer.text
