"""`python -m tests.faults.process ROLE`: Lytt in a process of its own, which dies where it is told to.

LYTT_KILL_AT=saved:3 kills at the third time that point is passed, as a power cut would.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from bot import app, clock
from bot.channels.telegram import Telegram
from bot.channels.telegram_delivery import Delivery
from bot.channels.telegram_http import Api
from bot.outbox import Limits, Outbox
from bot.settings import Settings

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


async def polling(settings: Settings, at: Callable[[str], None]) -> None:
    async with app.opened(settings, at) as house:
        world = house.world
        api = Api(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
        delivery = Delivery(api, world.words)
        limits = Limits(settings.send_per_second, settings.send_per_chat)
        outbox = Outbox(
            world.engine, world.keys, "telegram", delivery.deliver, limits, clock.now, clock.monotonic, at
        )
        house.intake.listeners.append(outbox.wake)
        telegram = Telegram(api, house.intake.take_all, house.intake.straight, delivery, world.words)
        async with app.background(outbox.run(), telegram.poll()):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run({"polling": polling}[sys.argv[1]](Settings(), killing(os.environ.get("LYTT_KILL_AT", ""))))
