"""Talk with Lytt in a terminal, or read a whole conversation from standard input."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from bot.channels.base import Act, Answer, Incoming, Looked, Shown, Used, Wrote
from dialogs import commands

LOOK_SECONDS = 5.0  # how often an open terminal looks for what a worker wrote
HELP = "/help"  # always shown; the only command that must never be looked for


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
    help_label: Callable[[str], str] = lambda language: "SOS",
    look_every: float = LOOK_SECONDS,
    mine: Callable[[str], Awaitable[str | None]] | None = None,
) -> None:
    """Show what is asked and take a line for an answer; when the lines end, say what is not sent.

    While nothing is typed, what comes by itself is shown too.
    """

    async def tell(act: Act) -> Answer:
        answer = await take(Incoming("terminal", address, new_id(), act, language, municipality))
        for shown in answer.shown:
            show(laid_out(shown, help_label(shown.language)))
            if shown.hands_over and mine and (everything := await mine(address)):
                show(everything)
        return answer

    answer = await tell(Used("receipt", receipt) if receipt else Used("start"))
    async for line in waited_for(lines, look_every):
        if line is not None:
            answer = await tell(read_line(line.rstrip("\r\n")))
        elif (came := await tell(Looked())).shown:
            answer = came
    if answer.question:
        await tell(Used("stop"))


async def waited_for(lines: AsyncIterator[str], seconds: float) -> AsyncIterator[str | None]:
    """The lines, and None for every while in which there is none."""
    following = asyncio.ensure_future(anext(lines, None))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=seconds)
            if not done:
                yield None
                continue
            if (line := following.result()) is None:
                return
            yield line
            following = asyncio.ensure_future(anext(lines, None))  # after the answer: it prompts
    finally:
        following.cancel()


def read_line(line: str) -> Act:
    """A line as an act: `/command value`, else words; a number is read where the question is known."""
    if line.startswith("/"):
        name, _, value = line[1:].partition(" ")
        if name in commands.LABELS or name == "code":
            return Used(name, value or None)
    return Wrote(line)


def laid_out(shown: Shown, help_label: str) -> str:
    """One message with its choices numbered, and under a question the commands that work here."""
    choices = [f"  {place}) {each.label}" for place, each in enumerate(shown.choices, 1)]
    ways = [f"{each.label} (/{each.id})" for each in shown.ways]
    named = [*ways, f"{help_label} ({HELP})"] if shown.question else ways
    return "\n".join([shown.text, *choices, *(["  " + " · ".join(named)] if named else []), ""])


async def typed(prompt: str) -> AsyncIterator[str]:
    """Lines of standard input, with a prompt where a person types them; Ctrl-C ends them."""
    loop, waiting = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    loop.add_signal_handler(signal.SIGINT, waiting.put_nowait, None)
    # A thread of its own, which may be left waiting for a key when the talk is over.
    threading.Thread(target=_read_all, args=(loop, waiting), daemon=True).start()
    while True:
        if sys.stdin.isatty():
            print(prompt, end="", flush=True)
        line = await waiting.get()
        if line is None:
            return
        yield line
        prompt = "> "


def _read_all(loop: asyncio.AbstractEventLoop, waiting: asyncio.Queue[str | None]) -> None:
    # Not sys.stdin: at its end the interpreter would wait for whoever still reads that.
    with open(0, encoding="utf-8", errors="replace", closefd=False) as lines:
        for line in lines:
            loop.call_soon_threadsafe(waiting.put_nowait, line)
    loop.call_soon_threadsafe(waiting.put_nowait, None)
