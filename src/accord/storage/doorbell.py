"""Wake the other processes on the same database when there is work for them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import psycopg

CHANNEL = "accord_work"
# So often at most one process wakes the others: each waking costs every one of them a look at
# everything it might do.
RING_EVERY = 0.05  # seconds
# A listener that lost its connection tries again so soon. Until then, and where a pooler lets no
# LISTEN through, the others find work when they look by themselves, once a second.
LISTEN_AGAIN = 5  # seconds


class Doorbell:
    """Rings for others by NOTIFY, and hears others ring by LISTEN. Losing a ring loses no work."""

    def __init__(self, url: str, send: Callable[[str], Awaitable[None]]) -> None:
        """Listen on a connection of its own to ``url``; ring with ``send``, naming who rang."""
        self._url = url
        self._send = send
        self._own_name = secrets.token_hex(8)
        self._pressed = asyncio.Event()

    def ring(self) -> None:
        """Wake the others soon; many calls at once are one ring."""
        self._pressed.set()

    @asynccontextmanager
    async def connected(self, wake: Callable[[], None]) -> AsyncIterator[None]:
        """Ring and hear for as long as the block lasts; ``wake`` is called when another rings."""
        loops = [
            asyncio.create_task(_again(self._ring_once)),
            asyncio.create_task(_again(partial(self._hear, wake))),
        ]
        try:
            yield
        finally:
            for each in loops:
                each.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _ring_once(self) -> None:
        await self._pressed.wait()
        self._pressed.clear()
        await self._send(self._own_name)
        await asyncio.sleep(RING_EVERY)

    async def _hear(self, wake: Callable[[], None]) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            wake()  # for what was rung before we listened
            async for heard in connection.notifies():
                if heard.payload != self._own_name:
                    wake()


async def _again(step: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await step()
        except (psycopg.Error, OSError):
            await asyncio.sleep(LISTEN_AGAIN)
