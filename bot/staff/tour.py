"""The tour: what each page is for and what is expected of who reads, on one page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from bot.municipalities.ground import KEEP_DAYS
from bot.staff.access import Working
from bot.staff.office import HOME

PAGE = f"{HOME}/omvisning"
routes = APIRouter(prefix=PAGE)


@routes.get("")
async def tour(visit: Working) -> Response:
    """The tour; it holds nothing of anybody."""
    return visit.show("tour.html", kept_days=KEEP_DAYS)
