"""The application form as it was filled in: its fields, in the shape that files have too."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bot.allocation.call import Call
from bot.allocation.signs import NO_TEXT

LONGEST = 10_000  # characters of one field, as the page says
LISTS = {
    "partners": ("id", "name", "kind"),
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
SINGLE = ("title", "contact", "earlier_grants", "own_accounts")
CONFIRMED = ("partners", "measures", "budget")  # what a partner stands behind: who, what, and for how much
HOUSE = ("id", "confirmed", "changed", "saw")  # what nobody writes: Lytt keeps it of a partner
ASIDE = "aside"  # what was taken away last, until the next button: one step back
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
        draft[name] = [row for _, row in sorted(rows[name].items()) if _is_written(row)]
    return draft


def _is_written(row: Mapping[str, Any]) -> bool:
    return any(value for field, value in row.items() if field != "id")


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
    draft: Mapping[str, Any],
    before: Mapping[str, Any],
    new_id: Callable[[], str],
    partner: str | None = None,
    confirms: bool = False,
) -> dict[str, Any]:
    """A draft as it is kept: who has confirmed it as it stands.

    Who leads says who applies, and is in by sending. `partner` is whose code opened it, if it is one of the
    others: they change all but who applies, and they alone say that they are in.
    """
    there = _listed(before, "partners")
    rows = _known(_listed(draft, "partners"), there, new_id) if partner is None else there
    held = {**draft, "partners": rows}
    now, saw = _standing(held), _saw(before)
    for place, each in enumerate(rows):
        seen = saw.get(_who(each), "") if place else ""
        seen = now if place and confirms and partner == key_of(each) else seen
        rows[place] = {**each, "saw": seen, "confirmed": not place or seen == now}
    if away := _away(held):
        held[ASIDE] = {**held[ASIDE], "row": {**away, "saw": saw.get(_who(away), "")}}
    return held


def _away(draft: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The partner that was taken away last; its word comes back with it."""
    aside = draft.get(ASIDE, {})
    return aside["row"] if aside.get("list") == "partners" else None


def key_of(partner: Mapping[str, Any]) -> str:
    """What a partner is known by, whatever becomes of its name; an old draft has the name alone."""
    return _spoken(partner.get("id")) or _name(partner)


def _known(
    rows: Iterable[Mapping[str, Any]], there: Iterable[Mapping[str, Any]], new_id: Callable[[], str]
) -> list[dict[str, Any]]:
    """Partners with an id each: its own, that of the one of its name, or a new one."""
    rows, named = list(rows), {_name(each): key_of(each) for each in there}
    taken = {_spoken(each.get("id")) for each in rows}
    named = {name: key for name, key in named.items() if key not in taken}
    found: dict[str, dict[str, Any]] = {}
    for each in rows:
        key = _spoken(each.get("id")) or named.get(_name(each), "")
        key = key if key and key not in found else new_id()
        found[key] = {**each, "id": key}
    return list(found.values())


def _saw(before: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What each partner confirmed; who leads confirms nothing, so nothing is taken along from there."""
    others = [each for each in (*_listed(before, "partners")[1:], _away(before)) if each and _name(each)]
    now = _standing(before)  # what a file says is confirmed, is so as it came
    return {_who(each): _spoken(each.get("saw")) or (now if _is_confirmed(each) else "") for each in others}


def _who(partner: Mapping[str, Any]) -> tuple[str, str]:
    """Whose word it is: nobody's counts for another name, though who leads writes it over theirs."""
    return key_of(partner), _name(partner)


def remove(fields: Iterable[tuple[str, str]], name: str, place: int) -> dict[str, Any]:
    """The draft that a form holds without one row of a list, which is laid aside; who leads stays."""
    sent = list(fields)
    row = _rows(sent)[name].get(place, {})
    if not _is_written(row) or (name, place) == ("partners", 0):
        return draft_of(sent)
    before = sum(_is_written(each) for at, each in _rows(sent)[name].items() if at < place)
    aside = {"list": name, "place": before, "row": row}
    return {**draft_of(each for each in sent if not each[0].startswith(f"{name}.{place}.")), ASIDE: aside}


def restore(sent: Mapping[str, Any], draft: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent as the draft; what stood there is laid aside, and comes back the same way."""
    return {**without_aside(sent), ASIDE: {"draft": without_aside(draft)}}


def undo(draft: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Bring back what was laid aside last."""
    aside = before.get(ASIDE, {})
    if "draft" in aside:
        return restore(aside["draft"], draft)
    if "list" not in aside:
        return dict(draft)
    rows = _listed(draft, aside["list"])
    return {**draft, aside["list"]: [*rows[: aside["place"]], aside["row"], *rows[aside["place"] :]]}


def without_aside(draft: Mapping[str, Any]) -> dict[str, Any]:
    """A draft alone, with nothing that was taken away."""
    return {key: value for key, value in draft.items() if key != ASIDE}


def heard(sent: Mapping[str, Any], draft: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, with the word of each partner who has confirmed just that since."""
    now = _standing(sent)
    fits = {_who(each) for each in _listed(draft, "partners")[1:] if each.get("saw") == now}
    rows = [
        {**each, "saw": now, "confirmed": True} if place and _who(each) in fits else each
        for place, each in enumerate(_listed(sent, "partners"))
    ]
    return {**sent, "partners": rows}


def differs(draft: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a draft says something else than what was sent."""
    return _words(draft) != _words(sent)


def _words(draft: Mapping[str, Any]) -> dict[str, Any]:
    """All that people wrote, in one shape."""
    held = shown(draft, None)
    for name in LISTS:
        held[name] = [{key: row[key] for key in row if key not in HOUSE} for row in held[name]]
    return held


def _standing(draft: Mapping[str, Any]) -> str:
    """A fingerprint of what a partner stands behind; no empty fields, so that a new one changes none."""
    held = shown(draft, None)
    written = {name: [field for field in LISTS[name] if field not in HOUSE] for name in CONFIRMED}
    lists = {
        name: [{field: row[field] for field in fields if row[field]} for row in held[name]]
        for name, fields in written.items()
    }
    words = json.dumps([held["own_accounts"], lists], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _name(partner: Mapping[str, Any]) -> str:
    return _spoken(partner.get("name")).strip()


def _is_confirmed(partner: Mapping[str, Any]) -> bool:
    return partner.get("confirmed") in (True, "ja", "true")


def differing(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What others have written where this draft says something else: the field, and what they wrote."""
    now = dict(fields(mine))
    return [(name, value) for name, value in fields(theirs) if value and now.get(name) != value]


def fields(draft: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every field that people fill in, by its name in the form, in the order of the form."""
    held = _words(draft)
    yield from ((name, held[name]) for name in ("title", "contact", "earlier_grants"))
    for name in ("partners", "measures", "budget"):
        yield from _row_fields(name, held[name])
    yield "own_accounts", held["own_accounts"]
    yield from ((f"parts.{key}", words) for key, words in held["parts"].items())
    yield from _row_fields("milestones", held["milestones"])


def _row_fields(name: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for place, row in enumerate(rows):
        yield from ((f"{name}.{place}.{field}", row[field]) for field in LISTS[name] if field in row)


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


def has(held: Mapping[str, Any], field: str, call: Call) -> bool:
    """Whether the page shows a field of this name."""
    first, _, rest = field.partition(".")
    place, _, last = rest.partition(".")
    if first in LISTS:
        return place.isdecimal() and int(place) < len(held[first]) and last in {*LISTS[first]} - {*HOUSE}
    return rest in {part.key for part in call.parts} if first == "parts" else first in SINGLE


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
