"""Agreement as a number, in the memory store."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from accord.domain.agreement import Agreed, Spread
from accord.domain.tracks import Track
from accord.engine.numbers import Behind, Daily, Share, Slice, Waits, counted
from accord.engine.receive import Receipt
from accord.storage.memory_alerts import MemoryAlerts, MemoryInstruments
from accord.storage.memory_cases import MemoryCases
from accord.storage.memory_drift import MemoryDrift
from accord.storage.memory_repairs import MemoryRepairs
from accord.storage.memory_rows import EnvelopeRow, OrderRow
from accord.storage.memory_tasks import TaskTable


class MemoryNumbers:
    """``Numbers``, as simple as their meaning allows."""

    def __init__(
        self,
        *,
        envelopes: Sequence[EnvelopeRow],
        tasks: TaskTable,
        cases: MemoryCases,
        alerts: MemoryAlerts,
        instruments: MemoryInstruments,
        repairs: MemoryRepairs,
        orders: Mapping[str, OrderRow],
        drifts: MemoryDrift,
    ) -> None:
        """Look at what the store holds; nothing came into step yet."""
        self._envelopes = envelopes
        self._tasks = tasks
        self._cases = cases
        self._alerts = alerts
        self._instruments = instruments
        self._repairs = repairs
        self._orders = orders
        self._drifts = drifts
        self._counted: Counter[Slice] = Counter()

    def count(self, agreed: Iterable[Agreed], now: datetime) -> None:
        """Add what came into step to the count."""
        self._counted.update(counted(agreed, now))

    async def agreement(self, since: datetime) -> Mapping[tuple[str, Track], Spread]:
        """Return how long it took to agree, by system and track, from a moment on."""
        counts: dict[tuple[str, Track], Counter[int]] = {}
        for name, number in self._counted.items():
            if name.at >= since:
                counts.setdefault((name.system, name.track), Counter())[name.step] += number
        return {name: Spread().with_counts(steps) for name, steps in sorted(counts.items())}

    async def behind(self, late: timedelta, now: datetime) -> Sequence[Behind]:
        """Return what waits at each system, and how much of it longer than ``late``."""
        return self._tasks.behind(now - late, now)

    async def waits(self, since: datetime) -> Waits:
        """Return how long what was read from a moment on had waited."""
        waits = sorted(
            row.decided_at - row.incoming.received_at
            for row in self._envelopes
            if row.decided_at is not None and row.decided_at >= since
        )
        return Waits(read=len(waits), p50=_of(waits, 50), p99=_of(waits, 99))

    async def tidy(self, before: datetime) -> None:
        """Forget how long it took to agree before a moment."""
        for name in [name for name in self._counted if name.at < before]:
            del self._counted[name]

    async def share(self) -> Share:
        """Return on how many orders systems are out of step, of all there are."""
        return Share(orders=len(self._orders), drifting=len(self._drifts.late()))

    async def daily(self, since: datetime) -> Daily:
        """Return what came about from a moment on."""
        return Daily(
            received=self._instruments.answered(Receipt.KEPT, since),
            cases_opened=self._cases.opened(since),
            cases_closed=self._cases.closed(since),
            alerts_opened=self._alerts.opened(since),
            alerts_closed=self._alerts.closed(since),
            repairs_done=self._repairs.done(since),
        )


def _of(waits: Sequence[timedelta], share: int) -> timedelta | None:
    return waits[max(-(-len(waits) * share // 100) - 1, 0)] if waits else None
