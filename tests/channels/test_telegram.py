"""Telegram against the emulator: nothing acknowledged before it is stored, and every refusal met."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from telegram.error import NetworkError

from bot.channels.base import Button, Delivered, Gave, Incoming, Pressed, Shown, Used, Wrote
from bot.channels.telegram import LONGEST_BODY, Telegram
from bot.channels.telegram_delivery import Delivery, pieces
from bot.channels.telegram_http import Api
from bot.i18n import Words
from bot.pages.visitors import Limit
from tests.emulator import Emulator, Person
from tests.emulator.faults import Kind
from tests.emulator.server import BOT

WORDS = Words(Path(__file__).parents[2] / "locales")
SECRET = "a-secret_0123"
GONE = Delivered(done=False, unreachable=True, error="telegram.error.Forbidden")

QUESTION = Shown(
    id="m1",
    text="Hva trenger du?",
    choices=(Button(id="work", label="Jobb"), Button(id="home", label="Et sted å bo")),
    question="need",
    turn=3,
)
SHOWN = ["Jobb", "Et sted å bo", "Hjelp nå"]


class Store:
    """Stands where intake stands: keeps what it is given, unless it is told to fail."""

    def __init__(self) -> None:
        self.kept: list[Incoming] = []
        self.failures = 0
        self.attempts = 0
        self.changed = asyncio.Condition()

    async def __call__(self, batch: Sequence[Incoming]) -> None:
        self.attempts += 1
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.kept += batch
        async with self.changed:
            self.changed.notify_all()

    async def holds(self, count: int) -> list[Incoming]:
        """Wait for at least so many."""
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.kept) >= count)
        return self.kept


def helped(incoming: Incoming) -> tuple[Shown, ...]:
    """Stands where intake's help without a database stands."""
    asks = isinstance(incoming.act, Wrote) and incoming.act.text == "hjelp nå"
    return (Shown(id="h", text="Er det fare nå? Ring 113."),) if asks else ()


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator() as emulator:
        yield emulator


@pytest.fixture
def kari(emulator: Emulator) -> Person:
    kari = emulator.person("Kari", 7)
    kari.says("/start")
    return kari


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def api(emulator: Emulator) -> AsyncIterator[Api]:
    api = Api(emulator.token, emulator.base_url)
    await api.initialize()
    yield api
    await api.shutdown()


@pytest.fixture
def delivery(api: Api) -> Delivery:
    return Delivery(api, WORDS)


@asynccontextmanager
async def polling(emulator: Emulator, store: Store, limit: Limit | None = None) -> AsyncIterator[Telegram]:
    """The bot polls in the background, with connections of its own as after a new start."""
    api = Api(emulator.token, emulator.base_url)
    telegram = Telegram(api, store, helped, Delivery(api, WORDS), WORDS, limit)
    task = asyncio.create_task(telegram.poll())
    try:
        yield telegram
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await telegram.close()


# Polling


async def test_updates_are_stored_in_order_and_then_acknowledged(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    async with polling(emulator, store):
        assert [each.act for each in await store.holds(1)] == [Used("start")]
        message = kari.says("jeg trenger vintersko")
        assert (await store.holds(2))[1].act == Wrote("jeg trenger vintersko", str(message.id))
        await emulator.telegram.until(lambda: not emulator.waiting())


async def test_what_was_not_stored_comes_again(emulator: Emulator, store: Store, kari: Person) -> None:
    store.failures = 2
    async with polling(emulator, store):
        assert len(await store.holds(1)) == 1
        assert store.attempts == 3
    assert len(emulator.waiting()) in (0, 1)  # acknowledged only by the next poll, if there was one


async def test_the_offset_is_forgotten_and_never_drops_what_waits(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    for _ in range(2):
        async with polling(emulator, store):
            await store.holds(1)
    asked = [call.parameters for call in emulator.telegram.called("getUpdates")]
    assert "offset" not in asked[0]
    assert not any(call.parameters.get("drop_pending_updates") for call in emulator.telegram.calls)


async def test_numbers_may_restart_lower_after_a_quiet_week(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    async with polling(emulator, store):
        await store.holds(1)
        await emulator.telegram.until(lambda: not emulator.waiting())
    emulator.telegram.updates.next_id = 17
    kari.says("hei igjen")
    async with polling(emulator, store):
        assert (await store.holds(2))[-1].key == "17"


async def test_one_strange_update_costs_nobody_else_theirs(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    number = emulator.telegram.updates.next_id
    strange = {"update_id": number, "message": {"text": "hemmelig", "chat": 3}}
    emulator.telegram.updates.add_raw(number, "message", json.dumps(strange).encode())
    emulator.telegram.updates.next_id += 1
    kari.says("hei")
    async with polling(emulator, store):
        assert len(await store.holds(2)) == 2
        await emulator.telegram.until(lambda: not emulator.waiting())


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502},
        {"kind": Kind.HALF_BODY},
        {"kind": Kind.RESET},
        {"kind": Kind.GARBAGE},
        {"status": 409, "description": "Conflict: terminated by other getUpdates request"},
        {"retry_after": 1},
    ],
    ids=str,
)
async def test_polling_goes_on_after_a_fault(
    emulator: Emulator, store: Store, kari: Person, fault: dict[str, object]
) -> None:
    emulator.fails("getUpdates", **fault)
    async with polling(emulator, store):
        assert len(await store.holds(1)) == 1


async def test_the_menu_is_set_in_every_language(emulator: Emulator, store: Store, kari: Person) -> None:
    async with polling(emulator, store):
        await store.holds(1)
    menus = {code: [each["command"] for each in menu] for code, menu in emulator.telegram.commands.items()}
    assert menus[""][0] == "hjelp"
    assert menus["en"][0] == "help"
    assert set(menus) == {"", "nn", "en"}


# Webhook


@pytest.fixture
def called(api: Api, delivery: Delivery, store: Store) -> Telegram:
    return Telegram(api, store, helped, delivery, WORDS)


async def test_telegram_is_asked_to_call_with_a_secret_and_to_keep_the_order(
    emulator: Emulator, called: Telegram
) -> None:
    await called.be_called("http://127.0.0.1:9/telegram/x", SECRET)
    (asked,) = [call.parameters for call in emulator.telegram.called("setWebhook")]
    assert (asked["secret_token"], asked["max_connections"]) == (SECRET, 1)
    assert asked["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """A body as a server hands it on."""
    for place in range(0, len(body), 65_536):
        yield body[place : place + 65_536]


def body(emulator: Emulator) -> bytes:
    return json.dumps(emulator.waiting()[-1]).encode()


async def test_200_comes_only_after_it_is_stored(
    emulator: Emulator, called: Telegram, store: Store, kari: Person
) -> None:
    store.failures = 1
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 500
    assert store.kept == []
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 200
    assert len(store.kept) == 1


@pytest.mark.parametrize("shown", [None, "", "wrong", SECRET + "x", "å"])
async def test_without_the_secret_nothing_is_taken(
    emulator: Emulator, called: Telegram, store: Store, kari: Person, shown: str | None
) -> None:
    assert await called.receive(in_parts(body(emulator)), shown, SECRET) == 403
    assert await called.receive(in_parts(body(emulator)), shown, "") == 403
    assert store.kept == []


@pytest.mark.parametrize(
    "poison",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"{}", b'{"update_id":1,"message":{}}', b"[" * 100_000],
)
async def test_what_can_not_be_read_is_accepted_once(called: Telegram, store: Store, poison: bytes) -> None:
    assert await called.receive(in_parts(poison), SECRET, SECRET) == 200
    assert store.kept == []


async def test_a_body_has_a_limit(called: Telegram) -> None:
    assert await called.receive(in_parts(b" " * (LONGEST_BODY + 1)), SECRET, SECRET) == 413


async def test_nothing_is_read_from_who_does_not_show_the_secret(called: Telegram) -> None:
    async def endless() -> AsyncIterator[bytes]:
        raise AssertionError("somebody read it")
        yield b""

    assert await called.receive(endless(), "wrong", SECRET) == 403


# What the channel itself answers


async def test_a_press_stops_spinning_at_once_even_when_nothing_can_be_stored(
    emulator: Emulator, api: Api, called: Telegram, delivery: Delivery, store: Store, kari: Person
) -> None:
    await delivery.deliver("7", QUESTION)
    query = kari.presses("Jobb")
    store.failures = 1
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 500
    await emulator.telegram.until(lambda: kari.toast(query) == "")
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 200
    assert store.kept[-1].act == Pressed(("work",), 3)


async def test_help_is_sent_once_even_when_nothing_can_be_stored(
    emulator: Emulator, called: Telegram, store: Store, kari: Person
) -> None:
    kari.says("hjelp nå")
    store.failures = 3
    for status in (500, 500, 500, 200):
        assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == status
    (shown,) = await kari.hears()
    assert "Ring 113" in shown.text


async def test_an_answer_that_comes_too_late_for_the_button_is_no_fault(
    emulator: Emulator, called: Telegram, delivery: Delivery, store: Store, kari: Person
) -> None:
    emulator.fails("answerCallbackQuery", status=400, description="query is too old")
    await delivery.deliver("7", QUESTION)
    kari.presses("Jobb")
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 200
    assert len(store.kept) == 1


async def test_an_album_is_one_thing_and_its_caption_is_words(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    kari.sends_album(3)
    kari.sends_album(3, "en slik sykkel")
    kari.says("ferdig")
    async with polling(emulator, store):
        acts = [each.act for each in await store.holds(4)]
    assert acts[1] == Gave("picture")
    assert [act.text for act in acts if isinstance(act, Wrote)] == ["en slik sykkel", "ferdig"]


async def test_an_album_that_was_not_stored_is_still_new(
    emulator: Emulator, called: Telegram, store: Store, kari: Person
) -> None:
    kari.sends_album(1)
    store.failures = 1
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 500
    assert await called.receive(in_parts(body(emulator)), SECRET, SECRET) == 200
    assert [each.act for each in store.kept] == [Gave("picture")]


async def test_a_group_gets_one_answer_and_is_left_and_nothing_is_stored(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    kari.adds_bot_to(-1001)
    kari.writes_in_group("jeg trenger hjelp", -1001)
    kari.says("alene")
    async with polling(emulator, store):
        await emulator.telegram.until(lambda: bool(emulator.telegram.chats[-1001].closed))
        kept = await store.holds(2)
    (told,) = emulator.telegram.sent[-1001]
    assert f"https://t.me/{BOT['username']}?start" in told.text
    assert [each.address for each in kept] == ["7", "7"]


async def test_a_flood_of_one_chat_is_asked_once_to_wait_and_help_comes_through(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    ola = emulator.person("Ola", 8)
    async with polling(emulator, store, Limit(per_second=1e-6, burst=3)):
        for number in range(20):
            kari.says(f"melding {number}")
        kari.says("hjelp nå")
        ola.says("/start")
        kept = await store.holds(5)
        await kari.hears()
        await emulator.telegram.until(lambda: not emulator.waiting())
    assert [each.act.text for each in kept if isinstance(each.act, Wrote)] == [
        "melding 0",
        "melding 1",
        "hjelp nå",
    ]
    assert kept[-1].address == "8"
    assert ["Vent litt" in message.text for message in kari.heard()] == [True]


async def test_what_was_let_in_and_not_stored_is_let_in_when_it_comes_again(
    emulator: Emulator, store: Store, kari: Person
) -> None:
    store.failures = 3
    async with polling(emulator, store, Limit(per_second=1e-6, burst=2)):
        kari.says("jeg trenger vintersko")
        assert len(await store.holds(2)) == 2


async def test_nothing_is_ever_downloaded(emulator: Emulator, store: Store, kari: Person) -> None:
    for kind in ("photo", "voice", "document", "location"):
        kari.sends(kind)
    async with polling(emulator, store):
        await store.holds(5)
    assert emulator.telegram.called("getFile") == []


# Delivery


async def test_a_message_shows_its_words_and_buttons_without_previews_or_markup(
    emulator: Emulator, delivery: Delivery, kari: Person
) -> None:
    told = QUESTION.model_copy(update={"text": "<b>Se</b> *dette*: https://example.org"})
    assert (await delivery.deliver("7", told)).done
    (sent,) = await kari.hears()
    assert (sent.text, sent.buttons) == (told.text, SHOWN)
    (call,) = emulator.telegram.called("sendMessage")
    assert call.parameters["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in call.parameters


async def test_only_the_latest_question_keeps_its_buttons(delivery: Delivery, kari: Person) -> None:
    await delivery.deliver("7", QUESTION)
    await delivery.deliver("7", Shown(id="m2", text="Et ord imellom."))
    assert [message.buttons for message in kari.heard()] == [SHOWN, ["Hjelp nå"]]
    await delivery.deliver("7", QUESTION.model_copy(update={"id": "m3", "turn": 4}))
    assert [message.buttons for message in kari.heard()] == [[], ["Hjelp nå"], SHOWN]


async def test_a_press_tells_which_buttons_to_take_away_after_a_new_start(
    emulator: Emulator, called: Telegram, delivery: Delivery, kari: Person, api: Api
) -> None:
    await Delivery(api, WORDS).deliver("7", QUESTION)
    kari.presses("Jobb")
    await called.receive(in_parts(body(emulator)), SECRET, SECRET)
    await emulator.telegram.until(lambda: bool(emulator.telegram.called("answerCallbackQuery")))
    await delivery.deliver("7", QUESTION.model_copy(update={"id": "m2", "turn": 4}))
    assert [message.buttons for message in kari.heard()] == [[], SHOWN]


async def test_marking_one_of_several_changes_the_message_itself(delivery: Delivery, kari: Person) -> None:
    several = QUESTION.model_copy(update={"several": True})
    await delivery.deliver("7", several)
    (shown,) = await kari.hears()
    marked = (Button(id="work", label="Jobb", marked=True), several.choices[1])
    again = several.model_copy(update={"edits": str(shown.id), "choices": marked})
    assert await delivery.deliver("7", again) == Delivered()
    assert await delivery.deliver("7", again) == Delivered()  # "message is not modified" is as good as done
    assert [message.buttons for message in kari.heard()] == [
        ["✅ Jobb", "Et sted å bo", "Ferdig", "Hjelp nå"]
    ]


async def test_what_can_not_be_changed_any_more_is_sent_anew(delivery: Delivery, kari: Person) -> None:
    assert (await delivery.deliver("7", QUESTION.model_copy(update={"edits": "4711"}))).done
    assert [message.text for message in kari.heard()] == ["Hva trenger du?"]


async def test_a_long_text_is_sent_in_pieces_and_nothing_of_it_is_lost(
    delivery: Delivery, kari: Person
) -> None:
    text = "🙂" + "ord " * 2000 + "ø" * 5000
    await delivery.deliver("7", QUESTION.model_copy(update={"text": text}))
    heard = kari.heard()
    assert "".join(message.text for message in heard).replace(" ", "") == text.replace(" ", "")
    assert [bool(message.buttons) for message in heard] == [False] * (len(heard) - 1) + [True]


async def test_a_message_of_which_nothing_may_be_shown_here_is_not_sent(
    emulator: Emulator, delivery: Delivery, kari: Person
) -> None:
    assert await delivery.deliver("7", Shown(id="m1", text="")) == Delivered()
    assert emulator.telegram.called("sendMessage") == []


@pytest.mark.parametrize("text", ["", "a", "a" * 4096, "🙂" * 2048])
def test_a_text_that_fits_is_one_piece(text: str) -> None:
    assert list(pieces(text)) == [text]


async def test_a_limit_is_handed_on_and_only_to_the_chat_it_concerns(
    emulator: Emulator, delivery: Delivery, kari: Person
) -> None:
    emulator.person("Ola", 8).says("/start")
    emulator.fails("sendMessage", chat_id=7, retry_after=3)
    assert await delivery.deliver("7", QUESTION) == Delivered(done=False, retry_after=3)
    assert (await delivery.deliver("8", QUESTION)).done


async def test_who_can_not_be_reached_is_said_so(
    emulator: Emulator, delivery: Delivery, kari: Person
) -> None:
    kari.blocks_bot()
    assert await delivery.deliver("7", QUESTION) == GONE
    kari.unblocks_bot()
    kari.deletes_account()
    assert await delivery.deliver("7", QUESTION) == GONE
    unknown = await delivery.deliver("4711", QUESTION)
    assert (unknown.unreachable, unknown.error) == (True, "telegram.error.BadRequest")


async def test_a_message_telegram_refuses_is_not_tried_for_ever(
    emulator: Emulator, delivery: Delivery, kari: Person
) -> None:
    emulator.fails("sendMessage", status=400, description="BUTTON_DATA_INVALID")
    refused = await delivery.deliver("7", QUESTION)
    assert refused == Delivered(done=False, error="telegram.error.BadRequest")


@pytest.mark.parametrize(
    "fault",
    [{"status": 502}, {"status": 500}, {"kind": Kind.RESET}, {"kind": Kind.HALF_BODY, "carried_out": True}],
    ids=str,
)
async def test_after_a_fault_of_the_network_the_message_is_to_be_sent_again(
    emulator: Emulator, delivery: Delivery, kari: Person, fault: dict[str, object]
) -> None:
    emulator.fails("sendMessage", **fault)
    delivered = await delivery.deliver("7", QUESTION)
    assert delivered == Delivered(done=False, retry_after=1)


async def test_neither_the_token_nor_words_reach_the_log(
    emulator: Emulator,
    store: Store,
    kari: Person,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("telegram").setLevel(logging.WARNING)  # as bot.logs sets it
    kari.says("kanarifugl")
    for fault in ({"status": 502}, {"kind": Kind.GARBAGE}, {"kind": Kind.HALF_BODY}):
        emulator.fails("getUpdates", **fault)
    async with polling(emulator, store):
        await store.holds(2)
    logged = caplog.text + capsys.readouterr().out
    assert "trying again" in logged
    assert emulator.token not in logged
    assert "kanarifugl" not in logged


async def test_a_proxy_that_the_environment_names_is_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Emulator() as emulator:
        monkeypatch.setenv("http_proxy", emulator.base_url.removesuffix("/bot"))
        async with Api(emulator.token, "http://api.invalid/bot") as bot:
            assert (await bot.get_me()).is_bot
        monkeypatch.setenv("no_proxy", "api.invalid")
        with pytest.raises(NetworkError):
            async with Api(emulator.token, "http://api.invalid/bot"):
                pass
