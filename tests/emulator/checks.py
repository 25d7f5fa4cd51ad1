"""What Telegram refuses in a text or a keyboard: lengths, entities, markup and buttons."""

from html import unescape
from html.parser import HTMLParser
from typing import Any

from tests.emulator.refusal import bad_request

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CALLBACK_DATA = 64
MOST_BUTTONS = 100

ENTITIES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
    }
)
TAGS = frozenset(
    {
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "s",
        "strike",
        "del",
        "code",
        "pre",
        "a",
        "blockquote",
        "tg-spoiler",
        "span",
        "tg-emoji",
    }
)
BUTTON_ACTIONS = frozenset(
    {
        "callback_data",
        "url",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "copy_text",
        "pay",
        "callback_game",
    }
)
URL_STARTS = ("http://", "https://", "tg://", "tel:", "mailto:")


def utf16_length(text: str) -> int:
    """Telegram counts offsets and lengths in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked_text(text: object, parse_mode: object, entities: object) -> str:
    """The text as people will see it, or a refusal."""
    if not isinstance(text, str):
        raise bad_request("message text is empty")
    if parse_mode:
        text = _without_markup(text, str(parse_mode))
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    for entity in entities if isinstance(entities, list) else []:
        _check_entity(entity, text)
    return text


def _check_entity(entity: Any, text: str) -> None:
    if not isinstance(entity, dict) or entity.get("type") not in ENTITIES:
        raise bad_request("can't parse entities: unsupported message entity type specified")
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
        raise bad_request("can't parse entities: invalid offset or length")
    if offset + length > utf16_length(text):
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad_request(f'can\'t parse entities: Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise bad_request("can't parse entities: Unsupported start tag")
        self.words.append(data)

    def handle_entityref(self, name: str) -> None:
        self.words.append(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.words.append(unescape(f"&#{name};"))


def _without_markup(text: str, parse_mode: str) -> str:
    if parse_mode.lower() != "html":
        # Markdown breaks on what people write; a bot that uses it here has made a mistake.
        raise bad_request("unsupported parse_mode")
    reader = _Html()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to \"{reader.open[-1]}\"")
    return "".join(reader.words)


def checked_markup(markup: object) -> Json | None:
    """A keyboard Telegram would show, or a refusal; None when there is none."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline_keyboard(markup)
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad_request("can't parse reply keyboard markup JSON object")


def _rows(markup: Json, name: str) -> list[list[Any]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" of the reply markup must be an Array of Arrays')
    return rows


def _inline_keyboard(markup: Json) -> Json | None:
    rows = [row for row in _rows(markup, "inline_keyboard") if row]
    for button in (button for row in rows for button in row):
        _check_inline_button(button)
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    if len(BUTTON_ACTIONS & button.keys()) != 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is needed")
    if "callback_data" in button:
        _check_callback_data(button["callback_data"])
    if "url" in button and not str(button["url"]).startswith(URL_STARTS):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _check_callback_data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONGEST_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


def _reply_keyboard(markup: Json) -> Json:
    for button in (button for row in _rows(markup, "keyboard") for button in row):
        text = button.get("text") if isinstance(button, dict) else button
        if not isinstance(text, str) or not text.strip():
            raise bad_request("can't parse keyboard button: text must be non-empty")
    return markup
