"""The chat on a phone: a walk to the receipt, words that wait for the net, and the way out."""

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from bot.store.engine import reading
from bot.store.tables.people import taken
from tests.browser.conftest import OUTSIDE, Chat
from tests.web.serving import Site, come_by_itself

API = "**/api/chat"
AGAIN_MS = 60_000  # until the page asks again to be told of what comes


async def stored(site: Site) -> int:
    """How many things people did are stored."""
    async with reading(site.house.world.engine) as db:
        return len((await db.execute(taken.select())).all())


async def gone(phone: BrowserContext, page: Page) -> None:
    """Wait until the session is forgotten: the page that asked for it has been left by then."""
    for _ in range(300):
        if not await phone.cookies():
            return
        await page.evaluate("new Promise(requestAnimationFrame)")
    pytest.fail("the session was not forgotten")


async def content(page: Page) -> str:
    return await page.locator("body").inner_text()


async def test_a_walk_to_the_receipt(chat: Chat) -> None:
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    await chat.hears("kvitteringen din")
    receipt = await chat.page.locator("[data-receipt]").get_attribute("data-receipt") or ""
    assert receipt[:4] not in " ".join(await chat.page.locator(".said > p").all_text_contents())
    assert len(receipt) == 16
    assert [need.words for need in await chat.site.house.sent()] == ["Jeg trenger lappen."]
    assert chat.complaints == []


async def test_on_a_small_phone_the_first_answer_is_seen_at_once(chat: Chat) -> None:
    await chat.page.set_viewport_size({"width": 360, "height": 740})
    await chat.open()
    first = await chat.page.locator("#choose .choice").first.bounding_box()
    dock = await chat.page.locator(".dock").bounding_box()
    assert first
    assert dock
    assert first["y"] + first["height"] <= dock["y"]


async def test_a_workers_link_marks_the_person_as_met(chat: Chat) -> None:
    code = await chat.site.house.make_code("attested")
    await chat.open(f"/k/trondheim?kode={code}")
    await chat.to_sending()
    await chat.press("Send")
    assert [need.attested for need in await chat.site.house.sent()] == [True]


async def test_a_workers_link_counts_also_where_the_net_fails_just_then(chat: Chat) -> None:
    code, lost = await chat.site.house.make_code("attested"), list[Route]()

    async def lose_the_code(route: Route) -> None:
        if not lost and '"code"' in (route.request.post_data or ""):
            lost.append(route)
            return await route.abort()
        await route.continue_()

    await chat.page.route(API, lose_the_code)
    await chat.open(f"/k/trondheim?kode={code}")
    await chat.to_sending()
    await chat.press("Send")
    assert lost
    assert [need.attested for need in await chat.site.house.sent()] == [True]


async def test_without_script_the_same_walk(browser: Browser, site: Site) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.address + "/k/trondheim")
    for name in ("16–17 år", "Lappen, buss, skole og jobb", "Førerkort (lappen)", "Vil ikke si", "Send"):
        await page.locator("#answers").get_by_role("button", name=name, exact=True).click()
    assert "kvitteringen din" in await content(page)
    assert await page.locator("[data-receipt]").get_attribute("data-receipt")
    assert len(await site.house.sent()) == 1
    await context.close()


async def test_stored_is_said_only_when_it_is(chat: Chat) -> None:
    await chat.open()
    held: list[Route] = []
    await chat.page.route(API, lambda route: held.append(route))
    await chat.page.get_by_role("button", name="16–17 år").click()
    own = chat.page.locator(".own")
    await expect(own).to_contain_text("Sender")
    assert await stored(chat.site) == 0
    await held[0].continue_()
    await expect(own).to_contain_text("Sender")
    while len(held) < 2:
        await chat.page.evaluate("new Promise(requestAnimationFrame)")
    await held[1].continue_()
    await expect(own).to_contain_text("Lagret")


async def test_where_words_are_not_kept_nothing_invites_to_them_or_says_that_they_are(chat: Chat) -> None:
    await chat.open()
    await chat.press("12–14 år")
    await chat.hears("Velg det som passer best")
    assert await chat.page.locator("#dictate").is_hidden()
    assert await chat.page.locator("label[for=words]").inner_text() == "Skriv til Lytt"
    await chat.say("Jeg vil ha noen å være med.")
    await chat.hears("tar ikke vare på ordene")
    assert await chat.page.locator(".own small").last.inner_text() == "Lest"


async def test_words_written_offline_are_sent_once_each_and_in_order(
    chat: Chat, phone: BrowserContext
) -> None:
    await chat.open()
    await chat.press("16–17 år")
    before = await stored(chat.site)
    await phone.set_offline(True)
    await chat.say("Jeg trenger lappen.")
    await chat.say("Og et sted å være.")
    await expect(chat.page.get_by_role("status")).to_contain_text("Laster du siden på nytt, mister du det")
    await expect(chat.page.locator(".own").last).to_contain_text("Venter på nett")
    await phone.set_offline(False)
    await chat.settled()
    await expect(chat.page.locator(".own.own small")).to_have_text(["Lagret"] * 3)
    assert await stored(chat.site) == before + 2
    await chat.hears("«Jeg trenger lappen.\nOg et sted å være.»")


async def test_words_that_wait_are_sent_before_the_page_changes_its_language(
    chat: Chat, phone: BrowserContext
) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await phone.set_offline(True)
    await chat.say("english")
    await chat.say("Jeg trenger lappen.")
    await phone.set_offline(False)
    await expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    await chat.hears("Jeg trenger lappen.")


async def test_an_answer_lost_on_the_way_is_asked_for_again_and_counts_once(chat: Chat) -> None:
    await chat.open()
    await chat.press("16–17 år")
    before = await stored(chat.site)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await chat.page.route(API, lose, times=1)
    await chat.say("Jeg trenger lappen.")
    await chat.hears("Stemmer det?")
    assert await stored(chat.site) == before + 1
    assert await chat.page.locator(".own").count() == 2


async def test_a_second_tap_counts_once(chat: Chat) -> None:
    await chat.open()
    await chat.page.get_by_role("button", name="16–17 år").dblclick()
    await chat.hears("Hva trenger du")
    await chat.settled()
    assert await chat.page.locator(".own").count() == 1
    assert await chat.log.get_by_text("ferdige med").count() == 0


async def test_reload_and_back_keep_the_place(chat: Chat) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await chat.page.reload()
    await chat.hears("Hva trenger du")
    await chat.open("/personvern")
    await chat.page.go_back()
    await chat.hears("Hva trenger du")
    await chat.press("Venner og fritid")
    await chat.hears("Hva passer best?")


async def test_the_youngest_see_the_receipt_and_a_reload_starts_anew(chat: Chat) -> None:
    await chat.open()
    for name in ("12–14 år", "Lappen, buss, skole og jobb", "Førerkort (lappen)", "Vil ikke si", "Send"):
        await chat.press(name)
    await chat.hears("kvitteringen din")
    await expect(chat.page.get_by_role("link", name="Begynn på nytt")).to_be_visible()
    await chat.page.reload()
    await chat.hears("Hvem er du?")
    assert await chat.page.locator("[data-receipt]").count() == 0


async def test_several_answers_are_ticked(chat: Chat) -> None:
    await chat.open()
    await chat.press("25 eller eldre, har eller venter barn")
    await chat.page.get_by_label("0–1 år").check()
    await chat.page.get_by_label("2–5 år").check()
    await chat.press("Ferdig")
    await chat.hears("Hva trenger du")
    await expect(chat.page.locator(".own").last).to_contain_text("0–1 år, 2–5 år")


async def test_the_menu_and_the_language_are_always_at_hand(chat: Chat) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await chat.page.locator("summary").click()
    await chat.page.get_by_role("button", name="Jeg vil ha tolk").click()
    await chat.hears("skrevet opp at du vil ha tolk")
    await chat.page.get_by_role("button", name="English").click()
    await chat.hears("What do you need")
    assert await chat.page.locator("html").get_attribute("lang") == "en"


async def test_help_now_is_there_without_a_net(chat: Chat, phone: BrowserContext) -> None:
    await chat.open()
    await phone.set_offline(True)
    await chat.page.get_by_role("link", name="Hjelp nå").click()
    dialog = chat.page.get_by_role("dialog")
    await expect(dialog.get_by_role("link", name="Ring 113")).to_have_attribute("href", "tel:113")
    await dialog.get_by_role("button", name="Lukk").click()
    await phone.set_offline(False)


async def test_grave_words_are_met_with_a_number_to_tap(chat: Chat) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await chat.say("Jeg vil ikke leve lenger")
    await expect(chat.log.get_by_role("link", name="113").first).to_have_attribute("href", "tel:113")
    await expect(chat.page.locator("#answers").get_by_role("button")).to_have_count(3)


async def test_what_is_deleted_goes_from_the_screen_too(chat: Chat) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await chat.say("Jeg vil ikke leve lenger")
    await chat.press("Slett det jeg skrev")
    await expect(chat.log).to_have_text("Jeg har slettet ordene dine. Du kan alltid skrive igjen.")
    await chat.say("Jeg trenger lappen.")
    await chat.hears("Stemmer det?")
    await chat.press("Ja, det stemmer")
    await chat.page.locator("summary").click()
    await chat.page.locator("#commands").get_by_role("button", name="Slett").click()
    await chat.press("Ja, slett alt")
    await expect(chat.log).to_have_text(
        "Jeg har slettet alt du har sagt.\nDu kan begynne på nytt når du vil."
    )


@pytest.mark.parametrize("way", ["button", "escape"])
async def test_leaving_leaves_no_trace(chat: Chat, phone: BrowserContext, way: str) -> None:
    await chat.open()
    await chat.press("16–17 år")
    await chat.say("Jeg trenger lappen.")
    await chat.hears("Stemmer det?")
    async with chat.page.expect_request("**/ut"):
        if way == "button":
            await chat.page.get_by_role("button", name="Forlat siden").click()
        for _ in range(3 if way == "escape" else 0):
            await chat.page.keyboard.press("Escape")
    await chat.page.wait_for_url("**" + OUTSIDE)
    await gone(phone, chat.page)
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert await chat.page.evaluate(kept) == [0, 0, ""]
    assert await chat.page.evaluate("caches ? caches.keys() : []") == []
    await chat.page.go_back()
    assert "lappen" not in await content(chat.page)
    await chat.open()
    await chat.hears("Hvem er du?")


async def test_leaving_without_script(browser: Browser, site: Site) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.address + "/chat")
    await page.get_by_role("button", name="16–17 år").click()
    await page.get_by_role("button", name="Forlat siden").click()
    await page.wait_for_url("**" + OUTSIDE)
    assert await context.cookies() == []
    await context.close()


async def test_messages_are_read_aloud_by_a_voice_of_this_phone(chat: Chat) -> None:
    await chat.page.add_init_script(
        """
        const voice = { lang: "nb-NO", localService: true };
        const away = { lang: "nb-NO", localService: false };
        window.heard = [];
        Object.defineProperty(window, "speechSynthesis", { value: {
          getVoices: () => [away, voice], addEventListener() {}, cancel() {},
          speak: (speech) => heard.push([speech.text, speech.lang]) } });
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        """
    )
    await chat.open()
    await chat.page.get_by_role("button", name="Les høyt").first.click()
    spoken, language = (await chat.page.evaluate("heard"))[0]
    assert spoken.startswith("Hei, jeg er Lytt")
    assert language == "nb"


async def test_without_a_voice_of_its_own_the_phone_is_not_asked_to_read(chat: Chat) -> None:
    await chat.open()
    assert await chat.page.get_by_role("button", name="Les høyt").count() == 0


async def test_the_receipt_can_be_copied(chat: Chat, phone: BrowserContext) -> None:
    await phone.grant_permissions(["clipboard-read", "clipboard-write"])
    await chat.open()
    await chat.to_sending()
    await chat.press("Send")
    await chat.page.get_by_role("button", name="Kopier tallene").click()
    await expect(chat.page.get_by_role("status")).to_have_text("Tallene er kopiert.")
    copied = await chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == await chat.page.locator("[data-receipt]").get_attribute("data-receipt")


async def test_what_comes_by_itself_is_shown_in_the_open_page(chat: Chat, phone: BrowserContext) -> None:
    """As a worker's answer will come in a later release."""
    await chat.open()
    await chat.press("16–17 år")
    session = (await phone.cookies())[0].get("value", "")
    await come_by_itself(chat.site.house, session, "Vi har plass til deg på torsdag.")
    await chat.hears("Vi har plass til deg på torsdag.")
    await chat.press("Venner og fritid")


@pytest.mark.parametrize("acts", [False, True])
async def test_what_comes_by_itself_is_shown_also_where_the_way_to_it_was_shut_for_a_while(
    chat: Chat, phone: BrowserContext, acts: bool
) -> None:
    """A browser that is refused asks no more: so it is while Lytt starts anew behind another server."""
    refused = list[Route]()

    async def refuse_once(route: Route) -> None:
        if refused:
            return await route.continue_()
        refused.append(route)
        await route.fulfill(status=502)

    await chat.page.clock.install()
    await chat.page.route("**/api/chat/events*", refuse_once)
    await chat.open()
    async with chat.page.expect_response("**/api/chat/events*"):
        await chat.press("16–17 år")
    session = (await phone.cookies())[0].get("value", "")
    await come_by_itself(chat.site.house, session, "Vi har plass til deg på torsdag.")
    async with chat.page.expect_request("**/api/chat/events*"):
        await (chat.press("Venner og fritid") if acts else chat.page.clock.run_for(AGAIN_MS))
    await chat.hears("Vi har plass til deg på torsdag.")
