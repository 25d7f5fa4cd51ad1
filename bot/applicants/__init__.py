"""The application form at /sok: for bodies that apply together, without script or with a little."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from bot import clock
from bot.applicants import reports
from bot.applicants.reception import Reception
from bot.applicants.routes import STATIC, TEMPLATES, routes
from bot.i18n import Words
from bot.intake import World
from bot.pages.files import Files
from bot.pages.templates import Pages
from bot.pages.visitors import Limit, Sources, networks
from bot.settings import ROOT, Settings

__all__ = ["STATIC", "add"]


def add(
    site: FastAPI, settings: Settings, world: World, assets: Files, monotonic: Callable[[], float]
) -> None:
    """Put the form into the web."""
    site.state.reception = Reception(
        world=world,
        pages=Pages(Words(ROOT / "locales", ("dialogs", "money")), (TEMPLATES,), assets),
        trusted=networks(settings.trusted_proxies),
        limit=Limit(5, burst=300),
        begun=Limit(1 / 60, burst=30),
        sources=Sources(world.new_id),
        monotonic=monotonic,
        new_code=clock.new_code,
    )
    site.include_router(routes)
    site.include_router(reports.routes)
