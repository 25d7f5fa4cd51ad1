"""A reply in a language, for what a channel can show."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.base import Abilities, Button, Shown
from bot.i18n import Words
from dialogs.commands import LABELS, MEANS
from dialogs.model import Choice, Message


def render(
    messages: Sequence[Message],
    words: Words,
    language: str,
    abilities: Abilities,
    ids: Sequence[str],
    *,
    edits: str | None = None,
    receipt: str | None = None,
    at: int = 0,
    stale: bool = False,
) -> tuple[Shown, ...]:
    """Each message as it is shown; `ids` are at least as many as the messages.

    Texts that quote a person stay out of a channel whose history others may read. Where a channel
    joins, a reply is one message, but for grave ones: each of those stands alone.
    """
    groups = _joined(messages) if abilities.joins else [[message] for message in messages]
    return tuple(
        _shown(group, words, language, abilities, id).model_copy(
            update={
                "edits": edits if group[-1].kind == "edit" else None,
                "receipt": None if place else receipt,
                "at": at,
                "stale": stale,
            }
        )
        for place, (group, id) in enumerate(zip(groups, ids, strict=False))
    )


def _joined(messages: Sequence[Message]) -> list[list[Message]]:
    groups: list[list[Message]] = []
    for message in messages:
        last = groups[-1][-1] if groups else None
        if last and last.kind == message.kind == "say" and not last.choices:
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _shown(group: Sequence[Message], words: Words, language: str, abilities: Abilities, id: str) -> Shown:
    last = group[-1]
    ways = dict.fromkeys(way for message in reversed(group) for way in message.ways)
    return Shown(
        id=id,
        text="\n\n".join(_text(message, words, language, abilities) for message in group),
        choices=tuple(_button(choice, words, language) for choice in last.choices),
        several=last.several,
        question=last.question,
        turn=last.turn,
        ways=tuple(Button(id=MEANS.get(way, way), label=words.say(LABELS[way], language)) for way in ways),
        kind=last.kind,
        wordless=last.wordless,
        hands_over=any(message.hands_over for message in group),
        clears=any(message.clears for message in group),
        language=language,
    )


def _text(message: Message, words: Words, language: str, abilities: Abilities) -> str:
    shown = (text for text in message.texts if abilities.quotes or not text.quotes)
    return "\n".join(words.say(text, language) for text in shown)


def _button(choice: Choice, words: Words, language: str) -> Button:
    return Button(
        id=choice.id, label=words.say(choice.label, language), picture=choice.picture, marked=choice.marked
    )
