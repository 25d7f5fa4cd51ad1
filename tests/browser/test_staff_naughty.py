"""What breaks pages, in every field of staff's day: no script runs, and the text shown is the text stored."""

import json
from itertools import cycle, islice

import pytest
from playwright.async_api import Browser
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import casework, flags, needs
from bot.store.casework import Edit
from bot.store.flags import Decision, Raised
from bot.store.tables.people import sendings
from dialogs.model import Conversation, FlagRaised
from dialogs.needs import Need
from tests.browser.staff import QUEUE, Desk, desk_of, somebody
from tests.contracts.test_naughty import BLNS
from tests.house import KEYS
from tests.web.serving import Site

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "{name} {by} {0}",
    "%(name)s",
    "javascript:alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>@import '//evil.example'</style>",
    "<!--<script>alert(1)//-->",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "\u202e<script>alert(1)</script>\u2066",
]


@pytest.fixture(scope="module")
def strings() -> list[str]:
    """What can be typed: a browser sends no lone surrogate, and a line ends in one way."""
    listed = [*SCRIPTS, *json.loads(BLNS.read_text("utf-8"))]
    clean = (
        each.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode() for each in listed
    )
    return [each for each in clean if each.strip()]


async def shown(desk: Desk) -> list[str]:
    """Every quotation of the page, as its text."""
    quoted: list[str] = await desk.page.eval_on_selector_all(
        "blockquote.words", "all => all.map(each => each.textContent)"
    )
    return quoted


async def only(db: AsyncConnection) -> str:
    """The one person there is."""
    return str((await db.execute(select(sendings.c.conversation_id))).scalar_one())


async def fill(site: Site, strings: list[str]) -> str:
    """A person who wrote them all, and about whom each was noted or proposed."""
    await somebody(site)
    world = site.house.world
    said = tuple(Need(category="other", words=each, suggested=("food",)) for each in strings)
    async with world.engine.begin() as db:
        id = await only(db)
        told = Conversation(municipality="trondheim", needs=said, sent=True)
        sending = needs.Sending(id, told, "web", [world.new_id() for _ in said])
        await needs.replace(db, KEYS, [sending], world.now())
        first = (await needs.of_person(db, KEYS, id))[0].id
        for version, each in enumerate(strings):
            edit = Edit(world.new_id(), id, version, "kari", world.now())
            if version % 2:
                await casework.note(db, KEYS, edit, each)
            else:
                await casework.propose(db, KEYS, edit, first, each)
    return id


async def test_a_person_who_wrote_them_all(browser: Browser, site: Site, strings: list[str]) -> None:
    id = await fill(site, strings)
    async with desk_of(browser, site) as desk:
        await desk.open(f"/ansatt/person/{id}")
        texts = await shown(desk)
        # The needs stand first; then a need's own history, the notes, and the history of all.
        assert texts[0] == strings[0]
        assert [each for each in strings if each not in texts] == []
        await desk.open(QUEUE)
        assert desk.complaints == []


@pytest.mark.parametrize("wrote", ["flag", "decision"])
async def test_a_red_flag_with_any_words(
    browser: Browser, site: Site, strings: list[str], wrote: str
) -> None:
    world, every = site.house.world, "\n".join(strings)[:9_000]
    await somebody(site)
    async with world.engine.begin() as db:
        known = Raised("f" * 32, await only(db), "trondheim", "16-17", (), world.now(), world.now())
        await flags.raise_flag(db, KEYS, FlagRaised("suicide", "sure", every), known)
        await flags.own(db, known.id, "kari", world.now())
        if wrote == "decision":
            decision = Decision(True, strings[1][:32], "kari", every, world.now(), police=True)
            await flags.decide(db, KEYS, "d", known.id, decision, keep=True)
    async with desk_of(browser, site) as desk:
        await desk.open(f"/ansatt/flagg/{known.id}")
        assert set(await shown(desk)) == {every}
        assert desk.complaints == []


async def test_every_field_a_worker_fills_in(browser: Browser, site: Site) -> None:
    await somebody(site)
    async with desk_of(browser, site) as desk:
        page = desk.page
        await desk.open(QUEUE)
        path = str(await page.locator(".row .name").get_attribute("href"))
        for text in SCRIPTS:
            await desk.open(QUEUE)
            await page.get_by_text("Velg hva du vil se").click()
            await page.get_by_label("Lagre dette utvalget som").fill(text)
            await desk.press("Lagre")
            await page.get_by_label("Søk i det folk har skrevet").fill(text)
            await desk.press("Søk")
            assert await page.get_by_label("Søk i det folk har skrevet").input_value() == text
            await desk.open(path)
            await page.get_by_label("Nytt notat, for kolleger").fill(text)
            await desk.press("Lagre notatet")
            assert text in await shown(desk)
        saved = await page.context.request.get(desk.site.address + QUEUE)
        assert saved.ok
        assert desk.complaints == []


async def test_addresses_that_mean_harm_are_answered(
    browser: Browser, site: Site, strings: list[str]
) -> None:
    async with desk_of(browser, site) as desk:
        fields = cycle(("tilstand", "kategori", "bydel", "alder", "gruppe", "kanal", "fra", "til", "etter"))
        for name, text in islice(zip(fields, strings, strict=False), 120):
            answer = await desk.page.request.get(desk.site.address + QUEUE, params={name: text})
            assert answer.status == 200, (name, text)
        for text in (*SCRIPTS, "\0", "a" * 5_000):
            answer = await desk.page.request.get(
                f"{desk.site.address}/ansatt/person/x", params={"tilbake": text}
            )
            assert answer.status == 404
