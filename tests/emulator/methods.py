"""The Bot API methods a conversation needs, as strict about their parameters as Telegram."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.emulator import refusal
from tests.emulator.checks import checked_markup, checked_text
from tests.emulator.people import REMOVED
from tests.emulator.refusal import Refusal, bad_request
from tests.emulator.webhook import Webhook
from tests.emulator.world import Json, Message, Telegram

PRESS_ANSWERED_WITHIN = 15 * 60
DELETABLE_FOR = 48 * 3600
CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
LONGEST = {"name": 64, "description": 512, "short_description": 120}


class Parameters:
    """The parameters of a call: from a form every value is text, from JSON it has its type."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        try:
            return int(value)  # type: ignore[arg-type]  # None and the rest are refused below
        except (TypeError, ValueError):
            raise bad_request(f'parameter "{name}" must be an Integer') from None

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def parsed(self, name: str) -> Any:
        """A value with parts: given as JSON, or as text that holds JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def chat_id(self) -> int:
        if not self.values.get("chat_id"):
            raise bad_request("chat_id is empty")
        return self.whole("chat_id")


def get_me(telegram: Telegram, given: Parameters) -> Json:
    return telegram.bot


async def get_updates(telegram: Telegram, given: Parameters) -> list[bytes]:
    if telegram.webhook:
        raise Refusal(409, WEBHOOK_ACTIVE)
    _allow(telegram, given)
    telegram.polls += 1
    telegram.wake()
    limit = min(max(given.whole("limit", 100), 1), 100)
    waiting = await telegram.updates.poll(given.whole("offset", 0), limit, given.whole("timeout", 0))
    return [update.body for update in waiting]


def _allow(telegram: Telegram, given: Parameters) -> None:
    allowed = given.parsed("allowed_updates")
    if allowed is not None:
        telegram.updates.allow(allowed)


def send_message(telegram: Telegram, given: Parameters) -> Json:
    chat = telegram.open_chat(given.chat_id())
    markup = checked_markup(given.parsed("reply_markup"))
    content: Json = {"text": _text(given)}
    answered = given.parsed("reply_parameters")
    if answered:
        content |= _answered(telegram, chat.id, answered)
    return telegram.bot_says(chat, content, markup).body()


def send_document(telegram: Telegram, given: Parameters) -> Json:
    chat, file = telegram.open_chat(given.chat_id()), given.values.get("document")
    if not isinstance(file, tuple):
        raise bad_request("there is no document in the request")
    name, content = file
    described = {"file_id": f"document{telegram.number()}", "file_unique_id": name, "file_name": name}
    return telegram.bot_says(chat, {"document": described, "caption": content.decode()}, None).body()


def _text(given: Parameters) -> str:
    return checked_text(given.values.get("text"), given.values.get("parse_mode"), given.parsed("entities"))


def _answered(telegram: Telegram, chat_id: int, answered: Json) -> Json:
    message = telegram.messages.get((chat_id, answered.get("message_id", 0)))
    if message and not message.deleted:
        return {"reply_to_message": message.body()}
    if answered.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def edit_message_text(telegram: Telegram, given: Parameters) -> Json:
    message = _own(telegram, given)
    text, markup = _text(given), checked_markup(given.parsed("reply_markup"))
    if (text, markup) == (message.text, message.markup):
        raise bad_request(refusal.MESSAGE_NOT_MODIFIED)
    message.content = {"text": text}
    return _edited(telegram, message, markup)


def edit_message_reply_markup(telegram: Telegram, given: Parameters) -> Json:
    message, markup = _own(telegram, given), checked_markup(given.parsed("reply_markup"))
    if markup == message.markup:
        raise bad_request(refusal.MESSAGE_NOT_MODIFIED)
    return _edited(telegram, message, markup)


def _own(telegram: Telegram, given: Parameters) -> Message:
    message = telegram.message(given.chat_id(), given.whole("message_id"), "edit")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _edited(telegram: Telegram, message: Message, markup: Json | None) -> Json:
    message.edited = int(telegram.now())
    message.show(markup)
    telegram.note(f"[{message.id}] now reads: {message.text} {message.buttons}")
    return message.body()


def delete_message(telegram: Telegram, given: Parameters) -> bool:
    _delete(telegram, telegram.message(given.chat_id(), given.whole("message_id"), "delete"))
    return True


def delete_messages(telegram: Telegram, given: Parameters) -> bool:
    chat_id, numbers = given.chat_id(), given.parsed("message_ids") or []
    if not 1 <= len(numbers) <= 100:
        raise bad_request("there must be 1-100 messages to delete")
    telegram.open_chat(chat_id)
    for number in numbers:
        message = telegram.messages.get((chat_id, number))
        if message and not message.deleted and _deletable(telegram, message):
            _delete(telegram, message)
    return True


def _deletable(telegram: Telegram, message: Message) -> bool:
    return telegram.now() - message.date <= DELETABLE_FOR


def _delete(telegram: Telegram, message: Message) -> None:
    if not _deletable(telegram, message):
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    telegram.note(f"[{message.id}] is deleted")


def answer_callback_query(telegram: Telegram, given: Parameters) -> bool:
    query_id = given.text("callback_query_id")
    pressed = telegram.queries.get(query_id)
    if pressed is None or telegram.now() - pressed > PRESS_ANSWERED_WITHIN:
        raise bad_request(refusal.QUERY_TOO_OLD)
    text = given.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    telegram.toasts[query_id] = text
    if text:
        telegram.note(f"a short notice: {text}")
    telegram.wake()
    return True


def set_my_commands(telegram: Telegram, given: Parameters) -> bool:
    commands = given.parsed("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    telegram.commands[given.text("language_code")] = commands
    return True


def _profile(name: str) -> Callable[[Telegram, Parameters], bool]:
    def change(telegram: Telegram, given: Parameters) -> bool:
        if len(given.text(name)) > LONGEST[name]:
            raise bad_request(f"bot {name} is too long")
        telegram.profile[f"{name} {given.text('language_code')}".strip()] = given.text(name)
        return True

    return change


async def set_webhook(telegram: Telegram, given: Parameters) -> bool:
    url, secret = given.text("url"), given.text("secret_token")
    connections = given.whole("max_connections", 40)
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    if not 1 <= connections <= 100:
        raise bad_request("max_connections must be 1-100")
    await delete_webhook(telegram, given)
    if url:
        _allow(telegram, given)
        telegram.webhook = Webhook(url, secret or None, connections, telegram.updates)
        telegram.webhook.start()
    return True


async def delete_webhook(telegram: Telegram, given: Parameters) -> bool:
    if given.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    webhook, telegram.webhook = telegram.webhook, None
    if webhook:
        await webhook.stop()
    return True


def get_webhook_info(telegram: Telegram, given: Parameters) -> Json:
    webhook = telegram.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(telegram.updates),
    }
    if telegram.updates.allowed:
        info["allowed_updates"] = sorted(telegram.updates.allowed)
    if webhook:
        info["max_connections"] = webhook.max_connections
    if webhook and webhook.last_error:
        info |= {"last_error_date": int(telegram.now()), "last_error_message": webhook.last_error}
    return info


def get_chat(telegram: Telegram, given: Parameters) -> Json:
    chat = telegram.open_chat(given.chat_id())
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    return chat.body | {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": gifts}


def leave_chat(telegram: Telegram, given: Parameters) -> bool:
    chat = telegram.open_chat(given.chat_id())
    if chat.id > 0:
        raise bad_request("chat member status can't be changed in private chats")
    chat.closed = REMOVED
    telegram.note(f"the bot leaves {chat.id}")
    return True


def send_chat_action(telegram: Telegram, given: Parameters) -> bool:
    telegram.open_chat(given.chat_id())
    if given.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def get_file(telegram: Telegram, given: Parameters) -> Json:
    """Lytt downloads nothing: a test asserts that this is never called."""
    raise bad_request("invalid file_id")


Method = Callable[[Telegram, Parameters], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": set_my_commands,
    "setMyName": _profile("name"),
    "setMyDescription": _profile("description"),
    "setMyShortDescription": _profile("short_description"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "getFile": get_file,
}
BY_LOWER_NAME = {name.lower(): name for name in METHODS}
