"""A proposal as files: what stays inside with exact numbers, and what may be published."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.allocation import allocate, snapshot
from bot.allocation.account import account, canonical, target
from bot.allocation.demand import Demand
from bot.allocation.explain import EVERY_LINE, Block, Names, explain
from bot.allocation.margin import Allocate, funded, margins, turned
from bot.allocation.model import Attester, Round
from bot.allocation.publish import compared, shown_now
from bot.allocation.reach import FAMILY, YOUTH
from bot.allocation.rules import KRONE
from bot.exports import papers
from bot.exports.as_csv import as_text
from bot.funding.rounds import Competition
from bot.i18n import Words
from bot.store import publishing
from bot.store.calls import Held
from bot.store.decisions import Decision
from bot.summaries import ANY, Key
from dialogs.categories import label
from dialogs.text import N_, Text, Value

MAIN = ("most-requested", "equal-shares-completed")  # shown side by side, whichever the call names
PAPERS: dict[str, Callable[[Sequence[Block], papers.Say, str], bytes]] = {
    ".md": lambda blocks, say, _: papers.markdown(blocks, say).encode(),
    ".html": lambda blocks, say, code: papers.html(blocks, say, code).encode(),
    ".pdf": papers.pdf,
}
SNAPSHOT, CALL = "internal/snapshot.json", "internal/call.toml"
Files: TypeAlias = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed by which rule, and what is told beside it."""

    found: Competition
    rule: str
    fewest: int  # people behind a number that is published
    released: Mapping[str, int] = field(default_factory=dict)  # as `told_before` has it
    salt: str = ""  # keeps anybody from guessing a snapshot from its hash
    other: Round | None = None  # with the voices that do not steer
    attesters: Sequence[Attester] | None = None  # whose codes let in whom, where that is known

    @property
    def may_be_published(self) -> bool:
        """Two public folders that differ by one person would give that person away.

        So there is one for a call: when it is closed its people are counted for good, and its rule is named.
        """
        held = self.found.held
        return held.closed_at is not None and self.rule == held.call.rule


def propose(proposal: Proposal, words: Words) -> Files:
    """The files of a proposal."""
    made = written(snapshot_of(proposal, words), words, allocate.allocate)
    return made | {CALL: proposal.found.held.text.encode()}


def snapshot_of(proposal: Proposal, words: Words) -> dict[str, Any]:
    """All that a proposal follows from, as it stands now."""
    found, rule, other = proposal.found, proposal.rule, proposal.other
    held, attesters = found.held, proposal.attesters
    return {
        "call": {"key": held.call.key, "digest": held.call.digest, "seed_hash": held.seed_hash},
        "public": proposal.may_be_published,
        "rule": rule,
        "rules": [rule, *(each for each in MAIN if each != rule)],
        "round": snapshot.written(found.round),
        "voices": held.call.voices,
        "other": other and snapshot.written(other),
        "attesters": attesters and snapshot.attesters_written(attesters),
        "names": _names(found, words),
        "released": dict(proposal.released),
        "salt": proposal.salt,
        "fewest": proposal.fewest,
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


def written(taken: Mapping[str, Any], words: Words, allocated: Allocate) -> Files:
    """Every file of a proposal but its call, from its snapshot alone."""
    exact, shown = accounts(taken, allocated)
    inside = {"snapshot.json": _json(taken), "allocation.json": _json(exact)}
    shown["internal"] = {name: hashlib.sha256(content).hexdigest() for name, content in inside.items()}
    inside |= {EVERY_LINE: _csv(LINES, _line_rows(exact))} | _papers(exact, words)
    files = {f"internal/{name}": content for name, content in inside.items()}
    if not taken["public"]:
        return files
    outside = {"allocation.json": _json(shown), "allocation.csv": _csv(MEASURES, _measure_rows(shown))}
    outside |= _papers(shown, words)
    return files | {f"public/{name}": content for name, content in outside.items()}


def accounts(taken: Mapping[str, Any], allocated: Allocate) -> tuple[dict[str, Any], dict[str, Any]]:
    """What each rule makes of a round: exact, and as it may be published."""
    given, rule = snapshot.read(taken["round"]), taken["rule"]
    demand = Demand(given)
    outcomes = {each: allocated(given, each) for each in taken["rules"]}
    held = {each: account(given, each, outcome, demand) for each, outcome in outcomes.items()}
    shared = {"call": taken["call"], "rule": rule, "names": taken["names"]}
    exact = shared | {"salt": taken["salt"]}  # its hash is published too, and most of its numbers are known
    exact |= {"accounts": held, "margins": margins(given, rule, outcomes[rule], allocated=allocated)}
    exact["other"] = taken["other"] and _other(taken, allocated)
    attesters = snapshot.attesters_read(taken["attesters"] or ())
    exact["attesters"] = turned(given, rule, funded(given, outcomes[rule]), attesters, allocated)
    released = taken["released"]  # how many asked for each need, and under "" how many answered
    shown = compared(held, rule, released, taken["fewest"])
    return exact, shared | {"accounts": shown, "released": released}


def _other(taken: Mapping[str, Any], allocated: Allocate) -> dict[str, Any]:
    """What the rule makes of the voices that do not steer: all of them, or those alone whom a worker met."""
    given = snapshot.read(taken["other"])
    got = funded(given, allocated(given, taken["rule"]))
    return {"steering": taken["voices"], "people": given.people, "funded": sorted(got)}


# --- a decision, as everybody may take it along ---------------------------------------------------


def decided(made: Decision) -> Files:
    """What may be published of a decision, from what was frozen with it alone: as an account, and as rows."""
    held = _decided(made) | {"accounts": {"decided": shown(made)}}
    return {"allocation.json": _json(held), "allocation.csv": _csv(MEASURES, _measure_rows(held))}


def decided_paper(made: Decision, held: Held, words: Words, code: str) -> bytes:
    """The public explanation of a decision that is as the rule proposed, as HTML."""
    needs = {need: _told(label(need, held.added), words) for need in made.body["shown"]["unmet"]}
    names = {"needs": needs, "call": {"name": _told(held.call.name, words)}}
    rule = made.body["rule"]
    told = _decided(made) | {"accounts": {rule: shown(made)}}
    told["names"] |= names
    return _paper(explain(told), ".html", words, code)


def _decided(made: Decision) -> dict[str, Any]:
    names = {**made.body["names"], "needs_of": made.body["names"]["needs"], "needs": {}}
    shared = {name: made.body[name] for name in ("call", "rule")}
    return shared | {"decision": made.digest, "names": names, "released": {}}


def shown(made: Decision) -> dict[str, Any]:
    """That people gave less than the rule stands in `less`, and never by how many wait for the rest."""
    held = shown_now(made.body["shown"])
    return held | {"left_caps": [cap for cap in held["left_caps"] if cap != "rule"]}


# --- what everything is called --------------------------------------------------------------------


def _told(value: Value, words: Words) -> dict[str, str]:
    return {code: _speaker(words, code)(value) for code in words.languages}


def _names(found: Competition, words: Words) -> dict[str, Any]:
    told = partial(_told, words=words)
    given, call = found.round, found.held.call
    needs = {need for each in given.voices for need in each.asks}
    needs |= {need for each in given.measures for need in each.needs}
    return {
        **found.names,
        "call": {"name": told(call.name)},
        "needs": {need: told(label(need, found.held.added)) for need in sorted(needs)},
        "needs_of": {each.id: sorted(each.needs) for each in given.measures},
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
