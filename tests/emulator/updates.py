"""Updates that wait for the bot: kept until a higher offset, or a webhook's 200, acknowledges them."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.emulator.refusal import Refusal

# Left out by Telegram unless a bot names them.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Update:
    """One update, already written as JSON: it is sent as often as it is asked for."""

    id: int
    kind: str
    body: bytes


class Updates:
    """The queue of one bot."""

    def __init__(self, first_id: int, on_acknowledged: Callable[[], None]) -> None:
        self.next_id = first_id
        self._on_acknowledged = on_acknowledged
        self.allowed: frozenset[str] = frozenset()
        self._waiting: OrderedDict[int, Update] = OrderedDict()
        self._arrived = asyncio.Event()
        self._poll: object | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def allow(self, kinds: Iterable[str]) -> None:
        """Filter what is queued from now on, as allowed_updates does; no kinds means the default."""
        self.allowed = frozenset(kinds)

    def add(self, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update; None when the bot has not asked for this kind."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return None
        number = self.next_id
        self.next_id += 1
        self.add_raw(number, kind, json.dumps({"update_id": number, kind: body}).encode())
        return number

    def add_raw(self, number: int, kind: str, body: bytes) -> None:
        """Queue these very bytes, which need not be an update any client can read."""
        self._waiting[number] = Update(number, kind, body)
        self._arrived.set()

    def acknowledge(self, number: int) -> None:
        self._waiting.pop(number, None)
        self._on_acknowledged()

    def drop_all(self) -> None:
        self._waiting.clear()

    def waiting(self, limit: int) -> list[Update]:
        """The oldest `limit` updates, in order of arrival."""
        return [update for update, _ in zip(self._waiting.values(), range(limit), strict=False)]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:
        """Answer getUpdates: a later poll ends this one with 409, as Telegram does."""
        mine = self._poll = object()
        self._arrived.set()
        self._acknowledge_before(offset)
        await self._wait(mine, timeout)
        return self.waiting(limit)

    async def arrival(self) -> None:
        """Return at the next update."""
        self._arrived.clear()
        await self._arrived.wait()

    def _acknowledge_before(self, offset: int) -> None:
        if offset < 0:
            done = list(self._waiting)[:offset]
        else:
            done = [number for number in self._waiting if number < offset]
        for number in done:
            self.acknowledge(number)

    async def _wait(self, mine: object, timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not self._waiting and self._poll is mine:
                    await self.arrival()
        except TimeoutError:
            pass
        if self._poll is not mine:
            raise Refusal(
                409,
                "terminated by other getUpdates request; make sure that only one bot instance is running",
            )
