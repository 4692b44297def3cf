"""Take what a system sends: prove it, keep it, answer. Nothing here reads what it says."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Protocol

from accord.engine.envelope import Incoming, Origin
from accord.engine.ports import Delivery, Link


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


class Receiver:
    """The first step of the road."""

    def __init__(
        self,
        links: Mapping[str, Link],
        keeping: Keeping,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """Call ``wake`` after each delivery that was kept."""
        self._links = links
        self._keeping = keeping
        self._clock = clock
        self._wake = wake

    async def receive(self, system: str, delivery: Delivery) -> Receipt:
        """Keep a delivery that proves itself; the sender may forget it once this returns KEPT.

        Only what is proven takes a place among what waits to be kept, so that nobody without a
        secret can fill it.
        """
        link = self._links.get(system)
        if link is None:
            return Receipt.UNPROVEN
        topic = link.kept_topic(delivery.topic)
        now = self._clock()
        if topic not in link.topics or not link.authentic(delivery, now):
            return Receipt.UNPROVEN
        if self._keeping.is_overdue:
            return Receipt.BUSY
        await self._keeping.keep(
            Incoming(
                system=system,
                topic=topic,
                origin=Origin.HOOK,
                identity=link.identity(delivery),
                body=delivery.body,
                headers=_hints(delivery.headers),
                received_at=now,
            )
        )
        self._wake()
        return Receipt.KEPT


def _hints(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers a vendor may have made up; who carried the request is of no use later.

    They are written with every delivery, and again when it gets its standing.
    """
    return {name: value for name, value in headers.items() if name.startswith("x-")}
