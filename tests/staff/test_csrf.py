"""No other site, and no other session, can make a worker's browser change anything."""

import pytest

from bot.clock import DAY_MS
from bot.staff import sessions
from bot.staff.access import MOST_BYTES, Door
from bot.store import signins
from bot.store.staff import ROLES
from tests.house import KEYS
from tests.staff.conftest import Browser, Desk
from tests.staff.routes import Way, count_lines, make_things, of_staff

CHANGING = [way for way in of_staff() if way.method not in ("GET", "HEAD")]


def own_token(browser: Browser, desk: Desk, days: int = 0) -> str:
    token = browser.client.cookies["lytt-ansatt"]
    return sessions.form_token(KEYS, token, desk.house.series.now() + days * DAY_MS)


async def worker(desk: Desk, way: Way) -> Browser:
    """Somebody who may ask for a route, as far as they have come."""
    browser = await desk.worker("kari", *ROLES)
    if isinstance(way.door, Door) and way.door.stage == signins.PASSWORD:
        async with desk.house.world.engine.begin() as db:
            now = desk.house.world.now()
            await signins.end_all(db, "kari")
            await signins.begin(db, "token of kari", "kari", signins.PASSWORD, now, now)
    return browser


def test_there_is_something_to_hold() -> None:
    assert len(CHANGING) > 20


@pytest.mark.parametrize("way", CHANGING, ids=str)
async def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(desk: Desk, way: Way) -> None:
    ours, _ = await make_things(desk)
    path = way.to(ours[way.thing] if way.thing else "")
    browser, other = await worker(desk, way), await desk.worker("ola", *ROLES)
    right, before = own_token(browser, desk), await count_lines(desk)
    foreign = sessions.form_token(KEYS, other.client.cookies["lytt-ansatt"], desk.house.series.now())
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"token": ""}, {}),
        ({"token": "x"}, {}),
        ({"token": foreign}, {}),
        ({"token": sessions.form_token(KEYS, None, desk.house.series.now())}, {}),
        ({"token": own_token(browser, desk, -2)}, {}),
        ({"token": right}, {"sec-fetch-site": "cross-site"}),
        ({"token": right}, {"sec-fetch-site": "same-site"}),
        ({"token": right}, {"origin": "https://ond.example"}),
    ]
    for fields, headers in forged:
        answer = await browser.client.post(path, data=fields, headers=headers)
        assert answer.status_code == 403, (fields, headers)
    assert await count_lines(desk) == before


async def test_the_token_may_stand_in_a_header_for_a_script_of_ours(desk: Desk) -> None:
    browser = await desk.worker("kari", *ROLES)
    headers = {"x-form-token": own_token(browser, desk)}
    assert (
        await browser.client.post("/ansatt/meg", data={"language": "en"}, headers=headers)
    ).status_code == 303


async def test_a_form_larger_than_any_of_ours_is_not_read(desk: Desk) -> None:
    browser = await desk.worker("kari", *ROLES)

    async def endless() -> object:
        yield b"token=" + b"x" * 1000

    for content in (b"x" * (MOST_BYTES + 1), endless()):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = await browser.client.post("/ansatt/meg", content=content, headers=kind)  # type: ignore[arg-type]
        assert answer.status_code == 413
