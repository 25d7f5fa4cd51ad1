"""Lytt speaks so that people of twelve and up understand; the bars are those of plain-language.md."""

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from dialogs.categories import CATEGORIES, OBSTACLES
from dialogs.commands import LABELS
from dialogs.describe import scenes
from dialogs.model import TELEGRAM_AGE, Choice, Message
from dialogs.needs import MOST_NEEDS
from dialogs.parse import folded
from dialogs.text import N_, Text
from tests.words.measure import full_stops, lix, words
from tests.words.spoken import PLACE, WORDS, Spoken, everything, messages, spoken

NORWEGIAN = ("nb", "nn")
HARDEST_SCRIPT, HARDEST_ROOM = 25, 30  # LIX
MOST_SENTENCES, MOST_WORDS, USUAL_WORDS = 3, 12, 8
LONGEST_NOTICE = 120  # words, the first question included
LONGEST_LABEL = 40  # characters: two lines of a button on a phone 320 pixels wide
LONGEST_CALLBACK = 64  # bytes, Telegram's limit

# What the subject fixes, which LIX therefore does not count as long: names of languages and places.
SUBJECT_WORDS = ("english", "nynorsk", *(place.name.casefold() for place in PLACE.districts))

# What may hold more than three sentences or one question: all that can be called must stand at once.
NUMBERS_TO_CALL = ("Får du ikke svar? Ring 116 117.", "Svaret kommer her hos Lytt.")

# The words of offices, banned wherever a citizen reads.
BANNED = (
    "vedrørende",
    "ytes",
    "ytast",
    "tverrfag",
    "heilskapleg",
    "helhetlig",
    "målgruppe",
    "tiltak",
    "kartlegging",
    "bistand",
    "iverksett",
    "i henhold til",
)

# Words that blame or praise, banned from the conversation; a page may say why the municipality asks.
JUDGING = ("hvorfor", "kvifor", "flink")


def texts(every: Iterable[Spoken]) -> list[str]:
    return list(dict.fromkeys(text for each in every for text in each.texts))


def labels(every: Iterable[Spoken]) -> list[str]:
    return list(dict.fromkeys(label for each in every for label in each.labels))


def rooms(language: str) -> dict[str, list[str]]:
    """All that is said at each question, buttons too."""
    held: dict[str, list[Spoken]] = defaultdict(list)
    for each in spoken(language):
        held[each.room].append(each)
    return {room: texts(every) + labels(every) for room, every in held.items()}


def is_data(text: Text) -> bool:
    """Whether a text has no words of its own: a line of a list, filled from data."""
    return not words(re.sub(r"\{\w+\}", "", text.msgid))


def own_texts(message: Message) -> list[Text]:
    return [text for text in message.texts if not is_data(text) and not text.quotes]


def lists_numbers(message: Message) -> bool:
    return any(text.msgid in NUMBERS_TO_CALL for text in message.texts)


# --- how hard it is to read --------------------------------------------------------------------


@pytest.mark.parametrize("language", NORWEGIAN)
def test_the_whole_script_is_easy(language: str) -> None:
    """With buttons and without: short labels must not make long sentences look short."""
    every = spoken(language)
    assert lix(texts(every), SUBJECT_WORDS) <= HARDEST_SCRIPT
    assert lix(texts(every) + labels(every), SUBJECT_WORDS) <= HARDEST_SCRIPT


@pytest.mark.parametrize("language", NORWEGIAN)
def test_each_room_is_easy(language: str) -> None:
    hard = {room: lix(said, SUBJECT_WORDS) for room, said in rooms(language).items()}
    assert {room: measured for room, measured in hard.items() if measured > HARDEST_ROOM} == {}


def test_english_is_measured_but_not_judged(record_property: Callable[[str, object], None]) -> None:
    """LIX is made for Norwegian and Swedish: in English only its change tells something."""
    measured = lix(texts(spoken("en")))
    record_property("lix_en", round(measured, 1))
    assert measured > 0


@pytest.mark.parametrize("language", NORWEGIAN)
def test_sentences_are_short(language: str) -> None:
    lengths = {
        sentence: len(words(sentence)) for text in texts(spoken(language)) for sentence in full_stops(text)
    }
    assert {sentence for sentence, length in lengths.items() if length > MOST_WORDS} == set()
    assert statistics.mean(lengths.values()) <= USUAL_WORDS


@pytest.mark.parametrize("language", NORWEGIAN)
def test_what_channels_and_pages_say_is_as_short(language: str) -> None:
    """Every text of the catalogues, in a scene or not, its placeholders one word each."""
    every = everything(language)
    assert lix(every, SUBJECT_WORDS) <= HARDEST_SCRIPT
    assert [s for text in every for s in full_stops(text) if len(words(s)) > MOST_WORDS] == []


@pytest.mark.parametrize("language", NORWEGIAN)
def test_what_a_category_means_is_told_shortly(language: str) -> None:
    told = [WORDS.say(category.about, language) for category in CATEGORIES.values()]
    assert [s for text in told for s in full_stops(text) if len(words(s)) > MOST_WORDS] == []


def test_a_message_has_few_sentences() -> None:
    many = [
        [text.msgid for text in own_texts(message)]
        for message in messages()
        if sum(len(full_stops(text.msgid)) for text in own_texts(message)) > MOST_SENTENCES
        and not lists_numbers(message)
    ]
    assert many == []


def test_a_message_asks_one_thing() -> None:
    asking = [[text.msgid for text in message.texts] for message in messages() if not lists_numbers(message)]
    assert [every for every in asking if sum(text.count("?") for text in every) > 1] == []


@pytest.mark.parametrize("youngest_age", [0, TELEGRAM_AGE])
@pytest.mark.parametrize("language", WORDS.languages)
def test_the_notice_is_short(language: str, youngest_age: int) -> None:
    """Everything before the first answer, the question too, its buttons aside."""
    opening = scenes(PLACE, youngest_age)[0].turns[0].messages
    assert opening[-1].question == "who"
    told = " ".join(WORDS.say(text, language) for message in opening for text in message.texts)
    assert len(words(told)) <= LONGEST_NOTICE


# --- which words are used ----------------------------------------------------------------------


def banned(text: str, words: tuple[str, ...] = BANNED) -> list[str]:
    return [word for word in words if re.search(rf"\b{word}", text.casefold())]


@pytest.mark.parametrize("language", NORWEGIAN)
def test_nothing_is_said_as_an_office_says_it(language: str) -> None:
    assert {text for text in everything(language) if banned(text)} == set()


@pytest.mark.parametrize("language", NORWEGIAN)
def test_nobody_is_judged(language: str) -> None:
    assert [text for text in texts(spoken(language)) if banned(text, JUDGING)] == []


def test_a_banned_word_is_noticed() -> None:
    assert banned("Hjelpen ytes i henhold til tiltaket.") == ["ytes", "tiltak", "i henhold til"]
    assert banned("Vannet flyter.") == []
    assert banned("Hvorfor det?", JUDGING) == ["hvorfor"]


# Bokmål that slips into nynorsk when one is made from the other.
NOT_NYNORSK = re.compile(
    r"\b(?:jeg|ikke|hva|hvem|hvor|hvordan|hvilken|noen|noe|mye|bare|fra|hjem|hjemme|skole|uke|være|gjøre"
    r"|dere|hun|også|uten|fortsett|svarer|trenger|penger|klær|venner|nå|navn|leser|sier)\b"
)


def bokmål(text: str) -> list[str]:
    return NOT_NYNORSK.findall(text.casefold())


def test_nynorsk_is_nynorsk() -> None:
    assert {text for text in everything("nn") if bokmål(text)} == set()
    assert bokmål("Eg veit ikke hva.") == ["ikke", "hva"]


def grave() -> list[Message]:
    return [message for message in messages() if message.kind == "grave"]


EXCITED = re.compile(r"!|:-?[)D(]|[\u2600-\u27bf\U0001f300-\U0001faff]")


def test_a_grave_message_is_calm() -> None:
    """No exclamation, no smiley, and never the person's own words."""
    said = [text for message in grave() for text in message.texts]
    assert said
    assert [text for text in said if text.quotes or EXCITED.search(text.msgid)] == []


def test_nobody_is_met_with_a_smiley() -> None:
    assert [text for text in everything("nb") if EXCITED.search(text.replace("!", ""))] == []
    assert EXCITED.search("Bra jobba \U0001f600")


def test_the_first_grave_message_has_one_warm_sentence_one_question_and_one_number() -> None:
    first = next(message for message in grave() if len(message.texts) == 2)
    told = " ".join(WORDS.say(text, "nb") for text in first.texts)
    assert len(full_stops(told)) == MOST_SENTENCES
    assert told.count("?") == 1
    assert re.findall(r"\d+", told) in (["112"], ["113"])


# --- what stands on a button -------------------------------------------------------------------


@pytest.mark.parametrize("language", WORDS.languages)
def test_labels_fit_a_phone(language: str) -> None:
    """The longest are those that change a need: a number and a category."""
    named = [category.label for category in CATEGORIES.values()]
    wishes = [N_("Ønske {place}: {need}", place=MOST_NEEDS, need=each) for each in named]
    fixed = [WORDS.say(text, language) for text in (*wishes, *OBSTACLES.values(), *LABELS.values())]
    assert {label for label in (*labels(spoken(language)), *fixed) if len(label) > LONGEST_LABEL} == set()


def asked() -> dict[str, dict[str, Choice]]:
    """Every choice of every question, by their ids."""
    held: dict[str, dict[str, Choice]] = defaultdict(dict)
    for message in messages():
        held[message.question or ""].update({choice.id: choice for choice in message.choices})
    return held


def test_each_choice_fits_a_button_of_telegram() -> None:
    names = [f"{question}:{choice}" for question, choices in asked().items() for choice in choices]
    assert len(names) > len(CATEGORIES)
    assert [name for name in names if len(name.encode()) > LONGEST_CALLBACK] == []


def ambiguous(choices: Iterable[Choice]) -> set[str]:
    """The names that more than one of these choices answers to, in any language."""
    meant: dict[str, set[str]] = defaultdict(set)
    for choice in choices:
        for name in (*WORDS.spoken(choice.label), *choice.words):
            meant[folded(name)].add(choice.id)
    return {name for name, choice_ids in meant.items() if len(choice_ids) > 1}


def test_each_word_means_one_choice() -> None:
    """Looked at message by message: which choices stand together depends on who is asked."""
    assert {name for message in messages() for name in ambiguous(message.choices)} == set()


def test_a_word_with_two_meanings_is_noticed() -> None:
    assert ambiguous((Choice("yes", N_("Ja")), Choice("no", N_("Nei"), ("yes",)))) == {"yes"}


def test_districts_are_asked_for_by_the_names_people_use() -> None:
    """What is data in the demo is measured too."""
    assert {place.name for place in PLACE.districts} <= set(labels(spoken("nb")))
