"""Join deliveries that arrive together into one commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from accord.engine.envelope import Incoming
from accord.engine.receive import Waiting

# A commit takes what has gathered while the one before it was under way.
LARGEST_BATCH = 500
# While one commit waits for the disk another may be handed over; a small one is not worth it.
AT_ONCE = 2
ENOUGH_BESIDE = 32
# Of the largest bodies only so many go into one commit, or one statement would hold them all.
HEAVIEST_BATCH = 8 * 1024 * 1024  # bytes
# A sender hears within four seconds. When what came before has waited half of that, whoever
# comes now would hear too late, and is better told at once to come back.
PATIENCE = 2.0  # seconds


class _Place(NamedTuple):
    incoming: Incoming
    waiting: Waiting
    since: float


class GroupCommit:
    """Tells each delivery's sender when the commit it went into is durable.

    Two commits may be under way, the second only once enough wait for it. A delivery whose sender
    gave up before its commit began is left out; one that is in a commit already may be kept
    unheard, and its second coming is then a copy. Implements ``engine.receive.Telling``.
    """

    def __init__(
        self,
        keep: Callable[[Sequence[Incoming]], Awaitable[object]],
        patience: float = PATIENCE,
        *,
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        """Make durable with ``keep``: all of a batch or, when it raises, nothing of it.

        ``kept`` is called after each commit.
        """
        self._keep = keep
        self._patience = patience
        self._kept = kept
        self._places: deque[_Place] = deque()
        # What is under way, and since when the oldest of what it makes durable waits.
        self._running: dict[asyncio.Task[None] | None, float] = {}

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """The loop all of this runs in; to ask for it anew costs a call of the system each time."""
        return asyncio.get_running_loop()

    @property
    def is_overdue(self) -> bool:
        """Whether the oldest that is not durable yet has waited longer than a new one may."""
        if not self._running:
            return False
        oldest = min(self._running.values())
        return self._loop.time() - oldest > self._patience

    async def keep(self, incoming: Incoming) -> None:
        """Return once ``incoming`` is durable; raise what the store raised if it is not."""
        done = _Awaited()
        self.put(incoming, done)
        await done.future

    def put(self, incoming: Incoming, waiting: Waiting) -> None:
        """Let ``waiting`` hear once ``incoming`` is durable, or why it is not."""
        self._places.append(_Place(incoming, waiting, self._loop.time()))
        if not self._running or (len(self._running) < AT_ONCE and self._is_enough()):
            self._running[self._loop.create_task(self._commit())] = self._places[0].since

    def _is_enough(self) -> bool:
        return len(self._places) >= ENOUGH_BESIDE

    async def _commit(self) -> None:
        running = asyncio.current_task()
        try:
            while (len(self._running) == 1 or self._is_enough()) and (batch := self._next_batch()):
                self._running[running] = batch[0].since
                await self._keep_batch(batch)
        finally:
            del self._running[running]

    def _next_batch(self) -> list[_Place]:
        batch: list[_Place] = []
        weight = 0
        while self._places and len(batch) < LARGEST_BATCH and weight < HEAVIEST_BATCH:
            one = self._places.popleft()
            if one.waiting.waits:
                batch.append(one)
                weight += len(one.incoming.body)
        return batch

    async def _keep_batch(self, batch: list[_Place]) -> None:
        error: Exception | None = None
        try:
            await self._keep([one.incoming for one in batch])
        except Exception as raised:  # noqa: BLE001 - every sender in the batch is told of it
            error = raised
        else:
            self._kept()
        for one in batch:
            one.waiting.hear(error)


class _Awaited:
    """A coroutine that waits."""

    def __init__(self) -> None:
        self.future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def waits(self) -> bool:
        return not self.future.done()

    def hear(self, error: Exception | None) -> None:
        if self.future.done():
            return  # it was cancelled; what was kept stays kept
        if error is None:
            self.future.set_result(None)
        else:
            self.future.set_exception(error)
