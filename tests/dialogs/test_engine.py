"""What the engine does in places where an earlier version did otherwise."""

import pytest

from dialogs import engine
from dialogs.model import Chose, Commanded, Conversation, Edited, Erased, Event, Grave, Said, Situation
from dialogs.needs import OTHER
from tests.dialogs.situations import heard, situation


def after(*events: Event | tuple[str, ...], handed: Situation | None = None) -> Conversation:
    """The conversation after these; a tuple is a press on choices of the question asked."""
    handed = handed or situation()
    now = engine.start("trondheim", "nb", handed).conversation
    for event in events:
        press = Chose(event, now.turn) if isinstance(event, tuple) else event
        now = engine.step(now, press, handed).conversation
    return now


SAID = Said(heard("lappen og jobb", "driving_licence", "work"), "m1")


def test_a_message_with_two_needs_is_edited_as_one() -> None:
    edited = Edited(heard("bare mat", "food"), "m1")
    waiting = after(("18-24",), SAID, ("yes",), edited)
    assert [need.category for need in waiting.needs] == ["driving_licence", "work"]
    done = after(("18-24",), SAID, ("yes",), edited, ("yes",))
    assert [need.category for need in done.needs] == ["food"]


def test_who_turns_out_to_be_young_keeps_needs_without_words() -> None:
    now = after(("18-24",), SAID, ("yes",), Commanded("edit", "who"), ("12-14",))
    assert [(need.category, need.words) for need in now.needs] == [("driving_licence", None), ("work", None)]


def test_a_number_names_a_topic_where_waiting_words_are_sorted() -> None:
    terminal = situation("terminal")
    now = after(("18-24",), SAID, ("change",), Said(heard("6")), handed=terminal)
    assert (now.topic, now.pending and now.pending.words) == ("health_and_safety", "lappen og jobb")


def test_back_from_saying_more_is_back_at_the_sending() -> None:
    now = after(("18-24",), SAID, ("yes",), ("none",), ("more",), Commanded("back"))
    at = engine.current(now, situation())
    assert at is not None
    assert at.id == "send"


def test_the_same_words_said_again_are_told_once() -> None:
    """After a crash a question may come twice, and people answer it twice."""
    again = Said(SAID.heard, "m2")
    now = after(("18-24",), SAID, again, Said(heard("og mat", "food"), "m3"), again)
    assert now.pending is not None
    assert now.pending.words == "lappen og jobb\nog mat"


def test_what_fits_nothing_is_kept_as_it_was_written() -> None:
    now = after(("18-24",), Said(heard("mekke moped")), (OTHER,))
    assert [(need.category, need.words) for need in now.needs] == [("other", "mekke moped")]


@pytest.mark.parametrize(
    "text", ["mor til 2", "har en på 4", "2 barn", "det er 2 km til bussen", "-4", "tre barn"]
)
def test_a_number_among_other_words_sends_nobody_on_as_too_young(text: str) -> None:
    outcome = engine.step(after(), Said(heard(text)), situation())
    assert outcome.effects == ()
    assert "who" not in outcome.conversation.answers


@pytest.mark.parametrize("text", ["11", "jeg er 11", "Eg er elleve år gamal", "I'm 11 years old", "Gutt 11"])
def test_an_age_is_read_as_people_write_it(text: str) -> None:
    outcome = engine.step(after(), Said(heard(text)), situation())
    assert outcome.effects == (Erased(),)


def test_a_need_with_a_number_told_too_early_is_kept() -> None:
    now = after(Said(heard("bussen går bare 3 ganger om dagen", "transport"), "m1"))
    assert now.pending is not None
    assert now.pending.chosen == ("transport",)


MAYBE = Grave(kind="suicide", strength="maybe")


@pytest.mark.parametrize("ref", ["m1", "a message that answered nothing"])
def test_a_message_edited_into_one_that_may_be_grave_is_met_with_the_question_about_safety(ref: str) -> None:
    edited = Edited(heard("jeg klarer ikke mer", grave=MAYBE), ref)
    outcome = engine.step(after(("18-24",), SAID, ("yes",)), edited, situation())
    assert [each.question for each in outcome.messages if each.question] == ["safe"]


@pytest.mark.parametrize("choice", ["no", "adult"])
def test_who_is_not_safe_is_not_asked_whether_the_message_was_a_need(choice: str) -> None:
    now = after(("18-24",), SAID, Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)), (choice,))
    assert now.pending is not None
    assert now.pending.words == "lappen og jobb"
    now = after(("18-24",), Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)), (choice,))
    assert now.pending is None
    assert now.flagged


def test_who_is_safe_goes_on_with_what_they_wrote() -> None:
    now = after(("18-24",), Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)), ("yes",))
    assert now.pending is not None
    assert now.pending.words == "jeg klarer ikke mer"


def test_a_long_text_is_kept_whole_and_quoted_in_part() -> None:
    text = "jeg trenger en sykkel " * 4_000
    outcome = engine.step(after(("18-24",)), Said(heard(text, "bicycle")), situation())
    assert outcome.conversation.pending is not None
    assert outcome.conversation.pending.words == text
    values = [value for each in outcome.messages for told in each.texts for _, value in told.values]
    assert sum(len(value) for value in values if isinstance(value, str)) < 4_000


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("har to barn mann ikke jobb", None),
        ("3 små barn", None),
        ("2 barn, 4 og 7 år", ("2-5", "6-12")),
        ("ei jente på 1 og en gutt på 8", ("0-1", "6-12")),
        ("de er 1 og 4", ("0-1", "2-5")),
    ],
)
def test_how_many_children_there_are_is_not_how_old(text: str, bands: tuple[str, ...] | None) -> None:
    now = after(("25+",), Said(heard(text)))
    assert now.answers.get("children") == bands
