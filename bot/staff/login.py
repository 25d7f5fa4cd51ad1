"""Sign in and out: a password, then the code of an app; what is new must be chosen first."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.operations import accounts
from bot.staff import codeapp, sessions, tries
from bot.staff.access import SIGN_IN, Anybody, Half, Working, note, office_of
from bot.staff.office import HOME, Office, Visit
from bot.store import audit, signins, staff
from bot.store.audit import Deed
from bot.store.crypto import WrongKey
from bot.store.staff import Account
from dialogs.text import N_, Text

routes = APIRouter(prefix="/ansatt")
CODES, CODE_LENGTH = 10, 16
APP, RECOVERY = "app", "recovery"  # what a code may come from
WRONG = N_("Navnet eller passordet stemmer ikke.")
WRONG_CODE = N_("Koden stemmer ikke. Vent til appen viser en ny, og prøv den.")
WEAK = {
    "short": N_("Passordet må ha minst tolv tegn."),
    "long": N_("Passordet er for langt."),
    "name": N_("Passordet kan ikke ha navnet ditt i seg."),
    "old": N_("Velg et annet passord enn det du hadde."),
    "unlike": N_("De to passordene er ikke like."),
    "wrong": N_("Passordet du har nå, stemmer ikke."),
}


# --- the password -----------------------------------------------------------------------------------


@routes.get("/inn")
async def sign_in(request: Request, sent: Anybody) -> Response:
    """The form for name and password."""
    return form(request, request.query_params.get("til", ""))


@routes.post("/inn")
async def show_password(request: Request, sent: Anybody) -> Response:
    """A name and a password: the code comes next, unless it was shown less than eight hours ago."""
    office, keys = office_of(request), office_of(request).world.keys
    name, back = str(sent.get("name") or "").strip(), str(sent.get("til") or "")
    tried = tries.sources(office, request, "password", name)
    async with office.world.engine.begin() as db:
        seconds = await tries.wait(db, office, tried)
        account = await staff.named(db, name)
    if seconds:
        return form(request, back, wait_text(seconds), 429, retry_after=seconds)
    right = await accounts.is_password(account, str(sent.get("password") or ""))
    if account is None or not right or account.disabled:
        return form(request, back, WRONG, 403)
    async with office.world.engine.begin() as db:
        await signins.forgive(db, keys, tried, office.world.now())
        return await _go_on(db, request, account, back)


def form(
    request: Request, back: str, trouble: Text | None = None, status: int = 200, retry_after: int = 0
) -> Response:
    """The sign-in page; it makes a token for a browser that has none, so that its form is known again."""
    office = office_of(request)
    secure = office.visitor(request).secure
    held = sessions.cookie(request, secure=secure)
    token, language = held or office.new_token(), office.pages.asked(request)
    page = office.show(
        request,
        "inn.html",
        language,
        token,
        status=status,
        trouble=trouble,
        back=_own_page(back),
        provider=bool(office.settings.oidc_issuer),
    )
    if not held:
        sessions.hold(page, token, secure=secure)
    if retry_after:
        page.headers["Retry-After"] = str(retry_after)
    return page


def wait_text(seconds: int) -> Text:
    """How long to wait, as a person counts it."""
    if seconds < 60:
        return N_("Vent {seconds} sekunder før du prøver igjen.", seconds=seconds)
    return N_("Vent {minutes} minutter før du prøver igjen.", minutes=-(-seconds // 60))


def _own_page(path: str) -> str:
    """A page of ours to go back to; an address of anybody else's is none."""
    ours = path == HOME or path.startswith(f"{HOME}/")
    return path if ours and "\\" not in path and not path.startswith(SIGN_IN) else HOME


async def _go_on(db: AsyncConnection, request: Request, account: Account, back: str) -> Response:
    """After the right password: on where the worker was, or to the next thing to show."""
    office, now = office_of(request), office_of(request).world.now()
    held = sessions.cookie(request, secure=office.visitor(request).secure)
    session = await signins.session(db, held) if held else None
    whole = session is not None and session.stage == signins.ALL and not account.must_change
    if session and whole and session.name == account.name and not sessions.is_over(session, now):
        return await enter(db, request, account, session.started_at, back)
    token = await _new_session(db, request, account, signins.PASSWORD, now)
    response = RedirectResponse(_next(account, back), 303)
    sessions.hold(response, token, secure=office.visitor(request).secure)
    return response


def _next(account: Account, back: str) -> str:
    if account.must_change:
        return f"{SIGN_IN}/passord"
    return f"{SIGN_IN}/kode?til={_own_page(back)}" if account.enrolled else f"{SIGN_IN}/app"


async def _new_session(
    db: AsyncConnection, request: Request, account: Account, stage: str, started_at: int
) -> str:
    """A session with a token of its own; that of the browser before it is dead."""
    office = office_of(request)
    held = sessions.cookie(request, secure=office.visitor(request).secure)
    if held:
        await signins.end(db, held)
    token = office.new_token()
    await signins.begin(db, token, account.name, stage, started_at, office.world.now())
    return token


@dataclass(frozen=True)
class Page:
    """A page to show at once, because what is on it is kept nowhere."""

    name: str
    codes: tuple[str, ...] = ()
    left: int = 0  # recovery codes
    back: str = HOME

    def shown(self, office: Office, request: Request, account: Account, token: str) -> Response:
        """The page, with forms of the new session."""
        return office.show(
            request, self.name, account.language, token, codes=self.codes, left=self.left, back=self.back
        )


async def enter(
    db: AsyncConnection,
    request: Request,
    account: Account,
    started_at: int,
    back: str,
    page: Page | None = None,
) -> Response:
    """Everything was shown: a new session, and on to a page."""
    office = office_of(request)
    token = await _new_session(db, request, account, signins.ALL, started_at)
    await audit.note(db, office.scribe(account.name), Deed("sign in", "account", account.name))
    response = page.shown(office, request, account, token) if page else RedirectResponse(_own_page(back), 303)
    sessions.hold(response, token, secure=office.visitor(request).secure)
    tries.remember(office, request, response, account.name)
    return response


# --- a password of one's own --------------------------------------------------------------------------


@routes.get("/inn/passord")
async def choose_password(visit: Half) -> Response:
    """The form for a password of one's own."""
    return visit.show("passord.html", trouble=None)


@routes.post("/inn/passord")
async def change_password(visit: Half) -> Response:
    """A password of one's own instead of the first one, which must be shown again."""
    async with visit.reading() as db:
        account = await _account(db, visit)
    if not account.must_change:
        raise HTTPException(403)
    if trouble := await new_password(visit, account):
        return visit.show("passord.html", trouble=trouble, status=422)
    return visit.go(f"{SIGN_IN}/{'kode' if account.enrolled else 'app'}")


async def new_password(visit: Visit, account: Account) -> Text | None:
    """Keep the password a form chose, or say what is wrong with it."""
    old, new = str(visit.form.get("old") or ""), str(visit.form.get("new") or "")
    if trouble := await shown_again(visit, account, old):
        return trouble
    why = accounts.weakness(new, account.name, old)
    if why is None and new != str(visit.form.get("again") or ""):
        why = "unlike"
    if why:
        return WEAK[why]
    held = await accounts.hashed(new)
    async with visit.acting() as db:
        await staff.change(db, account.name, password=held, must_change=False)
        await note(db, visit, Deed("change password", "account", account.name))
    return None


async def shown_again(visit: Visit, account: Account, password: str) -> Text | None:
    """What is wrong with a password that is asked for once more; whoever holds a session may not guess it."""
    office = visit.office
    tried = tries.sources(office, visit.request, "password", account.name)
    async with visit.acting() as db:
        if seconds := await tries.wait(db, office, tried):
            return wait_text(seconds)
    if not await accounts.is_password(account, password):
        return WEAK["wrong"]
    async with visit.acting() as db:
        await signins.forgive(db, office.world.keys, tried, visit.now)
    return None


async def _account(db: AsyncConnection, visit: Visit) -> Account:
    account = await staff.named(db, visit.worker.name)
    if account is None:
        raise HTTPException(403)
    return account


# --- the code app ---------------------------------------------------------------------------------------


@routes.get("/inn/app")
async def set_up(visit: Half) -> Response:
    """A secret as a picture to scan, which is kept only once a code shows that it works."""
    async with visit.reading() as db:
        account = await _account(db, visit)
    if account.must_change or account.enrolled:
        return visit.go(_next(account, HOME))
    return _picture(visit, codeapp.secret_of(visit.office.new_token()))


def _picture(visit: Visit, secret: str, trouble: Text | None = None) -> Response:
    keys, name = visit.office.world.keys, visit.worker.name
    return visit.show(
        "app.html",
        status=422 if trouble else 200,
        trouble=trouble,
        picture=Markup(codeapp.picture(secret, name)),  # drawn here, from nothing anybody wrote
        address=codeapp.address(secret, name),
        secret=secret,
        held=keys.lock(secret, "enrol", name).hex(),
    )


@routes.post("/inn/app")
async def enrol(visit: Half) -> Response:
    """The first code of the app: its secret is kept, and the recovery codes are shown, once."""
    name, world = visit.worker.name, visit.office.world
    try:
        secret = world.keys.unlock(bytes.fromhex(visit.field("held")), "enrol", name)
    except (ValueError, WrongKey) as error:
        raise HTTPException(422) from error
    step = codeapp.step_of(secret, visit.field("code"), visit.now)
    if step is None:
        return _picture(visit, secret, WRONG_CODE)
    async with visit.acting() as db:
        account = await _account(db, visit)
        if account.must_change or account.enrolled:
            raise HTTPException(403)
        await staff.enrol(db, world.keys, name, secret, step)
        await note(db, visit, Deed("set up code app", "account", name))
        page = Page("koder.html", await new_codes(db, visit))
        return await enter(db, visit.request, account, visit.now, HOME, page)


async def new_codes(db: AsyncConnection, visit: Visit) -> tuple[str, ...]:
    """Recovery codes instead of the old ones; they are shown now and never again."""
    codes = tuple(visit.office.new_code(CODE_LENGTH) for _ in range(CODES))
    await signins.keep_codes(db, visit.worker.name, codes)
    await note(db, visit, Deed("make recovery codes", "account", visit.worker.name))
    return codes


@routes.get("/inn/kode")
async def ask_code(visit: Half) -> Response:
    """The form for a code."""
    return _code_form(visit, visit.request.query_params.get("til", ""))


def _code_form(visit: Visit, back: str, trouble: Text | None = None, status: int = 200) -> Response:
    return visit.show("kode.html", trouble=trouble, back=_own_page(back), status=status)


@routes.post("/inn/kode")
async def show_code(visit: Half) -> Response:
    """A code of the app, or a recovery code: each works once."""
    office, keys = visit.office, visit.office.world.keys
    tried = tries.sources(office, visit.request, "code", visit.worker.name)
    async with visit.acting() as db:
        if seconds := await tries.wait(db, office, tried):
            return _code_form(visit, visit.field("til"), wait_text(seconds), 429)
        account = await _account(db, visit)
        used = None if account.must_change else await _used_code(db, visit)
        if used is None:
            await signins.wrong_code(db, visit.token)
            return _code_form(visit, visit.field("til"), WRONG_CODE, 403)
        await signins.forgive(db, keys, tried, visit.now)
        back = visit.field("til")
        left = await signins.codes_left(db, account.name)
        page = Page("reservekode.html", left=left, back=_own_page(back)) if used == RECOVERY else None
        return await enter(db, visit.request, account, visit.now, back, page)


async def _used_code(db: AsyncConnection, visit: Visit) -> str | None:
    """Which kind of code it was, which can not be used again; None where it is none."""
    name, typed = visit.worker.name, visit.field("code")
    held = await staff.secret(db, visit.office.world.keys, name)
    step = codeapp.step_of(held[0], typed, visit.now) if held else None
    if step is not None:
        return APP if await staff.use_step(db, name, step) else None
    recovery = "".join(typed.split()).replace("-", "").upper()
    if len(recovery) != CODE_LENGTH or not await signins.use_code(db, name, recovery):
        return None
    await note(db, visit, Deed("use recovery code", "account", name))
    return RECOVERY


# --- out ------------------------------------------------------------------------------------------------


@routes.post("/ut")
async def sign_out(visit: Working) -> Response:
    """End this session, or with `all` every session of this worker."""
    name = visit.worker.name
    async with visit.acting() as db:
        await (signins.end_all(db, name) if visit.field("all") else signins.end(db, visit.token))
        await note(db, visit, Deed("sign out", "account", name))
    response = visit.go(SIGN_IN)
    sessions.drop(response, secure=visit.office.visitor(visit.request).secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
