"""Delivery of one message to one Telegram chat, and what Telegram's refusals mean."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.channels.base import Delivered, Shown
from bot.channels.telegram_buttons import keyboard
from bot.channels.telegram_http import Api, Json, seconds_to_wait
from bot.i18n import Words
from bot.logs import error_class
from dialogs.commands import LABELS
from dialogs.text import N_

DONE = N_("Ferdig")
LONGEST_TEXT = 4096  # counted in UTF-16 units, as Telegram counts
PAUSE = 1.0  # seconds, where the network failed and Telegram named no time
REMEMBERED = 10_000
FILE_NAME = "lytt.json"
Mine = Callable[[str], Awaitable[str | None]]
TAKEN_BACK_AT_ONCE = 100  # the most that deleteMessages takes

# What Telegram says of a chat where nothing will arrive any more.
UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "have no rights to send")
UNCHANGED = "message is not modified"


async def _nothing(address: str) -> str | None:
    """For who hands nothing over."""
    return None


class Delivery:
    """Sends what the outbox hands it. Every message is safe to repeat: nothing depends on "sent".

    `mine` gives all that is kept of the person in a chat, as a file to take along.
    """

    def __init__(self, api: Api, words: Words, mine: Mine = _nothing, *, previews: bool = False) -> None:
        self._api = api
        self._words = words
        self._mine = mine
        self._previews = None if previews else {"is_disabled": True}
        self._keyboards: OrderedDict[int, int] = OrderedDict()

    async def deliver(self, address: str, shown: Shown) -> Delivered:
        """Show one message in a chat, and say how that went."""
        chat, sent = int(address), list[str]()
        try:
            if shown.unsays:
                await self._take_back(chat, [int(each) for each in shown.unsays])
            elif shown.text.strip() or shown.choices:  # else it held only own words, which are not shown here
                await self._show(chat, shown, sent)
        except TelegramError as error:
            return replace(refused(error), messages=tuple(sent))
        return Delivered(messages=tuple(sent))

    def noticed(self, chat: int, message: int) -> None:
        """A press tells which message shows buttons, where a restart has forgotten it."""
        self._keyboards.setdefault(chat, message)

    async def _take_back(self, chat: int, messages: Sequence[int]) -> None:
        for first in range(0, len(messages), TAKEN_BACK_AT_ONCE):
            some = messages[first : first + TAKEN_BACK_AT_ONCE]
            try:
                await self._api.take_back(chat, some)
            except BadRequest as refusal:
                if refused(refusal).unreachable:
                    raise
                await self._take_back_one_by_one(chat, some)

    async def _take_back_one_by_one(self, chat: int, messages: Sequence[int]) -> None:
        """One that can not be deleted, for its age, must not keep the others."""
        for message in messages:
            with suppress(BadRequest):
                await self._api.take_back(chat, [message])

    async def _show(self, chat: int, shown: Shown, sent: list[str]) -> None:
        """Show it, and note each message as it is sent: a later one may fail."""
        buttons = self._buttons(shown)
        everything = await self._mine(str(chat)) if shown.hands_over else None
        if shown.edits and await self._edited(chat, int(shown.edits), shown.text, buttons):
            return
        *first, last = pieces(shown.text)
        for piece in first:
            sent.append(str(await self._api.say(chat, piece, None, self._previews)))
        message = await self._api.say(chat, last, buttons, self._previews)
        sent.append(str(message))
        if everything:
            sent.append(str(await self._api.hand_over(chat, FILE_NAME, everything)))
        if shown.question and buttons:
            await self._move_keyboard(chat, message)

    def _buttons(self, shown: Shown) -> Json | None:
        done, help_now = (self._words.say(label, shown.language) for label in (DONE, LABELS["help"]))
        return keyboard(shown, done, help_now)

    async def _edited(self, chat: int, message: int, text: str, buttons: Json | None) -> bool:
        """Show new words in an old message; False where it can not be changed any more."""
        try:
            await self._api.rewrite(chat, message, text, buttons, self._previews)
        except BadRequest as refusal:
            return UNCHANGED in str(refusal).lower()
        return True

    async def _move_keyboard(self, chat: int, message: int) -> None:
        """Only the question asked now keeps its buttons; a press on an old one would do nothing."""
        old = self._keyboards.pop(chat, message)
        self._keyboards[chat] = message
        if len(self._keyboards) > REMEMBERED:
            self._keyboards.popitem(last=False)
        if old == message:
            return
        try:
            await self._api.take_buttons(chat, old)
        except TelegramError:
            return  # a kindness that failed: pressing the old button is answered in words


def refused(error: TelegramError) -> Delivered:
    """What an error says of this message: try again, or never, or the person is out of reach."""
    name, words = error_class(error), str(error).lower()
    if isinstance(error, RetryAfter):
        return Delivered(done=False, retry_after=seconds_to_wait(error))
    if isinstance(error, Forbidden) or any(each in words for each in UNREACHABLE):
        return Delivered(done=False, unreachable=True, error=name)
    if isinstance(error, BadRequest):
        return Delivered(done=False, error=name)
    # A time-out may have been delivered; the same message twice is better than none.
    return Delivered(done=False, retry_after=PAUSE)


def pieces(text: str) -> Iterator[str]:
    """A text in as many messages as Telegram needs, cut between lines or words where it can be."""
    while _units(text) > LONGEST_TEXT:
        cut = _fitting(text)
        place = max(text.rfind("\n", 0, cut), text.rfind(" ", 0, cut))
        place = place if place > cut // 2 else cut
        yield text[:place]
        text = text[place:].lstrip()
    yield text


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str) -> int:
    """How many characters fit one message."""
    units = 0
    for place, character in enumerate(text):
        units += 2 if character > "\uffff" else 1
        if units > LONGEST_TEXT:
            return place
    return len(text)
