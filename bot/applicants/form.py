"""The application form as it was filled in: its fields, in the shape that files have too."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.allocation.signs import NO_TEXT

LONGEST = 10_000  # characters of one field, as the page says
LISTS = {
    "partners": ("name", "kind"),
    "measures": (
        "name",
        "unit_cost",
        "places",
        "least",
        "most",
        "youngest",
        "oldest",
        "since",
        "after",
        "needs",
        "periods",
        "targets",
        "purposes",
        "districts",
    ),
    "budget": ("kind", "what", "money"),
    "milestones": ("by", "what"),
}
CONFIRMED = ("partners", "measures", "budget")  # what a partner stands behind: who, what, and for how much
SEVERAL = ("needs", "periods", "targets", "purposes", "districts")
MOST_ROWS = 100
_FIELD = re.compile(r"(partners|measures|budget|milestones)\.(\d{1,2})\.([a-z_]{1,20})")


def draft_of(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The draft that a form holds; nobody confirms by a field."""
    sent = list(fields)
    single = {name: value for name, value in sent if "." not in name}
    rows = _rows(sent)
    draft: dict[str, Any] = {
        "title": _text(single.get("title", "")),
        "contact": _text(single.get("contact", "")),
        "own_accounts": "ja" if single.get("own_accounts") else "nei",
        "earlier_grants": _text(single.get("earlier_grants", "")),
        "parts": {name[6:]: _text(value) for name, value in sent if name.startswith("parts.")},
    }
    for name in LISTS:
        draft[name] = [row for _, row in sorted(rows[name].items()) if any(row.values())]
    return draft


def _rows(fields: Iterable[tuple[str, str]]) -> dict[str, dict[int, dict[str, Any]]]:
    rows: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in LISTS}
    for name, value in fields:
        match = _FIELD.fullmatch(name)
        if match is None or match[3] not in LISTS[match[1]] or int(match[2]) >= MOST_ROWS:
            continue
        row = rows[match[1]].setdefault(int(match[2]), {})
        if match[3] in SEVERAL:
            row.setdefault(match[3], []).append(_text(value))
        else:
            row[match[3]] = _text(value)
    return rows


def _text(value: str) -> str:
    """Words as they can be kept: no half characters, no line ends of another system, not too long."""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\r\n", "\n")
    return NO_TEXT.sub("\ufffd", whole).strip()[:LONGEST]


def _listed(draft: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    held = draft.get(name, [])
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def settled(
    draft: Mapping[str, Any], before: Mapping[str, Any], partner: str | None = None, confirms: bool = False
) -> dict[str, Any]:
    """A draft as it is kept: who has confirmed it as it stands.

    Who leads says who applies, and is in by sending. `partner` is whose code opened it, if it is one of the
    others: they change all but who applies, and they alone say that they are in.
    """
    held = {**draft, "partners": _listed(draft if partner is None else before, "partners")}
    now, saw = _standing(held), _saw(before)
    if confirms and partner is not None:
        saw[partner] = now
    for place, each in enumerate(held["partners"]):
        seen = saw.get(_name(each), "") if place else ""
        held["partners"][place] = {**each, "saw": seen, "confirmed": not place or seen == now}
    return held


def _saw(before: Mapping[str, Any]) -> dict[str, str]:
    """What each partner confirmed; who leads confirms nothing, so nothing is taken along from there."""
    others = [each for each in _listed(before, "partners")[1:] if _name(each)]
    now = _standing(before)  # what a file says is confirmed, is so as it came
    return {_name(each): _spoken(each.get("saw")) or (now if _is_confirmed(each) else "") for each in others}


def _standing(draft: Mapping[str, Any]) -> str:
    """A fingerprint of what a partner stands behind; no empty fields, so that a new one changes none."""
    held = shown(draft, None)
    lists = {
        name: [{field: row[field] for field in LISTS[name] if row[field]} for row in held[name]]
        for name in CONFIRMED
    }
    words = json.dumps([held["own_accounts"], lists], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _name(partner: Mapping[str, Any]) -> str:
    return _spoken(partner.get("name")).strip()


def _is_confirmed(partner: Mapping[str, Any]) -> bool:
    return partner.get("confirmed") in (True, "ja", "true")


def remove(draft: Mapping[str, Any], name: str, place: int) -> dict[str, Any]:
    """The draft without one row of a list."""
    rows = _listed(draft, name)
    return {**draft, name: [row for at, row in enumerate(rows) if at != place]}


def differing(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What others have written where this draft says something else: the field, and their words."""
    before, now = dict(_flat("", theirs)), dict(_flat("", mine))
    return [
        (name, words)
        for name, words in before.items()
        if words and now.get(name, "") != words and not name.endswith((".confirmed", ".saw"))
    ]


def _flat(path: str, held: Any) -> Iterator[tuple[str, str]]:
    if isinstance(held, Mapping):
        for key, value in held.items():
            yield from _flat(f"{path}.{key}" if path else str(key), value)
    elif isinstance(held, list) and any(isinstance(each, Mapping) for each in held):
        for place, value in enumerate(held):
            yield from _flat(f"{path}.{place}", value)
    else:
        yield path, _spoken(held)


def shown(draft: Mapping[str, Any], blank: str | None) -> dict[str, Any]:
    """A draft as the page shows it: every field, and a blank row where one was asked for or none is."""
    held: dict[str, Any] = {name: _spoken(draft.get(name)) for name in ("title", "contact", "earlier_grants")}
    held["own_accounts"] = _spoken(draft.get("own_accounts")).casefold() in ("ja", "true", "yes")
    parts = draft.get("parts")
    held["parts"] = {key: _spoken(value) for key, value in parts.items()} if isinstance(parts, dict) else {}
    for name, fields in LISTS.items():
        rows = _listed(draft, name)
        more: list[dict[str, Any]] = [{}] if name == blank or (not rows and name != "milestones") else []
        held[name] = [_shown_row(row, fields) for row in [*rows, *more]]
    return held


def _shown_row(row: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    held: dict[str, Any] = {field: _spoken(row.get(field)) for field in fields if field not in SEVERAL}
    for field in set(fields) & set(SEVERAL):
        value = row.get(field, [])
        listed = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else []
        held[field] = sorted(str(each).strip() for each in listed)  # a file has them in any order
    confirmed = _is_confirmed(row)
    return {**held, "confirmed": confirmed, "changed": bool(row.get("saw")) and not confirmed}


def _spoken(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
