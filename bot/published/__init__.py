"""What leaves Lytt over the web for everybody, and for programs with a token: published counts alone."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from bot.channels.webchat.about import Citizens
from bot.i18n import Words
from bot.intake import World
from bot.pages.files import Files
from bot.pages.templates import Pages
from bot.published import api, decision, open_data, page
from bot.settings import ROOT

__all__ = ["TEMPLATES", "add"]
TEMPLATES = Path(__file__).parent / "templates"


def add(site: FastAPI, world: World, citizens: Citizens, assets: Files) -> None:
    """Put the public page and the data API into the web."""
    words = Words(ROOT / "locales", ("dialogs", "money", "reports"))
    pages = Pages(words, (TEMPLATES,), assets)
    site.include_router(page.router(citizens))
    site.include_router(decision.router(citizens, words))
    site.include_router(open_data.router(world, words))
    site.include_router(api.router(world, words, pages))
