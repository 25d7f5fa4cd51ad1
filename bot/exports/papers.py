"""Write an explanation as Markdown, as HTML and as PDF: the same blocks, in one language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from threading import Lock
from typing import Any

from bot.allocation.explain import Bars, Block, Heading, Paragraph, Points, Table
from bot.mistakes import Mistake
from dialogs.text import Text, Value

Say = Callable[[Value], str]

BAR, LINE, NAMED, SHOWN = 300, 28, 260, 140  # the sizes of a chart, in pixels
COLOUR = "#1d5c8f"  # 6.9:1 on white


class CannotMakePaper(Mistake):
    """A PDF can not be made here; the text says why."""


def speaker(say: Callable[[Text], str]) -> Say:
    """Speak any value, also one that stands alone."""
    return lambda value: say(value if isinstance(value, Text) else Text("{value}", (("value", value),)))


# --- Markdown -------------------------------------------------------------------------------------


def markdown(blocks: Sequence[Block], say: Say) -> str:
    """The explanation as Markdown; a chart is a picture of its table, so it is left out."""
    return "\n\n".join(_markdown(block, say) for block in blocks if not isinstance(block, Bars)) + "\n"


def _markdown(block: Block, say: Say) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_plain(say(block.text))}"
    if isinstance(block, Points):
        return "\n".join(f"- {_plain(say(text))}" for text in block.texts)
    if isinstance(block, Table):
        return _markdown_table(block, say)
    return _plain(say(block.text)) if isinstance(block, Paragraph) else ""


def _markdown_table(block: Table, say: Say) -> str:
    rows = [block.heads, *block.rows]
    lines = ["| " + " | ".join(_plain(say(cell)).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(block.heads), *lines[1:]])


def _plain(text: str) -> str:
    """On one line, and nothing that Markdown takes for markup or a link: applicants choose their names."""
    line = "".join(f"\\{sign}" if sign in "\\`*_[]<>#!@" else sign for sign in " ".join(text.split()))
    return _BARE_LINK.sub(r"\\\g<0>", line)


_BARE_LINK = re.compile(r"(?<=www)\.|:(?=//)|(?<=mailto):|(?<=xmpp):", re.IGNORECASE)


# --- HTML -----------------------------------------------------------------------------------------

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #767676}caption{text-align:left;padding:.3rem 0}svg{max-width:100%}"
    "@media(prefers-color-scheme:dark){body{background:#16181d;color:#eee}svg{background:#fff}}"
)


def html(blocks: Sequence[Block], say: Say, language: str) -> str:
    """A page of its own, that asks no other for anything."""
    title = next((escape(say(block.text)) for block in blocks if isinstance(block, Heading)), "")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    main = "\n".join(_html(block, say) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{head}<style>{STYLE}</style></head>\n'
        f"<body><main>\n{main}\n</main></body></html>\n"
    )


def _html(block: Block, say: Say) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(say(block.text))}</h{block.level}>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{escape(say(text))}</li>" for text in block.texts) + "</ul>"
    if isinstance(block, Table):
        return _html_table(block, say)
    return chart(block, say) if isinstance(block, Bars) else f"<p>{escape(say(block.text))}</p>"


def _html_table(block: Table, say: Say) -> str:
    heads = "".join(f'<th scope="col">{escape(say(head))}</th>' for head in block.heads)
    rows = "".join(_html_row(row, say) for row in block.rows)
    caption = f"<caption>{escape(say(block.about))}</caption>"
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _html_row(row: Sequence[Value], say: Say) -> str:
    first = f'<th scope="row">{escape(say(row[0]))}</th>'
    return f"<tr>{first}" + "".join(f"<td>{escape(say(cell))}</td>" for cell in row[1:]) + "</tr>"


def chart(block: Bars, say: Say) -> str:
    """Bars beside their names and sizes, drawn without script or style."""
    most = max((size for _, size, _ in block.bars), default=0) or 1
    rows = "".join(_bar(row, place, most, say) for place, row in enumerate(block.bars))
    width, height = NAMED + BAR + SHOWN, LINE * len(block.bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(spoken(block, say))}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-size="14" '
        f'font-family="sans-serif">{rows}</svg>'
    )


def spoken(block: Bars, say: Say) -> str:
    """A chart for who can not see it."""
    bars = "; ".join(f"{say(name)} {say(shown)}" for name, _, shown in block.bars)
    return f"{say(block.about)}: {bars}"


def _bar(row: tuple[Value, int, Value], place: int, most: int, say: Say) -> str:
    name, size, shown = row
    middle, width = place * LINE + LINE * 2 // 3, BAR * size // most
    return (
        f'<text x="0" y="{middle}">{escape(_short(say(name)))}</text>'
        f'<rect x="{NAMED}" y="{place * LINE + 4}" width="{width}" height="{LINE - 8}" fill="{COLOUR}"/>'
        f'<text x="{NAMED + width + 6}" y="{middle}">{escape(say(shown))}</text>'
    )


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


# --- PDF ------------------------------------------------------------------------------------------


MOST_SIGNS = 200  # beyond ASCII in one paper: each is tried, and what was meant has fewer


def pdf(blocks: Sequence[Block], say: Say, language: str) -> bytes:
    """A tagged PDF (PDF/UA-1), the same bytes each time; a sign that no font here has is U+FFFD in it."""
    source = _source(blocks, lambda value: unicodedata.normalize("NFC", say(value)), language)
    made = _set(_shown(source))  # what is lacking is known first: a source with much of it takes minutes
    if made is None:
        raise CannotMakePaper("the PDF can not be set; the same is in Markdown and HTML")
    return made


def _source(blocks: Sequence[Block], say: Say, language: str) -> str:
    title = next((say(block.text) for block in blocks if isinstance(block, Heading)), "")
    return "\n".join(
        [
            f"#set document(title: {_string(title)}, date: none)",
            f'#set text(lang: "{language}", size: 11pt)',
            '#set page(numbering: "1")\n#show table: set par(justify: false)',
            *(_typst(block, say) for block in blocks),
        ]
    )


def _set(source: str) -> bytes | None:
    """The paper of a source; None where there is something that no reader would see or hear."""
    typesetter, refused = _typesetter()
    with _ONE_AT_A_TIME:
        try:
            made = typesetter.compile(source.encode(), format="pdf", pdf_standards="ua-1", timestamp=0)
        except refused:
            return None
    return bytes(made)


def _shown(source: str) -> str:
    """A source with U+FFFD for each sign that the fonts lack; all that is Typst's own in it is ASCII."""
    odd = sorted(sign for sign in set(source) if not sign.isascii())  # those of our own languages first
    lacking = [*odd[MOST_SIGNS:], *(sign for sign in odd[:MOST_SIGNS] if not _has(sign))]
    return source.translate(dict.fromkeys(map(ord, lacking), "\ufffd"))


@cache
def _has(sign: str) -> bool:
    """Whether the fonts show a sign wherever it stands: in text, in bold and in a chart.

    A mark is one with its letter or is left out: whether a font has it, depends on what is before it.
    """
    if unicodedata.category(sign).startswith("M"):
        return False
    tried = (_source(blocks, lambda _: f"{sign} n{sign}n", "nb") for blocks in (_TEXT, _CHART))
    return all(_set(source) is not None for source in tried)


_WORD = Text("")
_TEXT: Sequence[Block] = (Heading(1, _WORD), Paragraph(_WORD))
_CHART: Sequence[Block] = (Heading(1, _WORD), Bars(_WORD, ((_WORD, 0, _WORD),)))  # slower to try
_ONE_AT_A_TIME = Lock()


@cache
def _typesetter() -> tuple[Any, type[Exception]]:
    """The typesetter with its fonts read, which takes longer than a paper does; and what it refuses with."""
    try:
        import typst  # why: the bot alone is installed without what only exports need
    except ImportError:
        raise CannotMakePaper("PDF needs the lock requirements/exports.txt installed") from None
    return typst.Compiler(ignore_system_fonts=True), typst.TypstError


def _typst(block: Block, say: Say) -> str:
    if isinstance(block, Heading):
        return f"#heading(level: {block.level}, {_string(say(block.text))})"
    if isinstance(block, Points):
        return "#list(" + ", ".join(_string(say(text)) for text in block.texts) + ")"
    if isinstance(block, Table):
        return _typst_table(block, say)
    if isinstance(block, Bars):
        picture, alt = _string(chart(block, say)), _string(spoken(block, say))
        return f'#image(bytes({picture}), format: "svg", alt: {alt}, width: 100%)'
    return f"#par({_string(say(block.text))})"


def _typst_table(block: Table, say: Say) -> str:
    heads = ", ".join(f"strong({_string(say(head))})" for head in block.heads)
    cells = ", ".join(_string(say(cell)) for row in block.rows for cell in row)
    return f"#table(columns: {len(block.heads)}, stroke: 0.4pt, table.header({heads}), {cells})"


def _string(text: str) -> str:
    """A text as Typst's own string: nothing in it is code."""
    kept = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
