"""The only door for staff: role first, then the log, then the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request

from bot.pages.shield import is_foreign
from bot.staff import sessions
from bot.staff.office import Office, Visit, Worker
from bot.store import audit, casework, signins, staff
from bot.store.audit import Deed
from bot.store.engine import reading
from bot.store.tables.people import conversations, red_flags

SAFE = ("GET", "HEAD")
SIGN_IN = "/ansatt/inn"
MOST_BYTES = 2_000_000
MOST_FIELDS = 2_000


class SignedOut(Exception):
    """Nobody is signed in, or not fully; the page to go on at."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Acquainted(Exception):
    """Somebody who has said that they know the person would come to their case."""

    def __init__(self, visit: Visit, name: str) -> None:
        super().__init__(name)
        self.visit, self.name = visit, name


@dataclass(frozen=True)
class Door:
    """Lets in who has one of these roles, and a form that was made for their session.

    A `watching` route is asked by a page that nobody touches: it does not keep a session alive. A session
    at the stage of the password comes to the pages of signing in, and to no other.
    """

    roles: tuple[str, ...] = staff.ROLES
    watching: bool = False
    stage: str = signins.ALL

    async def __call__(self, request: Request) -> Visit:
        """The visit of a worker; raises SignedOut, or HTTPException with nothing in it."""
        office = office_of(request)
        token = sessions.cookie(request, secure=office.visitor(request).secure)
        worker = await self._worker(office, token, request)
        if not worker.has(*self.roles):
            raise HTTPException(403)
        form = await sent_form(request, office, token)
        return Visit(office, request, worker, token or "", form, whole=self.stage == signins.ALL)

    async def _worker(self, office: Office, token: str | None, request: Request) -> Worker:
        now, held = office.world.now(), None
        async with reading(office.world.engine) as db:
            session = await signins.session(db, token) if token else None
            if session and session.stage == self.stage and not sessions.is_over(session, now):
                held = await staff.named(db, session.name)
        if session is None or held is None or held.disabled or sessions.is_idle(session, now):
            raise SignedOut(_way_in(request))
        if not self.watching and token and now - session.seen_at >= sessions.SEEN_EVERY_MS:
            async with office.world.engine.begin() as db:
                await signins.seen(db, token, now)
        return Worker(held.name, held.roles, held.municipalities, held.language)


@dataclass(frozen=True)
class Outside:
    """The door of the few routes that nobody needs to be signed in for."""

    async def __call__(self, request: Request) -> FormData:
        """The form that was sent, if any: it was made for this browser."""
        office = office_of(request)
        token = sessions.cookie(request, secure=office.visitor(request).secure)
        return await sent_form(request, office, token)


Half = Annotated[Visit, Depends(Door(stage=signins.PASSWORD))]
Working = Annotated[Visit, Depends(Door())]
Watching = Annotated[Visit, Depends(Door(("reviewer",), watching=True))]
Reviewing = Annotated[Visit, Depends(Door(("reviewer",)))]
Coordinating = Annotated[Visit, Depends(Door(("coordinator",)))]
Casework = Annotated[Visit, Depends(Door(("reviewer", "coordinator")))]
Counting = Annotated[Visit, Depends(Door(("coordinator", "analyst")))]
Administering = Annotated[Visit, Depends(Door(("admin",)))]
Anybody = Annotated[FormData, Depends(Outside())]


def office_of(request: Request) -> Office:
    """The office that the app was made with."""
    office: Office = request.app.state.office
    return office


def _way_in(request: Request) -> str:
    """The sign-in page, and back again to a page that was only looked at."""
    back = request.url.path if request.method in SAFE else ""
    return f"{SIGN_IN}?til={quote(back)}" if back else SIGN_IN


async def sent_form(request: Request, office: Office, token: str | None) -> FormData:
    """What a form sent, held against its token: the one place where a change from elsewhere is refused."""
    if request.method in SAFE:
        return FormData()
    if is_foreign(request):
        raise HTTPException(403)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise HTTPException(413)
    form = await request.form(max_files=1, max_fields=MOST_FIELDS)
    shown = request.headers.get("x-form-token") or str(form.get("token") or "")
    if not sessions.is_form_token(office.world.keys, token, shown, office.world.now()):
        raise HTTPException(403)
    return form


# --- what is of a person -----------------------------------------------------------------------------


async def note(db: AsyncConnection, visit: Visit, deed: Deed) -> None:
    """Write a line in the log, in the transaction that does what it tells of."""
    await audit.note(db, visit.scribe, deed)


def must_see(visit: Visit, municipality: str | None) -> str:
    """Refuse what is another municipality's as if it were not there."""
    if municipality not in visit.worker.municipalities:
        raise HTTPException(404)
    return municipality


async def must_be_stranger(db: AsyncConnection, visit: Visit, id: str, name: str = "") -> None:
    """Refuse the worker, or the one named, where they have said that they know the person."""
    whose = name or visit.worker.name
    if whose in await casework.knowers(db, id):
        raise Acquainted(visit, whose)


async def conversation(
    db: AsyncConnection, visit: Visit, id: str, act: str = "open", reason: str | None = None
) -> str:
    """Let a worker come to a person's conversation, and log it; returns its municipality."""
    return await _let_in(db, visit, conversations, "person", id, act, reason)


async def flag(
    db: AsyncConnection, visit: Visit, id: str, act: str = "open", reason: str | None = None
) -> str:
    """Let a worker come to a red flag, and log it; returns its municipality."""
    return await _let_in(db, visit, red_flags, "flag", id, act, reason)


async def unmask(db: AsyncConnection, visit: Visit, kind: str, id: str, reason: str) -> str:
    """Let a worker see what is otherwise hidden; they say why, and it is kept."""
    if not reason.strip():
        raise HTTPException(422)
    table = red_flags if kind == "flag" else conversations
    return await _let_in(db, visit, table, kind, id, "unmask", reason.strip())


async def has_unmasked(db: AsyncConnection, visit: Visit, kind: str, id: str, since: int) -> bool:
    """Whether the worker has seen what is hidden since a time: nobody is asked twice why."""
    return await audit.has_done(db, visit.worker.name, Deed("unmask", kind, id), since)


async def _let_in(
    db: AsyncConnection, visit: Visit, table: Table, kind: str, id: str, act: str, reason: str | None
) -> str:
    named = id.replace("\0", "")  # no database has a place for it in a name
    person = table.c.conversation_id if kind == "flag" else table.c.id
    row = (await db.execute(select(table.c.municipality, person).where(table.c.id == named))).first()
    municipality = must_see(visit, row[0] if row else None)
    await note(db, visit, Deed(act, kind, id, municipality, reason))
    if row and row[1]:
        await must_be_stranger(db, visit, row[1])
    return municipality
