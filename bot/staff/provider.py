"""Sign in at the municipality's own provider (OpenID Connect), which is trusted for the second factor."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from fastapi import APIRouter, HTTPException
from joserfc.errors import JoseError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.logs import error_class
from bot.operations import accounts
from bot.settings import Settings
from bot.staff import login
from bot.staff.access import SIGN_IN, Anybody, office_of
from bot.staff.office import Office
from bot.store import staff
from bot.store.crypto import WrongKey
from bot.store.staff import Account
from dialogs.text import N_

routes = APIRouter(prefix="/ansatt")
BACK = f"{SIGN_IN}/tilbake"
SECURE_NAME, NAME = "__Host-lytt-innlogging", "lytt-innlogging"
SECONDS = 600
NO_ACCOUNT = N_("Du er logget inn hos kommunen, men har ingen konto i Lytt. Be en administrator lage en.")
FAILED = N_("Innloggingen hos kommunen gikk ikke. Prøv igjen.")
FAULTS = (AuthlibBaseError, JoseError, httpx.HTTPError, ValueError, KeyError)
log = structlog.get_logger()


@dataclass(frozen=True)
class Begun:
    """What must come back from the provider as it was sent; the browser carries it, sealed."""

    state: str
    nonce: str
    code_verifier: str
    at: int


def _provider(settings: Settings) -> Any:
    if not settings.oidc_issuer:
        raise HTTPException(404)
    with warnings.catch_warnings(action="ignore"):  # it says at import that it will leave httpx some day
        from authlib.integrations.starlette_client import OAuth  # why: only who has a provider waits for it
    secret = settings.oidc_client_secret_file
    return OAuth().register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=secret.read_text("utf-8").strip() if secret else None,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )


def _address(office: Office) -> str:
    return f"{office.settings.web_address}{BACK}"


@routes.get("/inn/kommunen")
async def leave(request: Request, form: Anybody) -> Response:
    """To the provider."""
    office = office_of(request)
    try:
        begun = await _provider(office.settings).create_authorization_url(_address(office))
    except FAULTS as error:
        return _failed(request, error)
    sealed = Begun(begun["state"], begun["nonce"], begun["code_verifier"], office.world.now())
    held = office.world.keys.lock(json.dumps(asdict(sealed)), "oidc").hex()
    response, secure = RedirectResponse(begun["url"], 303), office.visitor(request).secure
    # Lax: the provider leads back here, and that is another site.
    name = SECURE_NAME if secure else NAME
    response.set_cookie(name, held, max_age=SECONDS, secure=secure, httponly=True, samesite="lax", path="/")
    return response


@routes.get("/inn/tilbake")
async def come_back(request: Request, form: Anybody) -> Response:
    """From the provider: who signed in there has an account here, or comes no further."""
    office = office_of(request)
    try:
        claims = await _claims(office, request)
    except FAULTS as error:
        return _failed(request, error)
    async with office.world.engine.begin() as db:
        account = await _account(db, office, claims)
        if account is None:
            return login.form(request, "", NO_ACCOUNT, 403)
        page = login.Page("videre.html")
        response = await login.enter(db, request, account, office.world.now(), "", page)
    secure = office.visitor(request).secure
    response.delete_cookie(SECURE_NAME if secure else NAME, secure=secure, httponly=True, samesite="lax")
    return response


def _failed(request: Request, error: Exception) -> Response:
    log.warning("sign-in at the provider failed", error=error_class(error))
    return login.form(request, "", FAILED, 403)


async def _claims(office: Office, request: Request) -> dict[str, str]:
    """What the provider says of who signed in; raises one of FAULTS for anything not as it was asked for."""
    begun, shown = _begun(office, request), request.query_params
    if shown.get("state") != begun.state:
        raise ValueError("another state")
    provider = _provider(office.settings)
    token = await provider.fetch_access_token(
        redirect_uri=_address(office), code=shown["code"], code_verifier=begun.code_verifier
    )
    claims = await provider.parse_id_token(token, begun.nonce)
    return {name: str(value) for name, value in (claims or {}).items()}


def _begun(office: Office, request: Request) -> Begun:
    held = request.cookies.get(SECURE_NAME if office.visitor(request).secure else NAME, "")
    try:
        begun = Begun(**json.loads(office.world.keys.unlock(bytes.fromhex(held), "oidc")))
    except WrongKey as error:
        raise ValueError("nobody left from here") from error
    if not 0 <= office.world.now() - begun.at < SECONDS * 1000:
        raise ValueError("too late")
    return begun


async def _account(db: AsyncConnection, office: Office, claims: dict[str, str]) -> Account | None:
    """The account tied to this subject; at the first sign-in the one of that name, which is tied then."""
    subject, name = claims["sub"], claims.get(office.settings.oidc_name_claim, "")
    account = await staff.of_subject(db, subject)
    if account is None:
        account = await staff.named(db, name)
        if account is None or account.subject is not None:
            return None
        await accounts.tie(db, office.scribe(name), name, subject)
    return None if account.disabled else account
