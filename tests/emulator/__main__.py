"""`python -m tests.emulator --port P`: a Bot API on loopback that prints its address and serves."""

import argparse
import asyncio
import contextlib

from tests.emulator.server import Emulator

LONGEST_LIFE = 3600.0


async def serve(port: int, seconds: float) -> None:
    """Serve until the time is up, so that a forgotten emulator ends by itself."""
    async with asyncio.timeout(seconds):
        emulator = Emulator()
        await emulator.start(port)
        print(f"http://127.0.0.1:{emulator.port}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seconds", type=float, default=LONGEST_LIFE, help="how long to serve at most")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt, TimeoutError):
        asyncio.run(serve(given.port, given.seconds))


if __name__ == "__main__":
    main()
