"""How long to wait before a broker or a database is tried again."""

import asyncio
import random
from collections.abc import Callable

FIRST = 0.2  # seconds
LONGEST = 10.0  # seconds: after an outage work goes on within this time


class Backoff:
    """Waits longer from time to time, each time by chance, until it is told that all is well."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._failures = 0

    def reset(self) -> None:
        """Begin anew: it worked."""
        self._failures = 0

    async def wait(self) -> None:
        """Wait before the next try."""
        longest = min(FIRST * 2**self._failures, LONGEST)
        self._failures = min(self._failures + 1, 10)
        await asyncio.sleep(longest * (0.5 + self._chance() / 2))
