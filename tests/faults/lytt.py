"""Lytt as a process that is started, killed and started again, always on the same database."""

import asyncio
import os
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.store import needs
from bot.store.crypto import read_keys
from bot.store.engine import open_engine, reading

STARTS_WITHIN = 30.0
DIES_WITHIN = 60.0
SECRET = "a-secret_for-the-webhook"


def free_port() -> int:
    """A port nobody listens on: the same one must do after each start."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Lytt:
    """One installation in a folder."""

    folder: Path
    role: str
    telegram: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'lytt.db'}"

    async def start(self, kill_at: str = "") -> None:
        """Start, and return when it is at work."""
        settings = {
            "LYTT_ENVIRONMENT": "test",
            "LYTT_DATABASE_URL": self.database,
            "LYTT_SECRET_KEY_FILE": str(self.folder / "keys"),
            "LYTT_SEND_PER_SECOND": "1000",
            "LYTT_SEND_PER_CHAT": "1000",
            "LYTT_WEB_PER_SECOND": "1000",
            "LYTT_WEB_STARTS_PER_MINUTE": "10000",
            "LYTT_KILL_AT": kill_at,
        }
        arguments = ("tests.faults.process", self.role, str(self.port))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-W", "ignore", "-m", *arguments),
            env=os.environ | settings | self.telegram,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(STARTS_WITHIN):
            # It may die before it is at work: a kill point is passed by what waited for it.
            assert await self.process.stdout.readline() in (b"ready\n", b"")

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def died(self) -> None:
        """Wait until it has killed itself."""
        assert self.process is not None
        async with asyncio.timeout(DIES_WITHIN):
            assert await self.process.wait() == -9

    async def stored(self) -> Counter[str]:
        """The own words of every need that was sent, and how often they are there."""
        engine = open_engine(self.database)
        keys = read_keys(self.folder / "keys")
        try:
            async with reading(engine) as db:
                return Counter([str(need.words) async for need in needs.sent(db, keys)])
        finally:
            await engine.dispose()
