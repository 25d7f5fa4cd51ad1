"""What the players share: what is understood, what is pressed, what is stored."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Any, Self

from bot import understanding
from bot.channels.base import Act, Changed, Gave, Pressed, Shown, Used, Wrote
from bot.clock import DAY_MS
from dialogs.model import Grave, Guess, Heard
from tests.house import House, Series, opened
from tests.talk import Row, Transcript


def reader(transcript: Transcript) -> Callable[[str, str | None], Heard]:
    """Reads as Lytt does, but for the words whose meaning the transcript names."""
    meanings = transcript.meanings

    def read(text: str, language: str | None = None) -> Heard:
        heard = understanding.read(text, language)
        return heard.model_copy(update=_meant(meanings[text])) if text in meanings else heard

    return read


def _meant(meaning: str) -> dict[str, Any]:
    kind, *keys = meaning.split()
    if kind == "grave":
        grave = Grave.model_validate({"strength": keys[0], "kind": keys[1]})
        return _needs(keys[2:]) | {"grave": grave}
    if kind in ("unreadable", "nothing"):
        return _needs([]) | {"readable": kind == "nothing", "grave": None}
    return _needs([kind, *keys]) | {"readable": True, "grave": None}


def _needs(keys: Sequence[str]) -> dict[str, Any]:
    return {"categories": tuple(Guess(key=key, score=0.9) for key in keys), "chosen": tuple(keys)}


def laid_out(shown: Iterable[Shown]) -> str:
    """What is shown, with the labels that can be pressed."""
    lines: list[str] = []
    for each in shown:
        lines += [each.text, *(f"[{button.label}]" for button in (*each.choices, *each.ways))]
    return "\n".join(lines)


class Presses:
    """Somebody who sees choices as buttons, and whose presses name the turn of a question."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self.written: dict[str, str] = {}
        self.last: tuple[Act, str] = (Used("start"), "")
        self.done = 0

    async def act(self, act: Act, key: str) -> Sequence[Shown]:
        """Hand in one act and give what is answered."""
        raise NotImplementedError

    async def do(self, act: Act) -> str:
        self.done += 1
        self.last = (act, f"key{self.done}")
        return await self._tell()

    async def _tell(self) -> str:
        shown = await self.act(*self.last)
        self.shown += shown
        return laid_out(shown)

    async def start(self) -> str:
        return await self.do(Used("start"))

    async def says(self, text: str) -> str:
        self.written[text] = f"m{len(self.written)}"
        return await self.do(Wrote(text, self.written[text]))

    async def presses(self, labels: str) -> str:
        return await self.do(pressed(labels, self.asked()))

    async def old(self, label: str) -> str:
        """The button as it was first shown."""
        first = next(each for each in self.shown if any(label == button.label for button in each.choices))
        return await self.do(pressed(label, first))

    async def double(self, label: str) -> str:
        first = await self.presses(label)
        return first + "\n" + await self.do(self.last[0])

    async def again(self, _: str) -> str:
        return await self._tell()

    async def uses(self, command: str) -> str:
        """The button of a command carries its turn, as a choice does."""
        name, _, value = command.partition(" ")
        beside = {way.id for each in self.shown[-1:] for way in each.ways}
        turn = self.shown[-1].turn if name in beside and self.shown[-1].question else None
        return await self.do(Used(name, value or None, turn))

    async def edit(self, what: str) -> str:
        before, arrow, words = what.rpartition(" => ")
        ref = self.written[before] if arrow else list(self.written.values())[-1]
        return await self.do(Changed(words, ref))

    async def show(self, kind: str) -> str:
        return await self.do(Gave(kind))

    @property
    def several(self) -> bool:
        """Whether the question asked now takes several choices, and then a press to be done."""
        return self.asked().several

    def asked(self) -> Shown:
        return next(each for each in reversed(self.shown) if each.choices)


def pressed(labels: str, asked: Shown) -> Pressed:
    """The press on one or several labels of what was asked."""
    ids = {button.label: button.id for button in asked.choices}
    wanted = labels.split(" + ")
    assert ids.keys() >= set(wanted), f"{labels!r} can not be pressed; there are {list(ids)}"
    return Pressed(tuple(ids[label] for label in wanted), asked.turn)


class AtHome:
    """A player whose Lytt runs on a real database, and can be stopped and started."""

    def __init__(self, transcript: Transcript, url: str) -> None:
        self.transcript = transcript
        self.url = url
        self.series = Series()
        self.language = transcript.settings.get("language", "nb")
        self.municipality = transcript.settings.get("municipality", "trondheim")
        self.running = AsyncExitStack()
        self.house: House

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.running.aclose()

    async def open(self) -> None:
        """Start Lytt; a channel with more to start does it after this."""
        home = opened(self.url, self.series, read=reader(self.transcript), place=self.municipality)
        self.house = await self.running.enter_async_context(home)

    async def restart(self, _: str) -> str:
        """Stop Lytt in the middle of it all, and start it again."""
        await self.running.aclose()
        await self.open()
        return ""

    async def later(self, days: str) -> str:
        self.series.pass_time(int(days) * DAY_MS)
        return ""

    async def code(self, kind: str) -> str:
        return await self.house.make_code(kind)

    async def worker(self, words: str) -> str:
        """A worker writes to the person who sent last; the channel shows what arrives."""
        await self.letter(words)
        return ""

    async def letter(self, words: str) -> list[bytes]:
        """The chats that have something new."""
        self.series.pass_time()
        return await self.house.write(words)

    async def stored(self) -> tuple[list[Row], list[str], list[str]]:
        rows: list[Row] = [
            asdict(need) | {"length": len(need.words or "")} for need in await self.house.sent()
        ]
        flags = [
            f"{kind} {strength}{' adult' if adult else ''}"
            for kind, strength, adult in await self.house.flags()
        ]
        return rows, flags, await self.house.said()
