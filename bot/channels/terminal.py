"""Talk with Lytt in a terminal, or read a whole conversation from standard input."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from bot.channels.base import Act, Answer, Incoming, Shown, Used, Wrote
from dialogs import commands


class Takes(Protocol):
    """What hands in one thing and gives the answer after the commit."""

    def __call__(self, incoming: Incoming) -> Awaitable[Answer]: ...


async def talk(
    take: Takes,
    lines: AsyncIterator[str],
    show: Callable[[str], None],
    new_id: Callable[[], str],
    *,
    address: str,
    language: str | None = None,
    municipality: str | None = None,
    receipt: str | None = None,
) -> None:
    """Show what is asked and take a line for an answer, until the lines end."""

    async def tell(act: Act) -> Answer:
        answer = await take(Incoming("terminal", address, new_id(), act, language, municipality))
        for shown in answer.shown:
            show(laid_out(shown))
        return answer

    await tell(Used("start"))
    if receipt:
        await tell(Used("receipt", receipt))
    async for line in lines:
        await tell(read_line(line.rstrip("\n")))


def read_line(line: str) -> Act:
    """A line as an act: `/command value`, else words; a number is read where the question is known."""
    if line.startswith("/"):
        name, _, value = line[1:].partition(" ")
        if name in commands.LABELS or name == "code":
            return Used(name, value or None)
    return Wrote(line)


def laid_out(shown: Shown) -> str:
    """One message with its choices numbered and the commands that work here."""
    choices = [f"  {place}) {each.label}" for place, each in enumerate(shown.choices, 1)]
    ways = [" · ".join(f"{each.label} (/{each.id})" for each in shown.ways)] if shown.ways else []
    return "\n".join([shown.text, *choices, *(f"  {line}" for line in ways), ""])
