"""Real elections come out as an independent implementation says they do."""

import json

import pytest

from bot.allocation import pabulib
from bot.allocation.allocate import allocate
from bot.allocation.audit import owed
from bot.allocation.demand import Demand
from bot.allocation.model import Round
from tests.rules.source import ROOT

ELECTIONS = ROOT.parent / "shared" / "data" / "pabulib"
EXPECTED = json.loads((ELECTIONS / "expected.json").read_text("utf-8"))["instances"]
RULE_OF = {
    "greedy_cost": "most-requested",
    "mes_cost_raw": "equal-shares",
    "mes_cost+greedy_cost": "equal-shares-completed",
    "mes_cost_add1": "equal-shares-add1",
    "phragmen": "phragmen",
}
CASES = [(name, kind) for name, held in EXPECTED.items() for kind in held if kind in RULE_OF]
OFFICIAL = ("Netherlands_Assen_2024.pb", "Poland_Swiecie_2023.pb")


def election(name: str) -> Round:
    return pabulib.read((ELECTIONS / name).read_text("utf-8"))


def chosen(given: Round, rule: str) -> list[str]:
    return [given.measures[step.lot.measure].id for step in allocate(given, rule).steps]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_an_election_comes_out_as_expected(name: str, kind: str) -> None:
    given, expected = election(name), EXPECTED[name][kind]
    found = chosen(given, RULE_OF[kind])
    nobody_asked = set(expected["zero_support"])  # the other implementation funds these, and Lytt never does
    assert set(found) == set(expected["selected"]) - nobody_asked
    if kind != "phragmen":  # its expected order is another one than that of choice
        assert found == [each for each in expected["order"] if each not in nobody_asked]


@pytest.mark.parametrize("name", OFFICIAL)
def test_an_election_decided_by_equal_shares_comes_out_as_it_did(name: str) -> None:
    lines = (ELECTIONS / name).read_text("utf-8").split("PROJECTS\n")[1].split("VOTES\n")[0].splitlines()
    selected = lines[0].split(";").index("selected")
    official = {line.split(";")[0] for line in lines[1:] if line.split(";")[selected] == "1"}
    assert set(chosen(election(name), "equal-shares-add1")) == official


@pytest.mark.parametrize("name", EXPECTED)
def test_equal_shares_leave_no_group_that_is_owed_something(name: str) -> None:
    given = election(name)
    demand = Demand(given)
    for rule in ("equal-shares", "equal-shares-completed"):
        assert [
            each for each in owed(given, demand, allocate(given, rule, demand)) if not each.explained
        ] == []


def test_most_requested_can_leave_such_a_group() -> None:
    """What makes the second rule worth having, on an election of the young of Assen."""
    found = {}
    for name in EXPECTED:
        given = election(name)
        demand = Demand(given)
        found[name] = owed(given, demand, allocate(given, "most-requested", demand))
    assert any(found.values())


ELECTION = """META
key;value
budget;10.50
PROJECTS
project_id;cost
1;10.50
VOTES
voter_id;vote
a;1
b;
"""


def test_a_ballot_that_lists_nothing_has_its_share_all_the_same() -> None:
    given = pabulib.read(ELECTION)
    assert (given.people, given.limits.money) == (2, 1050)
    assert chosen(given, "equal-shares") == []
    assert chosen(given, "equal-shares-completed") == ["1"]


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_only_an_end_of_line_parts_rows(sign: str) -> None:
    given = pabulib.read(ELECTION.replace("a;1", f"a{sign}b;1").replace("\n", "\r\n"))
    assert (given.people, chosen(given, "equal-shares-completed")) == (2, ["1"])


def test_a_file_that_says_how_much_it_holds_is_read_where_it_holds_it() -> None:
    told = ELECTION.replace("budget;10.50", "budget;10.50\nnum_votes;2\nnum_projects;1")
    assert pabulib.read(told) == pabulib.read(ELECTION)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ELECTION.replace("VOTES", "voters"),
        ELECTION.replace("10.50", "1e999", 1),
        ELECTION.replace("1;10.50", "1;-3"),
        ELECTION.replace("1;10.50", "1;10.505"),
        ELECTION.replace("1;10.50", ";10.50"),
        ELECTION.replace("1;10.50", "1;10.50\n1;10.50"),
        *(ELECTION.replace("10.50", wrong, 1) for wrong in ("NaN", "sNaN", "Infinity", "1e999999999")),
        *(ELECTION.replace("1;10.50", f"1;{wrong}") for wrong in ("NaN", "-Infinity", "1e999999999")),
        ELECTION.replace("a;1", f"a;{'1' * 200_000}"),
        ELECTION.replace("a;1", 'a;"1'),  # the next ballot would be a part of this one
        ELECTION.replace("a;1", 'a;"1"2'),
        ELECTION.replace("budget;10.50", "budget;10.50\nnum_votes;3"),
        ELECTION.replace("budget;10.50", "budget;10.50\nnum_projects;2"),
        ELECTION.replace("budget;10.50", "budget;10.50\nbudget;99"),
        ELECTION.replace("VOTES", "PROJECTS\nproject_id;cost\n2;1\nVOTES"),
    ],
)
def test_what_is_no_election_is_refused_in_words(text: str) -> None:
    with pytest.raises(pabulib.WrongElection):
        pabulib.read(text)
