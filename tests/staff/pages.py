"""What stands on a staff page: links, the forms with their hidden fields, and what a worker sends."""

import re
from html import unescape
from urllib.parse import urlsplit

import httpx

from bot.channels.base import Used, Wrote
from tests.house import House
from tests.staff.conftest import Browser

GRAVE = "jeg vil ta livet mitt fordi alt er mørkt"
LINK = re.compile(r'<a class="name" href="([^"]+)"')
FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
WORDS = re.compile(r'<blockquote class="words"[^>]*>(.*?)</blockquote>', re.DOTALL)


def links(page: str) -> list[str]:
    """What a list leads to."""
    return [unescape(each) for each in LINK.findall(page)]


def words(page: str) -> list[str]:
    """What somebody wrote, as the page shows it."""
    return [unescape(each) for each in WORDS.findall(page)]


def fields(page: str, action: str, place: int = 0) -> dict[str, str]:
    """The hidden fields of a form that leads somewhere."""
    forms = [body for path, body in FORM.findall(page) if unescape(path).endswith(action)]
    return {name: unescape(value) for name, value in FIELD.findall(forms[place])}


async def send(browser: Browser, page: httpx.Response, action: str, **more: str) -> httpx.Response:
    """Send one of a page's forms, filled in."""
    place = int(more.pop("place", "0"))
    path = urlsplit(str(page.url)).path
    address = action if action.startswith("/") else f"{path}/{action}"
    filled = {**fields(page.text, action, place), **more}
    return await browser.client.post(address, data=filled)


async def follow(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """Go where an answer leads."""
    assert answer.status_code == 303, answer.status_code
    return await browser.get(answer.headers["location"])


async def cry(house: House, address: str = "g") -> None:
    """Somebody writes that they want to die."""
    await house.do("web", address, Used("start"))
    await house.do("web", address, Wrote(GRAVE))
