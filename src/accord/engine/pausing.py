"""Pause a system, and know when the last process heeds it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from accord.engine.desk import Deed, Desk

# So long at most a process goes on as if there were no pause after it looked and found none. With
# hundreds of actions a second a look before each of them would be a third of all that is asked.
HEEDED_WITHIN = timedelta(milliseconds=100)

Wait = Callable[[float], Awaitable[object]]


async def pause(desk: Desk, what: str, deed: Deed, wait: Wait = asyncio.sleep) -> bool:
    """Pause something; return False if it was paused before.

    Once it returns, nobody begins anything there any more. ``wait`` takes seconds.
    """
    changed = await desk.pause(what, deed)
    await wait(HEEDED_WITHIN.total_seconds())
    return changed
