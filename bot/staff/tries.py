"""How often somebody may try to sign in, so that no stranger can shut the right person out.

Whoever has signed in with this browser before is known by a cookie, and waits for their own mistakes alone.
All others wait for those of their address with this name, of their address, and of the name, from anywhere;
the last wait is short, for it is the one that a stranger can cause.
"""

from __future__ import annotations

import base64
import hmac

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import HOUR_MS, MINUTE_MS
from bot.staff.office import Office
from bot.store import signins
from bot.store.crypto import Keys
from bot.store.signins import Source

KNOWN_DAYS = 90
SECURE_NAME, NAME = "__Host-lytt-kjent", "lytt-kjent"


def sources(office: Office, request: Request, what: str, name: str) -> list[Source]:
    """What a try is counted under; `what` is password or code."""
    name, who = name.casefold(), office.visitor(request)
    if known := _known(office.world.keys, request, name, secure=who.secure):
        return [Source((what, name, known), free=10, longest_ms=15 * MINUTE_MS)]
    return [
        Source((what, name, who.address), free=5, longest_ms=HOUR_MS),
        Source((what, who.address), free=20, longest_ms=HOUR_MS),
        Source((what, name), free=15, longest_ms=MINUTE_MS),
    ]


async def wait(db: AsyncConnection, office: Office, tried: list[Source]) -> int:
    """Seconds until the next try; 0 lets this one in."""
    milliseconds = await signins.wait(db, office.world.keys, tried, office.world.now())
    return -(-milliseconds // 1000)


def remember(office: Office, request: Request, response: Response, name: str) -> None:
    """Let the browser show next time that this worker has signed in with it."""
    nonce, secure = office.new_token(), office.visitor(request).secure
    response.set_cookie(
        SECURE_NAME if secure else NAME,
        f"{nonce}.{_mark(office.world.keys, name.casefold(), nonce)[0]}",
        max_age=KNOWN_DAYS * 86_400,
        secure=secure,
        httponly=True,
        samesite="strict",
        path="/",
    )


def _known(keys: Keys, request: Request, name: str, *, secure: bool) -> str | None:
    """What tells this browser from others, if this worker has signed in with it."""
    nonce, _, shown = request.cookies.get(SECURE_NAME if secure else NAME, "").partition(".")
    made = _mark(keys, name, nonce)
    return nonce if any(hmac.compare_digest(each.encode(), shown.encode()) for each in made) else None


def _mark(keys: Keys, name: str, nonce: str) -> list[str]:
    return [base64.urlsafe_b64encode(each).decode() for each in keys.hashes("known browser", name, nonce)]
