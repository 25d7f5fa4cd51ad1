"""A person talking: a transcript is read and replayed through any channel that can do its steps.

A transcript is a conversation as it went, and reads as one:

    # A sentence that says who this is.
    taps: 5 8                    sent and ended within so many taps (checked where they are named)
    channels: web terminal       where it can happen at all; everywhere if unnamed
    > får ikke jobb uten lappen  the person writes
      ~ driving_licence work     what Lytt hears in it, where the reader of words is not the point:
                                 keys, `nothing`, `unreadable`, or `grave sure suicide`
    * Ja, det stemmer            the person presses; several with ` + ` between them
    /back                        the person uses a command
    < Hvor bor du?               a part of what is answered
    @restart                     Lytt stops and starts again
    @later 3                     so many days pass
    @worker Vil du møte oss?     a worker writes to who sent last; what arrives
    @code attested               a worker hands out a code: {code} stands for it; {receipt} is the last one
    @elsewhere                   the person goes on in another chat
    @cold                        the person writes before Lytt has said anything
    @double Send                 the same press twice
    @old 18–24 år                a press on a button shown earlier
    @again                       the channel brings the last thing once more
    @edit ny tekst               the last message changed; `gammel => ny` for an earlier one
    @long noe                    the words again and again, 100,000 characters in all
    @show sticker                something that is not words
    @group hei                   written where others read
    = driving_licence district=heimdal words="får ikke jobb uten lappen"
                                 what is stored in the end, a line a need in order; `= nothing` for none
    = flag suicide sure          a red flag; `adult` after it where an adult is wanted
    = said "ja, gjerne"          what the person wrote to a worker, a line each

`@web` or other channels before a line: it happens there alone. A step that a channel has no way to
do is left out there, with what it was answered.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

FOLDER = Path(__file__).parent / "transcripts"
CHANNELS = ("engine", "terminal", "web", "telegram")
SIGNS = {">": "says", "*": "presses", "/": "uses", "<": "hears", "~": "means", "=": "stores"}
LONGEST = 100_000
RECEIPT = re.compile(r"\b(?:\d{4} ){3}\d{4}\b")
_LINE = re.compile(rf"\s*((?:@(?:{'|'.join(CHANNELS)})\s+)*)(?:([>*/<~=])|@(\w+))\s*(.*)")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a transcript."""

    line: int
    does: str
    what: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transcript:
    """A conversation as it should go, and what is stored in the end."""

    name: str
    title: str
    settings: Mapping[str, str]
    steps: tuple[Step, ...]

    @property
    def channels(self) -> tuple[str, ...]:
        """Where it can happen; the engine alone can play them all."""
        return tuple(self.settings.get("channels", " ".join(CHANNELS)).split())

    @property
    def meanings(self) -> dict[str, str]:
        """What is heard in words, where the transcript says so."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        return {_new_words(said.what): heard.what for said, heard in pairs if heard.does == "means"}


class Player(Protocol):
    """Somebody who talks through one channel; each method is a step it can do."""

    name: str

    async def start(self) -> str:
        """Open the chat; what is shown."""

    async def stored(self) -> tuple[list[Row], list[str], list[str]]:
        """Every need that was sent, every red flag as `kind strength [adult]`, and all said to a worker."""


@dataclass
class Replay:
    """How far a replay has come."""

    answered: str = ""
    left_out: bool = False
    known: dict[str, str] = field(default_factory=dict)
    taps: int = 0
    sent: int = 0


def _new_words(what: str) -> str:
    return what.rpartition(" => ")[2]


def read(path: Path) -> Transcript:
    """One transcript; a line that is none fails with its number."""
    lines = path.read_text("utf-8").splitlines()
    title = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
    settings: dict[str, str] = {}
    steps: list[Step] = []
    for number, line in enumerate(lines, 1):
        name, colon, value = line.partition(": ")
        if not line.strip() or line.startswith("#"):
            continue
        if colon and name.isalpha() and not steps:
            settings[name] = value.strip()
        else:
            steps.append(_step(path, number, line))
    return Transcript(path.stem, title, settings, tuple(steps))


def _step(path: Path, number: int, line: str) -> Step:
    found = _LINE.fullmatch(line)
    if not found:
        raise ValueError(f"{path.name}:{number}: {line!r} is not a step")
    only = tuple(found[1].replace("@", "").split())
    return Step(number, SIGNS[found[2]] if found[2] else found[3], found[4], only)


def every() -> list[Transcript]:
    """All transcripts by name."""
    return [read(path) for path in sorted(FOLDER.glob("*.txt"))]


async def replay(transcript: Transcript, player: Player) -> tuple[int, int]:
    """Play it through a channel, and compare what is answered and stored.

    Returns the taps it took until there was a receipt, and in all.
    """
    playing = Replay()
    if not any(step.does == "cold" for step in transcript.steps):
        playing.answered = await player.start()
    for step in transcript.steps:
        if not step.only or player.name in step.only:
            await _play(transcript, step, player, playing)
    compare(transcript, player.name, *await player.stored())
    return playing.sent, playing.taps


async def _play(transcript: Transcript, step: Step, player: Player, playing: Replay) -> None:
    if step.does in ("stores", "means", "cold"):
        return
    if step.does == "hears":
        told = " ".join(playing.answered.split())
        where = f"{transcript.name}.txt:{step.line} ({player.name})"
        assert playing.left_out or " ".join(step.what.split()) in told, f"{where}: {step.what!r}\n{told}"
        return
    do = getattr(player, "says" if step.does == "long" else step.does, None)
    playing.left_out = do is None
    if do is None:
        return
    playing.taps += _taps(step) + (step.does == "presses" and getattr(player, "several", False))
    playing.answered = await do(_said(step, playing.known))
    if step.does == "code":
        playing.known["code"] = playing.answered
    if receipt := RECEIPT.search(playing.answered):
        playing.known["receipt"] = receipt[0]
        playing.sent = playing.sent or playing.taps


def _taps(step: Step) -> int:
    """Each press and each message is a tap; where several may be chosen, being done is one more."""
    return 1 + step.what.count(" + ") if step.does in ("says", "presses", "uses", "long") else 0


def _said(step: Step, known: Mapping[str, str]) -> str:
    if step.does == "long":
        return (step.what * LONGEST)[:LONGEST]
    return step.what.format_map(_Known(known))


class _Known(dict[str, str]):
    """Braces that name nothing known are a person's own."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def compare(transcript: Transcript, channel: str, rows: list[Row], flags: list[str], said: list[str]) -> None:
    """What is stored must be what the transcript says, in order."""
    expected = [step for step in transcript.steps if step.does == "stores"]
    assert expected, f"{transcript.name} does not say what is stored"
    lines = [shlex.split(step.what) for step in expected if not step.only or channel in step.only]
    wanted_flags = [" ".join(line[1:]) for line in lines if line[0] == "flag"]
    wanted = [line for line in lines if line[0] not in ("flag", "said", "nothing")]
    where = f"{transcript.name} ({channel})"
    assert flags == wanted_flags, where
    assert said == [line[1] for line in lines if line[0] == "said"], where
    assert [row["category"] for row in rows] == [line[0] for line in wanted], where
    for row, line in zip(rows, wanted, strict=True):
        for name, value in _fields(line):
            assert _plain(row[name]) == value, f"{where}: {name} of {line[0]} is {row[name]!r}"


def _fields(line: list[str]) -> Iterator[tuple[str, str]]:
    for part in line[1:]:
        name, _, value = part.partition("=")
        yield name, value.replace("\\n", "\n")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
