"""Several things at once at one system, but never more than it bears."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# The smallest documented limit on calls at once: NetSuite's base tier allows five.
AT_ONCE = 5


async def side_by_side(work: Callable[[T], Awaitable[R]], things: Sequence[T]) -> list[R]:
    """Return what ``work`` makes of each thing, in their order, at most ``AT_ONCE`` at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(thing: T) -> R:
        async with gate:
            return await work(thing)

    return list(await asyncio.gather(*map(one, things)))
