"""A summary as a workbook: an overview with charts of its own, every figure, and what each column means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.exports.as_xlsx import book, head, put
from bot.exports.columns import Column
from bot.exports.labels import Labels
from bot.summaries import Figure, Key, Release
from dialogs.text import N_, Value

OVERVIEW, FIGURES, COLUMNS, ABOUT = N_("Oversikt"), N_("Tall"), N_("Kolonner"), N_("Om tallene")
BROAD = 44  # characters
Say = Callable[[Value], str]


def write(path: Path, release: Release, labels: Labels, say: Say, columns: Sequence[Column[Figure]]) -> None:
    """Write the workbook."""
    with book(path, constant_memory=False) as made:
        _overview(made, release, labels, say)
        _figures(made, release, columns, say)
        _explained(made, say(COLUMNS), [(column.name, column.about) for column in columns])
        _explained(made, say(ABOUT), _about(release, labels, say))


def _overview(made: Any, release: Release, labels: Labels, say: Say) -> None:
    """What is asked for most in each place, and how many told something each half-year."""
    sheet, bold = made.add_worksheet(say(OVERVIEW)), made.add_format({"bold": True})
    sheet.set_column(0, 0, BROAD)
    row = 0
    for place in release.grid.scope:
        latest = Key(release.grid.half_years[-1], place.key)
        needs = [latest._replace(need=need) for need in release.grid.categories]
        shown = sorted((-(release.people(key) or 0), key) for key in needs if release.people(key))
        named = [(labels.need(key.need), -people) for people, key in shown]
        row = _charted(made, sheet, bold, row, say(labels.place(place.key)), named, "bar", say)
        years = [(year, release.people(latest._replace(half_year=year))) for year in release.grid.half_years]
        row = _charted(made, sheet, bold, row, say(N_("Utvikling")), years, "column", say)


def _charted(
    made: Any,
    sheet: Any,
    bold: object,
    top: int,
    title: str,
    rows: Sequence[tuple[Value, int | None]],
    kind: str,
    say: Say,
) -> int:
    """A small table with its chart beside it; returns the row after both."""
    sheet.write_string(top, 0, title, bold)
    sheet.write_string(top, 1, "people", bold)
    for place, (name, people) in enumerate(rows, top + 1):
        put(sheet, place, 0, say(name))
        put(sheet, place, 1, people)
    if rows:
        chart = made.add_chart({"type": kind})
        name, last = sheet.get_name(), top + len(rows)
        chart.add_series(
            {"name": title, "categories": [name, top + 1, 0, last, 0], "values": [name, top + 1, 1, last, 1]}
        )
        chart.set_title({"name": title})
        chart.set_legend({"none": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 640, "height": 120 + 22 * len(rows)})
        sheet.insert_chart(top, 3, chart, {"description": title})
    return top + max(len(rows), 12) + 3


def _figures(made: Any, release: Release, columns: Sequence[Column[Figure]], say: Say) -> None:
    sheet, day = made.add_worksheet(say(FIGURES)), made.add_format({"num_format": "yyyy-mm-dd"})
    head(sheet, [column.name for column in columns], made.add_format({"bold": True}))
    for row, figure in enumerate(release.figures, 1):
        for place, column in enumerate(columns):
            put(sheet, row, place, column.value(figure), day)
    sheet.autofilter(0, 0, len(release.figures), len(columns) - 1)


def _explained(made: Any, name: str, rows: Sequence[tuple[str, str]]) -> None:
    sheet, wrap = made.add_worksheet(name), made.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, BROAD)
    sheet.set_column(1, 1, 2 * BROAD, wrap)
    for row, (left, right) in enumerate(rows):
        put(sheet, row, 0, left)
        put(sheet, row, 1, right)


def _about(release: Release, labels: Labels, say: Say) -> list[tuple[str, str]]:
    return [
        (say(N_("Tall fra")), release.released_on.isoformat()),
        (say(N_("Færrest personer et tall kan stå for")), str(release.limit)),
        (say(N_("Tall som er utelatt")), f"{release.left_out} / {len(release.figures)}"),
        *((say(N_("Spørsmålet som ble stilt")), words) for words in release.words.values()),
        *(
            (say(N_("Utgave av det folk fikk vite først: {place}", place=labels.place(key))), mark)
            for key, mark in release.notices.items()
        ),
    ]
