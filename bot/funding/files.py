"""Applications out of a file that anybody may have made: TOML, JSON or CSV, all of it or clear reasons."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from bot.allocation.call import Cost
from bot.allocation.signs import NO_TEXT
from bot.allocation.tables import TOO_LARGE
from dialogs.text import N_, Text

MOST_BYTES = 2_000_000
MOST_APPLICATIONS = 500
LONGEST_CELL = 50_000  # characters
MOST_LINES = 100
BUDGET_COLUMNS = ("kind", "what", "money")
BUDGET_HEADS = (N_("type"), N_("hva"), N_("beløp"))
_BUDGET_HEADERS = (BUDGET_COLUMNS, ("type", "hva", "beløp"), ("type", "kva", "beløp"))
_BUDGET_COLUMNS = N_(
    "{kind}; {what}; {money}", kind=BUDGET_HEADS[0], what=BUDGET_HEADS[1], money=BUDGET_HEADS[2]
)
_NO_TEXT = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")  # how files of spreadsheets and papers begin
# What a spreadsheet would run when somebody opens it; "- turer" and "-5" are what people write.
_FORMULA = re.compile(r"\s*[=@]|[\t\r]|\s*[+-][^\s\d,.]")

MEASURE_COLUMNS = (
    "needs",
    "unit_cost",
    "places",
    "least",
    "most",
    "periods",
    "targets",
    "youngest",
    "oldest",
    "districts",
    "purposes",
    "since",
    "after",
)


class WrongFile(Exception):
    """A file that holds no applications; `why` says it in words."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.msgid)
        self.why = why


def read(path: Path) -> list[dict[str, Any]]:
    """The applications in a file, as they were written; raises WrongFile."""
    reader = READERS.get(path.suffix.casefold())
    if reader is None:
        raise WrongFile(N_("Filen må være .csv, .toml eller .json."))
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise WrongFile(N_("Filen kan ikke leses: {why}", why=error.strerror or "")) from error
    return parsed(content, reader)


def parsed(content: bytes, reader: Callable[[str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The applications in the bytes of a file."""
    if len(content) > MOST_BYTES:
        raise WrongFile(N_("Filen er for stor. Den kan være høyst {most} MB.", most=MOST_BYTES // 1_000_000))
    found = reader(_decoded(content))
    if not found:
        raise WrongFile(N_("Det er ingen søknad i filen."))
    if len(found) > MOST_APPLICATIONS:
        raise WrongFile(N_("Det er for mange søknader i filen: høyst {most}.", most=MOST_APPLICATIONS))
    for each in _values(found):
        _harmless(each)
    _each_once(found)
    return found


def _each_once(found: list[dict[str, Any]]) -> None:
    """Of two by one name and address the later would take the place of the earlier, unseen."""
    seen: set[tuple[str, str]] = set()
    for names in map(names_of, found):
        if names in seen:
            title, contact = names
            raise WrongFile(
                N_(
                    "Flere søknader i filen har navnet «{title}» og e-posten «{contact}».",
                    title=title,
                    contact=contact,
                )
            )
        seen.add(names)


def names_of(draft: Mapping[str, Any]) -> tuple[str, str]:
    """What an application is known by when its file comes again: its title and its address."""
    return str(draft.get("title", "")).strip(), str(draft.get("contact", "")).strip().casefold()


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        why = N_("Linje {line} er ikke UTF-8. Lagre filen på nytt som «CSV UTF-8».", line=line)
        raise WrongFile(why) from error


def _values(held: Any) -> Iterator[str | int]:
    """Every text and whole number in what a file holds, keys too."""
    waiting = [held]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str | int):
            yield each
        elif isinstance(each, Mapping):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            waiting += each


def _harmless(each: str | int) -> None:
    if isinstance(each, str):
        _harmless_text(each)
    elif abs(each) >= TOO_LARGE:
        raise WrongFile(N_("Filen har et altfor stort tall."))


def _harmless_text(text: str) -> None:
    if len(text) > LONGEST_CELL:
        raise WrongFile(N_("En tekst er for lang: høyst {most} tegn.", most=LONGEST_CELL))
    if NO_TEXT.search(text):
        raise WrongFile(N_("Filen har tegn som ikke er tekst."))
    if _FORMULA.match(text):
        raise WrongFile(N_("Filen har en formel: «{text}». Skriv den som vanlig tekst.", text=text[:40]))


# --- one reader a format --------------------------------------------------------------------------


def _toml(text: str) -> list[dict[str, Any]]:
    try:
        held = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise WrongFile(N_("Filen er ikke gyldig TOML: {why}", why=str(error)[:200])) from error
    return _listed(held)


def _json(text: str) -> list[dict[str, Any]]:
    try:
        held = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise WrongFile(N_("Filen er ikke gyldig JSON: {why}", why=str(error)[:200])) from error
    return _listed(held)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        raise ValueError("a key stands twice")
    return held


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _listed(held: Any) -> list[dict[str, Any]]:
    """One application, or a list of them under `applications` or by itself."""
    if isinstance(held, dict) and set(held) == {"applications"}:
        held = held["applications"]
    found = held if isinstance(held, list) else [held]
    if not all(isinstance(each, dict) for each in found):
        raise WrongFile(N_("Filen må ha én søknad, eller en liste av søknader."))
    return found


def _csv(text: str) -> list[dict[str, Any]]:
    """A row a measure; rows with the same title are one application, and the first tells about it."""
    rows = _rows(text)
    header = [cell.strip() for cell in next(rows, (1, []))[1]]
    for column in {"measures", "parts"} & set(header):
        why = N_(
            "Kolonnen «{column}» kan ikke leses. Et tiltak er en rad, og en del av planen er en kolonne som "
            "part:navn.",
            column=column,
        )
        raise WrongFile(why)
    if "title" not in header or len(set(header)) < len(header):
        raise WrongFile(N_("Første linje må ha navn på kolonnene, hver én gang, og én må hete title."))
    found: dict[str, dict[str, Any]] = {}
    for line, row in rows:
        if any(cell.strip() for cell in row):
            if len(row) != len(header):
                raise WrongFile(N_("Linje {line} har ikke like mange felt som den første.", line=line))
            _add_row(found, line, dict(zip(header, row, strict=True)))
    return list(found.values())


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(
        (f"{line}\n" for line in text.replace("\r\n", "\n").split("\n")), delimiter=delimiter, strict=True
    )
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        why = N_("Linje {line} kan ikke leses: {why}", line=reader.line_num, why=str(error)[:100])
        raise WrongFile(why) from error


def _add_row(found: dict[str, dict[str, Any]], line: int, row: dict[str, str]) -> None:
    about = _about(row)
    application = found.setdefault(row["title"].strip(), about)
    if _differs(application, about):
        why = N_(
            "Linje {line} sier noe annet om «{title}» enn den første linjen om den.",
            line=line,
            title=row["title"].strip(),
        )
        raise WrongFile(why)
    measure = {column: row[column] for column in MEASURE_COLUMNS if row.get(column, "").strip()}
    if name := row.get("measure", "").strip():
        measure["name"] = name
    if measure:
        application["measures"].append(measure)


def _differs(first: dict[str, Any], about: dict[str, Any]) -> bool:
    """Whether a row tells something else of its application than the first one did."""
    own = any(
        told and told != first[name] for name, told in about.items() if name not in ("measures", "parts")
    )
    return own or any(text and text != first["parts"][key] for key, text in about["parts"].items())


def _about(row: dict[str, str]) -> dict[str, Any]:
    """What a row tells about its application; a column that is not known is kept, to be told of."""
    parts = {column.removeprefix("part:"): text for column, text in row.items() if column.startswith("part:")}
    lists = {
        "partners": [
            dict(zip(("name", "kind", "confirmed"), each, strict=False))
            for each in _split(row, "partners", "|", 3)
        ],
        "budget": [
            dict(zip(("kind", "money", "what"), each, strict=False)) for each in _split(row, "budget", "|", 3)
        ],
        "milestones": [
            dict(zip(("by", "what"), each, strict=False)) for each in _split(row, "milestones", "|", 2)
        ],
    }
    known = {*MEASURE_COLUMNS, *lists, "measure"}
    own = {
        column: text for column, text in row.items() if column not in known and not column.startswith("part:")
    }
    return {**own, **lists, "parts": parts, "measures": []}


def _split(row: dict[str, str], column: str, mark: str, fields: int) -> Iterator[list[str]]:
    """The entries of a cell: one a line or semicolon, its fields apart by a mark."""
    for entry in re.split(r"[;\n]", row.get(column, "")):
        if entry.strip():
            yield [field.strip() for field in entry.split(mark, fields - 1)]


READERS: dict[str, Callable[[str], list[dict[str, Any]]]] = {".csv": _csv, ".toml": _toml, ".json": _json}


def budget(content: bytes, costs: Sequence[Cost] = ()) -> list[dict[str, str]]:
    """The lines of a budget in a CSV file, a kind of cost by its key or by its words; raises WrongFile."""
    if len(content) > MOST_BYTES:
        raise WrongFile(N_("Filen er for stor. Den kan være høyst {most} MB.", most=MOST_BYTES // 1_000_000))
    if content.startswith(_NO_TEXT):
        raise WrongFile(N_("Filen er ingen CSV-fil. Åpne den i regnearket, og lagre den som «CSV UTF-8»."))
    rows = [row for _, row in _rows(_decoded(content)) if any(cell.strip() for cell in row)]
    if not rows or tuple(cell.strip().casefold() for cell in rows[0]) not in _BUDGET_HEADERS:
        raise WrongFile(N_("Første linje i budsjettet må være: {columns}", columns=_BUDGET_COLUMNS))
    for cell in (cell for row in rows for cell in row):
        _harmless_text(cell)
    if len(rows) > MOST_LINES:
        raise WrongFile(N_("Det er for mange linjer i budsjettet: høyst {most}.", most=MOST_LINES))
    keys = {name.strip().casefold(): cost.key for cost in costs for name in astuple(cost.label)}
    lines = [dict(zip(BUDGET_COLUMNS, (each.strip() for each in row), strict=False)) for row in rows[1:]]
    filled = [each for each in lines if each.get("what") or each.get("money")]  # the rest nobody filled in
    return [each | {"kind": keys.get(each["kind"].casefold(), each["kind"])} for each in filled]


def sheet(heads: Sequence[str], kinds: Sequence[str]) -> str:
    """A budget that nobody has filled in yet, for a spreadsheet that parts columns by semicolons."""
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([heads, *([kind, "", ""] for kind in kinds)])
    return written.getvalue()
