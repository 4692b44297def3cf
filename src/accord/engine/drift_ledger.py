"""What the comparison of all orders asks of the database, and keeps in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.drift import Drift, DriftClass, DriftPattern, Unread
from accord.domain.matrix import Matrix
from accord.domain.past import Past


class Shape(Struct, frozen=True, kw_only=True):
    """Orders that differ in names only: how many there are, and one of them."""

    digest: bytes
    orders: int
    order: str
    matrix: Matrix


class OrderFacts(Struct, frozen=True, kw_only=True):
    """One order as the comparison looks at it.

    ``told_at`` is when anything was last told of it, ``under_way`` where somebody is at work on
    it, or was lately.
    """

    order: str
    matrix: Matrix
    told_at: datetime
    under_way: frozenset[str]
    past: Past


class DriftFile(Struct, frozen=True, kw_only=True):
    """One drift of one order as it is kept; ``times`` counts how often it came about."""

    id: int
    order: str
    number: str
    drift: Drift
    found_at: datetime
    seen_at: datetime
    times: int = 1
    cleared_at: datetime | None = None


class Cause(Struct, frozen=True, kw_only=True):
    """Open drifts of one pattern with one cause: as a rule one fix settles them all."""

    pattern: DriftPattern
    system: str
    cause: str
    standing: DriftClass
    orders: int
    deadline: datetime
    since: datetime


class DriftSought(Struct, frozen=True, kw_only=True):
    """Which drifts are meant. What is empty restricts nothing; ``order`` is any name of one."""

    pattern: DriftPattern | None = None
    system: str = ""
    standing: DriftClass | None = None
    cause: str = ""
    order: str = ""
    cleared: bool = False


class DriftLedger(Protocol):
    """The orders by their shape, and what was found of them. Every store offers it as ``drifts``.

    A drift has one row for ever: what comes back after it cleared is found again.
    """

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""

    async def of_shapes(
        self, shapes: Collection[bytes], begun_before: datetime | None = None
    ) -> Sequence[str]:
        """Return the orders of some shapes; with a time those in which anything is so old."""

    async def restless(
        self, systems: Collection[str], since: datetime, changes: int
    ) -> Sequence[str]:
        """Return the orders of which a system changed one cell so often since then."""

    async def unread(self) -> Mapping[str, Sequence[Unread]]:
        """Return the words in no table that wait in quarantine, by their order."""

    async def facts(self, orders: Collection[str], lately: datetime) -> Sequence[OrderFacts]:
        """Return what there is on some orders; what was asked since ``lately`` is under way."""

    async def note(self, found: Sequence[tuple[str, Drift]], now: datetime) -> None:
        """Keep what was found: as new, or as seen again."""

    async def finish(self, systemic: Collection[str], now: datetime) -> int:
        """End a comparison: class causes as systemic, clear what was not seen; return how many."""

    async def drifting(self) -> Mapping[str, int]:
        """Return by system how many orders are out of step and had their time.

        Those that only stay in a stage for too long are left out.
        """

    async def causes(self, sought: DriftSought) -> Sequence[Cause]:
        """Return open drifts by cause, those of most orders first."""

    async def list_drifts(self, sought: DriftSought, limit: int) -> Sequence[DriftFile]:
        """Return drifts: open ones costliest first, cleared ones latest first."""

    async def read_drift(self, number: int) -> DriftFile | None:
        """Return one drift, open or cleared."""


# A mirror that was asked so lately may still be following.
FOLLOWS_WITHIN = timedelta(minutes=2)
EVERY_DRIFT = DriftSought()
