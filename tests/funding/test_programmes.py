"""Each programme's call, against applications on both sides of every rule it has."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.allocation import checks
from bot.allocation.call import Call
from tests.funding.written import CALLS, TAKEN, bent, told

MILLION = 1_000_000
M = "measures.0."
FROYA = {"name": "Frøya kommune", "kind": "municipality", "confirmed": True}

# What is changed in an application that is taken; the rules that then refuse it, and those that warn.
EVERYWHERE: list[tuple[dict[str, Any], set[str], set[str]]] = [
    ({M + "youngest": 24, M + "oldest": 12}, {"age-order"}, set()),
    ({}, set(), set()),
    ({"title": ""}, {"title"}, set()),
    ({"contact": "ring oss"}, {"contact"}, set()),
    ({"contact": "post@kommune.example, en@annen.example"}, {"contact"}, set()),
    ({"contact": "post@kommune.example\nbcc: alle"}, {"contact"}, set()),
    ({"measures": []}, {"measures"}, set()),
    ({"partners.0.name": ""}, {"partner-name"}, set()),
    ({"partners.0.confirmed": False}, set(), {"confirmed-partners"}),
    ({"partners": []}, {"partners"}, set()),
    ({"partners.0.kind": "kingdom"}, {"partner-kind"}, set()),
    ({"partners": [FROYA, FROYA | {"name": "FRØYA kommune"}]}, {"partner-twice"}, set()),
    ({M + "name": ""}, {"measure-name"}, set()),
    ({M + "needs": []}, {"needs"}, set()),
    ({M + "needs": ["a_pony"]}, {"unknown-need"}, set()),
    ({M + "unit_cost": 0}, {"unit-cost", "budget-above"}, set()),
    ({M + "unit_cost": "gratis"}, {"unreadable", "unit-cost", "budget-above"}, set()),
    ({M + "unit_cost": 12.5}, {"unreadable", "unit-cost", "budget-above"}, set()),
    ({M + "places": 0}, {"unreadable", "places"}, set()),
    ({M + "places": "ti"}, {"unreadable", "places"}, set()),
    ({M + "least": 21, M + "most": 20}, {"most"}, set()),
    ({M + "least": 0}, {"unreadable", "least"}, set()),
    ({M + "periods": []}, {"periods", "budget-above"}, set()),
    ({M + "periods": ["1999"]}, {"unknown-period"}, set()),
    ({M + "targets": []}, {"targets"}, set()),
    ({M + "targets": ["pensioners"]}, {"unknown-target"}, set()),
    ({M + "districts": ["midtbyen"]}, set(), set()),
    ({M + "districts": ["paris"]}, {"unknown-district"}, set()),
    ({M + "purposes": []}, {"purposes"}, set()),
    ({M + "purposes": ["world-peace"]}, {"unknown-purpose"}, set()),
    ({M + "after": ""}, {"after"}, set()),
    ({"budget": []}, {"budget"}, set()),
    ({"budget.0.kind": "bribes"}, {"unknown-cost"}, set()),
    ({"budget.0.what": ""}, {"line-what"}, set()),
    ({"budget.0.money": 0}, {"line-money", "budget-below"}, set()),
    ({"budget.0.money": 100 * MILLION}, {"budget-above"}, set()),
    ({"budget.0.money": 1}, {"budget-below"}, set()),
    ({M + "unit_cost": 900 * MILLION, M + "most": 1}, {"measure-cap"}, set()),
    ({"milestones": [{"by": "1999-12-31", "what": "I gang"}]}, {"milestone-day"}, set()),
    ({"milestones": [{"by": "2019-06-30", "what": ""}]}, {"milestone-what"}, set()),
    ({"parts": {}}, {"part"}, set()),
    ({"parts.poem": "Roser er røde"}, {"unknown-part"}, set()),
    ({"colour": "blue"}, {"unreadable"}, set()),
    ({"measures": "mange"}, {"unreadable", "measures"}, set()),
]

TRONDHEIM: list[tuple[dict[str, Any], set[str], set[str]]] = [
    ({M + "since": "2021-04-11"}, set(), set()),
    ({M + "since": "2021-04-12"}, {"exists-before"}, set()),
    ({M + "since": ""}, {"since"}, set()),
    ({M + "since": "i fjor"}, {"unreadable", "since"}, set()),
    ({M + "purposes": ["cooperate"]}, set(), set()),
    ({M + "purposes": ["new-project"]}, {"excluded-purpose"}, set()),
    ({"budget.0.kind": "for-people"}, set(), set()),
    ({"budget.0.kind": "positions"}, {"excluded-cost"}, set()),
    ({"budget.0.what": "Lønn til en vikar"}, set(), {"hinted-cost"}),
    ({M + "unit_cost": 25_000, M + "most": 20}, set(), set()),
    ({M + "unit_cost": 25_000, M + "most": 21}, set(), {"cap"}),
    ({M + "unit_cost": 500_000, M + "most": 1}, set(), set()),
    ({M + "unit_cost": "500000.01", M + "most": 1}, {"measure-cap"}, {"cap"}),
    ({M + "youngest": 24}, set(), set()),
    ({M + "youngest": 25, M + "oldest": 30}, {"ages"}, set()),
    ({M + "oldest": 11, M + "youngest": 6}, {"ages"}, set()),
    ({M + "targets": ["youth", "families"], M + "youngest": 16}, set(), set()),
    ({"partners.1.kind": "unit"}, set(), {"partners-state"}),
    ({"partners.2.kind": "private"}, set(), set()),
    ({"partners.2.kind": "state"}, set(), {"partners-private-or-voluntary"}),
    ({"partners.0.kind": "voluntary"}, set(), {"partners-municipal"}),
    ({"partners.1.kind": "kingdom"}, {"partner-kind"}, {"partners-state"}),
    ({"partners.1.name": "uteseksjonen"}, {"partner-twice"}, set()),
    ({"parts.already": " "}, {"part-already"}, set()),
    ({"milestones": [{"by": "2021-08-01", "what": "I gang"}]}, set(), set()),
    ({"milestones": [{"by": "2031-08-01", "what": "I gang"}]}, {"milestone-day"}, set()),
]

BUFDIR: list[tuple[dict[str, Any], set[str], set[str]]] = [
    ({"partners.0.kind": "unit"}, {"lead"}, set()),
    ({"partners.0.kind": "voluntary"}, {"lead"}, set()),
    (
        {
            "partners": [
                {"name": "Snillfjord", "kind": "municipality", "confirmed": "ja"},
                {"name": "Orkdal", "kind": "municipality", "confirmed": "ja"},
            ]
        },
        set(),
        set(),
    ),
    ({"own_accounts": False}, {"own-accounts"}, set()),
    ({"own_accounts": "ja"}, set(), set()),
    ({"own_accounts": "kanskje"}, {"unreadable", "own-accounts"}, set()),
    ({"milestones": []}, {"milestones"}, set()),
    ({"milestones.0.what": ""}, {"milestone-what"}, set()),
    ({"milestones.0.by": "2019-12-31"}, set(), set()),
    ({"milestones.0.by": "2020-01-01"}, {"milestone-day"}, set()),
    ({"milestones.0.by": "2018-12-31"}, {"milestone-day"}, set()),
    ({"parts.description": ""}, {"part-description"}, set()),
    ({"parts.activities": ""}, {"part-activities"}, set()),
    ({"parts.organisation": ""}, {"part-organisation"}, set()),
    ({"parts.services": ""}, {"part-services"}, set()),
    ({"parts.use": ""}, {"part-use"}, set()),
    ({"budget.0.kind": "running"}, set(), set()),
    ({"budget.0.kind": "ordinary"}, {"excluded-cost"}, set()),
    ({"budget.0.what": "Ordinær drift av barnevernet"}, set(), {"hinted-cost"}),
    ({M + "unit_cost": 30_200_000, M + "most": 1}, {"budget-below"}, set()),
    ({M + "unit_cost": "30200000.01", M + "most": 1}, {"measure-cap", "budget-below"}, set()),
    ({M + "since": ""}, set(), set()),
    ({M + "youngest": 25, M + "oldest": 30}, {"ages"}, set()),
]

SOCIALSTYRELSEN: list[tuple[dict[str, Any], set[str], set[str]]] = [
    ({"partners.0.kind": "private"}, {"lead"}, set()),
    ({"partners.0.kind": "state"}, {"lead"}, set()),
    *[({M + "purposes": [key]}, set(), set()) for key in ("across", "follow-up", "training", "spread")],
    ({M + "purposes": ["building"]}, {"unknown-purpose"}, set()),
    ({"budget.0.kind": "start-up"}, set(), set()),
    ({"budget.0.kind": "training"}, set(), set()),
    ({"budget.0.kind": "buildings"}, {"excluded-cost"}, set()),
    ({"budget.0.what": "Ombygging av kjelleren"}, set(), {"hinted-cost"}),
    ({"budget.0.money": "1250010.00"}, set(), set()),
    ({"budget.0.money": "1250010.01"}, {"budget-above"}, set()),
    ({"budget.0.money": "125001.00"}, set(), set()),
    ({"budget.0.money": "125000.99"}, {"budget-below"}, set()),
    ({"budget.0.money": "125001.005"}, {"unreadable", "line-money", "budget-below"}, set()),
    ({"milestones": []}, set(), set()),
    ({"parts.goals": ""}, {"part-goals"}, set()),
    ({M + "targets": ["children"], M + "youngest": 25, M + "oldest": 30}, {"ages"}, set()),
    ({"earlier_grants": ["2016"]}, set(), set()),
    ({"earlier_grants": "2016; 2015"}, set(), set()),
]

TRONDELAG: list[tuple[dict[str, Any], set[str], set[str]]] = [
    (
        {"partners": [{"name": "Frøya kommune", "kind": "municipality", "confirmed": True}]},
        {"partners-two-services"},
        set(),
    ),
    ({"partners.0.kind": "unit"}, set(), set()),
    ({"partners.0.kind": "voluntary"}, {"lead"}, set()),
    ({"partners.0.kind": "state"}, {"lead"}, set()),
    *[({M + "purposes": [key]}, set(), set()) for key in ("one-door", "team", "family", "school")],
    ({M + "purposes": ["leisure", "team"]}, set(), set()),
    ({"milestones": []}, {"milestones"}, set()),
    ({"milestones.0.by": "2021-06-30"}, set(), set()),
    ({"milestones.0.by": "2021-07-01"}, {"milestone-day"}, set()),
    ({"budget.0.kind": "wages", "budget.0.what": "Familiekoordinator"}, set(), set()),
    ({"partners.1.kind": "state"}, set(), set()),
    ({"partners": [FROYA, {"name": "NAV Frøya", "kind": "state", "confirmed": True}]}, set(), set()),
    ({M + "youngest": 25, M + "oldest": 30}, {"ages"}, set()),
    ({M + "districts": ["bergen"]}, {"unknown-district"}, set()),
    ({"budget.0.money": 200_001}, {"budget-above"}, set()),
    ({"budget.0.money": 400_000, M + "periods": ["2020-h2", "2021-h1"]}, set(), set()),
    ({"budget.0.money": "4999.99"}, {"budget-below"}, set()),
    ({"budget.0.kind": "buildings"}, {"excluded-cost"}, set()),
    ({"parts.evaluation": ""}, {"part-evaluation"}, set()),
    ({"parts.together": ""}, {"part-together"}, set()),
    ({M + "unit_cost": 20 * MILLION, M + "most": 1}, {"budget-below"}, set()),
    ({M + "unit_cost": 20 * MILLION + 1, M + "most": 1}, {"measure-cap", "budget-below"}, set()),
]

OWN = {
    "trondheim-2021": TRONDHEIM,
    "bufdir-2019": BUFDIR,
    "socialstyrelsen-2017": SOCIALSTYRELSEN,
    "trondelag-0-24": TRONDELAG,
}
CASES = [(key, *case) for key, cases in OWN.items() for case in cases]
COMMON = [(key, *case) for key in OWN for case in EVERYWHERE]


@pytest.mark.parametrize(("key", "changes", "refusing", "warning"), CASES)
def test_an_application_meets_each_rule_of_its_call(
    key: str, changes: dict[str, Any], refusing: set[str], warning: set[str]
) -> None:
    assert told(CALLS[key], bent(key, changes)) == (refusing, warning)


@pytest.mark.parametrize(("key", "changes", "refusing", "warning"), COMMON)
def test_an_application_meets_the_rules_of_every_call(
    key: str, changes: dict[str, Any], refusing: set[str], warning: set[str]
) -> None:
    """What one fault brings along differs by call: the rules named are met, and none refuses without."""
    refused, warned = told(CALLS[key], bent(key, changes))
    assert {"part" if rule.startswith("part-") else rule for rule in refused} >= refusing
    assert bool(refused) == bool(refusing)
    assert warned >= warning


def test_each_call_has_twenty_applications_of_its_own_or_more() -> None:
    """Those that each call is tried with beside come on top."""
    assert {key: len(cases) for key, cases in OWN.items() if len(cases) < 20} == {}
    assert set(OWN) == set(CALLS) == set(TAKEN)


@pytest.mark.parametrize("key", CALLS)
def test_a_measure_that_stands_twice_is_told(key: str) -> None:
    draft = bent(key, {})
    twice = draft | {"measures": [*draft["measures"], draft["measures"][0] | {"needs": ["work"]}]}
    assert told(CALLS[key], twice)[0] == {"measure-twice"}


def test_a_purpose_that_no_source_pays_for_is_told() -> None:
    """In Trøndelag's call every purpose has its source; take one source's purpose away from it."""
    call = CALLS["trondelag-0-24"]
    others = tuple(replace(each, purposes=("team",)) for each in call.sources)
    assert told(replace(call, sources=others), bent("trondelag-0-24", {}))[0] == {"no-source"}


def rules_of_no(call: Call) -> set[str]:
    """The rules that a call has no use for, so that no application can meet them."""
    unused = {
        "lead": not call.lead,
        "milestones": "milestones" not in call.requires,
        "own-accounts": "own_accounts" not in call.requires,
        "cap": call.cap is None,
        "since": call.exists_before is None,
        "exists-before": call.exists_before is None,
        "partners-": not call.partners,
        "excluded-purpose": all(purpose.allowed for purpose in call.purposes),
        "hinted-cost": not any(cost.words for cost in call.costs if not cost.allowed),
        "no-source": True,  # no call of the package has a purpose without a source: see above
    }
    return {rule for rule, is_so in unused.items() if is_so}


@pytest.mark.parametrize("key", CALLS)
def test_each_reason_a_call_can_give_has_an_application_of_its_own_that_meets_it(key: str) -> None:
    given = {"measure-twice", "not-open", "late"}  # above and below, of each call
    for changes, refusing, warning in (*OWN[key], *EVERYWHERE):
        refused, warned = told(CALLS[key], bent(key, changes))
        given |= (refused & refusing) | (warned & warning) | {r for r in refused if r.startswith("part-")}
    given |= {"partners-" for rule in given if rule.startswith("partners-")}
    given |= {"part-" for rule in given if rule.startswith("part-")}
    source = Path(checks.__file__).read_text("utf-8")
    there = set(re.findall(r'(?:Reason|_of)\(\s*f?"([a-z-]+)', source))
    assert there - given == rules_of_no(CALLS[key])


def test_all_reasons_come_at_once() -> None:
    refused, warned = told(CALLS["trondheim-2021"], {})
    assert refused == {
        "title",
        "contact",
        "partners",
        "measures",
        "budget",
        "part-cooperation",
        "part-already",
    }
    assert warned == {"partners-municipal", "partners-state", "partners-private-or-voluntary"}


# --- the deadline ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "inside"), [(-1, True), (0, True), (0.999, True), (1, False), (3600, False)]
)
@pytest.mark.parametrize("key", CALLS)
def test_the_deadline_is_met_to_the_second(key: str, second: float, inside: bool) -> None:
    call = CALLS[key]
    at = call.deadline.astimezone(UTC) + timedelta(seconds=second)
    assert call.is_open(at) == inside
    assert (checks.in_time(call, at) == ()) == inside


def test_the_danish_deadline_is_a_clock_time_in_denmark() -> None:
    """24 March 2017 is winter time: 12:00 in Copenhagen is 11:00 in London."""
    call = CALLS["socialstyrelsen-2017"]
    assert call.is_open(datetime(2017, 3, 24, 11, 0, 0, tzinfo=UTC))
    assert not call.is_open(datetime(2017, 3, 24, 11, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize("key", CALLS)
def test_nothing_comes_in_before_a_call_opens(key: str) -> None:
    call = CALLS[key]
    assert [each.rule for each in checks.in_time(call, call.opens - timedelta(seconds=1))] == ["not-open"]


# --- what each programme's text says --------------------------------------------------------------


def test_trondheim_has_sixteen_million_for_eight_groups_and_quotes_why_it_only_warns() -> None:
    call = CALLS["trondheim-2021"]
    assert (call.money, call.groups, call.cap, len(call.periods)) == (1_600_000_000, 8, 50_000_000, 4)
    assert call.money == (call.groups or 0) * len(call.periods) * (call.cap or 0)
    assert not any(needed.refuses for needed in call.partners)
    assert any("municipal, state and private/voluntary" in quote for quote in call.source.quotes)
    assert {target.group for target in call.targets} == {"youth", "family"}


def test_bufdir_gives_thirty_million_to_municipalities_with_accounts_of_their_own() -> None:
    call = CALLS["bufdir-2019"]
    assert (call.money, call.lead) == (3_020_000_000, ("municipality",))
    assert set(call.requires) == {"budget", "milestones", "own_accounts"}


def test_socialstyrelsen_lets_those_go_first_who_got_nothing_in_2016() -> None:
    call = CALLS["socialstyrelsen-2017"]
    assert (call.money, call.currency) == (2_490_000_000, "DKK")
    assert (call.tier(()), call.tier(["2015"]), call.tier(["2015", "2016"])) == (0, 0, 1)


def test_staff_is_the_calls_to_allow() -> None:
    allowed = {key: {cost.key: cost.allowed for cost in call.costs} for key, call in CALLS.items()}
    assert allowed["trondheim-2021"]["positions"] is False
    assert allowed["socialstyrelsen-2017"]["start-up"] is True


def test_trondelag_is_five_sources_in_one_pot_for_four_municipalities() -> None:
    call = CALLS["trondelag-0-24"]
    assert (len(call.sources), len(call.municipalities)) == (5, 4)
    assert sum(source.money for source in call.sources) == call.money
    assert all(source.purposes for source in call.sources)


def test_a_day_is_a_day_however_it_is_written() -> None:
    draft = bent("trondheim-2021", {M + "since": date(2020, 1, 15)})
    assert told(CALLS["trondheim-2021"], draft) == (set(), set())
