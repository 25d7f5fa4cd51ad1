"""The invented town's proposal: within every cap, each krone explained, nobody given away, made once more."""

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from pypdf import PdfReader

from bot.allocation import snapshot
from bot.allocation.account import account
from bot.allocation.allocate import allocate
from bot.allocation.explain import Names, told_without
from bot.allocation.model import Voices
from bot.exports import papers
from bot.funding import proposing, verifying
from bot.funding.proposing import Files, Proposal, accounts
from bot.funding.verifying import WrongProposal
from bot.i18n import Words
from tests.allocation.folder import hashed_anew
from tests.allocation.rounds import FEWEST
from tests.allocation.town import KEY, attesters, competition
from tests.funding.written import CALLS, FILES
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
    return proposed(words, CALLS[KEY].rule)


def proposed(words: Words, rule: str) -> Files:
    return proposing.propose(proposal(rule), words)


def proposal(rule: str) -> Proposal:
    met = competition(attested=True).round
    return Proposal(competition(), rule, FEWEST, RELEASED, "salt", met, attesters())


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
    exact = files["internal/allocation.json"].replace(b'"Ungdomshuset"', b'"Skolen"')
    changed = files | {
        "internal/allocation.json": exact,
        "public/explanation.md": page,
        "public/more.txt": b"",
    }
    wrong = ["internal/allocation.json", "public/explanation.md", "public/more.txt"]
    assert verifying.verify(changed, words) == wrong
    assert verifying.verify(files, words) == []


def test_it_says_what_other_voices_would_have_changed(files: Files) -> None:
    exact = json.loads(files["internal/allocation.json"])
    assert (exact["other"]["steering"], exact["other"]["people"]) == ("all", 160)
    assert "Hva om andre svar hadde telt?" in files["internal/explanation.md"].decode()
    assert "Hva om andre svar hadde telt?" not in files["public/explanation.md"].decode()


def test_whose_codes_turn_a_choice_alone_is_told_to_those_who_decide(files: Files, words: Words) -> None:
    nobody, somebody = files, proposed(words, "equal-shares-completed")
    assert "De samme fikk penger hver gang." in nobody["internal/explanation.md"].decode()
    told = somebody["internal/explanation.md"].decode()
    assert "kode fra Helsestasjonen, hadde dette ikke fått penger: Matkasser." in told
    assert "kode fra Ungdomshuset, hadde også dette fått penger: Sommerjobb." in told
    assert "Se på det før dere bestemmer." in told


@pytest.mark.parametrize(
    ("people", "called"), [(4, "et sted med få svar"), (5, "et sted uten navn, eller en ansatt (nummer 1)")]
)
def test_who_is_few_and_who_has_no_place_is_called_by_no_name(words: Words, people: int, called: str) -> None:
    turning = {"name": None, "people": people, "lost": ["leksehjelp"], "gained": []}
    blocks = list(told_without([turning], Names({"names": {}})))
    told = papers.markdown(blocks, papers.speaker(partial(words.say, language="nb")))
    assert f"kode fra {called}, hadde dette ikke fått penger: leksehjelp." in told


def test_of_a_call_closed_before_it_was_counted_nothing_is_told_of_codes(words: Words) -> None:
    taken = proposing.snapshot_of(Proposal(competition(), CALLS[KEY].rule, FEWEST), words)
    exact = accounts(taken, allocate)[0]
    assert list(told_without(exact["attesters"], Names(exact))) == []


def test_whose_codes_they_are_is_in_no_public_file(words: Words) -> None:
    for name, content in proposed(words, "equal-shares-completed").items():
        pages = PdfReader(io.BytesIO(content)).pages if name.endswith(".pdf") else []
        told = "".join(page.extract_text() for page in pages) or content.decode()
        about = [word for word in ("Ungdomshuset", "Helsestasjonen", "attester", "kode fra") if word in told]
        assert not (name.startswith("public/") and about), name
        assert not name.endswith("explanation.pdf") or name.startswith("public/") or about


def test_who_takes_the_attesters_out_of_a_snapshot_is_found_out(words: Words) -> None:
    found, (house, _) = competition(), attesters()
    small = replace(found, round=replace(found.round, voices=house.voices))
    made = proposing.propose(Proposal(small, "most-requested", FEWEST, attesters=[house]), words)
    taken = json.loads(made["internal/snapshot.json"]) | {"attesters": None}
    changed = made | {"internal/snapshot.json": json.dumps(taken).encode()}
    with pytest.raises(WrongProposal, match=r"internal/snapshot\.json"):
        verifying.verify(changed, words)
    wrong = verifying.verify(hashed_anew(changed), words)
    assert {"internal/allocation.json", "internal/explanation.md", "public/allocation.json"} <= set(wrong)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"round": 1}', b"\xff"])
def test_a_folder_without_a_snapshot_is_refused(content: bytes, words: Words) -> None:
    call = {"internal/call.toml": FILES[KEY].encode()}
    files = call | {"internal/snapshot.json": content} if content else call
    with pytest.raises(WrongProposal):
        verifying.verify(files, words)


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


# --- what may be published ------------------------------------------------------------------------


def test_an_open_call_and_another_rule_make_nothing_to_publish(words: Words) -> None:
    """Two public folders that differ by one person, or by the rule, would give somebody away together."""
    found = competition()
    still_open = replace(found, held=replace(found.held, closed_at=None))
    for drafted in (Proposal(still_open, found.held.call.rule, FEWEST), Proposal(found, RULES[1], FEWEST)):
        files = proposing.propose(drafted, words)
        assert {name.partition("/")[0] for name in files} == {"internal"}
        assert verifying.verify(files, words) == []


def test_who_makes_a_public_folder_of_a_draft_is_found_out(words: Words) -> None:
    made = proposing.propose(Proposal(competition(), RULES[1], FEWEST), words)
    taken = json.loads(made["internal/snapshot.json"]) | {"public": True}
    forged = proposing.written(taken, words, allocate) | {"internal/call.toml": FILES[KEY].encode()}
    with pytest.raises(WrongProposal, match="another rule than the call"):
        verifying.verify(forged, words)


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
        taken = proposing.snapshot_of(Proposal(town, "most-requested", FEWEST), words)
        towns.append(accounts(taken, allocate)[1])
    assert towns[0] == towns[1]
