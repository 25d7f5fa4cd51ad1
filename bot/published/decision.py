"""The files of a decision: what may be published of it, for whoever mistrusts it to take along."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.webchat import decided
from bot.channels.webchat.about import Citizens
from bot.channels.webchat.decided import Decided
from bot.funding import proposing
from bot.i18n import SOURCE, Words
from bot.store.engine import reading

FOREVER = "public, max-age=31536000, immutable"  # a decision can not be changed
KINDS = {"json": "application/json", "csv": "text/csv", "html": "text/html"}


def router(citizens: Citizens, words: Words) -> APIRouter:
    """The files below the page of each decision; nothing of who fetches them is kept."""
    routes, door = APIRouter(prefix=decided.PAGE), citizens.door

    @routes.get("/{key}/{name}")
    async def file(request: Request, key: str, name: str) -> Response:
        async with reading(door.engine) as db:
            found = await decided.read(db, key, door.places)
        if found is None or (content := await asyncio.to_thread(_file, found, name, words)) is None:
            return citizens.missing(request)
        told = f'attachment; filename="lytt-{key}-{name}"'
        headers = {"Cache-Control": FOREVER, "Content-Disposition": told}
        return Response(content, media_type=KINDS[name.rpartition(".")[2]], headers=headers)

    return routes


def _file(found: Decided, name: str, words: Words) -> bytes | None:
    if name in decided.FILES:
        return proposing.decided(found.made)[name]
    for code in words.languages:
        wanted = "explanation.html" if code == SOURCE else f"explanation.{code}.html"
        if name == wanted and found.is_explained:
            return proposing.decided_paper(found.made, found.held, words, code)
    return None
