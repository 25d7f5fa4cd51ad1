"""People who answer as soon as they are asked, and how long each of them waited for the next question."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator import Emulator, Message
from tests.faults.answers import Reply

Replies = Callable[[int, Message, int], Reply | None]
"""What this person replies to a message, having replied so many times; None when all is said."""


@dataclass
class Crowd:
    """Everybody answers on their own, in one emulator, and passes over a question that comes again."""

    emulator: Emulator
    replies: Replies
    pause: Callable[[Callable[[], None]], object] = lambda act: act()
    waited: list[float] = field(default_factory=list)
    begun: int = 0
    finished: int = 0

    def __post_init__(self) -> None:
        self._replied: dict[int, int] = {}
        self._acted: dict[int, float] = {}
        self._answered: dict[int, str] = {}
        self.emulator.telegram.on_message = self._hear

    def begin(self, number: int) -> None:
        """This person writes /start."""
        self.begun += 1
        self._replied[number] = 0
        self._acted[number] = time.perf_counter()
        self.emulator.person(number=number).says("/start")

    def _hear(self, message: Message) -> None:
        number = message.chat.id
        if number not in self._acted or message.text == self._answered.get(number):
            return
        self.waited.append(time.perf_counter() - self._acted.pop(number))
        self._answered[number] = message.text
        reply = self.replies(number, message, self._replied[number])
        if reply is None:
            self.finished += 1
            return
        self.pause(lambda: self._act(number, message, reply))

    def _act(self, number: int, message: Message, reply: Reply) -> None:
        self._replied[number] += 1
        self._acted[number] = time.perf_counter()
        reply.carry_out(self.emulator.person(number=number), message)
