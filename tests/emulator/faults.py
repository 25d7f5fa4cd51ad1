"""Faults a test asks for: what goes wrong, for which method and chat, and how many times."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the answer goes wrong."""

    STATUS = "status"
    """A refusal with the given HTTP status."""
    SILENCE = "silence"
    """No answer within `seconds`; then the connection closes."""
    HALF_BODY = "half body"
    """The headers and half of the answer, then the connection closes."""
    RESET = "reset"
    """The connection closes before any answer."""
    GARBAGE = "garbage"
    """Status 200 with a body that is not JSON."""


@dataclass
class Fault:
    """One way to fail, used up after `times` calls."""

    kind: Kind = Kind.STATUS
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    seconds: float = 30.0
    method: str | None = None
    chat_id: int | None = None
    times: int = 1
    carried_out: bool = False
    """True: the call takes effect and only the answer is lost, as a time-out on sending may."""

    def concerns(self, method: str, chat_id: int | None) -> bool:
        """Whether this fault meets such a call."""
        same_method = self.method is None or self.method.lower() == method.lower()
        return self.times > 0 and same_method and self.chat_id in (None, chat_id)


class Faults:
    """The faults still to happen, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that meets this call, used up by one."""
        for fault in self._waiting:
            if fault.concerns(method, chat_id):
                fault.times -= 1
                if not fault.times:
                    self._waiting.remove(fault)
                return fault
        return None
