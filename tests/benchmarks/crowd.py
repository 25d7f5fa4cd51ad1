"""People who answer as soon as they are asked, and how long each of them waited for the next question."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator import Emulator, Message
from tests.faults.answers import Reply

Replies = Callable[[Message, int], Reply | None]
"""What a person replies to a message, having replied so many times; None when all is said."""


@dataclass
class Crowd:
    """Everybody answers on their own, through the same emulator."""

    emulator: Emulator
    replies: Replies
    pause: Callable[[Callable[[], None]], object] = lambda act: act()
    waited: list[float] = field(default_factory=list)
    finished: int = 0

    def __post_init__(self) -> None:
        self._replied: dict[int, int] = {}
        self._acted: dict[int, float] = {}
        self.emulator.telegram.on_message = self._hear

    def begin(self, number: int) -> None:
        """This person writes /start."""
        self._replied[number] = 0
        self._acted[number] = time.perf_counter()
        self.emulator.person(number=number).says("/start")

    def _hear(self, message: Message) -> None:
        number = message.chat.id
        acted = self._acted.pop(number, None)
        if acted is None:
            return
        self.waited.append(time.perf_counter() - acted)
        reply = self.replies(message, self._replied[number])
        if reply is None:
            self.finished += 1
            return
        self.pause(lambda: self._act(number, message, reply))

    def _act(self, number: int, message: Message, reply: Reply) -> None:
        self._replied[number] += 1
        self._acted[number] = time.perf_counter()
        reply.carry_out(self.emulator.person(number=number), message)


def percentile(seconds: list[float], share: float) -> float:
    """The wait that this share of the waits does not exceed, in milliseconds."""
    return 1000 * sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)]
