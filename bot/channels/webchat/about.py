"""The pages around the chat: help now, privacy, accessibility, and the way out."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.webchat.door import Door
from bot.channels.webchat.numbers import callable_numbers, parts
from bot.clock import moment
from bot.municipalities.notice import notice_items
from bot.pages import sessions
from bot.pages.files import Files
from bot.pages.shield import is_foreign
from bot.pages.templates import Pages
from bot.pages.visitors import visitor
from dialogs.commands import LABELS
from dialogs.help import lines_for
from dialogs.needs import HelpLine

MENU = ("mine", "edit", "delete", "language", "privacy", "receipt", "interpreter", "stop")


class Citizens:
    """Pages for citizens: each has help now and the way out, from memory alone."""

    def __init__(self, door: Door, pages: Pages, files: Files, leave_url: str) -> None:
        self.door, self.pages, self.files, self._leave_url = door, pages, files, leave_url

    def show(self, name: str, language: str, *, status: int = 200, **values: object) -> Response:
        """One page in a language."""
        lines = self._lines()
        young, numbers = lines_for(lines, 0), callable_numbers(lines)
        return self.pages.show(
            name,
            language,
            status=status,
            leave_url=self._leave_url,
            numbers=numbers,
            parts=lambda text: parts(text, numbers),
            young_lines=young,
            grown_lines=tuple(line for line in lines if line not in young),
            labels={id: self.door.words.say(label, language) for id, label in LABELS.items()},
            menu=MENU,
            **values,
        )

    def _lines(self) -> tuple[HelpLine, ...]:
        """The help lines as they are told now: some say their hours only while those are known."""
        return self.door.places[self.door.place].at(moment(self.door.now())).help_lines

    def where(self, request: Request) -> Response:
        """Which municipality, where there are several."""
        first = {self.door.place: self.door.places[self.door.place]}
        places = {key: place.municipality.name for key, place in (first | dict(self.door.places)).items()}
        return self.show("where.html", self.pages.asked(request), places=places)

    def missing(self, request: Request, status: int = 404) -> Response:
        """There is no such page, or not for who asks; or a fault of ours was met."""
        return self.show("missing.html", self.pages.asked(request), status=status, ours=status >= 500)


def router(citizens: Citizens) -> APIRouter:
    """The pages that need no session."""
    routes = APIRouter()
    pages = citizens.pages

    @routes.get("/hjelp")
    async def help_now(request: Request) -> Response:
        return citizens.show("help.html", pages.asked(request))

    @routes.get("/personvern")
    async def privacy(request: Request) -> Response:
        language, door = pages.asked(request), citizens.door
        place = door.places.get(request.query_params.get("k", ""), door.places[door.place])
        items = [
            (door.words.say(item.heading, language), [door.words.say(text, language) for text in item.texts])
            for item in notice_items(place)
        ]
        return citizens.show("privacy.html", language, place=place.municipality.name, items=items)

    @routes.get("/tilgjengelighet")
    async def accessibility(request: Request) -> Response:
        places = citizens.door.places.values()
        contacts = {place.municipality.name: place.contact for place in places if place.contact}
        return citizens.show("accessibility.html", pages.asked(request), contacts=contacts)

    @routes.get("/ut")
    async def out(request: Request) -> Response:
        return citizens.show("out.html", pages.asked(request))

    @routes.post("/ut")
    async def leave(request: Request) -> Response:
        return left(request, citizens)

    @routes.get("/static/{name}")
    async def file(name: str) -> Response:
        return citizens.files.response(name)

    return routes


def left(request: Request, citizens: Citizens) -> Response:
    """Forget the session and that somebody answered, and let the browser forget what it kept of these pages.

    "cookies" is left out of Clear-Site-Data: it would sign the person out of every other service of
    the same municipality, and show that they were here.
    """
    if is_foreign(request):
        return citizens.missing(request, 403)
    response = RedirectResponse("/ut", 303)
    secure = visitor(request, citizens.door.trusted).secure
    sessions.drop(response, secure=secure)
    sessions.hold_marks(response, (), secure=secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
