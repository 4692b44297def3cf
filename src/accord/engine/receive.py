"""Take what a system sends: prove it, keep it, answer. Nothing here reads what it says."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum

from accord.engine.envelope import Incoming, Origin
from accord.engine.ports import Delivery, Link, Store

# A commit takes what has gathered while the one before it was under way.
LARGEST_BATCH = 500
# More than this many deliveries without a commit, and the sender is asked to come back.
LONGEST_QUEUE = 5_000


class Receipt(Enum):
    """What to answer a sender."""

    KEPT = "kept"  # durable, or a copy of what already is
    UNPROVEN = "unproven"  # unknown address or a proof that does not fit: the same to outsiders
    BUSY = "busy"  # nothing was kept; come back soon


class GroupCommit:
    """Joins deliveries that arrive together into one commit, and tells each when it is durable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Incoming, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    @property
    def queue_length(self) -> int:
        """How many deliveries wait for a commit."""
        return len(self._waiting)

    async def keep(self, incoming: Incoming) -> None:
        """Return once ``incoming`` is durable; raise what the store raised if it is not."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((incoming, done))
        if self._running is None:
            self._running = asyncio.create_task(self._commit())
        await done

    async def _commit(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:LARGEST_BATCH]
                del self._waiting[:LARGEST_BATCH]
                await self._keep(batch)
        finally:
            self._running = None

    async def _keep(self, batch: list[tuple[Incoming, asyncio.Future[None]]]) -> None:
        error: BaseException | None = None
        try:
            await self._store.keep([incoming for incoming, _ in batch])
        except Exception as raised:  # noqa: BLE001 - every sender in the batch is told of it
            error = raised
        for _, done in batch:
            if done.done():
                continue  # its sender hung up; what was kept stays kept
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)


class Receiver:
    """The first step of the road."""

    def __init__(
        self,
        links: Mapping[str, Link],
        store: Store,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._links = links
        self._commits = GroupCommit(store)
        self._clock = clock
        self._wake = wake

    async def receive(self, system: str, delivery: Delivery) -> Receipt:
        """Keep a delivery that proves itself; the sender may forget it once this returns KEPT."""
        link = self._links.get(system)
        now = self._clock()
        if link is None or not link.authentic(delivery, now):
            return Receipt.UNPROVEN
        if self._commits.queue_length >= LONGEST_QUEUE:
            return Receipt.BUSY
        await self._commits.keep(
            Incoming(
                system=system,
                topic=link.kept_topic(delivery.topic),
                origin=Origin.HOOK,
                identity=link.identity(delivery),
                body=delivery.body,
                headers=delivery.headers,
                received_at=now,
            )
        )
        self._wake()
        return Receipt.KEPT
