"""Buttons under a Telegram message: what each one carries, and what a press on it means."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.base import Act, Button, Marked, Pressed, Shown, Used
from bot.channels.telegram_http import Json
from dialogs.commands import LABELS

LONGEST_DATA = 64  # bytes; Telegram refuses the whole message otherwise
WAYS_IN_A_ROW = 2  # more do not fit a narrow phone without cutting the words
MARK = "✅ "

# What a forged or foreign button means: no question has this turn, so it is answered as an old one.
FORGED = Pressed(("?",), -1)


def keyboard(shown: Shown, done: str, help_now: str) -> Json | None:
    """Choices one below the other, then the ways beside them, two by two, help among them always.

    `done` ends a choice of several. The help itself needs no button for help.
    """
    rows = [[_choice(choice, shown)] for choice in shown.choices]
    if shown.several and shown.choices:
        rows.append([_button(done, "d", shown.turn, "")])
    ways = [_button(way.label, "w", shown.turn, way.id) for way in shown.ways if way.id != "help"]
    if shown.question or shown.kind != "grave":
        ways.append(_button(help_now, "w", shown.turn, "help"))
    rows += [ways[i : i + WAYS_IN_A_ROW] for i in range(0, len(ways), WAYS_IN_A_ROW)]
    return {"inline_keyboard": rows} if rows else None


def _choice(choice: Button, shown: Shown) -> Json:
    label = f"{MARK}{choice.label}" if choice.marked else choice.label
    return _button(label, "m" if shown.several else "c", shown.turn, choice.id)


def _button(label: str, act: str, turn: int, id: str) -> Json:
    data = f"{act}:{turn}:{id}"
    if len(data.encode()) > LONGEST_DATA:
        raise ValueError(f"the button {data!r} is longer than {LONGEST_DATA} bytes")
    return {"text": label, "callback_data": data}


def read_data(data: str, message: str | None) -> Act | None:
    """What a press means; None for data that no button of ours carries."""
    act, _, rest = data.partition(":")
    turn, _, id = rest.partition(":")
    known = act in _ACTS and (act != "w" or id in LABELS)
    if not known or not turn.isdecimal() or len(data) > LONGEST_DATA:
        return None
    return _ACTS[act](id, int(turn), message)


_ACTS: dict[str, Callable[[str, int, str | None], Act]] = {
    "c": lambda id, turn, message: Pressed((id,), turn),
    "m": Marked,
    "d": lambda id, turn, message: Pressed((), turn),
    "w": lambda id, turn, message: Used(id, turn=turn),
}
