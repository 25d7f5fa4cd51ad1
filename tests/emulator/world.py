"""What Telegram knows of one bot: its chats and messages, who blocked it, and what was said."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.faults import Faults
from tests.emulator.refusal import Refusal, bad_request
from tests.emulator.updates import Updates
from tests.emulator.webhook import Webhook

Json = dict[str, Any]
PATIENCE = 15.0  # seconds; a busy machine is not a fault
LINES_SHOWN = 40  # of the transcript, where a test waited in vain


@dataclass
class Chat:
    """A private chat or a group, and why the bot may not write there, if it may not."""

    id: int
    body: Json
    closed: str | None = None


@dataclass
class Message:
    """A message as it stands, with every keyboard it has ever shown."""

    id: int
    chat: Chat
    sender: Json
    date: int
    content: Json
    from_bot: bool = False
    markup: Json | None = None
    keyboards: list[Json] = field(default_factory=list)
    edited: int | None = None
    deleted: bool = False

    @property
    def text(self) -> str:
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def buttons(self) -> list[str]:
        """The labels shown now."""
        return [button["text"] for button in buttons_of(self.markup)]

    def show(self, markup: Json | None) -> None:
        self.markup = markup
        if markup:
            self.keyboards.append(markup)

    def body(self) -> Json:
        """As the Bot API writes a Message."""
        body = {"message_id": self.id, "from": self.sender, "chat": self.chat.body, "date": self.date}
        body |= self.content
        if self.edited:
            body["edit_date"] = self.edited
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = self.markup
        return body


def buttons_of(markup: Json | None) -> list[Json]:
    """The buttons of a keyboard of either kind, row by row."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return [button if isinstance(button, dict) else {"text": button} for row in rows for button in row]


@dataclass(frozen=True)
class Call:
    """One request of the bot, as it was answered."""

    method: str
    parameters: Json
    at: float
    status: int


class Telegram:
    """Telegram as one bot meets it."""

    def __init__(self, now: Callable[[], float], first_update: int, bot: Json) -> None:
        self.now = now
        self.bot = bot
        self.updates = Updates(first_update, self.wake)
        self.faults = Faults()
        self.webhook: Webhook | None = None
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Message] = {}
        self.sent: dict[int, list[Message]] = {}
        self.queries: dict[str, float] = {}
        self.toasts: dict[str, str] = {}
        self.commands: dict[str, list[Json]] = {}
        self.profile: dict[str, str] = {}
        self.calls: list[Call] = []
        self.polls = 0
        self.lines: list[str] = []
        self.on_message: Callable[[Message], None] = lambda message: None
        self._numbers = itertools.count(1)
        self._watchers: set[asyncio.Future[None]] = set()

    def number(self) -> int:
        """A new message, query or file number: one series for all."""
        return next(self._numbers)

    def chat(self, chat_id: int, body: Json) -> Chat:
        """This chat, made known at its first message."""
        return self.chats.setdefault(chat_id, Chat(chat_id, body))

    def open_chat(self, chat_id: int) -> Chat:
        """A chat the bot may write in, or the refusal Telegram gives."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.closed:
            raise Refusal(403, chat.closed)
        return chat

    def message(self, chat_id: int, message_id: int, purpose: str) -> Message:
        """A message that still exists."""
        message = self.messages.get((self.open_chat(chat_id).id, message_id))
        if message is None or message.deleted:
            raise bad_request(f"message to {purpose} not found")
        return message

    def post(self, chat: Chat, sender: Json, content: Json, *, from_bot: bool = False) -> Message:
        """Put a message in a chat; the bot hears of it only through an update."""
        message = Message(self.number(), chat, sender, int(self.now()), content, from_bot)
        self.messages[chat.id, message.id] = message
        return message

    def bot_says(self, chat: Chat, content: Json, markup: Json | None) -> Message:
        """The bot's own message, shown to the people of the chat."""
        message = self.post(chat, self.bot, content, from_bot=True)
        message.show(markup)
        self.sent.setdefault(chat.id, []).append(message)
        self.note(f"{self._name(chat)} hears [{message.id}]: {message.text}{_shown(message)}")
        self.on_message(message)
        return message

    def note(self, line: str) -> None:
        """Add a line to the transcript, and wake whoever waits for something to happen."""
        self.lines.append(line)
        self.wake()

    def wake(self) -> None:
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)
        self._watchers.clear()

    async def until(self, happened: Callable[[], bool], within: float = PATIENCE) -> None:
        """Return as soon as `happened()` holds; on time-out fail with the end of the transcript."""
        try:
            async with asyncio.timeout(within):
                while not happened():
                    watcher = asyncio.get_running_loop().create_future()
                    self._watchers.add(watcher)
                    await watcher
        except TimeoutError:
            latest = "\n".join(self.lines[-LINES_SHOWN:])
            raise AssertionError(f"did not happen within {within} s:\n{latest}") from None

    def called(self, method: str) -> list[Call]:
        """The bot's calls of one method, in order."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def transcript(self) -> str:
        """Everything said, both ways, one thing a line."""
        return "\n".join(self.lines)

    def _name(self, chat: Chat) -> str:
        return str(chat.body.get("first_name") or chat.body.get("title") or chat.id)


def _shown(message: Message) -> str:
    return "".join(f"\n    [{label}]" for label in message.buttons)
