"""What the explanation tells those who decide, and what of it stays with them."""

import csv
import io
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.explain import explain
from bot.allocation.model import Limits, Measure, Round, Source, Voices
from bot.allocation.publish import published
from bot.allocation.purse import traced
from bot.exports import papers
from bot.funding import proposing
from bot.funding.proposing import Proposal
from bot.i18n import Words
from tests.allocation import town
from tests.allocation.rounds import FEWEST, rounds
from tests.rules.source import ROOT

WORDS = Words(ROOT / "locales", ("dialogs", "money"))
MAIN = ("most-requested", "equal-shares-completed")
rules = st.sampled_from(MAIN)


def held(round_: Round, rule: str) -> dict[str, Any]:
    return account(round_, rule, allocate(round_, rule))


def text(accounts: dict[str, Any], rule: str, names: dict[str, Any] | None = None) -> str:
    """The explanation in bokmål."""
    taken = {"rule": rule, "accounts": accounts, "names": names or {}, "call": {"digest": ""}}
    spaced = papers.markdown(explain(taken), papers.speaker(partial(WORDS.say, language="nb")))
    return spaced.replace("\N{NO-BREAK SPACE}", " ")


def told(round_: Round, rule: str = MAIN[0], names: dict[str, Any] | None = None) -> str:
    return text({rule: held(round_, rule)}, rule, names)


def shown(round_: Round, rule: str = MAIN[0]) -> str:
    return text({rule: published(held(round_, rule), {}, FEWEST)}, rule, {"needs_of": {}})


# --- the price a person, the time, and what the next one lacked -----------------------------------

LICENCES = Measure("a", "x", frozenset("a"), 50_000_00, None, 2, 1, 1, (0, 1, 3))
GEAR = Measure("b", "y", frozenset("b"), 6_000_00, None, 4, 1, 1)
NINE_AND_SIX = (Voices(frozenset("a"), "", 9), Voices(frozenset("b"), "", 6))


def test_a_place_has_a_price_and_a_time_whatever_the_rule() -> None:
    round_ = Round(NINE_AND_SIX, (LICENCES, GEAR), Limits(200_000_00, (None,) * 4))
    days = [["1. jan.", "2. feb."], ["3. feb.", "4. mars"], ["5. mars", "6. april"], ["7. april", "8. mai"]]
    names = {"periods": {str(place): each for place, each in enumerate(days)}}
    for rule in MAIN:
        page = told(round_, rule, names)
        assert "En plass koster 25 000 kr. Tid: 1. jan.–4. mars, 7. april–8. mai." in page
        assert "En plass koster 1 500 kr. Tid: 1. jan.–2. feb." in page


def test_what_serves_all_who_ask_has_no_price_a_place() -> None:
    round_ = Round(NINE_AND_SIX, (replace(LICENCES, places=None),), Limits(200_000_00, (None,) * 4))
    page = told(round_)
    assert "Det er plass til alle som ba." in page
    assert "En plass koster" not in page


def test_two_measures_of_one_name_are_told_apart_by_their_applicants() -> None:
    round_ = Round(NINE_AND_SIX, (LICENCES, GEAR), Limits(200_000_00, (None,) * 4))
    by = {"applicants": {"x": "Huset", "y": "Klubben"}, "applicants_of": {"a": "x", "b": "y"}}
    alike = told(round_, names={"measures": {"a": "Kurs", "b": "Kurs"}} | by)
    assert "til Kurs (Huset): enhet" in alike
    assert "til Kurs (Klubben): enhet" in alike
    assert "Kurs (" not in told(round_, names={"measures": {"a": "Kurs", "b": "Leir"}} | by)
    named = by | {"applicants": {"x": "Kurs", "y": "Klubben"}}
    page = told(round_, names={"measures": {"a": "Kurs", "b": "Kurs"}} | named)
    assert "til Kurs: enhet" in page
    assert "til Kurs (Klubben): enhet" in page


def test_under_equal_shares_it_is_told_how_much_the_next_one_cost_too_much() -> None:
    """Nine pay 100 kr each for what costs 900, and six 200 kr each for 1,200: level at 133 kr for that."""
    cheap = Measure("a", "x", frozenset("a"), 900_00, places=None)
    offers = (cheap, Measure("b", "y", frozenset("b"), 1_200_00, places=None))
    round_ = Round(NINE_AND_SIX, offers, Limits(9_000_00))
    first, _ = held(round_, "equal-shares")["lines"][:2]
    assert Fraction(first["behind_price"]) == 200_00 - Fraction(100_00 * 1_200, 900)
    assert "Neste i køen var b: 200 kr på hver. Det er 67 kr for mye til å gå først." in told(
        round_, "equal-shares"
    )


@settings(max_examples=50)
@given(rounds, st.sampled_from(["most-requested", "equal-shares", "equal-shares-completed"]))
def test_what_the_next_one_lacked_is_nothing_only_where_it_stood_equal(round_: Round, rule: str) -> None:
    for line in held(round_, rule)["lines"]:
        if line["kind"] == "spent" and line["following"]:
            lacked = line["behind_people"] if line["behind_price"] is None else Fraction(line["behind_price"])
            assert lacked >= 0
            assert bool(lacked) != bool(line["ties"])


def test_each_row_of_the_lines_tells_whose_it_is_when_and_the_price_of_a_place() -> None:
    files = proposing.propose(Proposal(town.competition(), MAIN[0], FEWEST), WORDS)
    rows = list(csv.DictReader(io.StringIO(files["internal/lines.csv"].decode())))
    (first, *_) = (row for row in rows if row["name"] == "Lån av utstyr")
    assert (first["applicant_name"], first["dates"]) == ("Utstyr til alle", "01.07.2021–31.12.2021")
    assert (first["kroner_a_place"], first["next_lacked_people"]) == ("1500.00", "38")
    assert any(row["next_lacked_ore"] for row in rows if row["phase"] == "equal-shares")
    assert all(row["applicant_name"] and row["dates"] for row in rows if row["kind"] == "spent")


# --- the sources of a merged pot ------------------------------------------------------------------


def merged(money: int = 50) -> Round:
    sources = (Source("s", 20, frozenset("p")), Source("t", 30, frozenset("q")), Source("u", 5))
    offers = (
        Measure("a", "x", frozenset("a"), 8, None, 1, 1, 9, purposes=frozenset("p")),
        Measure("b", "y", frozenset("b"), 7, None, 2, 1, 9, purposes=frozenset("q")),
    )
    return Round(NINE_AND_SIX, offers, Limits(money, sources=sources))


def test_each_source_tells_what_it_paid_what_is_left_and_for_what() -> None:
    names = {"sources": {"s": "Skole", "t": "Fritid", "u": "Alt"}, "measures": {"a": "Kurs", "b": "Tur"}}
    page = told(merged(5500), names=names)
    pots = held(merged(5500), MAIN[0])["pots"]
    assert [(each["used"], each["left"], each["measures"]) for each in pots] == [
        (20, 0, ["a"]),
        (21, 9, ["b"]),
        (4, 1, ["a"]),
    ]
    assert "## Hvor pengene kommer fra" in page
    assert "| Fritid | 0,30 kr | 0,21 kr | 0,09 kr | Tur |" in page


def test_a_call_of_one_pot_tells_nothing_of_sources() -> None:
    assert "Hvor pengene kommer fra" not in told(Round(NINE_AND_SIX, (GEAR,), Limits(10_000_00)))


@settings(max_examples=50)
@given(rounds, rules)
def test_sources_pay_together_what_is_spent_and_none_more_than_it_has(round_: Round, rule: str) -> None:
    assume(round_.limits.sources)
    found = held(round_, rule)
    assert sum(each["used"] for each in found["pots"]) == found["spent"]
    assert all(each["left"] >= 0 and each["used"] + each["left"] == each["money"] for each in found["pots"])


@settings(max_examples=50)
@given(rounds, rules)
def test_what_is_published_of_sources_follows_from_what_is_published_of_measures(
    round_: Round, rule: str
) -> None:
    """So it tells nobody more: where the money of one measure is hidden, nothing is told of any source."""
    assume(round_.limits.sources)
    shown_ = published(held(round_, rule), {}, FEWEST)
    if any(each["cost"] is None for each in shown_["measures"]):
        assert shown_["pots"] == []
        return
    by_id = {each.id: each for each in round_.measures}
    costs = [(by_id[each["measure"]], each["cost"]) for each in shown_["measures"] if each["cost"]]
    paid = traced(round_.limits.sources, costs)
    used = [sum(column) for column in zip(*paid, strict=True)] or [0] * len(round_.limits.sources)
    assert [each["used"] for each in shown_["pots"]] == used


# --- whom a rule leaves out -----------------------------------------------------------------------


def test_it_says_which_groups_get_nothing_under_each_rule_and_whom_no_application_is_for() -> None:
    files = proposing.propose(Proposal(town.competition(), MAIN[0], FEWEST), WORDS)
    page = files["internal/explanation.md"].decode()
    for rule in ("Flest ønsker først", "Like andeler"):
        assert f"«{rule}» møter ingen ønsker her: Familier med nok penger (152 ønsker)." in page
    assert "Ingen søknad er for disse: Familier med nok penger." in page
    for name, content in files.items():
        if name.startswith("public/") and not name.endswith(".pdf"):
            assert "møter ingen ønsker" not in content.decode()
            assert "Ingen søknad er for disse" not in content.decode()


def test_a_rule_that_gives_to_each_group_is_told_apart_from_one_that_does_not() -> None:
    """Six in ten agree and are all of one group: most requested gives them all of the money."""
    crowd = (Voices(frozenset("ab"), "youth", 6), Voices(frozenset("c"), "family", 4))
    costs = {"a": 50, "b": 50, "c": 40}
    offers = tuple(Measure(id, id, frozenset(id), cost, places=None) for id, cost in costs.items())
    round_ = Round(crowd, offers, Limits(100))
    page = text({rule: held(round_, rule) for rule in MAIN}, MAIN[0])
    assert "«Flest ønsker først» møter ingen ønsker her: family (4 ønsker)." in page
    assert "«Like andeler» møter noen ønsker i hver gruppe." in page
    assert "Ingen søknad er for disse" not in page


# --- groups that are owed something, and too few to fill a unit -----------------------------------


def too_few() -> Round:
    """Twelve ask, ten have a place; the two who wait do not fill half of the next ten."""
    offers = (Measure("a", "x", frozenset("a"), 10, None, 10, 1, 9),)
    return Round((Voices(frozenset("a"), "", 12), Voices(frozenset("b"), "", 6)), offers, Limits(1000))


@pytest.mark.parametrize("rule", MAIN)
def test_who_waits_and_is_too_few_for_a_unit_is_named_with_the_cause(rule: str) -> None:
    (owed,) = held(too_few(), rule)["owed"]
    assert (owed["cap"], owed["waiting"]) == ("asked", 2)
    assert "De som ba om a, kunne kjøpt mer. 2 venter. Det er for få til å fylle nok plasser." in told(
        too_few(), rule
    )


def test_who_all_have_a_place_are_owed_nothing() -> None:
    round_ = replace(too_few(), voices=(Voices(frozenset("a"), "", 10),))
    assert "Vi fant ingen slik gruppe." in told(round_)


def test_in_public_it_is_not_said_that_who_asked_have_a_place_or_are_too_few() -> None:
    page = shown(too_few())
    assert "venter. Det er for få" not in page
    assert "Vi fant ingen slik gruppe som vi kan vise." in page


@settings(max_examples=50)
@given(rounds, rules, st.integers(2, 6))
def test_no_group_is_published_as_owed_because_it_has_its_places(
    round_: Round, rule: str, fewest: int
) -> None:
    shown_ = published(held(round_, rule), {}, fewest)
    assert all(each["cap"] != "asked" for each in shown_["owed"])


# --- priorities -----------------------------------------------------------------------------------


def two_tiers(applicants: int | None = None, money: int = 12) -> Round:
    offers = (
        Measure("early", "x", frozenset("a"), 10, places=None),
        Measure("late", "y", frozenset("b"), 5, places=None, tier=1),
        Measure("dear", "z", frozenset("b"), 500, places=None, tier=1),
    )
    return Round(NINE_AND_SIX, offers, Limits(money, applicants=applicants))


@pytest.mark.parametrize("rule", MAIN)
def test_what_earlier_tiers_took_is_named_as_the_cause_and_what_was_too_dear_anyway_is_not(rule: str) -> None:
    measures = {each["measure"]: each for each in held(two_tiers(), rule)["measures"]}
    assert measures["early"]["units"] == 1
    assert not measures["early"]["ahead"]
    assert measures["late"]["ahead"]
    assert not measures["dear"]["ahead"]


@pytest.mark.parametrize(("applicants", "money"), [(None, 12), (1, 100)])
def test_the_priority_is_told_in_the_words_of_the_call(applicants: int | None, money: int) -> None:
    page = told(two_tiers(applicants, money), names={"priorities": {"0": "Fikk ikke støtte i 2016"}})
    assert "Søkere som dette gjelder for, gikk foran: Fikk ikke støtte i 2016." in page
    alone = replace(two_tiers(applicants, money), measures=two_tiers().measures[1:])
    assert "gikk foran" not in told(alone)


def test_how_priorities_came_out_is_not_published() -> None:
    assert "gikk foran" not in shown(two_tiers())
    assert all("tier" not in each for each in published(held(two_tiers(), MAIN[0]), {}, 1)["measures"])
