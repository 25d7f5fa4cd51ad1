"""Nobody comes to the staff pages but by the door, and through it only to what is theirs."""

import httpx
import pytest

from bot.staff import sessions
from bot.staff.access import SIGN_IN, Door, Outside
from bot.staff.office import HOME
from bot.store import signins
from bot.store.staff import ROLES
from tests.house import KEYS
from tests.staff.conftest import Browser, Desk
from tests.staff.routes import Way, count_lines, doors, in_the_app, make_things, of_staff

WAYS = of_staff()
CLOSED = [way for way in WAYS if isinstance(way.door, Door) and way.door.stage == signins.ALL]
OPEN = {f"GET {SIGN_IN}", f"POST {SIGN_IN}", f"GET {SIGN_IN}/kommunen", f"GET {SIGN_IN}/tilbake"}
NOTHING_SAID = "Siden finnes ikke, eller den er ikke for deg."


def form(browser: Browser, desk: Desk) -> dict[str, str]:
    """A form with the right token, and what the forms that choose a place or a role have at least."""
    token = sessions.form_token(KEYS, browser.client.cookies["lytt-ansatt"], desk.house.series.now())
    return {"token": token, "municipality": "trondheim", "role": "analyst"}


async def ask(browser: Browser, desk: Desk, way: Way, id: str) -> httpx.Response:
    """Ask for one route, about one thing, as a page of ours would."""
    sent = form(browser, desk) if way.method == "POST" else None
    return await browser.client.request(way.method, way.to(id), data=sent)


def test_every_route_says_who_may_ask() -> None:
    assert [str(way) for way in WAYS if way.door is None] == []
    assert {str(way) for way in WAYS if isinstance(way.door, Outside)} == OPEN
    assert all(set(way.door.roles) <= set(ROLES) for way in WAYS if isinstance(way.door, Door))


async def test_every_address_of_staff_is_one_of_the_list(desk: Desk) -> None:
    """A route that is added to the app past the list would be held by no test here."""
    listed = {way.path for way in WAYS}
    ours = [route for route in in_the_app(desk.app) if f"{route.path}/".startswith(f"{HOME}/")]
    assert {route.path for route in ours} == listed
    assert all(len(doors(route)) == 1 for route in ours)


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page(desk: Desk) -> None:
    for way in CLOSED:
        answer = await (await desk.stranger()).client.request(way.method, way.to("x"))
        assert answer.status_code == 303, way
        assert answer.headers["location"].startswith(SIGN_IN), way
        assert answer.text == ""


@pytest.mark.parametrize("role", ROLES)
async def test_role_by_route_by_object(desk: Desk, role: str) -> None:
    """Not allowed is 403, another municipality's is 404, and the page is the same: it says nothing."""
    ours, theirs = await make_things(desk)
    nowhere = (await (await desk.stranger()).get(f"{HOME}/finnes-ikke")).text
    assert NOTHING_SAID in nowhere
    for way in CLOSED:
        assert isinstance(way.door, Door)
        allowed = role in way.door.roles
        for things, own in ((theirs, False), (ours, True)):
            if not own and not way.thing:
                continue
            browser, before = await desk.worker("kari", role), await count_lines(desk)
            answer = await ask(browser, desk, way, things[way.thing] if way.thing else "")
            if allowed and own:
                assert answer.status_code not in (401, 403, 404, 405, 500), way
                continue
            assert answer.status_code == (404 if allowed else 403), way
            assert answer.text == nowhere, way
            assert await count_lines(desk) == before, way


@pytest.mark.parametrize("id", ["0" * 32, "x", "%00", "'; DROP TABLE staff; --"])
async def test_what_is_not_there_is_not_there(desk: Desk, id: str) -> None:
    for way in CLOSED:
        if way.thing:
            browser = await desk.worker("kari", *ROLES)
            answer = await ask(browser, desk, way, id)
            assert answer.status_code in (404, 405, 422), (way, answer.status_code)


async def test_each_look_at_a_person_a_flag_or_a_list_is_one_line_in_the_log(desk: Desk) -> None:
    ours, _ = await make_things(desk)
    kari = await desk.worker("kari", *ROLES)
    for path, line in {
        f"/ansatt/person/{ours['person']}": ("open", "person"),
        f"/ansatt/flagg/{ours['flag']}": ("open", "flag"),
        "/ansatt/ko": ("list", "queue"),
        "/ansatt/krav": ("list", "request"),
        "/ansatt/kontoer": ("list", "account"),
        "/ansatt/logg": ("list", "log"),
    }.items():
        before = await desk.log()
        assert (await kari.get(path)).status_code == 200, path
        assert (await desk.log())[len(before) :] == [("kari", *line)], path


async def test_every_answer_to_staff_has_the_headers_of_the_house(desk: Desk) -> None:
    kari = await desk.worker("kari", *ROLES)
    for path in ("/ansatt", "/ansatt/inn", "/ansatt/meg", "/ansatt/finnes-ikke"):
        headers = (await kari.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["cache-control"] == "no-store", path
        assert headers["referrer-policy"] == "no-referrer", path
