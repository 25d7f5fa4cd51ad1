"""What the staff pages are handed, and one request of a worker as a page meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.intake import World
from bot.intake.door import Intake
from bot.municipalities import Place
from bot.pages.templates import Pages
from bot.pages.visitors import Network, Visitor, visitor
from bot.settings import Settings
from bot.staff import sessions
from bot.store.audit import Scribe
from bot.store.engine import reading
from dialogs.text import Text

HOME = "/ansatt"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of staff who is signed in."""

    name: str
    roles: tuple[str, ...]
    municipalities: tuple[str, ...]
    language: str

    def has(self, *roles: str) -> bool:
        """Whether the worker has one of these roles."""
        return not set(roles).isdisjoint(self.roles)


@dataclass(frozen=True)
class Office:
    """What the staff pages need of the house; chance is handed in as time and ids are."""

    world: World
    settings: Settings
    intake: Intake
    pages: Pages
    menu: Sequence[tuple[str, Text, tuple[str, ...]]]  # address, words, who sees it
    trusted: Sequence[Network]
    new_token: Callable[[], str]
    new_code: Callable[[int], str]

    def scribe(self, name: str) -> Scribe:
        """Who lines in the log are written by."""
        return Scribe(self.world.keys, name, self.world.new_id, self.world.now)

    def visitor(self, request: Request) -> Visitor:
        """The address of a browser, which lives no longer than the request."""
        return visitor(request, self.trusted)

    def show(
        self,
        request: Request,
        name: str,
        language: str,
        token: str | None,
        worker: Worker | None = None,
        *,
        whole: bool = True,
        status: int = 200,
        **values: object,
    ) -> Response:
        """A page; its forms carry what shows that they are of this session: `whole` once a code was shown."""
        shown = self.menu if worker and whole else ()
        menu = [(path, words) for path, words, roles in shown if worker and worker.has(*roles)]
        return self.pages.show(
            name,
            language,
            status=status,
            worker=worker,
            menu=menu,
            here=request.url.path,
            form_token=lambda: sessions.form_token(self.world.keys, token, self.world.now()),
            **values,
        )


@dataclass(frozen=True)
class Visit:
    """One request that the door has let in."""

    office: Office
    request: Request
    worker: Worker
    token: str  # of the session
    form: FormData = field(default_factory=FormData)
    whole: bool = True  # the code was shown too

    @property
    def now(self) -> int:
        """The time, in ms."""
        return self.office.world.now()

    @property
    def scribe(self) -> Scribe:
        """In whose name lines in the log are written."""
        return self.office.scribe(self.worker.name)

    @property
    def places(self) -> Mapping[str, Place]:
        """The municipalities whose people this worker may see."""
        held = self.office.world.places
        return {key: held[key] for key in self.worker.municipalities if key in held}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads; what is of a person is read while `acting`, for the log's sake."""
        async with reading(self.office.world.engine) as db:
            yield db

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: what is done and its line in the log stand or fall together."""
        async with self.office.world.engine.begin() as db:
            yield db

    def field(self, name: str) -> str:
        """One field of the form that was sent, without space around it; empty where there is none."""
        return _storable(self.form.get(name)).strip()

    def fields(self, name: str) -> list[str]:
        """All values of one field."""
        return [_storable(each) for each in self.form.getlist(name)]

    def show(self, name: str, *, status: int = 200, **values: object) -> Response:
        """A page in the worker's language."""
        language, whose = self.worker.language, self.worker
        return self.office.show(
            self.request, name, language, self.token, whose, whole=self.whole, status=status, **values
        )

    def go(self, path: str) -> Response:
        """Lead on after something was done, so that a reload does not do it again."""
        return RedirectResponse(path, 303)


def _storable(value: object) -> str:
    """Lines as they are typed, and nothing that a database has no place for; a file holds no words."""
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\0", "\ufffd")
