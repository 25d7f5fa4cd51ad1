"""The emulator answers as Telegram does: what the bot's tests lean on is itself tested."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.channels.telegram_http import AiohttpRequest, Api
from tests.emulator import Emulator, Person, started
from tests.emulator.faults import Kind
from tests.emulator.people import KINDS
from tests.emulator.webhook import SECRET_HEADER

YES_NO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Ja", callback_data="q:1"), InlineKeyboardButton("Nei", callback_data="q:2")]]
)


class Clock:
    """A time that stands still until it is moved."""

    time = 1_790_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def emulator(clock: Clock) -> AsyncIterator[Emulator]:
    async with Emulator(now=clock) as emulator:
        yield emulator


@pytest.fixture
async def bot(emulator: Emulator) -> AsyncIterator[Api]:
    async with Api(emulator.token, emulator.base_url) as bot:
        yield bot


@pytest.fixture
def kari(emulator: Emulator) -> Person:
    """Somebody who has started the bot."""
    kari = emulator.person("Kari")
    kari.says("/start")
    return kari


async def polled(bot: Api, offset: int | None = None, wait: int = 0) -> list[dict[str, Any]]:
    return await bot.raw_updates(offset, wait, [])


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(BadRequest) as refusal:
        await call
    return str(refusal.value).lower()  # python-telegram-bot writes the first letter large


# Both ways


async def test_a_person_and_the_bot_talk_and_the_transcript_reads_both_ways(
    emulator: Emulator, bot: Api, kari: Person
) -> None:
    await bot.send_message(kari.id, "Vil du svare?", reply_markup=YES_NO)
    (question,) = await kari.hears()
    query = kari.presses("Ja")
    pressed = (await polled(bot))[-1]["callback_query"]
    assert (pressed["data"], pressed["message"]["message_id"]) == ("q:1", question.id)
    assert kari.toast(query) is None
    await bot.answer_callback_query(pressed["id"], "Takk")
    assert kari.toast(query) == "Takk"
    assert emulator.telegram.transcript().splitlines() == [
        "Kari [1]: /start",
        "Kari hears [2]: Vil du svare?",
        "    [Ja]",
        "    [Nei]",
        "Kari presses [Ja] on [2]",
        "a short notice: Takk",
    ]


async def test_a_command_is_marked_as_one(bot: Api, kari: Person) -> None:
    (update,) = await polled(bot)
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_python_telegram_bot_reads_every_update_the_emulator_writes(bot: Api, kari: Person) -> None:
    for kind in KINDS:
        kari.sends(kind)
    kari.edits(kari.says("hei"), "hallo")
    kari.sends_album(2, "to bilder")
    kari.forwards("fra en annen")
    kari.says_via_bot("fra en bot")
    kari.writes_in_group("hei alle")
    kari.writes_anonymously_in_group("hei alle")
    kari.adds_bot_to()
    kari.blocks_bot()
    updates = await polled(bot)
    assert len(updates) == len(KINDS) + 11
    for update in updates:
        assert Update.de_json(update, bot).to_dict().keys() == update.keys()


# Updates


async def test_updates_come_again_until_a_higher_offset_acknowledges_them(bot: Api, kari: Person) -> None:
    kari.says("to")
    kari.says("tre")
    first = await polled(bot)
    assert texts(first) == ["/start", "to", "tre"]
    assert await polled(bot) == first
    assert await polled(bot, first[1]["update_id"]) == first[1:]
    assert await polled(bot, -1) == first[2:]
    assert await polled(bot, first[2]["update_id"] + 1) == []


async def test_a_batch_holds_no_more_than_it_was_asked_for(bot: Api, kari: Person) -> None:
    for number in range(150):
        kari.says(str(number))
    assert len(await polled(bot)) == 100
    assert len(await bot.get_updates(limit=3)) == 3


async def test_a_long_poll_answers_when_something_arrives(emulator: Emulator, bot: Api) -> None:
    poll = asyncio.create_task(polled(bot, wait=5))
    await emulator.telegram.until(lambda: emulator.telegram.polls == 1)
    emulator.person().says("hei")
    assert texts(await poll) == ["hei"]


async def test_of_two_pollers_the_earlier_gets_a_conflict(emulator: Emulator, bot: Api) -> None:
    async with Api(emulator.token, emulator.base_url) as other:
        poll = asyncio.create_task(polled(bot, wait=5))
        await emulator.telegram.until(lambda: emulator.telegram.polls == 1)
        second = asyncio.create_task(polled(other, wait=5))
        with pytest.raises(Conflict):
            await poll
        emulator.person().says("hei")
        assert texts(await second) == ["hei"]


async def test_only_the_kinds_asked_for_are_queued(bot: Api, kari: Person) -> None:
    await bot.raw_updates(None, 0, ["callback_query"])
    kari.says("dette venter ingen på")
    await bot.send_message(kari.id, "?", reply_markup=YES_NO)
    kari.presses("Nei")
    assert [set(update) - {"update_id"} for update in await polled(bot, -1)] == [{"callback_query"}]


# What Telegram refuses


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "message text is empty"), (" \n", "message text is empty"), ("å" * 4097, "too long")],
)
async def test_a_text_is_between_1_and_4096_long(bot: Api, kari: Person, text: str, words: str) -> None:
    assert words in await refused(bot.send_message(kari.id, text))
    await bot.send_message(kari.id, "å" * 4096)


async def test_callback_data_is_counted_in_bytes(bot: Api, kari: Person) -> None:
    def keyboard(data: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data=data)]])

    assert "button_data_invalid" in await refused(
        bot.send_message(kari.id, "?", reply_markup=keyboard("ø" * 33))
    )
    await bot.send_message(kari.id, "?", reply_markup=keyboard("ø" * 32))


async def test_markup_that_cannot_be_parsed_is_refused(bot: Api, kari: Person) -> None:
    assert "can't parse entities" in await refused(bot.send_message(kari.id, "<3 deg", parse_mode="HTML"))
    assert "parse_mode" in await refused(bot.send_message(kari.id, "*hei*", parse_mode="MarkdownV2"))
    past_the_end = [MessageEntity("bold", 0, 9)]
    assert "ends after" in await refused(bot.send_message(kari.id, "hei", entities=past_the_end))
    assert "unsupported" in await refused(
        bot.send_message(kari.id, "hei", entities=[MessageEntity("glitter", 0, 3)])
    )
    await bot.send_message(kari.id, "<b>hei</b>", parse_mode="HTML")


async def test_an_edit_that_changes_nothing_is_refused(bot: Api, kari: Person) -> None:
    sent = await bot.send_message(kari.id, "?", reply_markup=YES_NO)
    await bot.edit_message_reply_markup(kari.id, sent.message_id)
    assert kari.buttons() == []
    assert "message is not modified" in await refused(bot.edit_message_reply_markup(kari.id, sent.message_id))
    await bot.edit_message_text("ferdig", kari.id, sent.message_id)
    assert "message is not modified" in await refused(
        bot.edit_message_text("ferdig", kari.id, sent.message_id)
    )


async def test_a_message_is_deleted_once_and_only_for_two_days(bot: Api, clock: Clock, kari: Person) -> None:
    first, second = [await bot.send_message(kari.id, text) for text in ("en", "to")]
    await bot.delete_message(kari.id, first.message_id)
    assert "to delete not found" in await refused(bot.delete_message(kari.id, first.message_id))
    clock.time += 48 * 3600 + 1
    assert "can't be deleted" in await refused(bot.delete_message(kari.id, second.message_id))
    assert [message.text for message in kari.heard()] == ["to"]


async def test_a_press_can_be_answered_for_a_while(bot: Api, clock: Clock, kari: Person) -> None:
    await bot.send_message(kari.id, "?", reply_markup=YES_NO)
    query = kari.presses("Ja")
    clock.time += 16 * 60
    assert "query is too old" in await refused(bot.answer_callback_query(query))


async def test_who_blocks_deletes_or_never_started_cannot_be_written_to(
    emulator: Emulator, bot: Api, kari: Person
) -> None:
    kari.blocks_bot()
    with pytest.raises(Forbidden, match="by the user"):
        await bot.send_message(kari.id, "hei")
    kari.unblocks_bot()
    await bot.send_message(kari.id, "hei")
    kari.deletes_account()
    with pytest.raises(Forbidden, match="deactivated"):
        await bot.send_message(kari.id, "hei")
    assert "chat not found" in await refused(bot.send_message(4711, "hei"))


async def test_a_group_that_was_left_is_closed(bot: Api, kari: Person) -> None:
    group = kari.writes_in_group("hei").chat.id
    await bot.leave_chat(group)
    with pytest.raises(Forbidden, match="kicked from the group"):
        await bot.send_message(group, "hei")


async def test_an_old_button_can_be_pressed_on_a_phone_that_still_shows_it(bot: Api, kari: Person) -> None:
    sent = await bot.send_message(kari.id, "?", reply_markup=YES_NO)
    await bot.edit_message_reply_markup(kari.id, sent.message_id)
    with pytest.raises(AssertionError, match="sees no button"):
        kari.presses("Ja")
    kari.presses("Ja", old=True)
    kari.presses_data("forged", sent.message_id, inaccessible=True)
    pressed = [update["callback_query"] for update in (await polled(bot))[-2:]]
    assert [query["data"] for query in pressed] == ["q:1", "forged"]
    assert pressed[1]["message"] == {"chat": kari.chat.body, "message_id": sent.message_id, "date": 0}


async def test_a_wrong_token_or_method_is_unknown(emulator: Emulator, bot: Api) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=emulator.base_url, request=AiohttpRequest()):
            pass
    with pytest.raises(InvalidToken):
        await bot.get_my_star_balance()


# Faults


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"retry_after": 1}, RetryAfter),
        ({"status": 403, "description": "bot was blocked by the user"}, Forbidden),
        ({"status": 400, "description": "chat not found"}, BadRequest),
        ({"status": 502}, NetworkError),
        ({"kind": Kind.RESET}, NetworkError),
        ({"kind": Kind.HALF_BODY}, NetworkError),
    ],
)
async def test_a_fault_meets_one_call_and_the_next_succeeds(
    emulator: Emulator, bot: Api, kari: Person, fault: dict[str, Any], error: type[Exception]
) -> None:
    emulator.fails("sendMessage", chat_id=kari.id, **fault)
    await bot.send_chat_action(kari.id, "typing")
    with pytest.raises(error) as failure:
        await bot.send_message(kari.id, "hei")
    assert emulator.token not in f"{failure.value!r} {failure.value.__cause__!r}"
    assert kari.heard() == []
    await bot.send_message(kari.id, "hei")


async def test_a_call_may_be_carried_out_although_its_answer_is_lost(
    emulator: Emulator, bot: Api, kari: Person
) -> None:
    emulator.fails("sendMessage", kind=Kind.SILENCE, seconds=0.5, carried_out=True)
    with pytest.raises(TimedOut):
        await bot.send_message(kari.id, "hei", read_timeout=0.1)
    assert [message.text for message in kari.heard()] == ["hei"]


async def test_every_call_is_recorded_with_its_answer(emulator: Emulator, bot: Api, kari: Person) -> None:
    await refused(bot.get_file("voice-1"))
    await bot.send_message(kari.id, "hei")
    assert [(call.method, call.status) for call in emulator.telegram.calls][-2:] == [
        ("getFile", 400),
        ("sendMessage", 200),
    ]


# Webhook


async def test_a_webhook_gets_each_update_in_order_until_it_answers_200(
    emulator: Emulator, bot: Api, kari: Person
) -> None:
    seen: list[tuple[str, str]] = []

    async def receive(request: web.BaseRequest) -> web.Response:
        text = json.loads(await request.read())["message"]["text"]
        seen.append((text, request.headers[SECRET_HEADER]))
        emulator.telegram.wake()
        return web.Response(status=500 if len(seen) < 3 else 200)

    runner = web.ServerRunner(web.Server(receive))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await bot.set_webhook(url, secret_token="s3cret", max_connections=1)
    with pytest.raises(Conflict):
        await polled(bot)
    kari.says("to")
    await emulator.telegram.until(lambda: len(emulator.telegram.updates) == 0 and len(seen) == 4)
    await bot.delete_webhook()
    await runner.cleanup()
    assert seen == [(text, "s3cret") for text in ("/start", "/start", "/start", "to")]


# A process of its own


async def test_the_emulator_runs_as_its_own_process_and_is_told_what_happens() -> None:
    async with started() as remote, Api(remote.token, remote.base_url) as bot:
        await remote.act(7, "says", "hei")
        assert texts(await polled(bot)) == ["hei"]
        await bot.send_message(7, "?", reply_markup=YES_NO)
        assert (await remote.heard(7, within=5))[0]["buttons"] == ["Ja", "Nei"]
        await remote.act(7, "presses", "Ja", old=True)
        await remote.ask("fault", method="getUpdates", status=502)
        with pytest.raises(NetworkError):
            await polled(bot)
        assert await remote.ask("waiting") == 2
        assert len(await remote.ask("calls", method="sendMessage")) == 1
        assert (await remote.ask("transcript")).startswith("Kari [1]: hei")
        with pytest.raises(AssertionError, match="no such act"):
            await remote.act(7, "heard")


async def test_the_emulator_is_no_brake_on_a_benchmark(emulator: Emulator, kari: Person) -> None:
    calls, at_once = 600, 8
    body = {"chat_id": kari.id, "text": "hei"}

    async def send(http: aiohttp.ClientSession) -> None:
        for _ in range(calls // at_once):
            async with http.post(f"{emulator.base_url}{emulator.token}/sendMessage", json=body) as answer:
                assert answer.status == 200

    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as http:
        begun = loop.time()
        await asyncio.gather(*[send(http) for _ in range(at_once)])
        assert calls / (loop.time() - begun) > 300  # client and server share this loop and a busy core
