"""Deliveries, and a store that can be taken away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from accord.engine.envelope import Incoming, Origin, Standing
from accord.ingress.landing import Landing
from accord.storage.memory import MemoryStore

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def incoming(number: int, body: bytes = b"{}") -> Incoming:
    return Incoming(
        system="shop",
        topic="orders/create",
        origin=Origin.HOOK,
        identity=b"%d" % number,
        body=body,
        headers={"x-letter": "\xe9"},
        received_at=NOON,
    )


class AwayError(OSError):
    """The database cannot be reached."""


class HatedError(ValueError):
    """No database takes this."""


class Shore:
    """A store in memory behind a landing; while ``away`` is set it cannot be reached."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.away = False
        self.hated = b"hated"
        self.asked = asyncio.Event()
        self.told: list[Exception | None] = []
        self.landing = Landing(
            self.keep,
            lambda: NOON,
            blames_data=lambda error: isinstance(error, ValueError),
            tell=self.told.append,
            wake=lambda: None,
        )

    async def keep(self, batch: Sequence[Incoming]) -> int:
        self.asked.set()
        if self.away:
            raise AwayError
        if any(one.identity == self.hated for one in batch):
            raise HatedError
        return await self.store.keep(batch)

    async def kept(self, system: str = "shop") -> int:
        balance = await self.store.balance()
        return balance.get(system, {}).get(Standing.WAITING, 0)


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return once it holds; fail where it does not within ten seconds."""
    async with asyncio.timeout(10):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)  # what is waited for is in another process
