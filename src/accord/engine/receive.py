"""Take what a system sends: prove it, keep it, answer. Nothing here reads what it says."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, runtime_checkable

from accord.engine.envelope import Incoming, Origin
from accord.engine.ports import Delivery, Link

# Shopify gives up after five seconds; the answer, good or bad, must be there before.
DEADLINE = timedelta(seconds=4)


class Receipt(Enum):
    """What to answer a sender."""

    KEPT = "kept"  # durable, or a copy of what already is
    UNPROVEN = "unproven"  # unknown address or a proof that does not fit: the same to outsiders
    BUSY = "busy"  # nothing was promised; come back soon


class Keeping(Protocol):
    """Where a delivery is made durable: the store, or a broker in front of it."""

    @property
    def is_overdue(self) -> bool:
        """Whether what waits has waited so long that one more would not be kept in time."""

    async def keep(self, incoming: Incoming) -> None:
        """Return once ``incoming`` is durable; raise whatever kept it from being so."""


class Waiting(Protocol):
    """Who waits to hear whether a delivery is durable."""

    @property
    def waits(self) -> bool:
        """Whether anybody still wants to hear it."""

    def hear(self, error: Exception | None) -> None:
        """Take notice: it is durable, or what kept it from being so."""


@runtime_checkable
class Telling(Keeping, Protocol):
    """What tells by itself who waits, so that thousands may wait without a task for each."""

    def put(self, incoming: Incoming, waiting: Waiting) -> None:
        """Make ``incoming`` durable, and then let ``waiting`` hear of it."""


class Receiver:
    """The first step of the road."""

    def __init__(
        self, links: Mapping[str, Link], keeping: Keeping, clock: Callable[[], datetime]
    ) -> None:
        self._links = links
        self._keeping = keeping
        self._clock = clock
        self._put = (keeping if isinstance(keeping, Telling) else _Tasks(keeping)).put
        # What was answered at the door of each system, until somebody takes the count away.
        self.tally: Counter[tuple[str, Receipt]] = Counter()

    async def receive(self, system: str, delivery: Delivery) -> Receipt:
        """Keep a delivery that proves itself; the sender may forget it once this returns KEPT."""
        admitted = self._admit(system, delivery)
        if isinstance(admitted, Receipt):
            return admitted
        try:
            await self._keeping.keep(admitted)
        except BaseException:
            self.count(system, Receipt.BUSY)
            raise
        self.count(system, Receipt.KEPT)
        return Receipt.KEPT

    def take(self, system: str, delivery: Delivery, waiting: Waiting) -> Receipt | None:
        """Do as ``receive`` does, but let ``waiting`` hear how it ends; None: it will.

        Any other receipt is the end of it. Who hears counts what he answers then.
        """
        admitted = self._admit(system, delivery)
        if isinstance(admitted, Receipt):
            return admitted
        self._put(admitted, waiting)
        return None

    def count(self, system: str, receipt: Receipt) -> None:
        """Note what a delivery that was admitted was answered in the end."""
        if system in self._links:  # nobody else's word becomes a name in our figures
            self.tally[system, receipt] += 1

    def _admit(self, system: str, delivery: Delivery) -> Incoming | Receipt:
        """Return what is to be kept, or why nothing is.

        Only what is proven takes a place among what waits to be kept, so that nobody without a
        secret can fill it.
        """
        link = self._links.get(system)
        if link is None:
            return Receipt.UNPROVEN
        topic = link.kept_topic(delivery.topic)
        now = self._clock()
        if topic not in link.topics or not link.authentic(delivery, now):
            self.tally[system, Receipt.UNPROVEN] += 1
            return Receipt.UNPROVEN
        if self._keeping.is_overdue:
            self.tally[system, Receipt.BUSY] += 1
            return Receipt.BUSY
        return Incoming(
            system=system,
            topic=topic,
            origin=Origin.HOOK,
            identity=link.identity(delivery),
            body=delivery.body,
            headers=delivery.headers,
            received_at=now,
        )


class _Tasks:
    """Waits in a task for each delivery, where it is kept by what can only be awaited."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._running: set[asyncio.Task[None]] = set()

    def put(self, incoming: Incoming, waiting: Waiting) -> None:
        task = asyncio.get_running_loop().create_task(self._wait(incoming, waiting))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _wait(self, incoming: Incoming, waiting: Waiting) -> None:
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                await self._keeping.keep(incoming)
        except Exception as error:  # noqa: BLE001 - whatever the broker raised, who waits hears it
            waiting.hear(error)
        else:
            waiting.hear(None)
