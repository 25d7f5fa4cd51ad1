"""Who comes in: a password, a code that works once, and nobody by trying."""

import re

import pyotp
import pytest

from bot.clock import MINUTE_MS
from bot.operations import accounts
from bot.staff import sessions, tries
from bot.store import signins, staff
from bot.store.engine import reading
from tests.house import KEYS
from tests.staff.conftest import HERE, Browser, Desk, token

FIRST = "ABCDEFGHJKLMNPQR"
OWN = "et langt passord som ingen gjetter"
SECRET = re.compile(r'class="secret">(.*?)</p>', re.DOTALL)
HELD = re.compile(r'name="held" value="(\w+)"')
CODES = re.compile(r"<li>((?:<span>\w{4}</span> ?){4})</li>")


async def make_account(desk: Desk, name: str = "kari", *roles: str) -> None:
    world = desk.house.world
    by = desk.app.state.office.scribe("test")
    async with world.engine.begin() as db:
        await accounts.add(db, by, name, roles or ("reviewer",), ["trondheim"], lambda length: FIRST)


def code_of(secret: str, desk: Desk, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).generate_otp(desk.house.series.at // 30_000 + steps)


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>|\s", "", html)


async def show_password(browser: Browser, name: str, password: str) -> str:
    """Where the sign-in page leads with this name and password."""
    answer = await browser.send("/ansatt/inn", "/ansatt/inn", name=name, password=password)
    return str(answer.headers.get("location", answer.status_code))


async def enrolled(desk: Desk, name: str = "kari") -> tuple[Browser, str, list[str]]:
    """Somebody who has come all the way in for the first time: their browser, secret and recovery codes."""
    await make_account(desk, name)
    browser = await desk.stranger()
    assert await show_password(browser, name, FIRST) == "/ansatt/inn/passord"
    fields = {"old": FIRST, "new": OWN, "again": OWN}
    chosen = await browser.send("/ansatt/inn/passord", "/ansatt/inn/passord", **fields)
    assert chosen.headers["location"] == "/ansatt/inn/app"
    page = (await browser.get("/ansatt/inn/app")).text
    secret, held = plain(SECRET.findall(page)[0]), HELD.findall(page)[0]
    assert f'href="otpauth://totp/Lytt:{name}?secret={secret}&amp;' in page  # the app may be on this phone
    shown = await browser.send("/ansatt/inn/app", "/ansatt/inn/app", held=held, code=code_of(secret, desk))
    codes = [plain(each) for each in CODES.findall(shown.text)]
    desk.house.series.pass_time()
    return browser, secret, codes


async def come_in(desk: Desk, secret: str, name: str = "kari") -> Browser:
    """The same worker at another machine."""
    browser = await desk.stranger()
    assert await show_password(browser, name, OWN) == "/ansatt/inn/kode?til=/ansatt"
    answer = await browser.send("/ansatt/inn/kode", "/ansatt/inn/kode", code=code_of(secret, desk))
    assert answer.headers["location"] == "/ansatt"
    desk.house.series.pass_time()
    return browser


async def test_the_first_sign_in_chooses_a_password_sets_up_an_app_and_shows_ten_codes_once(
    desk: Desk,
) -> None:
    browser, _, codes = await enrolled(desk)
    assert len(set(codes)) == 10
    assert (await browser.get("/ansatt")).status_code == 200
    assert (await browser.get("/ansatt/inn/app")).status_code == 303


async def test_before_the_code_no_page_opens(desk: Desk) -> None:
    await enrolled(desk)
    browser = await desk.stranger()
    await show_password(browser, "kari", OWN)
    assert (await browser.get("/ansatt")).headers["location"].startswith("/ansatt/inn")
    assert (await browser.get("/ansatt/meg")).status_code == 303


async def test_a_code_works_once_and_an_older_one_not_after_it(desk: Desk) -> None:
    _, secret, _ = await enrolled(desk)
    now = code_of(secret, desk)
    await come_in(desk, secret)
    desk.house.series.at -= MINUTE_MS  # the clock stands as when it was used
    again = await desk.stranger()
    await show_password(again, "kari", OWN)
    for code in (now, code_of(secret, desk, -1)):
        assert (await again.send("/ansatt/inn/kode", "/ansatt/inn/kode", code=code)).status_code == 403


async def test_a_recovery_code_works_once(desk: Desk) -> None:
    _, _, codes = await enrolled(desk)
    for status in (200, 403):
        browser = await desk.stranger()
        await show_password(browser, "kari", OWN)
        answer = await browser.send("/ansatt/inn/kode", "/ansatt/inn/kode", code=codes[0].lower())
        assert answer.status_code == status


async def test_who_uses_a_recovery_code_is_told_how_many_are_left_and_goes_on(desk: Desk) -> None:
    _, _, codes = await enrolled(desk)
    for left, code in reversed(list(enumerate(codes))):
        browser = await desk.stranger()
        await show_password(browser, "kari", OWN)
        fields = {"code": code, "til": "/ansatt/ko"}
        page = (await browser.send("/ansatt/inn/kode", "/ansatt/inn/kode", **fields)).text
        assert (f"Du har {left} igjen." if left else "Du har ingen igjen.") in page
        assert 'href="/ansatt/ko"' in page
        assert (await browser.get("/ansatt/ko")).status_code == 200


async def test_five_wrong_codes_ask_for_the_password_again(desk: Desk) -> None:
    await enrolled(desk)
    browser = await desk.stranger()
    await show_password(browser, "kari", OWN)
    for _ in range(sessions.MOST_WRONG):
        assert (await browser.send("/ansatt/inn/kode", "/ansatt/inn/kode", code="000000")).status_code == 403
    assert (await browser.get("/ansatt/inn/kode")).headers["location"].startswith("/ansatt/inn?")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [("kort", "minst tolv tegn"), ("jeg heter kari hansen", "navnet ditt"), (FIRST, "et annet passord")],
)
async def test_a_weak_password_is_refused_with_the_reason(desk: Desk, chosen: str, words: str) -> None:
    await make_account(desk)
    browser = await desk.stranger()
    await show_password(browser, "kari", FIRST)
    fields = {"old": FIRST, "new": chosen, "again": chosen}
    answer = await browser.send("/ansatt/inn/passord", "/ansatt/inn/passord", **fields)
    assert answer.status_code == 422
    assert words in answer.text


# --- sessions ---------------------------------------------------------------------------------------


async def test_after_twenty_minutes_the_password_alone_and_after_eight_hours_the_code_too(desk: Desk) -> None:
    browser, _, _ = await enrolled(desk)
    desk.house.series.pass_time(sessions.IDLE_MS)
    assert (await browser.get("/ansatt/krav")).headers["location"] == "/ansatt/inn?til=/ansatt/krav"
    back = await browser.send("/ansatt/inn", "/ansatt/inn", name="kari", password=OWN, til="/ansatt/krav")
    assert back.headers["location"] == "/ansatt/krav"
    assert (await browser.get("/ansatt/krav")).status_code == 200
    desk.house.series.pass_time(sessions.LONGEST_MS)
    assert await show_password(browser, "kari", OWN) == "/ansatt/inn/kode?til=/ansatt"


async def test_what_a_worker_does_keeps_the_session_and_what_the_page_asks_by_itself_does_not(
    desk: Desk,
) -> None:
    browser = await desk.worker("kari", "reviewer")
    for _ in range(3):
        desk.house.series.pass_time(sessions.IDLE_MS - MINUTE_MS)
        assert (await browser.get("/ansatt")).status_code == 200
    for _ in range(2):
        desk.house.series.pass_time(sessions.IDLE_MS // 2)
        answer = await browser.get("/ansatt/levende", headers={"sec-fetch-mode": "cors"})
    assert answer.status_code == 401


async def test_a_session_gets_a_new_id_when_it_is_worth_more_and_the_old_one_is_dead(desk: Desk) -> None:
    await make_account(desk)
    browser = await desk.stranger()
    await browser.get("/ansatt/inn")
    seen = [browser.client.cookies["lytt-ansatt"]]
    await show_password(browser, "kari", FIRST)
    seen.append(browser.client.cookies["lytt-ansatt"])
    assert len(set(seen)) == 2
    async with reading(desk.house.world.engine) as db:
        assert await signins.session(db, seen[0]) is None


async def test_the_cookie_is_the_hosts_own_over_tls_and_no_script_or_other_site_has_it(desk: Desk) -> None:
    browser = await desk.stranger()
    for address, name in ((HERE, "lytt-ansatt"), ("https://lytt.test", "__Host-lytt-ansatt")):
        browser.client.cookies.clear()
        cookie = (await browser.get(f"{address}/ansatt/inn")).headers["set-cookie"].lower()
        assert cookie.startswith(name.lower() + "=")
        assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
        assert ("secure" in cookie) == address.startswith("https")
        assert "domain" not in cookie


@pytest.mark.parametrize("how", ["sign out", "everywhere", "disabled", "reset", "assigned"])
async def test_a_session_that_was_ended_opens_nothing(desk: Desk, how: str) -> None:
    browser, other = await desk.worker("kari", "reviewer"), await desk.worker("ola", "admin")
    if how == "sign out":
        await browser.send("/ansatt/ut")
    elif how == "everywhere":
        await browser.send("/ansatt/meg/ut")
    else:
        path = {"disabled": "stopp", "reset": "passord", "assigned": "rolle"}[how]
        fields = {"role": "reviewer", "municipality": "trondheim"}
        await other.send(f"/ansatt/kontoer/kari/{path}", "/ansatt/kontoer", **fields)
    browser.client.cookies.set("lytt-ansatt", "token of kari", domain="lytt.test")
    assert (await browser.get("/ansatt")).status_code == 303


async def test_a_link_from_elsewhere_leads_to_the_page_and_not_to_the_sign_in(desk: Desk) -> None:
    """The browser sends no cookie with it: only what our own page asks carries one."""
    stranger = await desk.stranger()
    page = await stranger.get("/ansatt/ko", headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/ansatt/ko"' in page.text


@pytest.mark.parametrize("path", ["https://ond.example", "//ond.example", "/chat", "/ansatt\\@ond", ""])
async def test_signing_in_never_leads_elsewhere(desk: Desk, path: str) -> None:
    browser, _, _ = await enrolled(desk)
    desk.house.series.pass_time(sessions.IDLE_MS)
    answer = await browser.send("/ansatt/inn", "/ansatt/inn", name="kari", password=OWN, til=path)
    assert answer.headers["location"] == "/ansatt"


# --- a thousand tries -------------------------------------------------------------------------------


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that reached the hasher."""
    reached: list[str] = []

    async def is_password(account: object, password: str) -> bool:
        reached.append(password)
        return account is not None and password in (OWN, FIRST)

    monkeypatch.setattr(accounts, "is_password", is_password)
    return reached


async def guess(browsers: list[Browser], names: list[str]) -> None:
    """A wrong password for each name, from one browser after another."""
    tokens = [token((await browser.get("/ansatt/inn")).text) for browser in browsers]
    for place, name in enumerate(names):
        which = place % len(browsers)
        fields = {"token": tokens[which], "name": name, "password": f"feil {place}"}
        assert (await browsers[which].client.post("/ansatt/inn", data=fields)).status_code in (403, 429)


@pytest.mark.parametrize("spread", ["one address", "many addresses", "many names"])
async def test_of_a_thousand_wrong_passwords_twenty_reach_the_hasher(
    desk: Desk, hashed: list[str], spread: str
) -> None:
    await make_account(desk)
    browsers = [await desk.stranger(f"10.0.{place}.1") for place in range(50 if "addresses" in spread else 1)]
    await guess(browsers, [f"navn{place}" if spread == "many names" else "kari" for place in range(1000)])
    assert 0 < len(hashed) <= 20


async def test_the_right_worker_elsewhere_still_comes_in(desk: Desk, hashed: list[str]) -> None:
    await enrolled(desk)
    hashed.clear()
    await guess([await desk.stranger("10.0.0.1")], ["kari"] * 1000)
    right = await desk.stranger("10.0.0.2")
    assert await show_password(right, "kari", OWN) == "/ansatt/inn/kode?til=/ansatt"


async def test_who_has_signed_in_here_before_waits_for_nobodys_mistakes_but_their_own(
    desk: Desk, hashed: list[str]
) -> None:
    browser, _, _ = await enrolled(desk)
    await browser.send("/ansatt/ut")
    await guess([await desk.stranger(f"10.1.{place}.1") for place in range(100)], ["kari"] * 100)
    assert await show_password(await desk.stranger("10.2.0.1"), "kari", OWN) == "429"
    assert await show_password(browser, "kari", OWN) == "/ansatt/inn/kode?til=/ansatt"


async def test_the_wait_grows_and_is_told(desk: Desk, hashed: list[str]) -> None:
    await make_account(desk)
    browser, waits = await desk.stranger(), []
    for _ in range(8):
        answer = await browser.send("/ansatt/inn", "/ansatt/inn", name="kari", password="feil")
        while answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            desk.house.series.pass_time(waits[-1] * 1000)
            answer = await browser.send("/ansatt/inn", "/ansatt/inn", name="kari", password="feil")
    assert waits == [1, 2, 4]


async def test_an_unknown_name_is_refused_in_the_same_words_and_by_the_same_work(desk: Desk) -> None:
    await make_account(desk)
    browser = await desk.stranger()
    known = await browser.send("/ansatt/inn", "/ansatt/inn", name="kari", password="feil")
    unknown = await browser.send("/ansatt/inn", "/ansatt/inn", name="ingen", password="feil")
    assert known.status_code == unknown.status_code == 403
    assert known.text == unknown.text


async def test_a_known_browser_is_known_for_one_name_alone(desk: Desk) -> None:
    browser, _, _ = await enrolled(desk)
    office = desk.app.state.office
    request = browser.client.build_request("GET", HERE)
    assert "lytt-kjent" in request.headers["cookie"]
    assert len(tries.sources(office, await desk.request(browser), "password", "kari")) == 1
    assert len(tries.sources(office, await desk.request(browser), "password", "ola")) == 3


async def test_the_secret_of_an_app_is_encrypted_and_recovery_codes_are_digests(desk: Desk) -> None:
    _, secret, codes = await enrolled(desk)
    async with desk.house.world.engine.connect() as db:
        kept = (await db.exec_driver_sql("SELECT totp FROM staff")).scalar_one()
        hashes = (await db.exec_driver_sql("SELECT hash FROM recovery_codes")).scalars().all()
    assert secret.encode() not in kept
    assert not set(codes) & set(hashes)
    async with reading(desk.house.world.engine) as db:
        held = await staff.secret(db, KEYS, "kari")
    assert held is not None
    assert held[0] == secret


async def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_account(desk)
    await accounts.is_password(None, "feil")  # the first time, the hash of nobody is made
    async with reading(desk.house.world.engine) as db:
        kari = await staff.named(db, "kari")
    worked: list[tuple[str, str]] = []
    verify = accounts._hashes.verify

    def counted(password: str, hash: str) -> bool:
        worked.append((password, hash.rpartition("$")[0].rpartition("$")[0]))  # its cost, without salt
        return verify(password, hash)

    monkeypatch.setattr(accounts._hashes, "verify", counted)
    for account in (kari, None):
        assert not await accounts.is_password(account, "feil")
    assert worked[0] == worked[1]


async def test_who_holds_a_session_can_not_guess_its_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _, _ = await enrolled(desk)
    looked_at = list[str]()

    async def is_password(account: object, password: str) -> bool:
        looked_at.append(password)
        return False

    monkeypatch.setattr(accounts, "is_password", is_password)
    for number in range(100):
        await browser.send("/ansatt/meg/koder", "/ansatt/meg", password=f"gjett {number}")
        await browser.send("/ansatt/meg/passord", "/ansatt/meg", old=f"gjett {number}", new=OWN, again=OWN)
    assert len(looked_at) <= 20
