"""What each kind of update means, and what each button carries."""

import pytest

from bot.channels.base import (
    Act,
    Button,
    Changed,
    Gave,
    Incoming,
    Left,
    Marked,
    Pressed,
    Shown,
    Used,
    Wrote,
)
from bot.channels.telegram_buttons import FORGED, LONGEST_DATA, keyboard, read_data
from bot.channels.telegram_updates import Elsewhere, Read, read, start_payload
from dialogs.categories import CATEGORIES
from dialogs.commands import LABELS
from tests.emulator import Emulator, Person
from tests.emulator.people import KINDS


@pytest.fixture
def emulator() -> Emulator:
    """Never started: only what it would send matters here."""
    return Emulator(now=lambda: 1_790_000_000)


@pytest.fixture
def kari(emulator: Emulator) -> Person:
    return emulator.person("Kari", 7)


def last(emulator: Emulator) -> Read:
    return read(emulator.waiting()[-1])


def act(emulator: Emulator) -> Act:
    incoming = last(emulator).incoming
    assert incoming is not None
    return incoming.act


def test_words_carry_the_chat_the_update_and_the_message_and_nothing_of_the_person(
    emulator: Emulator, kari: Person
) -> None:
    message = kari.says("jeg trenger vintersko")
    number = str(emulator.waiting()[-1]["update_id"])
    wrote = Wrote("jeg trenger vintersko", str(message.id))
    assert last(emulator).incoming == Incoming("telegram", "7", number, wrote, "nb")
    assert "Kari" not in repr(last(emulator))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Used("start")),
        ("/start@lytt_test_bot", Used("start")),
        ("/start __ABCD2345", Used("code", "ABCD2345")),
        ("/start trondheim__abcd2345", Used("code", "ABCD2345")),
        ("/start hei på deg", Wrote("/start hei på deg", "1")),
        ("/sprak@lytt_test_bot", Wrote("/sprak", "1")),
        ("e-post ola@nordmann", Wrote("e-post ola@nordmann", "1")),
    ],
)
def test_commands_lose_the_name_of_the_bot_and_start_may_carry_a_code(
    emulator: Emulator, kari: Person, text: str, expected: Act
) -> None:
    kari.says(text)
    assert act(emulator) == expected


def test_a_start_link_brings_people_to_their_municipality(emulator: Emulator, kari: Person) -> None:
    for payload, municipality in [
        ("", None),
        (start_payload("trondheim"), "trondheim"),
        (start_payload(code="ABCD2345"), None),
        (start_payload("trondheim", "ABCD2345"), "trondheim"),
    ]:
        kari.says(f"/start {payload}".strip())
        incoming = last(emulator).incoming
        assert incoming is not None
        assert incoming.municipality == municipality


def test_a_start_link_holds_only_what_telegram_allows() -> None:
    with pytest.raises(ValueError, match="start link"):
        start_payload("møre og romsdal")


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("sticker", "sticker"),
        ("voice", "voice"),
        ("audio", "voice"),
        ("photo", "picture"),
        ("video", "picture"),
        ("video_note", "picture"),
        ("animation", "picture"),
        ("document", "other"),
        ("location", "location"),
        ("venue", "location"),
        ("contact", "contact"),
        ("poll", "other"),
        ("dice", "other"),
    ],
)
def test_what_is_not_words_is_named_and_nothing_of_it_is_kept(
    emulator: Emulator, kari: Person, kind: str, meaning: str
) -> None:
    kari.sends(kind)
    assert act(emulator) == Gave(meaning)


def test_every_kind_the_emulator_can_send_is_named_above() -> None:
    named = test_what_is_not_words_is_named_and_nothing_of_it_is_kept.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {kind for kind, _ in named} == set(KINDS)


def test_a_caption_is_words(emulator: Emulator, kari: Person) -> None:
    message = kari.sends("photo", "jeg trenger en slik sykkel")
    assert act(emulator) == Wrote("jeg trenger en slik sykkel", str(message.id))


def test_what_somebody_else_wrote_is_not_the_persons_own_need(emulator: Emulator, kari: Person) -> None:
    kari.forwards("jeg trenger penger")
    assert act(emulator) == Gave("forwarded")
    kari.says_via_bot("jeg trenger penger")
    assert act(emulator) == Gave("forwarded")


def test_an_edited_message_names_the_message_it_corrects(emulator: Emulator, kari: Person) -> None:
    message = kari.says("61")
    kari.edits(message, "16")
    assert act(emulator) == Changed("16", str(message.id))


def test_groups_are_no_place_to_talk(emulator: Emulator, kari: Person) -> None:
    kari.writes_in_group("hei")
    assert (last(emulator).incoming, last(emulator).elsewhere) == (None, Elsewhere(-1001, "nb"))
    kari.writes_anonymously_in_group("hei")
    assert (last(emulator).incoming, last(emulator).elsewhere) == (None, Elsewhere(-1001, None))
    kari.adds_bot_to(-1002)
    assert last(emulator).elsewhere == Elsewhere(-1002, "nb")


def test_who_blocks_us_is_gone_and_may_come_back(emulator: Emulator, kari: Person) -> None:
    kari.blocks_bot()
    assert act(emulator) == Left(gone=True)
    kari.unblocks_bot()
    assert act(emulator) == Left(gone=False)


@pytest.mark.parametrize(
    ("code", "language"),
    [("nb", "nb"), ("no", "nb"), ("nn-NO", "nn"), ("en-GB", "en"), ("uk", None), (None, None)],
)
def test_the_phones_language_is_a_default_where_lytt_speaks_it(
    emulator: Emulator, code: str | None, language: str | None
) -> None:
    emulator.person("Olha", 8, code).says("hei")
    incoming = last(emulator).incoming
    assert incoming is not None
    assert incoming.language == language


def test_what_nobody_said_is_met_with_silence() -> None:
    private = {"id": 7, "type": "private"}
    note = {"message_id": 1, "date": 1, "chat": private, "pinned_message": {"text": "gammelt"}}
    in_group = {"message_id": 1, "chat": {"id": -1, "type": "group"}, "text": "rettet"}
    gone = {"chat": {"id": -1, "type": "group"}, "new_chat_member": {"status": "left"}}
    edited_place = {"message_id": 1, "chat": private, "location": {"latitude": 1.0, "longitude": 1.0}}
    for kind, body in [
        ("message", note),
        ("edited_message", in_group),
        ("edited_message", edited_place),
        ("my_chat_member", gone),
        ("channel_post", in_group),
        ("callback_query", {"id": "1", "from": {"id": 7}, "data": "c:1:x", "message": in_group}),
    ]:
        assert read({"update_id": 5, kind: body}) == Read(5)


def test_an_update_that_cannot_be_read_says_so() -> None:
    for broken in ({}, {"update_id": 1, "message": {}}, {"update_id": 1, "callback_query": {"id": "1"}}):
        with pytest.raises(KeyError):
            read(broken)


# Buttons


QUESTION = Shown(
    id="m1",
    text="Hva trenger du?",
    choices=(Button(id="work", label="Jobb"), Button(id="home", label="Et sted å bo", marked=True)),
    question="need",
    turn=3,
    ways=(
        Button(id="skip", label="Hopp over"),
        Button(id="back", label="Tilbake"),
        Button(id="help", label="Hjelp"),
    ),
)


def labels_and_data(shown: Shown) -> list[list[tuple[str, object]]]:
    markup = keyboard(shown, "Ferdig", "Hjelp nå")
    assert markup is not None
    return [
        [(button["text"], button["callback_data"]) for button in row] for row in markup["inline_keyboard"]
    ]


def test_choices_stand_one_below_the_other_and_the_ways_two_by_two() -> None:
    assert labels_and_data(QUESTION) == [
        [("Jobb", "c:3:work")],
        [("✅ Et sted å bo", "c:3:home")],
        [("Hopp over", "w:3:skip"), ("Tilbake", "w:3:back")],
        [("Hjelp nå", "w:3:help")],
    ]


def test_a_choice_of_several_is_marked_until_done() -> None:
    rows = labels_and_data(QUESTION.model_copy(update={"several": True, "ways": ()}))
    assert rows[:3] == [[("Jobb", "m:3:work")], [("✅ Et sted å bo", "m:3:home")], [("Ferdig", "d:3:")]]


def test_help_now_stands_under_every_message_but_help_itself() -> None:
    hello = Shown(id="m1", text="Hei")
    assert labels_and_data(hello) == [[("Hjelp nå", "w:0:help")]]
    assert labels_and_data(hello.model_copy(update={"kind": "grave", "question": "danger"}))
    assert keyboard(hello.model_copy(update={"kind": "grave"}), "Ferdig", "Hjelp nå") is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("c:3:work", Pressed(("work",), 3)),
        ("m:3:work", Marked("work", 3, "42")),
        ("d:3:", Pressed((), 3)),
        ("w:3:skip", Used("skip", turn=3)),
    ],
)
def test_a_press_is_read_as_the_button_was_written(data: str, expected: Act) -> None:
    assert read_data(data, "42") == expected


@pytest.mark.parametrize("data", ["", "c", "c:x:y", "z:1:a", "w:1:code", "c:-1:a", "x" * 65])
def test_forged_data_is_answered_as_an_old_button(emulator: Emulator, kari: Person, data: str) -> None:
    assert read_data(data, "42") is None
    shown = emulator.telegram.post(kari.chat, emulator.telegram.bot, {"text": "?"}, from_bot=True)
    kari.presses_data(data, shown, inaccessible=True)
    assert act(emulator) == FORGED


def test_every_choice_fits_a_button() -> None:
    longest = max((*LABELS, *CATEGORIES), key=len)
    shown = Shown(id="m", text="?", choices=(Button(id=longest, label="x"),), turn=10**9)
    ((_, data),) = labels_and_data(shown)[0]
    assert len(str(data)) <= LONGEST_DATA
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        labels_and_data(shown.model_copy(update={"choices": (Button(id="ø" * 33, label="x"),)}))
