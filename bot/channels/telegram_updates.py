"""What an update of the Bot API means: raw JSON in, what a person did out.

Only the fields used here are read, so a name, a username or a field that Telegram adds tomorrow
never enters the process as anything but bytes that are thrown away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.channels.base import Act, Changed, Gave, Incoming, Left, Used, Wrote
from bot.channels.telegram_buttons import FORGED, read_data
from bot.channels.telegram_http import Json

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

# The first that a message holds says what it is: a venue holds a location too, a GIF a document.
KINDS = {
    "forward_origin": "forwarded",
    "via_bot": "forwarded",
    "location": "location",
    "contact": "contact",
    "voice": "voice",
    "audio": "voice",
    "photo": "picture",
    "video": "picture",
    "video_note": "picture",
    "animation": "picture",
    "sticker": "sticker",
}
# Telegram's own notes about the chat: nobody said anything, so nothing is answered.
NOTES = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
        "chat_background_set",
        "users_shared",
        "chat_shared",
    }
)
LANGUAGES = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en"}
_COMMAND = re.compile(r"(/\w{1,32})@\w+")
_START = re.compile(r"/start(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_BETWEEN = "__"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something in a group or a channel, where Lytt does not talk."""

    chat: int
    language: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """A press that spins on the phone until it is answered."""

    id: str
    chat: int
    message: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """One update: what the person did, if anything, and what the channel itself must do."""

    number: int
    incoming: Incoming | None = None
    elsewhere: Elsewhere | None = None
    query: Query | None = None
    album: str | None = None


def start_payload(municipality: str = "", code: str = "") -> str:
    """What a link to the bot carries after `?start=`: a municipality's key, a worker's code, or both."""
    payload = f"{municipality}{_BETWEEN}{code}" if code else municipality
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
        raise ValueError(f"{payload!r} does not fit a start link")
    return payload


def read(update: Json) -> Read:
    """What one update means; KeyError, TypeError and ValueError say that it can not be read."""
    number = int(update["update_id"])
    for kind, reader in _READERS.items():
        if kind in update:
            return reader(number, update[kind])
    return Read(number)


def _message(number: int, message: Json) -> Read:
    if message["chat"]["type"] != "private":
        return Read(number, elsewhere=Elsewhere(int(message["chat"]["id"]), _language(message)))
    if NOTES & message.keys():
        return Read(number)
    text = message.get("text")
    if isinstance(text, str) and (start := _START.fullmatch(_COMMAND.sub(r"\1", text, count=1))):
        return _started(number, message, start[1] or "")
    album = message.get("media_group_id")
    return Read(number, _incoming(number, message, _given(message)), album=album if album else None)


def _started(number: int, message: Json, payload: str) -> Read:
    municipality, _, code = payload.partition(_BETWEEN)
    act = Used("code", code.upper()) if code else Used("start")
    return Read(number, _incoming(number, message, act, municipality or None))


def _given(message: Json) -> Act:
    """Words, a caption, or a kind that is not words; what somebody else wrote is not theirs."""
    kind = next((meaning for field, meaning in KINDS.items() if field in message), "other")
    text = message.get("text", message.get("caption"))
    if kind != "forwarded" and isinstance(text, str):
        return Wrote(_COMMAND.sub(r"\1", text, count=1), str(message["message_id"]))
    return Gave(kind)


def _edited(number: int, message: Json) -> Read:
    text = message.get("text", message.get("caption"))
    if message["chat"]["type"] != "private" or not isinstance(text, str):
        return Read(number)
    return Read(number, _incoming(number, message, Changed(text, str(message["message_id"]))))


def _pressed(number: int, query: Json) -> Read:
    message = query.get("message") or {}
    if message.get("chat", {}).get("type", "private") != "private":
        return Read(number)
    shown = message.get("message_id")
    act = read_data(str(query.get("data", "")), str(shown) if shown else None) or FORGED
    press = Query(str(query["id"]), int(query["from"]["id"]), shown)
    incoming = Incoming("telegram", str(press.chat), str(number), act, _language(query))
    return Read(number, incoming, query=press)


def _membership(number: int, change: Json) -> Read:
    """In a private chat: blocked or back. In a group: somebody brought Lytt along."""
    gone = change["new_chat_member"]["status"] in ("kicked", "left")
    if change["chat"]["type"] == "private":
        return Read(number, _incoming(number, change, Left(gone)))
    if gone:
        return Read(number)
    return Read(number, elsewhere=Elsewhere(int(change["chat"]["id"]), _language(change)))


def _incoming(number: int, message: Json, act: Act, municipality: str | None = None) -> Incoming:
    address = str(int(message["chat"]["id"]))
    return Incoming("telegram", address, str(number), act, _language(message), municipality)


def _language(message: Json) -> str | None:
    """The phone's language: a default for the first screen, never more."""
    return LANGUAGES.get(str(message.get("from", {}).get("language_code", ""))[:2])


_READERS = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}
