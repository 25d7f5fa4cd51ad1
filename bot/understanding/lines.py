"""Lines of JSON in, what was understood out: the machine-readable face of `lytt understand`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.understanding import read
from dialogs.model import Heard


def understood(heard: Heard) -> dict[str, Any]:
    """What is promised to scripts, in the form of the contract."""
    return {
        "categories": [guess.model_dump() for guess in heard.categories],
        "chosen": list(heard.chosen),
        "grave": heard.grave.model_dump() if heard.grave else None,
        "masked": heard.masked,
        "spans": [[span.start, span.end, span.kind] for span in heard.spans],
        "readable": heard.readable,
    }


def answers(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """An answer a line, in order, and whether the line could be read; blank lines are passed over."""
    for line in lines:
        if not line.strip():
            continue
        try:
            answer = understood(read(_text(line)))
        except ValueError as wrong:
            yield json.dumps({"error": str(wrong)}, ensure_ascii=False), False
        else:
            yield json.dumps(answer, ensure_ascii=False), True


def _text(line: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("the line is not JSON") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError('the line has no "text" that is a string')
    text: str = row["text"]
    return text
