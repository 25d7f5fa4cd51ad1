"""The session of a worker's browser: its cookie, how long it lasts, and what shows that a form is ours."""

from __future__ import annotations

import base64
import hmac

from starlette.requests import Request
from starlette.responses import Response

from bot.clock import DAY_MS, MINUTE_MS
from bot.store import signins
from bot.store.crypto import Keys
from bot.store.signins import Session

SECURE_NAME, NAME = "__Host-lytt-ansatt", "lytt-ansatt"
IDLE_MS = 20 * MINUTE_MS  # after that the password alone
LONGEST_MS = 8 * 60 * MINUTE_MS  # after that the code too
STEP_MS = 10 * MINUTE_MS  # between the password and the code
SEEN_EVERY_MS = MINUTE_MS  # a row is not written at every request
MOST_WRONG = 5


def cookie(request: Request, *, secure: bool) -> str | None:
    """The token the browser holds."""
    return request.cookies.get(SECURE_NAME if secure else NAME)


def hold(response: Response, token: str, *, secure: bool) -> None:
    """Let the browser hold a session until it is closed; no script reads it, no other site sends it."""
    name = SECURE_NAME if secure else NAME
    response.set_cookie(name, token, secure=secure, httponly=True, samesite="strict", path="/")


def drop(response: Response, *, secure: bool) -> None:
    """Let the browser forget its session."""
    name = SECURE_NAME if secure else NAME
    response.delete_cookie(name, secure=secure, httponly=True, samesite="strict", path="/")


def is_over(session: Session, now: int) -> bool:
    """Whether everything must be shown again; what a clock set back left in the future is over too."""
    longest = LONGEST_MS if session.stage == signins.ALL else STEP_MS
    return not 0 <= now - session.started_at < longest or session.wrong >= MOST_WRONG


def is_idle(session: Session, now: int) -> bool:
    """Whether the password must be shown again."""
    return now - session.seen_at >= IDLE_MS


def form_token(keys: Keys, token: str | None, now: int) -> str:
    """What a form of this session carries; good for today and tomorrow."""
    return _form_token(keys, token or "", now // DAY_MS)


def is_form_token(keys: Keys, token: str | None, shown: str, now: int) -> bool:
    """Whether a form was made for this session and no other."""
    today = now // DAY_MS
    made = [_form_token(keys, token or "", day) for day in (today, today - 1)]
    return bool(token) and any(hmac.compare_digest(each.encode(), shown.encode()) for each in made)


def _form_token(keys: Keys, token: str, day: int) -> str:
    digest = keys.hash("staff form", token, str(day))
    return base64.urlsafe_b64encode(digest[:36]).decode()
