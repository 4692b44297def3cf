"""What one process has in hand on one lane of a link: taken up as there is room, without a halt."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

# What is in hand can be taken up by no other process, and no cancellation overtakes it there. So
# as much is taken as is done so soon, and never less than some or more than many pairs.
SOON = timedelta(milliseconds=500)
SOME, MANY = 10, 80


class InHand:
    """Pieces of work that go on side by side."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Have nothing in hand yet."""
        self._clock = clock
        self._pieces: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._most = SOME
        self._failure: BaseException | None = None

    async def room(self) -> int:
        """Return for how many more there is room, once there is for half of all.

        Raises what a piece failed with since it was asked last.
        """
        while len(self._pieces) > self._most // 2:
            self._ended.clear()
            await self._ended.wait()
        self._tell()
        return self._most - len(self._pieces)

    def begin(self, piece: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let a piece of work go on beside the others."""
        began = self._clock()
        task = asyncio.create_task(piece)
        self._pieces.add(task)
        task.add_done_callback(lambda done: self._end(done, self._clock() - began))
        return task

    def _end(self, piece: asyncio.Task[None], took: timedelta) -> None:
        self._pieces.discard(piece)
        self._ended.set()
        self._most = min(max(self._most + (1 if took < SOON else -1), SOME), MANY)
        if not piece.cancelled():
            self._failure = self._failure or piece.exception()

    async def empty(self) -> None:
        """Return once nothing is in hand; raises what a piece failed with."""
        while self._pieces:
            await asyncio.wait(self._pieces)
        self._tell()

    async def close(self) -> None:
        """Stop what is going on; its leases run out and it is taken up again."""
        for piece in self._pieces:
            piece.cancel()
        await asyncio.gather(*self._pieces, return_exceptions=True)

    def _tell(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
