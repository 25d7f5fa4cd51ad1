"""`python -m tests.faults.process ROLE PORT`: Lytt in a process of its own, which dies where it is told to.

LYTT_KILL_AT=saved:3 kills it at the third time that point is passed, as a power cut would. ROLE is
`telegram` (asking for updates, alone) or `serve` (the web chat, and Telegram where it has a token).
"""

import asyncio
import functools
import os
import signal
import socket
import sys
from collections.abc import Callable

from bot import app, logs
from bot.app import House
from bot.settings import Settings

# Every place where intake and outbox have just done something that a crash may undo or repeat.
POINTS = ("stepped", "saved", "committed", "claimed", "sent")


def killing(wanted: str) -> Callable[[str], None]:
    """A fail point for intake and outbox."""
    point, _, times = wanted.partition(":")
    left = int(times or 0)

    def at(passed: str) -> None:
        nonlocal left
        left -= passed == point
        if passed == point and left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return at


async def ready(house: House) -> None:
    print("ready", flush=True)


async def main(role: str, port: int) -> None:
    settings = Settings()
    logs.setup(level="ERROR")
    # Only here: no setting of a real installation must be able to reach a fail point.
    app.opened = functools.partial(app.opened, at=killing(os.environ.get("LYTT_KILL_AT", "")))
    if role == "telegram":
        await app.serve_telegram(settings, ready)
    else:
        await app.serve(settings, socket.create_server(("127.0.0.1", port)), ready)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
