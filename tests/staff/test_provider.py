"""Sign-in at the municipality's own provider, against a real one on this machine."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
import pytest_asyncio

from bot import web
from bot.store import staff
from tests.house import Series, opened
from tests.staff.conftest import HERE, NO_PASSWORD, Browser, Desk
from tests.web.serving import settings


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider that anybody may sign in at; it asks for the nonce, as ours sends one."""
    users = [
        oidc_provider_mock.User(sub="s-1", claims={"preferred_username": "kari"}),
        oidc_provider_mock.User(sub="s-2", claims={"preferred_username": "fremmed"}),
        oidc_provider_mock.User(sub="s-3", claims={"preferred_username": "kari"}),
    ]
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest_asyncio.fixture
async def desk(sqlite_url: str, issuer: str, tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "secret").write_text("hemmelig\n")
    found = settings(
        oidc_issuer=issuer,
        oidc_client_id="lytt",
        oidc_client_secret_file=tmp_path / "secret",
        public_url=HERE,
    )
    async with opened(sqlite_url, Series(), web_address=HERE) as house, AsyncExitStack() as running:
        async with house.world.engine.begin() as db:
            await staff.add(db, "kari", ["reviewer"], ["trondheim"], NO_PASSWORD, house.series.now())
        yield Desk(web.create(found, house.world, house.intake), house, running)


async def at_the_provider(browser: Browser, subject: str | None) -> str:
    """Leave for the provider, sign in there, and be led back: the address that it leads to."""
    left = await browser.get("/ansatt/inn/kommunen")
    assert left.status_code == 303
    answer = {"sub": subject} if subject else {"action": "deny"}
    async with httpx.AsyncClient() as outside:
        led = await outside.post(left.headers["location"], data=answer)
    return led.headers["location"].removeprefix(HERE)


async def signed_in(browser: Browser) -> bool:
    return (await browser.get("/ansatt/meg")).status_code == 200


async def test_who_has_an_account_comes_in_with_no_password_or_code_of_ours(desk: Desk) -> None:
    browser = await desk.stranger()
    assert "Logg inn med kommunens innlogging" in (await browser.get("/ansatt/inn")).text
    back = await browser.get(await at_the_provider(browser, "s-1"))
    assert back.status_code == 200
    assert 'content="0; url=/ansatt"' in back.text
    assert await signed_in(browser)
    assert await desk.log("sign in", "tie") == [("kari", "tie", "account"), ("kari", "sign in", "account")]


async def test_an_account_is_tied_to_who_signed_in_first_and_to_nobody_of_the_same_name(desk: Desk) -> None:
    for subject, expected in (("s-1", True), ("s-3", False), ("s-1", True)):
        browser = await desk.stranger()
        await browser.get(await at_the_provider(browser, subject))
        assert await signed_in(browser) == expected, subject


@pytest.mark.parametrize("harm", ["no account", "disabled"])
async def test_who_has_no_account_that_may_sign_in_comes_no_further(desk: Desk, harm: str) -> None:
    if harm == "disabled":
        async with desk.house.world.engine.begin() as db:
            await staff.change(db, "kari", disabled=True)
    browser = await desk.stranger()
    answer = await browser.get(await at_the_provider(browser, "s-1" if harm == "disabled" else "s-2"))
    assert answer.status_code == 403
    assert "ingen konto i Lytt" in answer.text
    assert not await signed_in(browser)


async def test_what_comes_back_must_be_what_was_asked_for(desk: Desk) -> None:
    browser, other = await desk.stranger(), await desk.stranger()
    path = await at_the_provider(browser, "s-1")
    await other.get("/ansatt/inn/kommunen")
    code = parse_qs(urlsplit(path).query)["code"][0]
    stranger = await desk.stranger()
    for who, address in (
        (other, path),  # another browser left with another state
        (stranger, path),  # nobody left from here
        (browser, f"/ansatt/inn/tilbake?code={code}&state=x"),
        (browser, "/ansatt/inn/tilbake?state=x"),
        (browser, "/ansatt/inn/tilbake"),
    ):
        assert (await who.get(address)).status_code == 403
        assert not await signed_in(who)
    desk.house.series.pass_time(11 * 60_000)
    assert (await browser.get(path)).status_code == 403


async def test_who_turns_back_there_may_try_again(desk: Desk) -> None:
    browser = await desk.stranger()
    answer = await browser.get(await at_the_provider(browser, None))
    assert answer.status_code == 403
    assert "Prøv igjen" in answer.text


async def test_a_code_of_the_provider_works_once(desk: Desk) -> None:
    browser = await desk.stranger()
    path = await at_the_provider(browser, "s-1")
    await browser.get(path)
    browser.client.cookies.delete("lytt-ansatt")
    assert (await browser.get(path)).status_code == 403


async def test_without_a_provider_there_is_no_such_way_in(sqlite_url: str) -> None:
    async with opened(sqlite_url, Series()) as house, AsyncExitStack() as running:
        plain = Desk(web.create(settings(), house.world, house.intake), house, running)
        browser = await plain.stranger()
        assert "kommunens innlogging" not in (await browser.get("/ansatt/inn")).text
        assert (await browser.get("/ansatt/inn/kommunen")).status_code == 404
