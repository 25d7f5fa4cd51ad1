"""Funded groups report each period, are reminded, and late ones are seen."""

import re
from dataclasses import dataclass, field

from bot.clock import DAY_MS, milliseconds
from bot.funding import deciding, rounds
from bot.operations import reminders
from bot.operations.routes import Route
from bot.store import applications, calls, reports
from bot.store.engine import reading
from tests.allocation.rounds import FEWEST
from tests.applicants.conftest import KEY, Body
from tests.applicants.filled import filled
from tests.funding.test_deciding import AFTER, asks_for_a_licence
from tests.funding.written import CALLS, bent
from tests.house import House

DUE = milliseconds(CALLS[KEY].opens.replace(year=2022, month=1, day=30, hour=23, minute=59, second=59))


@dataclass(frozen=True)
class Postman(Route):
    """A route that only remembers whom it told, and where it pointed."""

    told: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exists(self) -> bool:
        return True

    async def send(self, to: str) -> None:
        self.told.append((to, self.address))


async def funded(body: Body, house: House) -> None:
    """An application that was sent, and got money for six places in the first half-year."""
    await body.begins()
    one = {"measures.0.periods": ["2021-h2"], "budget.0.money": 500_000}
    await body.sends("/soknad", {"do": "send", **filled(one)})
    for number in range(6):
        await asks_for_a_licence(house, f"p{number}")
    house.series.at = AFTER
    world = house.world
    async with world.engine.begin() as db:
        found = await rounds.competition(db, world.keys, KEY, world.places)
        await deciding.decide(db, world.keys, found, None, "kari", "Flest ba om det.", AFTER, FEWEST)


async def test_a_funded_group_reports_in_a_form_and_is_told_what_is_wrong(body: Body, house: House) -> None:
    await funded(body, house)
    page = await body.opens("/rapport")
    assert "150\N{NO-BREAK SPACE}000 kroner. Antall plasser: 6." in page.text
    assert ">01.07.2021–31.12.2021</h2>" in page.text
    page = await body.sends("/rapport/2021-h2", {"places": "mange", "spent": "", "done": ""})
    assert page.status_code == 422
    assert page.text.count("data-rule=") == 3
    assert 'value="mange"' in page.text
    for place in re.findall(r'<li [^>]*><a href="#([^"]+)"', page.text):
        assert re.search(f'id="{place}"[^>]*aria-invalid="true"', page.text), place
    assert 'formaction="/sok/trondheim-2021/rapport/2021-h2?lang=nn"' in page.text
    half = {"places": "6", "spent": "1", "done": "B"}
    page = await body.sends("/rapport/2021-h2?lang=nn", {"do": "show", **half})
    assert (page.status_code, ">B</textarea>" in page.text) == (200, True)
    assert "Rapporten kom" not in page.text
    assert (await body.opens("/rapport/2021-h2")).url.path == "/sok/trondheim-2021/rapport"
    page = await body.sends(
        "/rapport/2021-h2", {"places": "7", "spent": "kr 150 000,-", "done": "Seks kjører."}
    )
    assert "Antall plasser dere fikk penger til: 6." in page.text
    assert "Rapporten kom" in page.text
    async with reading(house.world.engine) as db:
        assert await reports.to_remind(db, house.world.keys, DUE * 2, DUE * 2) == []


async def test_there_is_no_report_for_what_got_no_money(body: Body, house: House) -> None:
    await body.begins()
    assert "ingen rapport å sende" in (await body.opens("/rapport")).text
    body.page = await body.opens("/soknad")
    assert (await body.sends("/rapport/2021-h2")).status_code == 404


async def test_groups_are_reminded_before_the_day_and_until_it_comes(body: Body, house: House) -> None:
    await funded(body, house)
    postman = Postman()
    for day, expected in ((-15, 0), (-14, 1), (-13, 0), (0, 1), (1, 0), (15, 1)):
        house.series.at = DUE + day * DAY_MS + 1000
        assert await reminders.once(house.world, postman) == expected, day
    assert postman.told[0] == ("uteseksjonen@example.no", f"https://lytt.example/sok/{KEY}/rapport")
    await body.opens("/rapport")
    await body.sends("/rapport/2021-h2", {"places": "6", "spent": "150 000", "done": "Alle kjører."})
    house.series.at += 30 * DAY_MS
    assert await reminders.once(house.world, postman) == 0


async def test_a_call_is_closed_by_the_calendar(body: Body, house: House) -> None:
    house.series.at = AFTER
    await reminders.once(house.world, Route())
    async with reading(house.world.engine) as db:
        assert (await calls.named(db, KEY)).closed_at == AFTER


async def test_who_applied_is_told_what_they_got_and_how_to_complain(body: Body, house: House) -> None:
    await funded(body, house)
    for path in ("", "/soknad", "/kvittering"):
        page = (await body.opens(path)).text
        assert "Dere fikk 150\N{NO-BREAK SPACE}000 kr til 6 plasser." in page, path
        assert "Flest ba om det." in page
        assert f'href="/dette-har-folk-sagt/{KEY}?lang=nb"' in page
        assert "Å klage" in page
        assert "Trekk søknaden" not in page
    page = (await body.client.get(f"/sok/{KEY}/soknad?lang=en")).text
    assert "NOK 150,000" in page


async def test_who_got_nothing_is_told_why_as_the_public_page_tells_it(
    body: Body, partner: Body, house: House
) -> None:
    other, id, world = {"title": "Annet", "measures.0.name": "Sykkel"}, "f" * 32, house.world
    async with world.engine.begin() as db:
        draft = bent(KEY, {**other, "measures.0.needs": ["food"]})
        await applications.begin(db, world.keys, id, KEY, "OTHERCODE123", draft, world.now())
        kept = await applications.by_id(db, world.keys, id)
        assert kept is not None
        await applications.send(db, world.keys, kept, world.now())
    await funded(body, house)
    await partner.opens()
    page = (await partner.sends("/apne", {"code": "OTHERCODE123"})).text
    assert "Dere fikk ikke penger denne gangen." in page
    why = "For få av dem hjelpen er for, mangler plass. Skal det få penger, må flere be om det."
    assert f"<b>Sykkel</b>: Dere fikk ikke penger til dette. {why}" in page
    assert why in (await body.client.get(f"/dette-har-folk-sagt/{KEY}")).text
    assert "150" not in page[page.index("Slik gikk det") : page.index("Å klage")]


async def test_a_draft_that_was_never_sent_is_told_that_it_was_not_in(
    body: Body, partner: Body, house: House
) -> None:
    await partner.begins()
    await partner.sends("/soknad", {"do": "save", **filled({"title": "Usendt"})})
    await funded(body, house)
    page = (await partner.opens("/soknad")).text
    assert "Søknaden var ikke med da kommunen bestemte." in page
    assert ">Usendt</dd>" in page
