"""A printable sheet with a QR code that opens the web chat of a municipality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.i18n import Words
from dialogs.model import Municipality
from dialogs.text import N_, Text

QUESTION = N_("Hva trenger du for å få det bedre?")
HOW = N_("Svar på mobilen. Du trenger ingen app og ingen konto.")
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


def html(
    words: Words,
    language: str,
    municipality: Municipality,
    public_address: str,
    sheets: Sequence[str] = (),
    code: str | None = None,
) -> str:
    """One page a place where it will hang, or one page; `code` is a worker's code to write in the chat."""
    address = link(public_address, municipality.key)

    def say(text: Text) -> str:
        return words.say(text, language)

    return _pages.get_template("poster.html").render(
        language=language,
        place=municipality,
        address=address,
        qr=Markup(picture(link(public_address, municipality.key, code))),
        sheets=sheets or [""],
        code=code,
        question=QUESTION,
        how=HOW,
        with_code=N_("Skriv dette til Lytt: kode {code}", code=code or ""),
        say=say,
    )


def link(public_address: str, municipality: str, code: str | None = None) -> str:
    """Where a municipality's chat opens; with a worker's code it is used at the start by itself."""
    return f"{public_address}/k/{municipality}{f'?kode={code}' if code else ''}"


def picture(address: str) -> str:
    """The QR code of an address, as SVG that stands in a page by itself."""
    # Level Q: a poster outdoors may lose a quarter of it and is still read.
    made = segno.make_qr(address, error="q")
    return made.svg_inline(scale=8, border=4, omitsize=True, title=address)
