"""What the engine does in places where an earlier version did otherwise."""

import pytest

from dialogs import engine
from dialogs.categories import label
from dialogs.model import (
    Chose,
    Commanded,
    Conversation,
    Edited,
    Erased,
    Event,
    FlagRaised,
    Grave,
    Opened,
    Said,
    Situation,
)
from dialogs.needs import MOST_NEEDS, OTHER
from dialogs.questions import SCRIPT
from dialogs.text import N_
from tests.dialogs.situations import heard, situation
from tests.house import words


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
    now = after(("18-24",), SAID, ("yes",), Commanded("edit", "who"), ("12-14",), ("yes",))
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


MORE = "jeg er redd når jeg kommer hjem om kvelden"


@pytest.mark.parametrize("choice", ["no", "adult"])
def test_what_more_is_written_when_asked_about_safety_reaches_the_worker_and_is_no_need(choice: str) -> None:
    now = after(("18-24",), SAID, Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)), Said(heard(MORE)))
    outcome = engine.step(now, Chose((choice,), now.turn), situation())
    (flag,) = (effect for effect in outcome.effects if isinstance(effect, FlagRaised))
    assert flag.words == f"jeg klarer ikke mer\n{MORE}"
    assert outcome.conversation.pending is not None
    assert outcome.conversation.pending.words == "lappen og jobb"


def test_what_more_is_written_when_asked_about_safety_is_not_lost_where_the_person_is_safe() -> None:
    now = after(("18-24",), Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)), Said(heard(MORE)))
    assert now.asked == "safe"
    now = engine.step(now, Chose(("yes",), now.turn), situation()).conversation
    assert now.pending is not None
    assert now.pending.words == f"jeg klarer ikke mer\n{MORE}"


def test_who_asks_for_a_human_in_many_words_has_answered_whether_they_are_safe() -> None:
    now = after(
        ("18-24",),
        Said(heard("jeg klarer ikke mer", "work", grave=MAYBE)),
        Said(heard("Jeg vil snakke med et menneske")),
    )
    assert now.contacting


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


NOT_WITH = N_("Nå har jeg fått så mye jeg kan ta imot. Det siste du skrev, er ikke med.")
GONE = N_("Det du skrev, har jeg slettet.")
ONLY_WORK = N_("Bare: {need}", need=label("work"))
LONG = "jeg trenger en sykkel " * 2_800  # some 62,000 characters


def test_words_that_wait_for_a_yes_do_not_grow_without_end() -> None:
    first, second = Said(heard(LONG, "food"), "m1"), Said(heard(f"{LONG}!", "food"), "m2")
    now = after(("18-24",), first, second)
    assert [(need.category, need.words) for need in now.needs] == [(OTHER, LONG)]
    assert now.pending is not None
    assert now.pending.words == f"{LONG}!"


def test_who_has_said_all_there_is_room_for_is_told_what_is_not_kept() -> None:
    said = [Said(heard(f"{place}{LONG}", "food"), f"m{place}") for place in range(7)]
    before = after(("18-24",), *said[:-1])
    outcome = engine.step(before, said[-1], situation())
    assert (outcome.conversation.needs, outcome.conversation.pending) == (before.needs, before.pending)
    assert len(before.needs) == MOST_NEEDS
    assert NOT_WITH in outcome.messages[0].texts


def test_who_skips_the_age_in_telegram_is_asked_again_and_keeps_what_was_told() -> None:
    telegram = situation("telegram")
    before = after(SAID, handed=telegram)
    outcome = engine.step(before, Commanded("skip"), telegram)
    assert outcome.effects == ()
    assert outcome.conversation == before
    assert [each.question for each in outcome.messages if each.question] == ["who"]


def test_who_is_sent_on_is_told_that_what_they_wrote_is_gone() -> None:
    outcome = engine.step(after(SAID), Chose(("none",), after(SAID).turn), situation())
    assert outcome.effects == (Erased(),)
    assert GONE in outcome.messages[0].texts


def test_a_slip_to_a_younger_age_costs_nobody_their_words() -> None:
    asked = after(("18-24",), SAID, ("yes",), Commanded("edit", "who"), ("12-14",))
    assert [need.words for need in asked.needs] == ["lappen og jobb", "lappen og jobb"]
    back = after(("18-24",), SAID, ("yes",), Commanded("edit", "who"), ("12-14",), ("no",))
    assert (back.answer("who"), back.younger) == ("18-24", None)
    assert [need.words for need in back.needs] == ["lappen og jobb", "lappen og jobb"]


def test_several_that_were_heard_are_buttons_that_say_only() -> None:
    question, now = SCRIPT.by_id["heard"], after(("18-24",), SAID)
    labels = {each.id: each.label for each in question.choices(now, situation())}
    assert labels["work"] == ONLY_WORK
    chosen = engine.step(now, Said(heard("Jobb og praksis")), situation()).conversation
    assert [need.category for need in chosen.needs] == ["work"]


def test_what_several_choices_answered_is_told_in_one_line() -> None:
    now = after(("25+",), ("0-1", "2-5"))
    told = engine.step(now, Commanded("mine"), situation()).messages[0]
    assert [words().say(text, "nb") for text in told.texts[2:]] == ["Alder på barna: 0–1 år, 2–5 år"]


def test_a_receipt_that_opens_nothing_is_asked_for_again() -> None:
    outcome = engine.step(after(("18-24",)), Opened(found=False), situation())
    assert [each.question for each in outcome.messages if each.question] == ["receipt"]


def test_where_words_are_not_kept_nothing_invites_to_write_them() -> None:
    young, grown = (
        engine.step(now, Chose((age,), now.turn), situation()).messages[-1]
        for now, age in ((after(), "12-14"), (after(), "18-24"))
    )
    assert (young.question, young.wordless, grown.wordless) == ("need", True, False)
