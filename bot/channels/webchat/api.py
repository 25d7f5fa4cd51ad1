"""The chat as JSON, for the page's own script and for others'."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.base import Answer, Incoming, Shown, Unavailable
from bot.channels.webchat.body import Body, Malformed, TooLong, read
from bot.channels.webchat.door import CHANNEL, Door
from bot.pages import sessions
from bot.pages.shield import is_foreign, is_our_page
from bot.pages.visitors import Visitor, visitor
from dialogs.text import N_, Text

SOON = "5"  # seconds after which it is worth trying again
FOREIGN = N_("Dette kom fra et annet nettsted.")
MALFORMED = N_("Dette kunne jeg ikke lese.")
TOO_LONG = N_("Dette var for langt. Del det opp, så tar jeg imot alt.")
TOO_MANY = N_("Det går litt fort. Vent litt, og prøv igjen.")
UNKNOWN = N_("Denne samtalen er slutt. Du kan begynne på nytt.")
AWAY = N_("Jeg får ikke tatt vare på det akkurat nå. Prøv igjen om litt.")


def router(door: Door) -> APIRouter:
    """The two ways in: what a person does, and what came later."""
    routes = APIRouter()

    @routes.post("/api/chat")
    async def do(request: Request) -> Response:
        return await _Request(door, request).do()

    @routes.get("/api/chat")
    async def later(request: Request) -> Response:
        return await _Request(door, request).later()

    return routes


def bearer(request: Request) -> str | None:
    """The token a script shows instead of a cookie."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def message(shown: Shown) -> dict[str, Any]:
    """One message as it is sent; what the contract does not name may be ignored."""
    return {
        "id": shown.id,
        "text": shown.text,
        "choices": [each.model_dump() for each in shown.choices],
        "several": shown.several,
        "question": shown.question,
        "turn": shown.turn,
        "ways": [{"id": each.id, "label": each.label} for each in shown.ways],
        "kind": shown.kind,
        "wordless": shown.wordless,
        "hands_over": shown.hands_over,
        "clears": shown.clears,
        "lang": shown.language,
    }


class _Request:
    """One request, with what is known of who asks."""

    def __init__(self, door: Door, request: Request) -> None:
        self._door, self._request = door, request
        self._visitor: Visitor = visitor(request, door.trusted)
        held = sessions.cookie(request, secure=self._visitor.secure)
        self._session = bearer(request) or held
        self._by_cookie = bearer(request) is None and (held is not None or is_our_page(request))
        self._language: str | None = request.query_params.get("lang")

    async def do(self) -> Response:
        """Take one thing a person did; 201 means that it is stored."""
        if is_foreign(self._request):
            return self._refusal(403, FOREIGN)
        try:
            body = await read(self._request)
        except Malformed:
            return self._refusal(422, MALFORMED)
        except TooLong:
            return self._refusal(413, TOO_LONG)
        self._language = body.lang
        if body.session:
            self._session, self._by_cookie = body.session, False
        return await self._taken(body)

    async def _taken(self, body: Body) -> Response:
        source, shown = self._visitor.address, sessions.marks(self._request, secure=self._visitor.secure)
        told = (body.id, body.act(), body.lang, body.municipality)
        incoming = Incoming(CHANNEL, "", *told, source=source, marks=shown)
        if wait := self._door.must_wait(self._visitor, self._session, body.say or ""):
            help_now = self._door.help_meanwhile(incoming)
            return self._refusal(429, TOO_MANY, help_now, {"Retry-After": str(math.ceil(wait))})
        try:
            answer = await self._answer(incoming)
        except Unavailable:
            return self._refusal(503, AWAY, self._door.straight(incoming), {"Retry-After": SOON})
        return self._told(answer) if answer.known else self._unknown()

    async def _answer(self, incoming: Incoming) -> Answer:
        if self._session:
            return await self._door.go_on(self._session, incoming)
        who = f"{self._visitor.address} {self._request.headers.get('user-agent', '')}"
        self._session, answer = await self._door.begin(incoming, who)
        return answer

    def _told(self, answer: Answer) -> Response:
        told = self._told_messages(answer.shown, answer.turn) | {
            "question": answer.question,
            "receipt": next((each.receipt for each in answer.shown if each.receipt), None),
            "over": answer.over,
        }
        response = JSONResponse(told, 409 if answer.stale else 201)
        if self._by_cookie and self._session:
            secure = self._visitor.secure
            sessions.hold_marks(response, answer.marks, secure=secure)
            if answer.over:
                sessions.drop(response, secure=secure)
            else:
                sessions.hold(response, self._session, secure=secure)
        return response

    def _told_messages(self, shown: Sequence[Shown], turn: int) -> dict[str, Any]:
        return {
            # The page's own script has no use for the token, and must not be able to lose it.
            "session": None if self._by_cookie else self._session,
            "turn": turn,
            "question": None,
            "messages": [message(each) for each in shown],
            "receipt": None,
        }

    def _unknown(self) -> Response:
        response = self._refusal(401, UNKNOWN)
        if self._by_cookie:
            sessions.drop(response, secure=self._visitor.secure)
        return response

    def _refusal(
        self, status: int, why: Text, shown: Sequence[Shown] = (), headers: dict[str, str] | None = None
    ) -> Response:
        said = self._door.words.say(why, self._language or "nb")
        return JSONResponse(self._told_messages(shown, 0) | {"error": said}, status, headers)

    async def later(self) -> Response:
        """The messages after one, or all that are kept."""
        if self._session is None:
            return self._unknown()
        if wait := self._door.must_wait(self._visitor, self._session):
            return self._refusal(429, TOO_MANY, (), {"Retry-After": str(math.ceil(wait))})
        try:
            kept = await self._door.kept(self._session)
        except Unavailable:
            return self._refusal(503, AWAY, (), {"Retry-After": SOON})
        if not kept.tied and not kept.shown:
            return self._unknown()
        shown = kept.after(self._request.query_params.get("after"))
        question = next((each.question for each in reversed(shown) if each.question), None)
        receipt = next((each.receipt for each in reversed(shown) if each.receipt), None)
        told = self._told_messages(shown, shown[-1].at if shown else 0)
        return JSONResponse(told | {"question": question, "receipt": receipt, "over": not kept.tied})
