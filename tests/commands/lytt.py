"""The command `lytt` as a person runs it: a process of its own, in a folder of its own."""

import asyncio
import multiprocessing
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.__main__ import main
from bot.commands import COMMANDS

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "bot")
SECONDS = 60
UNREADY = "PYTHONDONTWRITEBYTECODE"
# A whole talk: who, what, heard right, where, send, which answer, when.
TALK = "16-17\nJeg får ikke jobb uten lappen\nja\nMidtbyen\nsend\nja\nkveld\n"


# Each command is a process of its own, forked where all is imported: a second less for each.
forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["bot.__main__", *(f"bot.commands.{file}" for file in COMMANDS)])


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit status and what it wrote."""

    returncode: int | None
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Lytt:
    """The command in a folder; only what a test says of the environment reaches it."""

    folder: Path

    def __call__(self, *words: str, typed: str = "", **settings: str) -> Ended:
        with TemporaryDirectory() as streams:
            paths = [Path(streams) / name for name in ("in", "out", "err")]
            paths[0].write_text(typed, "utf-8")
            process = forks.Process(target=run, args=(words, self.folder, environment(settings), paths))
            process.start()
            process.join(SECONDS)
            status = process.exitcode
            process.kill()  # one that hangs; the others have ended
            return Ended(status, *(path.read_text("utf-8") for path in paths[1:]))

    def files(self) -> set[str]:
        """What lies in the folder."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    @asynccontextmanager
    async def running(self, *words: str, **settings: str) -> AsyncIterator[Process]:
        """The command for as long as the body lasts; it is stopped by SIGTERM if it still runs."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *words, cwd=self.folder, env=environment(settings), stdout=PIPE, stderr=PIPE
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.communicate(), SECONDS)


def run(words: tuple[str, ...], folder: Path, settings: dict[str, str], paths: list[Path]) -> None:
    """Be the command: in its folder, with its environment and its three streams."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(settings)
    for number, path in enumerate(paths):
        os.dup2(os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["lytt", *words]
    main()


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment without what happens to be set where the tests run.

    What Python has read once it keeps ready, as it does where people run it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LYTT_", UNREADY))}
    given = {f"LYTT_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **given}


async def said(process: Process, start: str) -> str:
    """The first line of output that starts so."""
    assert process.stdout
    async with asyncio.timeout(SECONDS):
        async for line in process.stdout:
            if line.decode().startswith(start):
                return line.decode().strip()
    raise AssertionError(f"the process ended and never said {start!r}")
