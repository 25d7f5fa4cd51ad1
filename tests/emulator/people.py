"""People who use Telegram: what they write, press, edit, send, forward and block."""

from collections.abc import Callable
from typing import Any

from tests.emulator.refusal import Refusal
from tests.emulator.world import PATIENCE, Chat, Json, Message, Telegram, buttons_of

BLOCKED = "bot was blocked by the user"
DEACTIVATED = "user is deactivated"
REMOVED = "bot was kicked from the group chat"
GROUP_ANONYMOUS_BOT = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


def _file(kind: str, number: int, **more: Any) -> Json:
    return {"file_id": f"{kind}-{number}", "file_unique_id": f"u{number}", "file_size": 2048, **more}


def _photo(number: int) -> Json:
    return {"photo": [_file("photo", number, width=90, height=90)]}


# What each kind of message that is not words looks like to a bot.
KINDS: dict[str, Callable[[int], Json]] = {
    "photo": _photo,
    "voice": lambda n: {"voice": _file("voice", n, duration=3)},
    "audio": lambda n: {"audio": _file("audio", n, duration=60)},
    "video": lambda n: {"video": _file("video", n, width=320, height=240, duration=4)},
    "video_note": lambda n: {"video_note": _file("note", n, length=240, duration=4)},
    "animation": lambda n: {
        "animation": _file("gif", n, width=320, height=240, duration=2),
        "document": _file("gif", n),
    },
    "document": lambda n: {"document": _file("document", n, file_name="cv.pdf")},
    "sticker": lambda n: {
        "sticker": _file(
            "sticker", n, width=512, height=512, type="regular", is_animated=False, is_video=False
        )
    },
    "location": lambda n: {"location": {"latitude": 63.4305, "longitude": 10.3951}},
    "venue": lambda n: {
        "location": {"latitude": 63.4305, "longitude": 10.3951},
        "venue": {
            "location": {"latitude": 63.4305, "longitude": 10.3951},
            "title": "Torvet",
            "address": "Munkegata 1",
        },
    },
    "contact": lambda n: {"contact": {"phone_number": "+4790000000", "first_name": "Ola"}},
    "poll": lambda n: {
        "poll": {
            "id": str(n),
            "question": "Pizza?",
            "options": [{"persistent_id": text, "text": text, "voter_count": 0} for text in ("Ja", "Nei")],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "dice": lambda n: {"dice": {"emoji": "🎲", "value": 4}},
}

# What another process may ask a person to do, by name.
ACTS = frozenset(
    {
        "says",
        "presses",
        "presses_data",
        "edits",
        "sends",
        "sends_album",
        "forwards",
        "says_via_bot",
        "writes_in_group",
        "writes_anonymously_in_group",
        "adds_bot_to",
        "blocks_bot",
        "unblocks_bot",
        "deletes_account",
    }
)


class Person:
    """Somebody with a phone, in a private chat with the bot."""

    def __init__(self, telegram: Telegram, number: int, name: str, language: str | None = "nb") -> None:
        self._telegram = telegram
        self._heard = 0
        self.id = number
        self.name = name
        self.user: Json = {"id": number, "is_bot": False, "first_name": name}
        if language:
            self.user["language_code"] = language
        body = {"id": number, "type": "private", "first_name": name}
        self.chat = telegram.chats.get(number) or Chat(number, body)

    # What the person does.

    def says(self, text: str) -> Message:
        """Write words, or a command."""
        return self._sends({"text": text, **_command(text)}, text)

    def presses(self, label: str, message: Message | int | None = None, *, old: bool = False) -> str:
        """Press the button with this label on the latest message that shows it; the query's id.

        `old`: press it on a keyboard the phone still shows although the bot has taken it away.
        """
        shown = self._showing(label, message, old)
        keyboards = shown.keyboards if old else [shown.markup or {}]
        button = next(b for k in reversed(keyboards) for b in buttons_of(k) if b["text"] == label)
        if "callback_data" not in button:
            raise AssertionError(f"[{label}] sends nothing to the bot: {button}")
        return self._presses(button["callback_data"], shown, label, inaccessible=False)

    def presses_data(
        self, data: str, message: Message | int | None = None, inaccessible: bool = False
    ) -> str:
        """Send a button's data as a forger may: any text, for any message of the chat."""
        shown = self._message(message) if message is not None else self.heard()[-1]
        return self._presses(data, shown, f"data {data!r}", inaccessible=inaccessible)

    def edits(self, message: Message | int, text: str) -> Message:
        """Change an earlier message of their own."""
        edited = self._message(message)
        edited.content = {"text": text, **_command(text)}
        edited.edited = int(self._telegram.now())
        self._note(f"edits [{edited.id}]: {text}")
        self._telegram.updates.add("edited_message", edited.body())
        return edited

    def sends(self, kind: str, caption: str = "") -> Message:
        """Send something that is not words: one of KINDS."""
        content = KINDS[kind](self._telegram.number())
        if caption:
            content["caption"] = caption
        return self._sends(content, f"<{kind}> {caption}".strip())

    def sends_album(self, photos: int = 2, caption: str = "") -> list[Message]:
        """Send several photos as one: as many updates, joined by media_group_id."""
        group = str(self._telegram.number())
        captions = [caption, *[""] * (photos - 1)]
        return [self._album_photo(group, text) for text in captions]

    def forwards(self, text: str) -> Message:
        """Pass on what somebody else wrote."""
        origin = {"type": "hidden_user", "sender_user_name": "En annen", "date": int(self._telegram.now())}
        return self._sends({"text": text, "forward_origin": origin}, f"<forwarded> {text}")

    def says_via_bot(self, text: str) -> Message:
        """Send what an inline bot wrote."""
        other = {"id": 23, "is_bot": True, "first_name": "Gif", "username": "gif"}
        return self._sends({"text": text, "via_bot": other}, f"<via bot> {text}")

    def adds_bot_to(self, group: int = -1001) -> None:
        """Put the bot in a group."""
        chat = self._group(group)
        chat.closed = None
        self._note(f"adds the bot to {group}")
        self._membership(chat, "left", "member")

    def writes_in_group(self, text: str, group: int = -1001) -> Message:
        """Write where others read too."""
        return self._sends({"text": text, **_command(text)}, f"<in {group}> {text}", self._group(group))

    def writes_anonymously_in_group(self, text: str, group: int = -1001) -> Message:
        """Write as an administrator without a name."""
        chat = self._group(group)
        content = {"text": text, "sender_chat": chat.body, **_command(text)}
        return self._sends(content, f"<anonymous in {group}> {text}", chat, GROUP_ANONYMOUS_BOT)

    def blocks_bot(self) -> None:
        self.chat.closed = BLOCKED
        self._note("blocks the bot")
        self._membership(self.chat, "member", "kicked")

    def unblocks_bot(self) -> None:
        self.chat.closed = None
        self._note("unblocks the bot")
        self._membership(self.chat, "kicked", "member")

    def deletes_account(self) -> None:
        """Telegram tells the bot nothing: it learns at its next message."""
        self.chat.closed = DEACTIVATED

    # What the person has been told.

    def heard(self) -> list[Message]:
        """Every message of the bot in this chat that still stands."""
        return [message for message in self._telegram.sent.get(self.id, []) if not message.deleted]

    async def hears(self, count: int = 1, within: float = PATIENCE) -> list[Message]:
        """Wait for at least `count` messages since the last time, and return all of those."""
        sent = self._telegram.sent.setdefault(self.id, [])
        await self._telegram.until(lambda: len(sent) >= self._heard + count, within)
        new = sent[self._heard :]
        self._heard = len(sent)
        return new

    def buttons(self) -> list[str]:
        """The labels that can be pressed now, on any message."""
        return [label for message in self.heard() for label in message.buttons]

    def toast(self, query_id: str) -> str | None:
        """The words shown over the chat after a press; None while the button still spins."""
        return self._telegram.toasts.get(query_id)

    # How it reaches the bot.

    def _sends(
        self, content: Json, noted: str, chat: Chat | None = None, sender: Json | None = None
    ) -> Message:
        place = chat or self._telegram.chat(self.id, self.chat.body)
        if chat is None:
            self.chat = place
            if place.closed == BLOCKED:
                raise Refusal(403, "a person who has blocked the bot writes nothing to it")
        message = self._telegram.post(place, sender or self.user, content)
        self._note(f"[{message.id}]: {noted}")
        self._telegram.updates.add("message", message.body())
        return message

    def _album_photo(self, group: str, caption: str) -> Message:
        content = _photo(self._telegram.number()) | {"media_group_id": group}
        if caption:
            content["caption"] = caption
        return self._sends(content, f"<photo of album {group}> {caption}".strip())

    def _presses(self, data: str, message: Message, noted: str, *, inaccessible: bool) -> str:
        query_id = str(self._telegram.number())
        self._telegram.queries[query_id] = self._telegram.now()
        self._note(f"presses [{noted}] on [{message.id}]")
        body = message.body()
        if inaccessible:
            body = {"chat": message.chat.body, "message_id": message.id, "date": 0}
        query = {"id": query_id, "from": self.user, "message": body}
        query |= {"chat_instance": str(self.id), "data": data}
        self._telegram.updates.add("callback_query", query)
        return query_id

    def _showing(self, label: str, message: Message | int | None, old: bool) -> Message:
        candidates = [self._message(message)] if message is not None else self.heard()[::-1]
        for shown in candidates:
            keyboards = shown.keyboards if old else [shown.markup or {}]
            if any(b["text"] == label for k in keyboards for b in buttons_of(k)):
                return shown
        raise AssertionError(f"{self.name} sees no button [{label}]; there are {self.buttons()}")

    def _message(self, message: Message | int) -> Message:
        number = message if isinstance(message, int) else message.id
        return self._telegram.messages[self.id, number]

    def _group(self, number: int) -> Chat:
        body = {"id": number, "type": "supergroup", "title": "Gjengen"}
        return self._telegram.chat(number, body)

    def _membership(self, chat: Chat, before: str, after: str) -> None:
        self._telegram.chat(chat.id, chat.body)
        change = {
            "chat": chat.body,
            "from": self.user,
            "date": int(self._telegram.now()),
            "old_chat_member": {"status": before, "user": self._telegram.bot, **_until(before)},
            "new_chat_member": {"status": after, "user": self._telegram.bot, **_until(after)},
        }
        self._telegram.updates.add("my_chat_member", change)

    def _note(self, line: str) -> None:
        self._telegram.note(f"{self.name} {line}")


class People:
    """Everybody who talks with one bot, by number."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self._known: dict[int, Person] = {}

    def person(self, name: str = "Kari", number: int | None = None, language: str | None = "nb") -> Person:
        """Somebody to talk with; the same number is the same person."""
        number = number or 1000 + len(self._known)
        if number not in self._known:
            self._known[number] = Person(self.telegram, number, name, language)
        return self._known[number]


def _until(status: str) -> Json:
    return {"until_date": 0} if status == "kicked" else {}


def _command(text: str) -> Json:
    if not text.startswith("/") or len(text) < 2:
        return {}
    length = len(text.split(maxsplit=1)[0])
    return {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}
