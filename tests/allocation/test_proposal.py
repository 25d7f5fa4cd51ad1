"""The invented town's proposal: within every cap, each krone explained, nobody given away, made once more."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from pypdf import PdfReader

from bot.allocation import snapshot
from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.model import Voices
from bot.funding import proposing
from bot.funding.proposing import Files, WrongProposal, accounts
from bot.i18n import Words
from tests.allocation.rounds import FEWEST
from tests.allocation.town import KEY, competition
from tests.funding.written import CALLS
from tests.rules.source import ROOT
from tests.words.measure import lix

RELEASED = {"": 480, "driving_licence": 77}
RULES = ("most-requested", "equal-shares-completed")
MOST_LIX = 35


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(ROOT / "locales", ("dialogs", "money"))


@pytest.fixture(scope="module")
def files(words: Words) -> Files:
    return proposing.propose(
        competition(), CALLS[KEY].rule, words, RELEASED, "salt", FEWEST, competition(attested=True).round
    )


@pytest.mark.parametrize("rule", RULES)
def test_it_spends_within_every_cap_and_explains_each_krone(rule: str) -> None:
    given = competition().round
    outcome = allocate(given, rule)
    held = account(given, rule, outcome)
    assert sum(line["cost"] for line in held["lines"]) == held["money"] == 16_000_000_00
    assert len({each["applicant"] for each in held["measures"] if each["units"]}) <= 8
    per_half_year: Counter[tuple[str, int]] = Counter()
    for step in outcome.steps:
        per_half_year[given.measures[step.lot.measure].applicant, step.lot.period] += step.lot.cost
    assert max(per_half_year.values()) <= 500_000_00
    assert all(each["met"] <= each["asked"] for each in held["measures"])
    assert all(step.met for step in outcome.steps)


def test_both_rules_are_compared(files: Files) -> None:
    exact = json.loads(files["internal/allocation.json"])
    assert set(exact["accounts"]) == set(RULES)
    by_rule = {
        rule: {m["measure"]: m["cost"] for m in held["measures"]} for rule, held in exact["accounts"].items()
    }
    assert by_rule[RULES[0]] != by_rule[RULES[1]]
    assert "Like andeler" in files["internal/explanation.md"].decode()


def test_every_file_is_made_again_from_the_folder_alone_and_what_was_changed_is_named(
    files: Files, words: Words
) -> None:
    page = files["public/explanation.md"].replace(b"Forslaget bruker", b"Forslaget sparer")
    changed = files | {"public/explanation.md": page, "public/more.txt": b""}
    assert proposing.verify(changed, words) == ["public/explanation.md", "public/more.txt"]


def test_it_says_what_other_voices_would_have_changed(files: Files) -> None:
    exact = json.loads(files["internal/allocation.json"])
    assert (exact["other"]["steering"], exact["other"]["people"]) == ("all", 160)
    assert "Om andre svar hadde telt" in files["internal/explanation.md"].decode()
    assert "Om andre svar hadde telt" not in files["public/explanation.md"].decode()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"round": 1}', b"\xff"])
def test_a_folder_without_a_snapshot_is_refused(content: bytes, words: Words) -> None:
    with pytest.raises(WrongProposal):
        proposing.verify({"internal/snapshot.json": content} if content else {}, words)


def test_a_snapshot_is_the_round_it_was_taken_of() -> None:
    given = competition().round
    assert snapshot.read(json.loads(json.dumps(snapshot.written(given)))) == given


def test_the_explanation_is_read_by_anybody(files: Files) -> None:
    for name in ("internal/explanation.md", "public/explanation.md"):
        assert lix([files[name].decode()]) <= MOST_LIX


def test_the_printed_explanation_is_the_one_that_is_made(files: Files) -> None:
    printed = (ROOT / "docs" / "allocation-example.md").read_text("utf-8")
    assert files["internal/explanation.md"].decode() in printed, (
        "print it: python -m tests.allocation.printed"
    )


def test_it_is_told_in_three_languages(files: Files) -> None:
    told = [files[f"public/explanation{code}.md"].decode() for code in ("", ".nn", ".en")]
    assert [text.split("?")[0] for text in told] == [
        "# Hvem får pengene",
        "# Kven får pengane",
        "# Who gets the money",
    ]
    assert not re.search(r"\b(pengene|søkere|hvor|ikke)\b", told[2])


def test_the_pdf_is_tagged_and_can_be_searched(files: Files) -> None:
    document = PdfReader(io.BytesIO(files["public/explanation.pdf"]))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "nb"  # type: ignore[index]
    assert "Veien til førerkortet" in " ".join(page.extract_text() for page in document.pages).replace(
        "\n", " "
    )


def test_every_line_of_the_account_is_a_row(files: Files) -> None:
    rows = list(csv.DictReader(io.StringIO(files["internal/lines.csv"].decode())))
    for rule in RULES:
        assert sum(float(row["kroner"]) for row in rows if row["rule"] == rule) == 16_000_000


# --- what is published ----------------------------------------------------------------------------


def test_no_number_of_people_is_published_but_those_handed_in(files: Files) -> None:
    shown = json.loads(files["public/allocation.json"])
    assert shown["released"] == RELEASED
    told_of_people = {"asked", "met", "asking", "payers", "lacking", "margins", "lines", "needs", "groups"}
    for held in shown["accounts"].values():
        assert not told_of_people & set(held)
        assert not any(told_of_people & set(measure) for measure in held["measures"])


def test_two_towns_that_differ_in_what_is_hidden_publish_the_same(words: Words) -> None:
    """Three people who ask for something no other asks for, or four: a stranger sees no difference."""
    found, towns = competition(), []
    for people in (3, 4):
        more = Voices(frozenset({"language_new_norway"}), "family short", people)
        town = replace(found, round=replace(found.round, voices=(*found.round.voices, more)))
        taken = proposing.snapshot_of(town, "most-requested", words, {}, "salt", FEWEST)
        towns.append(accounts(taken, allocate)[1])
    assert towns[0] == towns[1]
