"""Join deliveries that arrive together into one commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from accord.engine.envelope import Incoming

# A commit takes what has gathered while the one before it was under way.
LARGEST_BATCH = 500
# Of the largest bodies only so many go into one commit, or one statement would hold them all.
HEAVIEST_BATCH = 8 * 1024 * 1024  # bytes
# A sender hears within four seconds. When what came before has waited half of that, whoever
# comes now would hear too late, and is better told at once to come back.
PATIENCE = 2.0  # seconds


class _Waiting(NamedTuple):
    incoming: Incoming
    done: asyncio.Future[None]
    since: float


class GroupCommit:
    """Tells each delivery's sender when the commit it went into is durable.

    One commit is under way at a time. A delivery whose sender gave up before its commit began is
    left out; one that is in a commit already may be kept unheard, and its second coming is then a
    copy.
    """

    def __init__(
        self,
        keep: Callable[[Sequence[Incoming]], Awaitable[object]],
        patience: float = PATIENCE,
    ) -> None:
        """Make durable with ``keep``: all of a batch or, when it raises, nothing of it."""
        self._keep = keep
        self._patience = patience
        self._waiting: deque[_Waiting] = deque()
        self._oldest = 0.0  # since when the oldest of what is not durable yet waits
        self._running: asyncio.Task[None] | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether the oldest that is not durable yet has waited longer than a new one may."""
        if self._running is None:
            return False
        return asyncio.get_running_loop().time() - self._oldest > self._patience

    async def keep(self, incoming: Incoming) -> None:
        """Return once ``incoming`` is durable; raise what the store raised if it is not."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append(_Waiting(incoming, done, loop.time()))
        if self._running is None:
            self._oldest = self._waiting[0].since
            self._running = loop.create_task(self._commit())
        await done

    async def _commit(self) -> None:
        try:
            while batch := self._next_batch():
                await self._keep_batch(batch)
        finally:
            self._running = None

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        weight = 0
        while self._waiting and len(batch) < LARGEST_BATCH and weight < HEAVIEST_BATCH:
            one = self._waiting.popleft()
            if not one.done.done():  # otherwise its sender gave up
                batch.append(one)
                weight += len(one.incoming.body)
        if batch:
            self._oldest = batch[0].since
        return batch

    async def _keep_batch(self, batch: list[_Waiting]) -> None:
        error: BaseException | None = None
        try:
            await self._keep([one.incoming for one in batch])
        except Exception as raised:  # noqa: BLE001 - every sender in the batch is told of it
            error = raised
        for one in batch:
            if one.done.done():
                continue  # its sender hung up; what was kept stays kept
            if error is None:
                one.done.set_result(None)
            else:
                one.done.set_exception(error)
