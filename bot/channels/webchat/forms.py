"""What a plain form of the chat sends, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import Request

from bot.channels.base import Act, Pressed, Used, Wrote
from bot.channels.webchat.body import LONGEST, TooLong, sent_bytes
from dialogs.commands import LABELS

STEPS = ("skip", "back")


@dataclass(frozen=True)
class Form:
    """The fields of one form; a field may have several values."""

    fields: dict[str, list[str]]

    def get(self, name: str) -> str:
        """The last value of a field, or nothing."""
        return self.fields.get(name, [""])[-1]

    @property
    def turn(self) -> int | None:
        """The turn of the question the form stands under."""
        turn = self.get("turn")
        return int(turn) if turn.isdecimal() and len(turn) < 10 else None

    def act(self) -> Act:
        """What the person did; nothing ticked is met as an empty answer, in kind words."""
        command = self.get("command")
        if command in LABELS:
            return Used(command, turn=self.turn if command in STEPS else None)
        if language := self.get("language"):
            return Used("language", language)
        if chosen := self.fields.get("choose"):
            return Pressed(tuple(chosen), self.turn)
        return Wrote(self.get("say").replace("\r\n", "\n"))

    def key(self) -> str:
        """Unique to the form as it was shown and to what was done in it: a second press counts once."""
        return f"{self.get('id')} {self.act()!r}"


async def read_form(request: Request) -> Form:
    """The fields of a form; raises TooLong or Malformed."""
    body = (await sent_bytes(request)).decode("utf-8", "replace")
    try:
        form = Form(parse_qs(body, keep_blank_values=True, max_num_fields=100))
    except ValueError as error:
        raise TooLong from error
    if len(form.get("say")) > LONGEST:
        raise TooLong
    return form
