"""The command `lytt` as a person runs it: a process of its own, in a folder of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "bot")
SECONDS = 60
# A whole talk: who, what, heard right, where, send, which answer, when.
TALK = "16-17\nJeg får ikke jobb uten lappen\nja\nMidtbyen\nsend\nja\nkveld\n"


@dataclass(frozen=True)
class Lytt:
    """The command in a folder; only what a test says of the environment reaches it."""

    folder: Path

    def __call__(self, *words: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=environment(settings),
            input=typed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )

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


def environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment without what happens to be set where the tests run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LYTT_")}
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
