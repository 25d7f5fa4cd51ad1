"""The queue: filtered, searched in, paged, kept fresh, and never with a word of a person in an address."""

import pytest
from sqlalchemy import update

from bot.staff import queue
from bot.staff.pseudonyms import pseudonym
from bot.store.tables.people import sendings
from tests.house import House
from tests.intake.conversations import sent
from tests.staff.conftest import Browser, Desk
from tests.staff.pages import cry, follow, links, send

HERE = "/ansatt/ko"


async def kinds(page: str) -> list[str]:
    return [link.split("/")[2] for link in links(page)]


async def test_red_flags_stand_before_who_waits_longest(desk: Desk) -> None:
    for address in ("a", "b"):
        await sent(desk.house, address)
    await cry(desk.house)
    kari = await desk.worker("kari", "reviewer")
    page = (await kari.get(HERE)).text
    found = links(page)
    assert [link.split("/")[2] for link in found] == ["flagg", "person", "person"]
    first, second = (link.split("/")[3].split("?")[0] for link in found[1:])
    assert page.index(pseudonym(first)) < page.index(pseudonym(second))
    assert await desk.log("list") == [("kari", "list", "queue")]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("tilstand=all", 1),
        ("tilstand=handled", 0),
        ("kategori=other", 1),
        ("kategori=food&kategori=other", 1),
        ("kategori=food", 0),
        ("alder=18-24&gruppe=youth&kanal=web", 1),
        ("bydel=midtbyen", 0),
        ("svar=ja", 0),
        ("flom=ja", 0),
        ("fra=2026-11-23&til=2026-11-23", 1),
        ("fra=2026-11-24", 0),
        ("til=2026-11-22", 0),
        ("tilstand=what&fra=never&til=9999-12-31&etter=x-y", 1),
    ],
)
async def test_an_address_asks_for_a_part_of_the_queue(desk: Desk, query: str, shown: int) -> None:
    await sent(desk.house, "a")
    kari = await desk.worker("kari", "reviewer")
    assert len(links((await kari.get(f"{HERE}?{query}")).text)) == shown


async def test_words_are_searched_for_in_a_form_and_stand_in_no_address(desk: Desk) -> None:
    await sent(desk.house, "a", words="Jeg vil ha en skatepark på Lade.")
    await sent(desk.house, "b", words="Vi trenger vinterklær.")
    kari = await desk.worker("kari", "reviewer")
    page = await kari.get(HERE)
    found = await send(kari, page, HERE, ord="SKATEPARK lade")
    assert len(links(found.text)) == 1
    assert "skatepark på" not in found.text
    assert "skatepark" not in str(found.url).lower()
    assert links((await send(kari, page, HERE, ord="moped")).text) == []
    assert "Ingen har skrevet det." in (await send(kari, page, HERE, ord="moped")).text
    assert (await send(kari, page, HERE, ord=" ")).status_code == 303
    assert await desk.log("search") == [("kari", "search", "queue")] * 3


async def test_a_long_queue_is_paged_in_lists_and_searches(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    for number in range(5):
        await sent(desk.house, f"person {number}", words="Jeg vil ha en skatepark.")
    kari = await desk.worker("kari", "reviewer")
    assert len(await _walked(kari)) == 5
    page = await send(kari, await kari.get(HERE), HERE, ord="skatepark")
    seen = links(page.text)
    while 'name="etter"' in page.text:
        page = await send(kari, page, HERE, place="1", ord="skatepark")
        seen += links(page.text)
    assert len(set(seen)) == len(seen) == 5


async def _walked(browser: Browser) -> set[str]:
    page, seen = (await browser.get(HERE)).text, set[str]()
    for _ in range(3):
        seen |= set(links(page))
        following = page.partition("Neste side")[0].rpartition('href="')[2].partition('"')[0]
        page = (await browser.get(following.replace("&amp;", "&"))).text
    return {link.split("?")[0] for link in seen}


async def test_a_filter_longer_than_anybody_chooses_is_not_kept(desk: Desk) -> None:
    kari = await desk.worker("kari", "reviewer")
    page = await kari.get(HERE)
    assert (await send(kari, page, f"{HERE}/filter", navn="Alt", bydel="x" * 3_000)).status_code == 422


async def test_a_filter_is_kept_under_a_name_and_forgotten(desk: Desk) -> None:
    kari, ola = await desk.worker("kari", "reviewer"), await desk.worker("ola", "reviewer")
    asked = await kari.get(f"{HERE}?kategori=food&alder=16-17")
    page = await follow(kari, await send(kari, asked, f"{HERE}/filter", navn="Mat til unge"))
    assert 'href="/ansatt/ko?kategori=food&amp;alder=16-17">Mat til unge' in page.text
    assert "Mat til unge" not in (await ola.get(HERE)).text
    assert "Mat til unge" not in (await follow(kari, await send(kari, page, "filter/glem"))).text


async def test_who_has_said_nothing_of_themselves_is_shown_too(desk: Desk, house: House) -> None:
    await sent(house, "a")
    bare = dict.fromkeys(("age_band", "target_group", "district", "answer"), None)
    async with house.world.engine.begin() as db:
        await db.execute(update(sendings).values(**bare, flagged=True, interpreter=True))
    page = (await (await desk.worker("kari", "reviewer")).get(HERE)).text
    assert "Ikke sagt" in page
    assert "Kom i en flom" in page


@pytest.fixture
def house(desk: Desk) -> House:
    return desk.house
