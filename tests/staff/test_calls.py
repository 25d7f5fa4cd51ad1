"""A coordinator's pages about calls: each application with what it lacks, both rules, the decision."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from bot import web
from bot.clock import DAY_MS
from bot.funding import news, rounds
from bot.staff.comparison import Column
from bot.store import applications, decisions, reports, staff
from bot.store.decisions import Decision
from bot.store.engine import reading
from dialogs.text import N_
from tests.funding.conftest import OPEN
from tests.funding.test_attesters import let_in
from tests.funding.test_deciding import KEY, TWO, WORDS, filled
from tests.funding.written import FILES, bent
from tests.house import Series, opened
from tests.staff.conftest import Browser, Desk
from tests.web.serving import settings

HERE = f"/ansatt/utlysninger/{KEY}"
DIGEST = re.compile(r'name="digest" value="(\w+)"')
SEEN = re.compile(r'name="seen" value="(\w+)"')
UNITS = re.compile(r'name="([\w-]+\.0)"[^>]*value="(\d+)"')


@pytest_asyncio.fixture
async def calls_desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with opened(sqlite_url, Series(OPEN)) as house, AsyncExitStack() as running:
        yield Desk(web.create(settings(), house.world, house.intake), house, running)


async def coordinator(desk: Desk, name: str = "kari", text: str = FILES[KEY], people: int = 6) -> Browser:
    await filled(desk.house, text, people)
    return await desk.worker(name, "coordinator")


async def made(desk: Desk) -> Decision | None:
    async with reading(desk.house.world.engine) as db:
        return await decisions.of_call(db, KEY)


def form(page: str) -> dict[str, str]:
    """What the form of a decision carries: the units, and the mark of what they were shown to cost."""
    return dict([*UNITS.findall(page), *(("seen", each) for each in SEEN.findall(page))])


async def settle(browser: Browser, **fields: str) -> httpx.Response:
    """Look at what is typed, and decide just that."""
    looked = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="look", **fields)
    seen = {**fields, **form(looked.text)}
    return await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", **seen)


async def test_each_application_is_listed_with_all_that_it_lacks(calls_desk: Desk) -> None:
    browser, world = await coordinator(calls_desk), calls_desk.house.world
    async with world.engine.begin() as db:
        draft = bent(KEY, {"title": "Halvferdig", "budget": [], "contact": ""})
        await applications.begin(db, world.keys, "f" * 32, KEY, "CODEX", draft, OPEN)
    page = (await browser.get(HERE)).text
    assert "Halvferdig" in page
    assert page.count("Legg ved et budsjett") == page.count("Skriv en e-postadresse") == 1
    assert "utkast" in page
    assert re.search(r"sendt, \d\d\.\d\d\.\d{4}<", page)  # a day as it is written in Norway
    assert ("kari", "list", "application") in await calls_desk.log("list")
    assert f'href="{HERE}"' in (await browser.get("/ansatt/utlysninger")).text


async def test_an_application_is_read_whole_before_money_is_given(calls_desk: Desk) -> None:
    browser, world = await coordinator(calls_desk), calls_desk.house.world
    async with world.engine.begin() as db:
        needs = ["driving_licence", "<ukjent>"]
        ages = {"measures.0.youngest": 16, "measures.0.oldest": 120}
        draft = bent(KEY, {"title": "Ny <søknad>", "measures.0.needs": needs, **ages})
        await applications.begin(db, world.keys, "f" * 32, KEY, "CODEX", draft, OPEN)
    links = re.findall(r'href="([^"]+/soknad\?id=\w+)"', (await browser.get(HERE)).text)
    assert len(links) == 3
    page = (await browser.get(f"{HERE}/soknad?id={'f' * 32}")).text
    assert "Yngste alder" in page
    assert "Eldste alder" not in page  # no limit is no fact
    for words in (
        "Ny &lt;søknad&gt;",
        "Førerkort (lappen), &lt;ukjent&gt;",
        "25\N{NO-BREAK SPACE}000",
        "Hva som skjer når pengene tar slutt",
        "De som har begynt, får kjøre ferdig.",
        "Uteseksjonen (en enhet i kommunen)",
        "Tjenester dere kjøper",
        "Vi møtes hver uke.",
    ):
        assert words in page, words
    assert ("kari", "open", "application") in await calls_desk.log("open")
    for id in ("0" * 31 + "x", ""):
        assert (await browser.get(f"{HERE}/soknad?id={id}")).headers["location"] == HERE
    stranger = await calls_desk.worker("frida", "coordinator", municipalities=("froya",))
    assert (await stranger.get(links[0])).status_code == 404


async def test_both_rules_stand_side_by_side_and_a_cap_may_be_moved(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/fordeling")).text
    assert page.index("Flest ønsker først") < page.index("Like andeler")
    assert "150\N{NO-BREAK SPACE}000" in page  # an amount is never broken over two lines
    moved = (await browser.get(f"{HERE}/fordeling?grense=50 000")).text
    assert "Med grense 50\N{NO-BREAK SPACE}000 kr" in moved
    assert 'class="differs">2 enheter, 2 plasser, 50\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr' in moved
    wrong = (await browser.get(f"{HERE}/fordeling?grense=mye&sokere=0")).text
    assert "Dette er ikke et beløp" in wrong
    assert "Dette er ikke et antall søkere" in wrong
    assert re.search(r'name="grense"[^>]*aria-invalid="true" value="mye"', wrong)
    assert re.search(r'name="sokere"[^>]*aria-invalid="true" value="0"', wrong)


async def test_another_number_of_applicants_may_be_tried_and_what_got_nothing_is_told_why(
    calls_desk: Desk,
) -> None:
    few = FILES[KEY].replace("groups = 8", "groups = 1").replace("cap = 500_000 ", "cap = 100_000 ")
    browser = await coordinator(calls_desk, text=few)
    page = (await browser.get(f"{HERE}/fordeling")).text
    assert re.search(r'name="sokere"[^>]*value="1"', page)
    assert "Grensen for hvor mange søkere som får penger, er nådd." in page
    assert "Med 2 søkere" not in page
    more = (await browser.get(f"{HERE}/fordeling?grense=&sokere=2")).text
    told = " ".join(more.partition("Med 2 søkere</dt>")[2].partition("</dd>")[0].split())
    assert "Dette får også penger: Veien til førerkortet." in told
    assert "Igjen av 16\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000 kr" in more
    both = (await browser.get(f"{HERE}/fordeling?grense=50 000&sokere=2")).text
    assert "Med grense 50\N{NO-BREAK SPACE}000 kr og 2 søkere" in both
    as_it_is = (await browser.get(f"{HERE}/fordeling?grense=100 000&sokere=1")).text
    assert "Med grense" not in as_it_is


async def test_where_no_worker_met_anybody_no_column_says_that_nobody_is_left_out(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/fordeling")).text
    assert "En ansatt har møtt ingen av dem som svarte." in page
    assert "Bare dem en ansatt har møtt" not in page


def test_the_groups_left_out_come_from_all_who_answered() -> None:
    """A group of which no worker met anybody is in no account of the met, and is left out all the same."""
    met = Column(N_("Bare dem en ansatt har møtt"), {"groups": [{"group": "youth 18-24", "met": 1}]})
    assert met.left_out({"family": 4, "youth 16-17": 6, "youth 18-24": 6}) == ["youth 16-17"]


async def test_what_another_rule_or_cap_would_change_is_told_in_words_and_drawn(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/fordeling?grense=50 000")).text
    told = " ".join(page.partition("Hva som blir annerledes")[2].partition("</dl>")[0].split())
    assert "<dt>Like andeler</dt> <dd>Alle tiltak får like mye som med «Flest ønsker først».</dd>" in told
    moved = told.partition("Med grense 50 000 kr</dt>")[2].partition("</dd>")[0]
    assert "Dette får også penger: Veien til førerkortet." in moved  # another of that name is of Moped
    assert "Dette får mindre: Veien til førerkortet (Moped)." in moved
    nothing = (await browser.get(f"{HERE}/fordeling?grense=1")).text
    assert "Disse gruppene får ikke noe av det de ba om: Unge 18–24 år." in nothing
    widths = re.findall(
        r'<rect width="([\d.]+)"', page.partition("Veien til førerkortet<br>")[2].partition("</tr>")[0]
    )
    assert widths == ["100.0", "100.0", "33.333333333333336"]


async def test_the_whole_explanation_is_a_file_for_the_council(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/fordeling")).text
    links = re.findall(rf'href="({HERE}/forklaring[^"]+)"', page)
    files = {link.rpartition(".")[2]: await browser.get(link) for link in links}
    assert sorted(files) == ["html", "md", "pdf"]
    assert "150 000 kr til Veien til førerkortet (Moped): enhet 1 til 6" in " ".join(files["md"].text.split())
    assert "<svg" in files["html"].text
    assert files["pdf"].content.startswith(b"%PDF")
    assert all("attachment" in file.headers["content-disposition"] for file in files.values())
    assert ("kari", "export", "allocation") in await calls_desk.log("export")
    assert (await browser.get(f"{HERE}/forklaring?som=.exe")).status_code == 303


async def test_a_change_is_weighed_before_it_is_decided(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/vedtak")).text
    assert "2021-h2" not in page
    assert '<th scope="col">01.07.2021–31.12.2021</th>' in page
    fields = form(page)
    first = next(name for name, units in fields.items() if units == "6")
    changed = {**fields, first: "1", "reason": "Vi vil spare."}
    looked = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="look", **changed)
    assert "fra 6 til 1 enheter" in looked.text
    assert "5 færre får det de ba om" in looked.text
    assert "Vi vil spare." in looked.text
    assert await made(calls_desk) is None
    assert "Unge 18–24 år: 5 færre ønsker blir møtt" in looked.text
    unseen = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", **changed)
    assert unseen.status_code == 422
    assert "Ingenting er bestemt ennå." in unseen.text
    assert "5 færre får det de ba om" in unseen.text  # what a press has not been shown, it is shown now
    assert await made(calls_desk) is None
    seen = {**changed, **form(unseen.text)}
    done = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", **seen)
    assert done.status_code == 303
    decision = await made(calls_desk)
    assert decision is not None
    assert (decision.by, decision.reason, decision.final) == ("kari", "Vi vil spare.", True)
    assert decision.body["decided"]["spent"] == 2_500_000
    assert ("kari", "decide", "call") in await calls_desk.log("decide")
    assert "Kari Nordmann bestemte" in (await browser.get(f"{HERE}/vedtak")).text


async def test_places_that_nobody_asked_for_are_named_before_anybody_decides(calls_desk: Desk) -> None:
    """Six ask, and six get a place by the rule."""
    browser = await coordinator(calls_desk)
    page = (await browser.get(f"{HERE}/vedtak")).text
    fields, nobody = form(page), "Noen av plassene har ingen bedt om: Veien til førerkortet."
    first = next(name for name, units in fields.items() if units == "6")
    assert nobody not in page
    for units, is_said in (("5", False), ("7", True)):
        looked = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="look", **{**fields, first: units})
        assert (nobody in " ".join(looked.text.split())) is is_said


async def test_no_decision_without_a_reason_or_beyond_the_call(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    fields = form((await browser.get(f"{HERE}/vedtak")).text)
    for wrong in ({"reason": ""}, {"reason": "Alt", next(iter(fields)): "21"}):
        refused = await settle(browser, **{**fields, **wrong})
        assert refused.status_code == 422
    assert await made(calls_desk) is None


@pytest.mark.parametrize("typed", ["2 0", "6 plasser", "-6", "6.0", "²", "1000000", "", "fem"])
async def test_what_is_no_number_is_not_taken_for_nothing(calls_desk: Desk, typed: str) -> None:
    """A decision can not be changed: a slip of the hand must not leave a group without money."""
    browser = await coordinator(calls_desk)
    fields = form((await browser.get(f"{HERE}/vedtak")).text)
    first = next(name for name, units in fields.items() if units == "6")
    wrong = {**fields, first: typed, "reason": "Flest ba."}
    refused = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", **wrong)
    assert refused.status_code == 422
    assert "skriv et helt tall" in refused.text
    assert re.search(rf'name="{first}"[^>]*value="{typed}" aria-invalid="true"', refused.text)
    assert 'value="decide"' not in refused.text  # nor is anything shown that was summed without it
    assert "25\N{NO-BREAK SPACE}000" not in refused.text
    assert await made(calls_desk) is None


async def test_nobody_decides_before_the_name_that_is_published_is_set(calls_desk: Desk) -> None:
    kari, world = await coordinator(calls_desk, text=TWO), calls_desk.house.world
    fields = form((await kari.get(f"{HERE}/vedtak")).text) | {"reason": "Flest ba."}
    ola = await calls_desk.worker("ola", "coordinator")
    for browser, name, done in ((kari, "kari", "vedtak"), (ola, "ola", "enig")):
        async with world.engine.begin() as db:
            await staff.change(db, name, full_name="")
        page = (await browser.get(f"{HERE}/vedtak")).text
        assert "Skriv det fulle navnet ditt på Min side først." in page
        assert 'value="decide"' not in page
        fields["digest"] = "".join(DIGEST.findall(page))
        refused = await browser.send(f"{HERE}/{done}", "/ansatt/meg", do="decide", **fields)
        assert refused.status_code == 422
        called = f"{name.title()} Vik"
        await browser.send("/ansatt/meg", "/ansatt/meg", language="nb", shown_as="", full_name=called)
        page = (await browser.get(f"{HERE}/vedtak")).text
        assert f"Alle kan lese at {called} bestemte dette." in page
        fields["digest"] = "".join(DIGEST.findall(page))
        assert (await browser.send(f"{HERE}/{done}", HERE, do="decide", **fields)).status_code == 303
    decision = await made(calls_desk)
    assert decision is not None
    assert (decision.by, decision.decider, decision.agreer) == ("kari", "Kari Vik", "Ola Vik")


@pytest.mark.parametrize("name", ["Kari", "Ola Nordmann", "<b>Kari</b> Vik"])
async def test_a_full_name_is_whole_and_no_colleagues(calls_desk: Desk, name: str) -> None:
    kari = await coordinator(calls_desk)
    await calls_desk.worker("ola", "coordinator")
    told = {"language": "nb", "shown_as": "", "full_name": name}
    assert (await kari.send("/ansatt/meg", "/ansatt/meg", **told)).status_code == 422
    reader = await calls_desk.worker("per", "reviewer")
    assert 'name="full_name"' not in (await reader.get("/ansatt/meg")).text


async def test_an_open_call_is_not_decided(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    calls_desk.house.series.at = OPEN
    browser = await calls_desk.worker("kari", "coordinator")
    page = await browser.get(f"{HERE}/vedtak")
    assert "Utlysningen er åpen" in page.text
    assert 'value="decide"' not in page.text
    refused = await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Nå")
    assert refused.status_code == 422


async def test_who_decides_after_another_is_told_and_sees_what_holds(calls_desk: Desk) -> None:
    kari = await coordinator(calls_desk)
    ola = await calls_desk.worker("ola", "coordinator")
    seen = await ola.get(f"{HERE}/vedtak")
    fields = form(seen.text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    late = await ola.send(f"{HERE}/vedtak", HERE, do="decide", reason="Jeg vil noe annet.", **fields)
    assert late.status_code == 409
    assert "En annen rakk å vedta før deg" in late.text
    assert "Kari Nordmann bestemte" in late.text


async def test_two_must_agree_where_the_call_says_so(calls_desk: Desk) -> None:
    kari = await coordinator(calls_desk, text=TWO)
    fields = form((await kari.get(f"{HERE}/vedtak")).text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    waiting = await made(calls_desk)
    assert waiting is not None
    digest = waiting.digest
    assert (await kari.send(f"{HERE}/enig", f"{HERE}/vedtak", digest=digest)).status_code == 409
    ola = await calls_desk.worker("ola", "coordinator")
    assert (await ola.send(f"{HERE}/enig", f"{HERE}/vedtak", digest=digest)).status_code == 303
    decision = await made(calls_desk)
    assert decision is not None
    assert (decision.final, decision.agreed_by, decision.agreer) == (True, "ola", "Ola Nordmann")
    await ola.send(f"{HERE}/angre", f"{HERE}/vedtak")
    assert await made(calls_desk) == decision


async def test_who_is_asked_to_agree_sees_what_was_changed_and_what_it_costs_whom(calls_desk: Desk) -> None:
    kari = await coordinator(calls_desk, text=TWO)
    page = (await kari.get(f"{HERE}/vedtak")).text
    assert "Send til en koordinator til" in page
    assert "Det kan ikke gjøres om" not in page
    fields = form(page)
    first = next(name for name, units in fields.items() if units == "6")
    changed = {**fields, first: "1", "reason": "Vi vil spare."}
    await settle(kari, **changed)
    ola = await calls_desk.worker("ola", "coordinator")
    read = (await ola.get(f"{HERE}/vedtak")).text
    assert "fra 6 til 1 enheter" in read
    assert "Førerkort (lappen): 5 færre får det de ba om" in read
    await ola.send(f"{HERE}/enig", f"{HERE}/vedtak", digest=DIGEST.findall(read)[0])
    final = (await ola.get(f"{HERE}/vedtak")).text
    assert f'href="/dette-har-folk-sagt/{KEY}"' in final
    assert f'href="{HERE}">Gi beskjed' in final


async def test_who_asked_to_hear_is_told_by_a_press_once_and_not_before_it_is_final(calls_desk: Desk) -> None:
    kari, world = await coordinator(calls_desk, text=TWO), calls_desk.house.world
    fields = form((await kari.get(f"{HERE}/vedtak")).text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    assert "Gi beskjed" not in (await kari.get(HERE)).text
    await kari.send(f"{HERE}/beskjed", HERE)
    assert await calls_desk.log("tell") == []
    ola = await calls_desk.worker("ola", "coordinator")
    digest = DIGEST.findall((await ola.get(f"{HERE}/vedtak")).text)[0]
    await ola.send(f"{HERE}/enig", f"{HERE}/vedtak", digest=digest)
    assert "Gi beskjed til dem som ba om å høre" in (await ola.get(HERE)).text
    for _ in range(2):
        assert (await ola.send(f"{HERE}/beskjed", HERE)).status_code == 303
    assert await calls_desk.log("tell") == [("ola", "tell", "call")]
    page = (await ola.get(HERE)).text
    assert "ola ga beskjed til dem som ba om å høre" in page
    assert "/beskjed" not in page
    async with world.engine.begin() as db:
        assert (await news.tell(db, world, WORDS, KEY)).people == 0  # all six have heard it


async def test_a_coordinator_reads_what_a_group_reports_beside_what_it_got(calls_desk: Desk) -> None:
    kari, house = await coordinator(calls_desk), calls_desk.house
    fields = form((await kari.get(f"{HERE}/vedtak")).text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    house.series.at += 365 * DAY_MS
    kari = await calls_desk.worker("kari", "coordinator")
    assert "rapporter over fristen: 1" in (await kari.get("/ansatt/utlysninger")).text
    assert "rapporter over fristen: 1" in (await kari.get("/ansatt")).text
    both = await calls_desk.worker("oda", "coordinator", "reviewer")
    assert "rapporter over fristen: 1" in (await both.get("/ansatt")).text
    reader = await calls_desk.worker("per", "reviewer")
    assert "rapporter over fristen" not in (await reader.get("/ansatt")).text
    page = (await kari.get(HERE)).text
    assert "over fristen" in page
    assert "– av 6" in page
    body = {"places": "4", "spent": "100000", "done": "Fire <kjører>.", "milestones": "To har bestått."}
    async with house.world.engine.begin() as db:
        (report,) = await reports.to_remind(db, house.world.keys, house.series.at, house.series.at)
        await reports.send(db, house.world.keys, report.id, body, house.series.at)
    page = (await kari.get(HERE)).text
    assert "4 av 6" in page
    assert "100\N{NO-BREAK SPACE}000 av 150\N{NO-BREAK SPACE}000" in page
    assert "mer enn de fikk" not in page
    assert "Fire &lt;kjører&gt;." in page
    assert "To har bestått." in page
    assert "over fristen" not in (await kari.get("/ansatt/utlysninger")).text
    assert "over fristen" not in (await kari.get("/ansatt")).text
    async with house.world.engine.begin() as db:
        beyond = {**body, "places": "7", "spent": "150000,50"}
        await reports.send(db, house.world.keys, report.id, beyond, house.series.at)
    assert (await kari.get(HERE)).text.count("mer enn de fikk") == 2


async def test_a_deadline_is_told_in_its_own_zone(calls_desk: Desk) -> None:
    abroad = FILES[KEY].replace('zone = "Europe/Oslo"', 'zone = "Europe/Helsinki"')
    kari = await coordinator(calls_desk, text=abroad)
    for path in ("/ansatt/utlysninger", HERE):
        assert "31.05.2021 kl. 23.59 (Europe/Helsinki)" in (await kari.get(path)).text


async def test_nobody_agrees_to_another_decision_than_the_one_they_read(calls_desk: Desk) -> None:
    kari = await coordinator(calls_desk, text=TWO)
    fields = form((await kari.get(f"{HERE}/vedtak")).text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    ola = await calls_desk.worker("ola", "coordinator")
    read = DIGEST.findall((await ola.get(f"{HERE}/vedtak")).text)[0]
    await kari.send(f"{HERE}/angre", f"{HERE}/vedtak")
    none = {name: "0" for name in fields if name != "seen"}
    await settle(kari, reason="Ingen får noe.", **none)
    for digest in (read, ""):
        assert (await ola.send(f"{HERE}/enig", f"{HERE}/vedtak", digest=digest)).status_code == 409
    waiting = await made(calls_desk)
    assert waiting is not None
    assert not waiting.final


async def test_a_decision_that_waits_may_be_taken_back(calls_desk: Desk) -> None:
    kari = await coordinator(calls_desk, text=TWO)
    fields = form((await kari.get(f"{HERE}/vedtak")).text)
    await kari.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    await kari.send(f"{HERE}/angre", f"{HERE}/vedtak")
    assert await made(calls_desk) is None


async def test_whose_codes_turn_a_choice_alone_is_told_before_anybody_decides(calls_desk: Desk) -> None:
    await let_in(calls_desk.house, "Ungdomshuset", *"abcde")
    browser = await coordinator(calls_desk, people=0)
    page = (await browser.get(f"{HERE}/vedtak")).text
    told = "Uten dem som svarte med kode fra Ungdomshuset, hadde dette ikke fått penger: "
    assert f"{told}Veien til førerkortet (Moped)." in page
    assert "Se på det før dere bestemmer." in page
    fields = form(page)
    await browser.send(f"{HERE}/vedtak", f"{HERE}/vedtak", do="decide", reason="Flest ba.", **fields)
    assert "Ungdomshuset" not in (await browser.get(f"{HERE}/vedtak")).text


async def test_where_no_place_turns_a_choice_that_is_said_without_its_name(calls_desk: Desk) -> None:
    await let_in(calls_desk.house, "Ungdomshuset", *"abcde")
    browser = await coordinator(calls_desk, people=1)
    page = (await browser.get(f"{HERE}/vedtak")).text
    assert "De samme fikk penger hver gang." in page
    assert "Ungdomshuset" not in page


async def test_without_a_code_nothing_is_told_of_codes(calls_desk: Desk) -> None:
    browser = await coordinator(calls_desk)
    assert "Avgjør kodene" not in (await browser.get(f"{HERE}/vedtak")).text


async def test_another_municipalitys_coordinator_sees_no_such_call(calls_desk: Desk) -> None:
    await coordinator(calls_desk)
    stranger = await calls_desk.worker("frida", "coordinator", municipalities=("froya",))
    for path in ("", "/fordeling", "/vedtak"):
        assert (await stranger.get(HERE + path)).status_code == 404
    assert KEY not in (await stranger.get("/ansatt/utlysninger")).text
    reviewer = await calls_desk.worker("per", "reviewer")
    assert (await reviewer.get(HERE)).status_code == 403


async def test_few_people_are_told_of_as_few(calls_desk: Desk) -> None:
    await filled(calls_desk.house, people=3)
    browser = await calls_desk.worker("kari", "coordinator")
    page = (await browser.get(f"{HERE}/fordeling")).text
    assert "&lt; 5" in page
    async with reading(calls_desk.house.world.engine) as db:
        found = await rounds.competition(db, calls_desk.house.world.keys, KEY, calls_desk.house.world.places)
    assert found.round.people == 3


async def test_a_call_is_closed_before_its_deadline_for_good(calls_desk: Desk) -> None:
    await coordinator(calls_desk)
    calls_desk.house.series.at = OPEN
    browser = await calls_desk.worker("kari", "coordinator")
    page = (await browser.get(HERE)).text
    assert "Lukk utlysningen" in page
    assert "Fristen som er kunngjort, er 31.05.2021 kl. 23.59." in page
    assert "Ingen utkast venter på å bli sendt." in page
    world = calls_desk.house.world
    async with world.engine.begin() as db:
        await applications.begin(db, world.keys, "f" * 32, KEY, "CODEX", bent(KEY, {}), OPEN)
    assert "1 utkast er ikke sendt, og kommer ikke med." in (await browser.get(HERE)).text
    await browser.send(f"{HERE}/lukk", HERE)
    assert "Lukk utlysningen" not in (await browser.get(HERE)).text
    assert ("kari", "close", "call") in await calls_desk.log("close")
