"""What is counted of hooks and feeds: hooks that did not come, hours in which nothing came."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from accord.engine.envelope import Envelope, Origin


class Miss(Struct, frozen=True, kw_only=True):
    """A change that the feed told and no hook did. ``came_at``: it came after all, only late.

    ``hour`` is the hour of the change, ``said_at`` its time; ``thing`` names what changed.
    """

    system: str
    topic: str
    hour: datetime
    thing: str
    said_at: datetime
    came_at: datetime | None = None


class MissCount(Struct, frozen=True, order=True, kw_only=True):
    """How many hooks of one topic did not come for the changes of one hour."""

    system: str
    hour: datetime
    topic: str
    hooks: int


class TrafficHour(Struct, frozen=True, order=True, kw_only=True):
    """How much came from one system in one hour by one way.

    ``usual`` is what comes in that hour of the week, None while too little is known of it;
    ``silent``: nothing came, where something was to be expected.
    """

    system: str
    origin: Origin
    hour: datetime
    envelopes: int
    usual: int | None = None
    silent: bool = False


class HeardBook(Protocol):
    """What came and what did not. Every store offers it as ``heard``."""

    async def received(
        self,
        system: str,
        ways: Collection[Origin],
        since: datetime,
        until: datetime,
        *,
        after: int,
        limit: int,
    ) -> Sequence[Envelope]:
        """Return what came by some ways in a time, numbered above ``after``, in its order."""

    async def miss(self, misses: Sequence[Miss]) -> None:
        """Note hooks that did not come; one that is noted already stays as it is."""

    async def came(self, misses: Sequence[Miss]) -> None:
        """Note when hooks came after all."""

    async def missing(self, system: str, since: datetime) -> Sequence[Miss]:
        """Return the changes since a moment of which no hook has told yet, oldest first."""

    async def missed(
        self, system: str, since: datetime, until: datetime | None = None
    ) -> Sequence[MissCount]:
        """Return by topic and hour how many hooks did not come, of one system or of all."""

    async def count(self, system: str, since: datetime, until: datetime) -> Mapping[Origin, int]:
        """Return how many envelopes were received in a time, by the way they came."""

    async def traffic(
        self, system: str, origin: Origin, hours: Sequence[datetime]
    ) -> Mapping[datetime, int]:
        """Return what was noted of these hours."""

    async def note(self, hours: Sequence[TrafficHour]) -> None:
        """Note how much came; an hour that is noted already stays as it is."""

    async def silent(self, since: datetime) -> Sequence[TrafficHour]:
        """Return the hours in which nothing came where something was to be expected."""
