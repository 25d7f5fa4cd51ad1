"""What is written about the conversation is the conversation: scenes, preview and the script in docs/."""

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from markupsafe import escape

from bot import preview
from bot.channels.base import CHANNELS
from dialogs.answers import ANSWERS
from dialogs.categories import CATEGORIES
from dialogs.commands import LABELS
from dialogs.describe import diagram, scenes
from dialogs.letters import again
from dialogs.model import TELEGRAM_AGE
from dialogs.paths import LICENCE
from dialogs.questions import SCRIPT
from dialogs.questions.when import TIMES
from dialogs.text import Text
from tests.words.spoken import LOCALES, PLACE, ROOT, WORDS, labels, messages, spoken

# Said beside the conversation: what a category means, the commands a channel always shows, times to
# answer at which nobody works in the demo, what stands over a notice that has changed meanwhile, what a
# worker may begin an answer from, and what comes by itself after half a year.
BESIDE_THE_SCRIPT = {
    "Dette er nytt siden sist:",
    *(category.about.msgid for category in CATEGORIES.values()),
    *(label.msgid for label in LABELS.values()),
    *(time.label.msgid for time in TIMES.values()),
    *(answer.msgid for answer in ANSWERS.values()),
    *(text.msgid for text in again().texts),
}


def message_ids(text: Text) -> Iterator[str]:
    """The message ids of a text and of the texts within it."""
    yield text.msgid
    for _, value in text.values:
        if isinstance(value, Text):
            yield from message_ids(value)


def test_each_question_is_met_in_a_scene() -> None:
    asked = {message.question for message in messages()}
    assert set(SCRIPT.by_id) - asked == set()


def test_everything_the_conversation_can_say_is_met_in_a_scene() -> None:
    """So that the whole script is read, measured and translated, not only what is usual."""
    with (LOCALES / "dialogs.pot").open("rb") as file:
        known = {
            str(each.id)
            for each in read_po(file)
            if any(path.startswith("dialogs/") for path, _ in each.locations)
        }
    shown = [text for message in messages() for text in (*message.texts, *labels(message))]
    said = {id for text in shown for id in message_ids(text)}
    assert known - said - BESIDE_THE_SCRIPT == set()


def test_the_script_in_the_documentation_is_the_one_that_is_spoken() -> None:
    written = (ROOT / "docs" / "script-nb.md").read_text("utf-8")
    assert written == preview.script(WORDS, PLACE), "run `make preview`"


def test_the_diagram_holds_each_question() -> None:
    drawn = diagram(PLACE)
    assert [id for id in SCRIPT.by_id if f'{id}["' not in drawn] == []


@pytest.mark.parametrize("language", WORDS.languages)
def test_the_preview_shows_each_text_in_each_language(language: str) -> None:
    page = preview.page(WORDS, PLACE)
    wanted = {str(escape(text)) for each in spoken(language) for text in each.texts}
    assert {text for text in wanted if text not in page} == set()
    assert page.count(f'lang="{language}"') > len(CHANNELS) * len(SCRIPT.by_id)


def test_a_channel_that_others_may_read_never_quotes() -> None:
    told = [
        shown.text
        for scene in scenes(PLACE, TELEGRAM_AGE)
        for turn in scene.turns
        for shown in preview.shown(turn, WORDS, "nb", CHANNELS["telegram"])
    ]
    assert told
    assert [text for text in told if LICENCE in text] == []
