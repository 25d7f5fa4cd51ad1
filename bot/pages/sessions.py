"""What a browser holds for us: its session, and that somebody has answered; and what shows a form is ours."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from bot.clock import DAY_MS
from bot.store.crypto import Keys

# The prefix holds a cookie to one host over TLS; without TLS no browser would take it.
SECURE_NAME, NAME = "__Host-lytt", "lytt"
SECURE_MARKS, MARKS = "__Host-lytt-m", "lytt-m"


def cookie(request: Request, *, secure: bool) -> str | None:
    """The session token the browser holds."""
    return request.cookies.get(SECURE_NAME if secure else NAME)


def hold(response: Response, token: str, *, secure: bool) -> None:
    """Let the browser hold a session until it is closed; no script can read it, no other site send it."""
    name = SECURE_NAME if secure else NAME
    response.set_cookie(name, token, secure=secure, httponly=True, samesite="lax", path="/")


def drop(response: Response, *, secure: bool) -> None:
    """Let the browser forget its session."""
    name = SECURE_NAME if secure else NAME
    response.delete_cookie(name, secure=secure, httponly=True, samesite="lax", path="/")


def marks(request: Request, *, secure: bool) -> tuple[str, ...]:
    """What the browser shows for somebody having answered in it."""
    return tuple(request.cookies.get(SECURE_MARKS if secure else MARKS, "").split("."))


def hold_marks(response: Response, marks: Sequence[str] | None, *, secure: bool) -> None:
    """Let the browser hold these until it is closed, and no others; None leaves those it has."""
    name = SECURE_MARKS if secure else MARKS
    if marks:
        held = ".".join(marks)
        response.set_cookie(name, held, secure=secure, httponly=True, samesite="lax", path="/")
    elif marks is not None:
        response.delete_cookie(name, secure=secure, httponly=True, samesite="lax", path="/")


def form_token(keys: Keys, session: str | None, now: int) -> str:
    """What a form of this session carries; good for today and tomorrow."""
    return _form_token(keys, session, now // DAY_MS)


def is_form_token(keys: Keys, session: str | None, shown: str, now: int) -> bool:
    """Whether a form was made for this session, or for none before there was one."""
    today = now // DAY_MS
    made = [_form_token(keys, each, day) for each in {session, None} for day in (today, today - 1)]
    return any(hmac.compare_digest(each.encode(), shown.encode()) for each in made)


def _form_token(keys: Keys, session: str | None, day: int) -> str:
    digest = keys.hash("form", session or "", str(day))
    return base64.urlsafe_b64encode(digest[:18]).decode()
