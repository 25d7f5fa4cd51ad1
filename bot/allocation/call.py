"""A call for funds as a value, read whole from one TOML text: every fault is told, not only the first."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.allocation.model import LOT, TIES
from bot.allocation.rules import RULES
from bot.allocation.tables import Fault, Table, opened, twice
from dialogs.text import N_, Told

# Who may stand behind an application, and where the money may go.
KINDS = ("municipality", "unit", "county", "state", "private", "voluntary")
CURRENCIES = ("NOK", "DKK")
VOICES = ("all", "attested")
REQUIRABLE = ("budget", "milestones", "own_accounts", "confirmed_partners")
GROUPS = ("youth", "family")
OLDEST = 120
MOST_SOURCES = 8  # whether they can pay is tried for every choice of them
# Add1 is a run for each krone a person, hours where shares are large: it is for elections, not for pages.
CHOOSABLE = tuple(rule for rule in RULES if rule != "equal-shares-add1")


class WrongCall(Exception):
    """A call's file is not as it should be; `faults` holds every fault, by line."""

    def __init__(self, faults: Collection[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.key)))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the call was announced, and its own sentences behind the rules."""

    name: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that money is given for, both days included; `money` in øre where it has its own."""

    key: str
    starts: date
    ends: date
    money: int | None

    @property
    def dates(self) -> str:
        """The stretch as people in Norway write it: its key is for files."""
        return f"{self.starts:%d.%m.%Y}–{self.ends:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom the money is for: a group of people, and the ages (both included) in it."""

    key: str
    label: Told
    group: str
    youngest: int
    oldest: int
    low_income: bool


@dataclass(frozen=True, slots=True)
class Partners:
    """At least so many of the partners are of these kinds; `refuses` or else only warns."""

    key: str
    label: Told
    at_least: int
    of: tuple[str, ...]
    refuses: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Something an application must tell in words."""

    key: str
    label: Told


@dataclass(frozen=True, slots=True)
class Cost:
    """A kind of cost, with examples. `words` in a budget line hint at it, whatever the line calls itself."""

    key: str
    label: Told
    examples: Told
    allowed: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the money may, or may not, be for."""

    key: str
    label: Told
    allowed: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """A tier: applicants with no grant from any of these rounds come before the next tier."""

    key: str
    label: Told
    without_grant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """One of the sources a pot is merged of, in øre, and the purposes it may pay for (none: all)."""

    key: str
    name: Told
    money: int
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A round of money with its rules. All money is in øre; a limit that is None does not bind."""

    key: str
    name: Told
    about: Told
    source: Source
    municipalities: tuple[str, ...]  # whose people's needs count
    currency: str
    money: int
    opens: datetime
    deadline: datetime
    rule: str  # one of CHOOSABLE
    voices: str  # whose needs steer the money: one of VOICES; the others are shown beside
    shows_needs: bool  # applicants see the published counts of needs
    groups: int | None  # at most so many applicants get money
    cap: int | None  # to one applicant in one period
    ties: tuple[str, ...]  # what decides between equals, in order, of TIES; a lot ends it
    fill: int  # percent of a unit's places that somebody must have asked for
    exists_before: date | None  # a measure must have begun before this day
    lead: tuple[str, ...]  # kinds that may lead an application; none: all
    requires: tuple[str, ...]  # of REQUIRABLE
    deciders: int  # how many named people must agree on the decision
    report_days: int  # a report is due so long after each period
    periods: tuple[Period, ...]
    targets: tuple[Target, ...]
    partners: tuple[Partners, ...]
    parts: tuple[Part, ...]
    costs: tuple[Cost, ...]
    purposes: tuple[Purpose, ...]
    priorities: tuple[Priority, ...]  # in order: the first tier gets its money first
    sources: tuple[Money, ...]  # none: one pot
    digest: str  # SHA-256 of the text, in hexadecimal digits

    def is_open(self, at: datetime) -> bool:
        """Whether an application may come in at a time; the second of the deadline is still in."""
        return self.opens <= at and not self.is_past(at)

    def is_past(self, at: datetime) -> bool:
        """Whether the deadline has passed."""
        return at.replace(microsecond=0) > self.deadline

    def dates(self, period: str) -> str:
        """The days of a period that is known by its key."""
        return next(each.dates for each in self.periods if each.key == period)

    def tier(self, earlier_grants: Collection[str]) -> int:
        """The place in the order of priorities of who got these grants before; 0 goes first."""
        met = (not set(priority.without_grant) & set(earlier_grants) for priority in self.priorities)
        return next((place for place, meets in enumerate(met) if meets), len(self.priorities))


def read(text: str) -> Call:
    """A call from its TOML text; raises WrongCall with every fault."""
    table = opened(text)
    if table.faults:
        raise WrongCall(table.faults)
    call = _call(table, hashlib.sha256(text.encode()).hexdigest())
    table.end()
    if not table.faults:
        _agree(call, table)
    if table.faults:
        raise WrongCall(table.faults)
    return call


def _call(table: Table, digest: str) -> Call:
    zone = table.zone("zone")
    purposes = _purposes(table)
    return Call(
        key=table.key("key"),
        name=table.told("name"),
        about=table.told("about"),
        source=_source(table.table("source", required=True)),
        municipalities=table.names("municipalities"),
        currency=table.one_of("currency", CURRENCIES),
        money=table.money("money"),
        opens=table.moment("opens", zone),
        deadline=table.moment("deadline", zone),
        rule=table.one_of("rule", CHOOSABLE),
        voices=table.one_of("voices", VOICES),
        shows_needs=table.truth("shows_needs", default=False),
        groups=table.maybe_count("groups"),
        cap=table.maybe_money("cap"),
        ties=table.names("ties", TIES, default=TIES),
        fill=table.count("fill", default=50, most=100),
        exists_before=table.maybe_day("exists_before"),
        lead=table.names("lead", KINDS, default=()),
        requires=table.names("requires", REQUIRABLE, default=()),
        deciders=table.count("deciders", default=1, most=2),
        report_days=table.count("report_days", default=30, most=366),
        periods=_periods(table, zone),
        targets=_targets(table),
        partners=_partners(table),
        parts=_parts(table),
        costs=_costs(table),
        purposes=purposes,
        priorities=_priorities(table),
        sources=_sources(table, tuple(purpose.key for purpose in purposes if purpose.allowed)),
        digest=digest,
    )


def _source(table: Table) -> Source:
    source = Source(table.text("name"), table.names("quotes"))
    table.end()
    return source


def _periods(call: Table, zone: ZoneInfo) -> tuple[Period, ...]:
    tables = call.tables("periods", required=True)
    periods = tuple(
        Period(each.key("key"), each.day("starts"), each.day("ends"), each.maybe_money("money"))
        for each in tables
    )
    _named_once(tables, periods)
    for table, period in zip(tables, periods, strict=True):
        if period.ends < period.starts:
            table.fault("ends", N_("er før perioden begynner"))
    for table, earlier, later in zip(tables[1:], periods, periods[1:], strict=False):
        if later.starts <= earlier.ends:
            table.fault("starts", N_("er før perioden foran er slutt"))
    return periods


def _targets(call: Table) -> tuple[Target, ...]:
    tables = call.tables("targets", required=True)
    targets = tuple(
        Target(
            each.key("key"),
            each.told("label"),
            each.one_of("group", GROUPS),
            each.count("youngest", default=0, least=0, most=OLDEST),
            each.count("oldest", default=OLDEST, least=0, most=OLDEST),
            each.truth("low_income", default=False),
        )
        for each in tables
    )
    _named_once(tables, targets)
    for table, target in zip(tables, targets, strict=True):
        if target.oldest < target.youngest:
            table.fault("oldest", N_("er yngre enn den yngste"))
    return targets


def _partners(call: Table) -> tuple[Partners, ...]:
    tables = call.tables("partners")
    rules = tuple(
        Partners(
            each.key("key"),
            each.told("label"),
            each.count("at_least", most=20),
            each.names("of", KINDS),
            each.one_of("otherwise", ("refuse", "warn")) == "refuse",
        )
        for each in tables
    )
    _named_once(tables, rules)
    return rules


def _parts(call: Table) -> tuple[Part, ...]:
    tables = call.tables("parts")
    parts = tuple(Part(each.key("key"), each.told("label")) for each in tables)
    _named_once(tables, parts)
    return parts


def _costs(call: Table) -> tuple[Cost, ...]:
    tables = call.tables("costs", required=True)
    costs = tuple(
        Cost(
            each.key("key"),
            each.told("label"),
            each.told("examples"),
            each.truth("allowed"),
            tuple(word.casefold() for word in each.names("words", default=())),
        )
        for each in tables
    )
    _named_once(tables, costs)
    if tables and not any(cost.allowed for cost in costs):
        call.fault("costs", N_("må ha minst én som er lov"))
    return costs


def _purposes(call: Table) -> tuple[Purpose, ...]:
    tables = call.tables("purposes")
    purposes = tuple(Purpose(each.key("key"), each.told("label"), each.truth("allowed")) for each in tables)
    _named_once(tables, purposes)
    return purposes


def _priorities(call: Table) -> tuple[Priority, ...]:
    tables = call.tables("priorities")
    priorities = tuple(
        Priority(each.key("key"), each.told("label"), each.names("without_grant")) for each in tables
    )
    _named_once(tables, priorities)
    return priorities


def _sources(call: Table, purposes: tuple[str, ...]) -> tuple[Money, ...]:
    tables = call.tables("sources", most=MOST_SOURCES)
    sources = tuple(
        Money(
            each.key("key"),
            each.told("name"),
            each.money("money"),
            each.names("purposes", purposes, default=()),
        )
        for each in tables
    )
    _named_once(tables, sources)
    return sources


_Named = Period | Target | Partners | Part | Cost | Purpose | Priority | Money


def _named_once(tables: list[Table], values: tuple[_Named, ...]) -> None:
    """End tables that have been read, and refuse a key that an earlier one has."""
    for table in tables:
        table.end()
    twice(tables, [value.key for value in values])


def _agree(call: Call, table: Table) -> None:
    """What is right by itself must also fit together."""
    if call.deadline <= call.opens:
        table.fault("deadline", N_("er før utlysningen åpner"))
    if not call.municipalities:
        table.fault("municipalities", N_("må nevne minst én"))
    if call.ties[-1:] != (LOT,):
        table.fault("ties", N_("må slutte med {last}", last=LOT))
    if not call.money:
        table.fault("money", N_("må være mer enn null"))
    if call.money and call.cap is not None and not 0 < call.cap <= call.money:
        table.fault("cap", N_("må være mer enn null, og ikke mer enn money"))
    if call.sources and sum(source.money for source in call.sources) != call.money:
        table.fault("sources", N_("må til sammen være like mye som money"))
    own = [period.money for period in call.periods if period.money is not None]
    if own and (len(own) < len(call.periods) or sum(own) != call.money):
        table.fault("periods", N_("må til sammen være like mye som money"))
    for each, needed in zip(table.tables("partners"), call.partners, strict=True):
        if not needed.of:
            each.fault("of", N_("må nevne minst én"))
