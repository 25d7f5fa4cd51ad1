"""The chat as a page: plain forms that a script makes better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.base import Act, Answer, Incoming, Shown, Unavailable, Used
from bot.channels.webchat.about import Citizens
from bot.channels.webchat.api import AWAY, SOON, TOO_LONG, TOO_MANY
from bot.channels.webchat.body import Malformed, TooLong
from bot.channels.webchat.door import CHANNEL, Door
from bot.channels.webchat.forms import Form, read_form
from bot.pages import sessions
from bot.pages.shield import is_foreign
from bot.pages.visitors import Visitor, visitor
from dialogs.text import N_, Text

START = Used("start")
LONGEST_CODE = 32
OLD_FORM = N_("Siden var gammel. Trykk send en gang til.")


def router(door: Door, citizens: Citizens) -> APIRouter:
    """The first page, the chat, and what its forms send."""
    routes = APIRouter()

    @routes.get("/")
    async def first(request: Request) -> Response:
        visit = _Visit(door, citizens, request)
        asks = len(door.places) > 1 and visit.session is None
        return citizens.where(request) if asks else await visit.show()

    @routes.get("/k/{municipality}")
    async def of_municipality(request: Request, municipality: str) -> Response:
        if municipality not in door.places:
            return citizens.missing(request)
        return await _Visit(door, citizens, request, municipality).show()

    @routes.get("/chat")
    async def chat(request: Request) -> Response:
        return await _Visit(door, citizens, request).show()

    @routes.post("/chat")
    async def do(request: Request) -> Response:
        return await _Visit(door, citizens, request).do()

    return routes


@dataclass(frozen=True)
class _Seen:
    """What the page shows: messages, and whether there is a session to go on in."""

    shown: Sequence[Shown]
    begun: bool = False
    over: bool = False


class _Visit:
    """One request for the chat page."""

    def __init__(self, door: Door, citizens: Citizens, request: Request, municipality: str = "") -> None:
        self._door, self._citizens, self._request = door, citizens, request
        self._visitor: Visitor = visitor(request, door.trusted)
        self._municipality = municipality or door.place
        self._language = citizens.pages.asked(request)
        self._code = request.query_params.get("kode", "")[:LONGEST_CODE]
        self.session = sessions.cookie(request, secure=self._visitor.secure)
        self._marks = sessions.marks(request, secure=self._visitor.secure)

    async def show(self) -> Response:
        """The page where the person is: the latest answer, or the first screen with nothing stored yet."""
        try:
            seen = await self._seen()
        except Unavailable:
            return await self._trouble(AWAY, 503, Form({}))
        response = self._page(seen)
        if self.session and not (seen.begun and not seen.over):
            sessions.drop(response, secure=self._visitor.secure)
        return response

    async def _seen(self) -> _Seen:
        if self.session:
            kept = await self._door.kept(self.session)
            if kept.shown:
                return _Seen(kept.latest(), begun=True, over=not kept.tied)
            answer = await self._door.go_on(self.session, self._incoming(self._door.new_id()))
            if answer.known:
                return _Seen(answer.shown, begun=True)
        return _Seen(self._door.opening(self._incoming()))

    def _incoming(self, key: str = "", act: Act = START) -> Incoming:
        told = (self._language, self._municipality)
        return Incoming(CHANNEL, "", key, act, *told, source=self._visitor.address, marks=self._marks)

    def _page(self, seen: _Seen, status: int = 200, **more: object) -> Response:
        language = seen.shown[-1].language if seen.shown else self._language
        session = self.session if seen.begun else None
        values: dict[str, object] = {
            "messages": seen.shown,
            "last": seen.shown[-1] if seen.shown else None,
            "receipt": next((each.receipt for each in seen.shown if each.receipt), None),
            "begun": seen.begun,
            "over": seen.over,
            "municipality": self._municipality,
            "code": self._code,
            "form_id": self._door.new_id(),
            "form_token": sessions.form_token(self._door.keys, session, self._door.now()),
            "said": "",
            "trouble": None,
        }
        return self._citizens.show("chat.html", language, status=status, **(values | more))

    async def do(self) -> Response:
        """Take what a form sent and lead to the page that shows the answer; so a reload sends nothing."""
        if is_foreign(self._request):
            return self._citizens.missing(self._request, 403)
        try:
            form = await read_form(self._request)
        except TooLong:
            return await self._trouble(TOO_LONG, 413, Form({}))
        except Malformed:
            return await self._trouble(OLD_FORM, 422, Form({}))
        self._language = self._citizens.pages.language(form.get("lang"))
        self._municipality = form.get("municipality") or self._door.place
        self._code = form.get("code")[:LONGEST_CODE]
        if not sessions.is_form_token(self._door.keys, self.session, form.get("token"), self._door.now()):
            return await self._trouble(OLD_FORM, 403, form)
        return await self._taken(form)

    async def _taken(self, form: Form) -> Response:
        if wait := self._door.must_wait(self._visitor, self.session, form.get("say")):
            return await self._trouble(TOO_MANY, 429, form, str(math.ceil(wait)))
        try:
            answer = await self._go_on(form)
        except Unavailable:
            return await self._trouble(AWAY, 503, form, SOON)
        response = RedirectResponse("/chat", 303)
        sessions.hold_marks(response, answer.marks, secure=self._visitor.secure)
        if self.session:
            sessions.hold(response, self.session, secure=self._visitor.secure)
        return response

    async def _go_on(self, form: Form) -> Answer:
        """One thing done; where there is no session yet, or no more, one begins first."""
        door, done = self._door, self._incoming(form.key(), form.act())
        if self.session:
            answer = await door.go_on(self.session, done)
            if answer.known:
                return answer
        who = f"{self._visitor.address} {self._request.headers.get('user-agent', '')}"
        self.session, _ = await door.begin(self._incoming(f"{form.get('id')} start"), who)
        if self._code:
            await door.go_on(self.session, self._incoming(f"{form.get('id')} code", Used("code", self._code)))
        return await door.go_on(self.session, done)

    async def _trouble(self, why: Text, status: int, form: Form, retry_after: str = SOON) -> Response:
        """The page again with what was written still in it, help where it was asked for, and why."""
        said = self._door.words.say(why, self._language)
        helped = self._door.help_meanwhile if why is TOO_MANY else self._door.straight
        help_now = helped(self._incoming(act=form.act()))
        seen = _Seen(help_now, begun=self.session is not None)
        if not help_now and why is not AWAY:
            with suppress(Unavailable):
                seen = await self._seen()
        response = self._page(seen, status, trouble=said, said=form.get("say"))
        response.headers["Retry-After"] = retry_after
        return response
