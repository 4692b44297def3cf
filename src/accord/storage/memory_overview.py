"""What pages and commands read from the memory store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from accord.domain.link_state import LinkState
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt
from accord.storage.memory_rows import EnvelopeRow, OrderRow, attempt_counts, tried
from accord.storage.memory_tasks import TaskTable
from accord.storage.overview import Counts, LinkLine, OrderFile, OrderLine


class MemoryOverview:
    """The reading side of the memory store, over the tables it makes."""

    rows: dict[str, OrderRow]
    _envelopes: list[EnvelopeRow]
    _tasks: TaskTable
    _attempts: list[Attempt]
    _link_states: dict[str, LinkState]

    async def links(self, now: datetime) -> Sequence[LinkLine]:
        """Return every link that has work or has been heard of, by name."""
        return self._tasks.lines(self._link_states, now)

    async def balance(self) -> Mapping[str, Mapping[Standing, int]]:
        """Return for each system how many envelopes stand where."""
        systems = sorted({row.incoming.system for row in self._envelopes})
        return {
            system: dict(
                Counter(r.standing for r in self._envelopes if r.incoming.system == system)
            )
            for system in systems
        }

    async def orders(
        self, search: str = "", before: str | None = None, limit: int = 50
    ) -> Sequence[OrderLine]:
        """Return orders, newest first, from the one older than ``before`` on."""
        newest = [
            row.line()
            for row in sorted(self.rows.values(), key=OrderRow.number, reverse=True)
            if (before is None or int(row.order) < int(before)) and row.has_name(search)
        ]
        return newest[:limit]

    async def order(self, order: str) -> OrderFile | None:
        """Return everything on one order, or None if there is no such order."""
        row = self.rows.get(order)
        if row is None:
            return None
        return OrderFile(
            line=row.line(),
            history=list(row.history),
            attempts=[tried(attempt) for attempt in self._attempts if attempt.order == order],
            pending=self._tasks.pending(order),
        )

    async def counts(self) -> Counts:
        """Return how much there is of everything."""
        return Counts(
            orders=len(self.rows),
            history=sum(len(row.history) for row in self.rows.values()),
            envelopes=dict(Counter(row.incoming.origin for row in self._envelopes)),
            attempts=sorted(attempt_counts(self._attempts)),
        )
