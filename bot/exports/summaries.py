"""Write a release to a file: every format shows the same figures, and none that the release does not hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.exports import CannotExport, papers, report, summary_sheets, whole
from bot.exports.as_csv import as_text
from bot.exports.columns import Column
from bot.exports.labels import Labels, kind
from bot.exports.los import los
from bot.i18n import Words
from bot.summaries import Figure, Release
from dialogs.text import Text, Value

SHOWN, LEFT_OUT = "shown", "fewer than the limit, or would give such a number away"


@dataclass(frozen=True, slots=True)
class Paper:
    """A release, and the language and names it is told with."""

    release: Release
    labels: Labels
    words: Words
    language: str = "nb"

    def say(self, value: Value) -> str:
        """A value in the paper's language."""
        return self.words.say(value, self.language) if isinstance(value, Text) else str(value)

    @property
    def columns(self) -> tuple[Column[Figure], ...]:
        """The columns of every table of figures, with what they mean."""
        labels, say, release = self.labels, self.say, self.release
        return (
            Column("half_year", "2026-2 ends with December", lambda each: each.key.half_year),
            Column("municipality", "its key; empty for all together", lambda each: each.key.place),
            Column("municipality_name", "its name", lambda each: say(labels.place(each.key.place))),
            Column("kind", "topic or category; empty for anybody", lambda each: kind(each.key.need)),
            Column("need", "its key; empty for anybody", lambda each: each.key.need),
            Column("need_label", "its name", lambda each: say(labels.need(each.key.need))),
            Column(
                "los",
                "the nearest words of the Los vocabulary, with a space between; empty where there is none",
                lambda each: " ".join(los(each.key.need)),
            ),
            Column("split", "how people are told apart; empty for all", lambda each: each.key.split),
            Column("part", "which of them; unsaid: not asked or not told", lambda each: each.key.part),
            Column(
                "part_label",
                "its name",
                lambda each: say(labels.part(each.key)) if each.key.split else "",
            ),
            Column(
                "counted",
                "people: who asked; first: who need it first; without_floods: people less what came in a "
                "flood; unsent: who stopped before sending, at which question in part",
                lambda each: each.key.counted,
            ),
            Column("people", "how many; empty where it is left out", lambda each: each.people),
            Column("as_of", "the day the number was true", lambda each: each.as_of),
            Column(
                "why",
                "shown, or why the number is left out",
                lambda each: LEFT_OUT if each.people is None else SHOWN,
            ),
            Column("release", "the number of the release", lambda each: release.number),
            Column(
                "question",
                "the question as it was asked",
                lambda each: release.words.get(_asked(each), ""),
            ),
            Column(
                "notice",
                "the version of what people were told first",
                lambda each: release.notices.get(each.key.place, ""),
            ),
        )


def _asked(figure: Figure) -> str:
    """The id of the question that told the figure's people apart."""
    if figure.key.split:
        return {"district": "district", "money": "money"}.get(figure.key.split, "who")
    return "first" if figure.key.counted == "first" else "need"


def write(path: Path, paper: Paper, *, bom: bool = False) -> int:
    """Write a file in the format its ending asks for; returns how many figures it shows."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise CannotExport(f"{path.name}: the ending must be one of {', '.join(FORMATS)}")
    if bom and ending != ".csv":
        raise CannotExport(f"{path.name}: a byte order mark belongs to .csv alone")
    with whole(path) as unfinished:
        if bom:
            as_csv(unfinished, paper, bom=True)
        else:
            FORMATS[ending](unfinished, paper)
    return len(paper.release.figures) - paper.release.left_out


def written(paper: Paper, ending: str) -> bytes:
    """What a file of this ending would hold, for who is sent it over the web."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"summary{ending}"
        write(path, paper)
        return path.read_bytes()


def as_csv(path: Path, paper: Paper, *, bom: bool = False) -> None:
    """One row a figure, those that are left out too."""
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([column.name for column in paper.columns])
        lines.writerows([as_text(cell) for cell in cells] for cells in _rows(paper))


def _rows(paper: Paper) -> Iterator[list[Any]]:
    columns = paper.columns
    for figure in paper.release.figures:
        yield [column.value(figure) for column in columns]


def as_json(path: Path, paper: Paper) -> None:
    """One object, as `summary.schema.json` beside this file describes it."""
    path.write_text(json.dumps(held(paper.release), ensure_ascii=False, indent=1) + "\n", "utf-8")


def held(release: Release) -> dict[str, Any]:
    """A release as plain values."""
    return {
        "release": release.number,
        "released_on": release.released_on.isoformat(),
        "fewest": release.limit,
        "half_years": list(release.grid.half_years),
        "questions": dict(release.words),
        "notices": dict(release.notices),
        "left_out": {"figures": release.left_out, "why": LEFT_OUT},
        "figures": [plain(figure) for figure in release.figures],
    }


def plain(figure: Figure) -> dict[str, Any]:
    """A figure as plain values."""
    key = figure.key._asdict()
    key["municipality"] = key.pop("place")
    return {
        **key,
        "people": figure.people,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
        "los": los(figure.key.need),
    }


def as_sheets(path: Path, paper: Paper) -> None:
    """A workbook of typed cells and charts, with a sheet that explains the columns."""
    summary_sheets.write(path, paper.release, paper.labels, paper.say, paper.columns)


def as_html(path: Path, paper: Paper) -> None:
    """The report as one page that asks no other for anything."""
    path.write_text(
        papers.html(report.blocks(paper.release, paper.labels), paper.say, paper.language), "utf-8"
    )


def as_pdf(path: Path, paper: Paper) -> None:
    """The report as a tagged PDF."""
    try:
        path.write_bytes(papers.pdf(report.blocks(paper.release, paper.labels), paper.say, paper.language))
    except papers.CannotMakePaper as error:
        raise CannotExport(f"{path.name}: {error}") from error


FORMATS: dict[str, Callable[[Path, Paper], None]] = {
    ".csv": as_csv,
    ".xlsx": as_sheets,
    ".json": as_json,
    ".html": as_html,
    ".pdf": as_pdf,
}
