"""What the application form is handed, and who is let in: a draft is opened by a code alone."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from fastapi import HTTPException
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.intake import World
from bot.pages.shield import is_foreign
from bot.pages.templates import Pages
from bot.pages.visitors import Limit, Network, Sources, Visitor, visitor
from bot.store import applications, calls, codes
from bot.store.applications import Kept
from bot.store.calls import Held, WrongCallKey
from bot.store.engine import reading

SECURE_NAME, NAME = "__Host-lytt-sok", "lytt-sok"
_SEALED = ("application code",)  # what the hash beside a code in a cookie is of
MOST_BYTES = 1_000_000
MOST_FIELDS = 3_000
MOST_BODIES = 100  # bodies begun from one address in an hour


@dataclass(frozen=True)
class Reception:
    """Everything the form needs of the house; time, ids and codes among it."""

    world: World
    pages: Pages
    trusted: Sequence[Network]
    limit: Limit
    begun: Limit
    sources: Sources
    monotonic: Callable[[], float]
    new_code: Callable[[int], str]

    def visitor(self, request: Request) -> Visitor:
        """Who asks, for as long as the request lives."""
        return visitor(request, self.trusted)

    def language(self, request: Request) -> str:
        """The language an address asks for."""
        return self.pages.asked(request)

    def code(self, request: Request) -> str | None:
        """The code that this browser was given here; a guess that is set as a cookie is not looked up."""
        held = request.cookies.get(SECURE_NAME if self.visitor(request).secure else NAME, "")
        code, _, seal = held.partition(".")
        return code if self._is_hash(seal, *_SEALED, code) else None

    def hold(self, request: Request, response: Response, code: str) -> None:
        """Let the browser hold a code until it is closed."""
        secure = self.visitor(request).secure
        name = SECURE_NAME if secure else NAME
        held = f"{code}.{self.world.keys.hash(*_SEALED, code).hex()}"
        response.set_cookie(name, held, secure=secure, httponly=True, samesite="strict", path="/")

    def drop(self, request: Request, response: Response) -> None:
        """Let the browser forget its code."""
        secure = self.visitor(request).secure
        name = SECURE_NAME if secure else NAME
        response.delete_cookie(name, secure=secure, httponly=True, samesite="strict", path="/")

    def token(self, request: Request) -> str:
        """What shows that a form was made for this browser: as lasting as its code, for a form stays open."""
        return self.world.keys.hash("application form", self.code(request) or "").hex()

    def _is_ours(self, request: Request, shown: str) -> bool:
        return self._is_hash(shown, "application form", self.code(request) or "")

    def _is_hash(self, shown: str, *of: str) -> bool:
        made = self.world.keys.hashes(*of)
        return any(hmac.compare_digest(each.hex().encode(), shown.encode()) for each in made)

    def slow_down(self, request: Request, limit: Limit) -> None:
        """Refuse who asks too often."""
        source = self.sources.hashed(self.visitor(request).address, self.world.now())
        if wait := limit.wait(source, self.monotonic()):
            raise HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})

    async def form(self, request: Request) -> FormData:
        """What a form sent, if it is ours and no larger than anybody writes."""
        self.slow_down(request, self.limit)
        if is_foreign(request):
            raise HTTPException(403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise HTTPException(413)
        sent = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES)
        if not self._is_ours(request, str(sent.get("token") or "")):
            raise HTTPException(403)
        return sent

    async def call(self, key: str) -> Held:
        """The call of an address; there is no page for one that is not published."""
        try:
            async with reading(self.world.engine) as db:
                return await calls.named(db, key)
        except WrongCallKey as error:
            raise HTTPException(404) from error

    async def opened(self, request: Request, key: str) -> Kept | None:
        """The application that this browser has open in a call."""
        code = self.code(request)
        if code is None:
            return None
        async with reading(self.world.engine) as db:
            return await applications.by_code(db, self.world.keys, key, code)

    async def tried(self, request: Request, key: str, code: str) -> Kept | None:
        """The application a typed code opens; tries are counted over an hour, so that none can be guessed."""
        world, source = self.world, f"sok {self.visitor(request).address}"
        async with world.engine.begin() as db:
            if not await codes.may_try(db, world.keys, source, world.now(), MOST_BODIES):
                raise HTTPException(429, headers={"Retry-After": "3600"})
            return await applications.by_code(db, world.keys, key, code)


def pairs(sent: FormData) -> Iterable[tuple[str, str]]:
    """The fields of a form that hold words."""
    return [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
