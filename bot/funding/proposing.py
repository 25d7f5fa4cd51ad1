"""A proposal as files: what stays inside with exact numbers, and what may be published."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import again, allocate, snapshot
from bot.allocation.account import account, canonical, target
from bot.allocation.demand import Demand
from bot.allocation.explain import EVERY_LINE, Block, Names, explain
from bot.allocation.margin import funded, margins, turned
from bot.allocation.model import Attester, Outcome, Round
from bot.allocation.publish import compared
from bot.allocation.reach import FAMILY, YOUTH
from bot.allocation.rules import KRONE
from bot.exports import papers
from bot.exports.as_csv import as_text
from bot.funding.rounds import Competition
from bot.i18n import Words
from bot.store import publishing
from bot.summaries import ANY, Key
from dialogs.categories import label
from dialogs.text import N_, Text, Value

MAIN = ("most-requested", "equal-shares-completed")  # shown side by side, whichever the call names
PAPERS: dict[str, Callable[[Sequence[Block], papers.Say, str], bytes]] = {
    ".md": lambda blocks, say, _: papers.markdown(blocks, say).encode(),
    ".html": lambda blocks, say, code: papers.html(blocks, say, code).encode(),
    ".pdf": papers.pdf,
}
# What a snapshot that somebody changed by hand runs into, wherever it is first used.
NOT_AS_WRITTEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
Files: TypeAlias = dict[str, bytes]
Allocate: TypeAlias = Callable[[Round, str], Outcome]


class WrongProposal(Exception):
    """A folder holds no proposal; the text says what is missing."""


def propose(
    found: Competition,
    rule: str,
    words: Words,
    released: Mapping[str, int],
    salt: str,
    fewest: int,
    other: Round | None = None,
    attesters: Sequence[Attester] | None = None,
) -> Files:
    """The files of a proposal. `salt` keeps anybody from guessing a snapshot from its hash."""
    taken = snapshot_of(found, rule, words, released, salt, fewest, other, attesters)
    return written(taken, words, allocate.allocate)


def snapshot_of(
    found: Competition,
    rule: str,
    words: Words,
    released: Mapping[str, int],
    salt: str,
    fewest: int,
    other: Round | None = None,
    attesters: Sequence[Attester] | None = None,
) -> dict[str, Any]:
    """All that a proposal follows from, as it stands now.

    `fewest`: people behind a number that is published; `other` has the voices that do not steer; `attesters`:
    whose codes let in whom, where that is known.
    """
    return {
        "call": {"key": found.held.call.key, "digest": found.held.call.digest},
        "rule": rule,
        "rules": [rule, *(each for each in MAIN if each != rule)],
        "round": snapshot.written(found.round),
        "voices": found.held.call.voices,
        "other": other and snapshot.written(other),
        "attesters": attesters and snapshot.attesters_written(attesters),
        "names": _names(found, words),
        "released": dict(released),
        "salt": salt,
        "fewest": fewest,
    }


async def told_before(db: AsyncConnection, municipalities: Collection[str]) -> dict[str, int]:
    """How many asked for each need, and under "" how many answered, as far as that is published."""
    release = await publishing.latest(db)
    if release is None:
        return {}
    found = {}
    for need in (ANY, *release.grid.categories):
        keys = [Key(year, place, need) for year in release.grid.half_years for place in municipalities]
        known = [number for key in keys if (number := release.people(key)) is not None]
        if len(known) == len(keys):
            found[need] = sum(known)
    return found


def paper(taken: Mapping[str, Any], words: Words, ending: str, code: str) -> bytes:
    """The explanation for those who decide, in one form and language: the same as in a folder."""
    exact, _ = accounts(taken, allocate.allocate)
    return _paper(explain(exact), ending, words, code)


def verify(files: Mapping[str, bytes], words: Words) -> list[str]:
    """Make every file once more, by the second implementation; the names of those that differ."""
    if "internal/snapshot.json" not in files:
        raise WrongProposal("internal/snapshot.json is missing")
    try:
        taken = json.loads(files["internal/snapshot.json"])
        made = written(taken, words, again.allocate)
    except (*NOT_AS_WRITTEN, snapshot.WrongSnapshot) as error:
        raise WrongProposal("internal/snapshot.json is not as it was written") from error
    return sorted(name for name in made.keys() | files.keys() if made.get(name) != files.get(name))


def written(taken: Mapping[str, Any], words: Words, allocated: Allocate) -> Files:
    """Every file of a proposal, from its snapshot alone."""
    exact, shown = accounts(taken, allocated)
    inside = {"snapshot.json": _json(taken), "allocation.json": _json(exact)}
    shown["internal"] = {name: hashlib.sha256(content).hexdigest() for name, content in inside.items()}
    inside |= {EVERY_LINE: _csv(LINES, _line_rows(exact))} | _papers(exact, words)
    outside = {"allocation.json": _json(shown), "allocation.csv": _csv(MEASURES, _measure_rows(shown))}
    outside |= _papers(shown, words)
    files = {f"internal/{name}": content for name, content in inside.items()}
    return files | {f"public/{name}": content for name, content in outside.items()}


def accounts(taken: Mapping[str, Any], allocated: Allocate) -> tuple[dict[str, Any], dict[str, Any]]:
    """What each rule makes of a round: exact, and as it may be published."""
    given, rule = snapshot.read(taken["round"]), taken["rule"]
    demand = Demand(given)
    outcomes = {each: allocated(given, each) for each in taken["rules"]}
    held = {each: account(given, each, outcome, demand) for each, outcome in outcomes.items()}
    shared = {"call": taken["call"], "rule": rule, "names": taken["names"]}
    exact = shared | {"salt": taken["salt"]}  # its hash is published too, and most of its numbers are known
    exact |= {"accounts": held, "margins": margins(given, rule, outcomes[rule])}
    exact["other"] = taken["other"] and _other(taken, allocated)
    attesters = snapshot.attesters_read(taken["attesters"] or ())
    exact["attesters"] = turned(given, rule, funded(given, outcomes[rule]), attesters, allocated)
    released = taken["released"]  # how many asked for each need, and under "" how many answered
    shown = compared(held, rule, released.get(""), taken["fewest"])
    return exact, shared | {"accounts": shown, "released": released}


def _other(taken: Mapping[str, Any], allocated: Allocate) -> dict[str, Any]:
    """What the rule makes of the voices that do not steer: all of them, or those alone whom a worker met."""
    given = snapshot.read(taken["other"])
    got = funded(given, allocated(given, taken["rule"]))
    return {"steering": taken["voices"], "people": given.people, "funded": sorted(got)}


# --- what everything is called --------------------------------------------------------------------


def _names(found: Competition, words: Words) -> dict[str, Any]:
    def told(value: Value) -> Any:
        return {code: _speaker(words, code)(value) for code in words.languages}

    given, call = found.round, found.held.call
    needs = {need for each in given.voices for need in each.asks}
    needs |= {need for each in given.measures for need in each.needs}
    return {
        "call": {"name": told(call.name)},
        "measures": {each.id: found.measure(each.id) for each in given.measures},
        "applicants": {entry.id: entry.application.title for entry in found.entries},
        "needs": {need: told(label(need, found.held.added)) for need in sorted(needs)},
        "needs_of": {each.id: sorted(each.needs) for each in given.measures},
        "applicants_of": {each.id: each.applicant for each in given.measures},
        "periods": {str(n): each.dates.split("–") for n, each in enumerate(call.periods)},
        "sources": {each.key: told(each.name) for each in call.sources},
        "priorities": {str(n): told(each.label) for n, each in enumerate(call.priorities)},
        "groups": {name: told(group_label(name)) for name in {target(each.group) for each in given.voices}},
    }


def group_label(name: str) -> Text:
    """What a target group is called, from its name in an allocation."""
    group, _, told = name.partition(" ")
    if group == FAMILY:
        return (
            N_("Familier med lite penger eller uten svar om penger")
            if told
            else N_("Familier med nok penger")
        )
    if group == YOUTH and "-" in told:
        youngest, oldest = told.split("-")
        return N_("Unge {youngest}–{oldest} år", youngest=youngest, oldest=oldest)
    return N_("Unge som ikke sa alder") if group == YOUTH else N_("Andre")


# --- the files ------------------------------------------------------------------------------------


def _json(held: Mapping[str, Any]) -> bytes:
    return canonical(held).encode()


def _papers(held: Mapping[str, Any], words: Words) -> Files:
    """The explanation in each language and form; bokmål has the plain name."""
    blocks = explain(held)
    made: Files = {}
    for code in words.languages:
        name = "explanation" if code == words.languages[0] else f"explanation.{code}"
        made |= {f"{name}{ending}": _paper(blocks, ending, words, code) for ending in PAPERS}
    return made


def _paper(blocks: Sequence[Block], ending: str, words: Words, code: str) -> bytes:
    return PAPERS[ending](blocks, _speaker(words, code), code)


def _speaker(words: Words, code: str) -> papers.Say:
    return papers.speaker(partial(words.say, language=code))


MEASURES = ("rule", "measure", "name", "applicant", "applicant_name", "funded", "units", "places", "kroner")
LINES = (
    *(
        "rule",
        "line",
        "kind",
        "kroner",
        "measure",
        "name",
        "period",
        "first_unit",
        "last_unit",
        "places",
        "met",
    ),
    *("phase", "asking", "price_ore", "next", "next_asking", "next_price_ore", "ties", "cap"),
    *("applicant", "applicant_name", "dates", "kroner_a_place", "next_lacked_people", "next_lacked_ore"),
)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(columns)
    lines.writerows([as_text(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _measure_rows(shown: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """One row a measure and rule."""
    names = shown["names"]
    for rule, held in shown["accounts"].items():
        for each in held["measures"]:
            id, applicant, units, places = each["measure"], each["applicant"], each["units"], each["places"]
            known = None if units is None or places is None else units * places
            titles = (id, names["measures"][id], applicant, names["applicants"][applicant])
            yield rule, *titles, each["funded"], units, known, _kroner(each["cost"])


def _kroner(øre: int | None) -> str | None:
    return None if øre is None else f"{øre // KRONE}.{øre % KRONE:02}"


def _line_rows(exact: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """One row a line of the account: every øre is in exactly one of a rule."""
    names, told = exact["names"]["measures"], Names(exact)
    for rule, held in exact["accounts"].items():
        offers = {each["measure"]: each for each in held["measures"]}
        for number, line in enumerate(held["lines"], 1):
            standing, after = line.get("standing") or {}, line.get("following") or {}
            yield (
                *(rule, number, line["kind"], _kroner(line["cost"]), line["measure"]),
                *(names.get(line["measure"]), line["period"], line.get("first_unit"), line.get("last_unit")),
                *(line.get("places"), line.get("met"), line.get("phase"), standing.get("asking")),
                *(standing.get("price"), after.get("measure"), after.get("asking"), after.get("price")),
                *(" ".join(line.get("ties", ())), line.get("cap")),
                *_of_offer(line, offers.get(line["measure"]), told),
                *(line.get("behind_people"), line.get("behind_price")),
            )


def _of_offer(line: Mapping[str, Any], offer: Mapping[str, Any] | None, told: Names) -> Sequence[Any]:
    """Whose it is, when, and the price of a place, as far as a line is about a measure."""
    dates = None if line["period"] is None else told.time([line["period"]])
    if offer is None:
        return None, None, dates, None
    whole = offer["places"] and round(Fraction(offer["unit_cost"], offer["places"]))
    applicant = offer["applicant"]
    return applicant, told.of("applicants", applicant), dates, _kroner(whole)
