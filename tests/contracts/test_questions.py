"""Every question meets everything a person can do with words, or with a silence that has a reason."""

import pytest

from bot.channels.base import CHANNELS
from bot.channels.telegram_buttons import keyboard, read_data
from bot.render import render
from dialogs import engine
from dialogs.commands import LABELS
from dialogs.model import Chose, Commanded, Conversation, Outcome, Said, Situation
from dialogs.questions import SCRIPT
from dialogs.script import Question
from tests.dialogs.situations import EVENTS, SILENT, commanded, heard, places
from tests.house import words

QUESTIONS = (*SCRIPT, *SCRIPT.asides)
ASKED = [question for question in QUESTIONS if not question.tells]
STANDS = [*(question.id for question in ASKED), "the end"]
ALL_EVENTS = EVENTS | commanded()

every_question = pytest.mark.parametrize("question", ASKED, ids=lambda question: question.id)


def at(question: str) -> list[tuple[Conversation, Situation]]:
    return places()[question]


def test_every_question_is_met_on_some_path() -> None:
    assert set(STANDS) == set(places())


@pytest.mark.parametrize("stand", STANDS)
@pytest.mark.parametrize("event", ALL_EVENTS)
def test_whatever_a_person_does_is_answered_in_words(stand: str, event: str) -> None:
    for conversation, situation in at(stand):
        outcome = engine.step(conversation, ALL_EVENTS[event], situation)
        assert (outcome.messages == ()) == (event in SILENT)
        assert all(message.texts for message in outcome.messages)
        assert (
            Conversation.model_validate_json(outcome.conversation.model_dump_json()) == outcome.conversation
        )
        assert engine.step(conversation, ALL_EVENTS[event], situation) == outcome


@pytest.mark.parametrize("stand", STANDS)
def test_help_is_help_wherever_a_person_is(stand: str) -> None:
    for conversation, situation in at(stand):
        for event in (Commanded("help"), Said(heard("Hjelp nå!"))):
            outcome = engine.step(conversation, event, situation)
            assert outcome.messages[0].kind == "grave"
            assert outcome.conversation == conversation


@every_question
def test_each_choice_is_taken_by_its_id_and_by_its_label_in_every_language(question: Question) -> None:
    for conversation, situation in at(question.id):
        for choice in question.choices(conversation, situation):
            pressed = engine.step(conversation, Chose((choice.id,), conversation.turn), situation)
            assert not pressed.stale
            if question.hear is None:
                continue
            for label in words().spoken(choice.label):
                said = engine.step(conversation, Said(heard(label)), situation)
                assert reached(said, situation) == reached(pressed, situation), label


def reached(outcome: Outcome, situation: Situation) -> tuple[object, ...]:
    """Where the person is, what they have answered and what will be carried out."""
    now = engine.current(outcome.conversation, situation)
    return now and now.id, outcome.conversation.answers, outcome.conversation.needs, outcome.effects


@every_question
def test_skip_works_where_it_is_shown(question: Question) -> None:
    for conversation, situation in at(question.id) if "skip" in question.ways else ():
        outcome = engine.step(conversation, Commanded("skip"), situation)
        assert outcome.messages
        # Where it can not be skipped, they are told why, and where else to turn.
        assert outcome.conversation != conversation or len(outcome.messages) > 1


@every_question
def test_back_and_forward_again_loses_nothing(question: Question) -> None:
    for conversation, situation in at(question.id) if "back" in question.ways else ():
        back = engine.step(conversation, Commanded("back"), situation)
        assert back.messages
        again = engine.step(back.conversation, Commanded("skip"), situation).conversation
        assert again.needs[: len(conversation.needs)] == conversation.needs
        assert again.answers.items() >= conversation.answers.items()


@pytest.mark.parametrize("stand", STANDS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_can_show_it_in_every_language(stand: str, channel: str) -> None:
    """A button's data must fit Telegram's 64 bytes, and come back as what it was."""
    for conversation, situation in at(stand):
        outcome = engine.step(conversation, Commanded("start"), situation)
        for language in words().languages:
            shown = render(outcome.messages, words(), language, CHANNELS[channel], list("abcdefgh"))
            assert all(each.text.strip() for each in shown)
            for each in shown:
                for row in (keyboard(each, "Ferdig", "Hjelp nå") or {}).get("inline_keyboard", ()):
                    assert all(read_data(button["callback_data"], "1") for button in row)


@pytest.mark.parametrize("stand", STANDS)
def test_labels_of_one_question_differ(stand: str) -> None:
    """Two buttons with the same words can not be told apart, nor typed."""
    for conversation, situation in at(stand):
        question = engine.current(conversation, situation)
        options = question.choices(conversation, situation) if question else ()
        for language in words().languages:
            labels = [words().say(choice.label, language) for choice in options]
            assert len(labels) == len(set(labels))


def test_every_way_has_a_label_and_is_understood() -> None:
    assert {way for question in QUESTIONS for way in question.ways} <= set(LABELS)
