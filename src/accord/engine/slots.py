"""Places for work at one link: never more at once than it bears, and always one for a cancel."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# So many answers in a row let one more go at once again, after a throttle halved their number.
ANSWERS_A_PLACE = 20


class Slots:
    """How many calls are under way at one link, in this process."""

    def __init__(self, at_once: int) -> None:
        """Let at most ``at_once`` go; one of them is kept free of ordinary work."""
        self._declared = at_once
        self._answers = 0
        self._under_way = {False: 0, True: 0}
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {False: deque(), True: deque()}
        self.limit = at_once

    @asynccontextmanager
    async def taken(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a place, and have it until the block ends; who came first goes first."""
        if self._waiting[urgent] or not self._is_free(urgent=urgent):
            await self._called(urgent=urgent)
        else:
            self._under_way[urgent] += 1
        try:
            yield
        finally:
            self._under_way[urgent] -= 1
            self._call()

    async def _called(self, *, urgent: bool) -> None:
        """Wait until a place is given to us; it is counted as ours from then on."""
        place = asyncio.get_running_loop().create_future()
        self._waiting[urgent].append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._under_way[urgent] -= 1
                self._call()
            raise

    def _call(self) -> None:
        """Give what is free to those who wait: to what is urgent first."""
        for urgent in (True, False):
            while self._waiting[urgent] and self._is_free(urgent=urgent):
                place = self._waiting[urgent].popleft()
                if not place.done():
                    self._under_way[urgent] += 1
                    place.set_result(None)

    def _is_free(self, *, urgent: bool) -> bool:
        if urgent:
            return self._under_way[True] < max(self.limit - self._under_way[False], 1)
        return self._under_way[False] < max(self.limit - 1, 1)

    def narrow(self) -> None:
        """Halve the places: the pool that was declared is shared with others, and full."""
        self.limit = max(self.limit // 2, 1)
        self._answers = 0

    def widen(self) -> None:
        """Count an answer; every so many of them give a place back."""
        if self.limit < self._declared:
            self._answers += 1
            self.limit += self._answers // ANSWERS_A_PLACE
            self._answers %= ANSWERS_A_PLACE
            self._call()
