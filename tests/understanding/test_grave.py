"""Grave disclosures are heard, sure or maybe; figures of speech are not."""

import pytest

from bot.understanding import data, evaluate, read
from bot.understanding.grave import named_kind
from dialogs.model import Grave

SURE = [
    ("jeg vil ta livet mitt", "suicide"),
    ("æ har løst te å dø", "suicide"),
    ("I want to kill myself", "suicide"),
    ("kompisen min sier han vil dø", "suicide"),
    ("jeg skader meg selv", "self_harm"),
    ("pappa slår meg", "violence"),
    ("jeg ble voldtatt", "sexual_abuse"),
    ("eg vart valdteken", "sexual_abuse"),
    ("barna har ikke spist på to dager", "neglect_hunger"),
    ("jeg har ingen steder å sove i natt", "homeless_tonight"),
]
INDIRECT = ["hadde vært best uten meg", "vil ikke våkne", "jeg orker ikke mer", "tør ikke dra hjem til pappa"]
EVERYDAY_MAYBE = 340  # of 10,000, of the 1,241 read here; of all 17,375 it is 374
HARMLESS = [
    "jeg dør av latter",
    "sulten i hjel etter trening",
    "batteriet døde",
    "vi slo dem i finalen",
    "my phone died",
    "jeg skal kutte ut sukker",
    "bussen er sein",
]


@pytest.mark.parametrize(("text", "kind"), SURE)
def test_what_is_said_outright_is_sure(text: str, kind: str) -> None:
    grave = read(text).grave
    assert grave is not None
    assert (grave.kind, grave.strength) == (kind, "sure")


@pytest.mark.parametrize(
    "text",
    [
        "Ring meg på 412 34 567, jeg vil dø",
        "æ vil dø",
        "eg har lyst til å døy",
        "hei. jeg skal ta livet av meg",
        "jeg liker håndball, men jeg vil bare dø",
        "i just want to die",
    ],
)
def test_a_wish_to_die_in_the_first_person_is_always_sure(text: str) -> None:
    assert read(text).grave == Grave(kind="suicide", strength="sure")


@pytest.mark.parametrize("text", ["jeg vil dø av flauhet", "haha jeg vil dø av latter"])
def test_a_figure_of_speech_about_dying_is_never_sure(text: str) -> None:
    grave = read(text).grave
    assert grave is None or grave.strength == "maybe"


@pytest.mark.parametrize("text", ["jeg vil dø, haha", "vil dø lol"])
def test_laughter_takes_the_certainty_and_nothing_more(text: str) -> None:
    assert read(text).grave == Grave(kind="suicide", strength="maybe")


def test_laughter_at_dying_takes_nothing_from_what_else_is_said() -> None:
    assert read("pappa slår meg hver kveld. vil dø lol").grave == Grave(kind="violence", strength="sure")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("broren min tok og slo meg så hardt", "violence"),
        ("naboen har flere ganger tatt på sønnen vår", "sexual_abuse"),
        ("utleier har byttet lås så vi står ute", "homeless_tonight"),
    ],
)
def test_who_did_what_to_whom_is_heard_with_words_between(text: str, kind: str) -> None:
    assert named_kind(text) == kind


@pytest.mark.parametrize("text", INDIRECT)
def test_what_is_only_hinted_at_is_heard(text: str) -> None:
    assert read(text).grave is not None


@pytest.mark.parametrize("text", HARMLESS)
def test_figures_of_speech_and_everyday_words_are_not_grave(text: str) -> None:
    assert read(text).grave is None


@pytest.mark.parametrize("play", ["jeg liker håndball", "så en film i går", "det var telt på leiren"])
def test_a_word_of_play_does_not_hide_what_another_sentence_says(play: str) -> None:
    assert read(f"{play}. pappa slår meg").grave is not None


def test_a_disclosure_beside_a_plain_need_is_heard() -> None:
    assert read("trenger lappen og pappa slår meg").grave is not None


@pytest.mark.parametrize("before", [0, 40_000, 90_000])
def test_a_disclosure_is_heard_anywhere_in_a_very_long_text(before: int) -> None:
    filling = "jeg trenger en jobb. " * 4_700
    assert read(f"{filling[:before]} jeg vil ta livet mitt. {filling[before:]}").grave is not None


def test_hardly_any_hard_negative_is_sure() -> None:
    harmless = [row for row in data.phrases("grave") if row["kind"] == "none"]
    scores = evaluate.grave_scores(harmless, [read(row["text"]) for row in harmless])
    assert scores.false_sure <= 0.03
    assert scores.false <= 0.12


@pytest.mark.skipif(
    not evaluate.EVERYDAY.exists(), reason="the everyday sentences are not beside the repository"
)
def test_everyday_sentences_are_hardly_ever_sure() -> None:
    sure, _ = evaluate.false_alarms(evaluate.everyday()[::14])
    assert sure <= 10  # of 10,000; one more or less of the 1,241 is 8


@pytest.mark.skipif(
    not evaluate.EVERYDAY.exists(), reason="the everyday sentences are not beside the repository"
)
def test_everyday_sentences_are_maybe_no_more_often_than_measured() -> None:
    _, either = evaluate.false_alarms(evaluate.everyday()[::14])
    assert either <= EVERYDAY_MAYBE


@pytest.mark.skipif(
    not evaluate.EVERYDAY.exists(), reason="the everyday sentences are not beside the repository"
)
@pytest.mark.xfail(reason="374 of 10,000, not 60: the line was drawn for recall, see the docs")
def test_everyday_sentences_are_hardly_ever_maybe() -> None:
    _, either = evaluate.false_alarms(evaluate.everyday()[::14])
    assert either <= 60


@pytest.mark.parametrize(
    "text",
    [
        "jeg vil ikke dø",
        "eg vil ikkje døy",
        "jeg vil ikke dø, jeg vil bare ha noen å snakke med",
        "jeg er redd, jeg vil ikke dø",
        "i don't want to die, i just want someone to talk to",
    ],
)
def test_who_says_that_they_do_not_want_to_die_is_asked_whether_they_are_safe(text: str) -> None:
    found = read(text).grave
    assert found
    assert found.strength == "maybe"


def test_who_does_not_want_to_die_is_still_heard_in_what_else_they_say() -> None:
    assert read("jeg vil ikke dø, men pappa slår meg").grave == Grave(kind="violence", strength="sure")
