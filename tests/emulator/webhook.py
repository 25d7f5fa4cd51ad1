"""Updates brought to the bot's own address, each tried again until the bot answers 2xx."""

import asyncio

import aiohttp

from tests.emulator.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
FIRST_RETRY, LONGEST_RETRY = 0.05, 1.0
ANSWER_WITHIN = 30.0


class Webhook:
    """Delivery to one address, by `max_connections` carriers: one carrier keeps the order."""

    def __init__(self, url: str, secret: str | None, max_connections: int, updates: Updates) -> None:
        self.url = url
        self.max_connections = max_connections
        self.last_error: str | None = None
        self.attempts = 0
        self._headers = {"Content-Type": "application/json"}
        if secret:
            self._headers[SECRET_HEADER] = secret
        self._updates = updates
        self._carried: set[int] = set()
        self._carriers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._carriers = [asyncio.create_task(self._carry()) for _ in range(self.max_connections)]

    async def stop(self) -> None:
        for carrier in self._carriers:
            carrier.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)

    async def _carry(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while True:
                update = await self._next()
                await self._deliver(http, update)
                self._updates.acknowledge(update.id)
                self._carried.discard(update.id)

    async def _next(self) -> Update:
        while True:
            for update in self._updates.waiting(len(self._carried) + 1):
                if update.id not in self._carried:
                    self._carried.add(update.id)
                    return update
            await self._updates.arrival()

    async def _deliver(self, http: aiohttp.ClientSession, update: Update) -> None:
        pause = FIRST_RETRY
        while not await self._accepted(http, update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RETRY)

    async def _accepted(self, http: aiohttp.ClientSession, update: Update) -> bool:
        self.attempts += 1
        try:
            async with http.post(self.url, data=update.body, headers=self._headers) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.last_error = type(error).__name__
            return False
        if answer.ok:
            return True
        self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return False
