"""The comparison of all orders in the memory store."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from accord.domain.drift import Drift, DriftClass, DriftPattern, Unread
from accord.domain.past import Past, Said
from accord.domain.reason import UnknownWord
from accord.domain.report import NUMBER, Ref
from accord.engine.drift_ledger import Cause, DriftFile, DriftSought, OrderFacts, Shape
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt
from accord.storage.facts import names_meant
from accord.storage.memory_rows import EnvelopeRow, OrderRow
from accord.storage.memory_tasks import TaskTable

_Key = tuple[str, DriftPattern, str, str]


class MemoryDrift:
    """A ``DriftLedger``, as simple as its meaning allows."""

    def __init__(
        self,
        tasks: TaskTable,
        attempts: Sequence[Attempt],
        orders: Mapping[str, OrderRow],
        envelopes: Sequence[EnvelopeRow],
        links: Mapping[Ref, Collection[str]],
    ) -> None:
        """Begin with nothing found."""
        self._orders = orders
        self._tasks = tasks
        self._attempts = attempts
        self._envelopes = envelopes
        self._links = links
        self._rows: dict[_Key, DriftFile] = {}

    async def shapes(self) -> Sequence[Shape]:
        """Return every shape that any order has, by its digest."""
        alike: dict[bytes, list[OrderRow]] = {}
        for row in self._orders.values():
            alike.setdefault(row.shape, []).append(row)
        return [
            Shape(digest=digest, orders=len(rows), order=rows[0].order, matrix=rows[0].matrix)
            for digest, rows in sorted(alike.items())
        ]

    async def of_shapes(
        self, shapes: Collection[bytes], begun_before: datetime | None = None
    ) -> Sequence[str]:
        """Return the orders of some shapes; with a time those in which anything is so old."""
        return [
            row.order
            for row in self._orders.values()
            if row.shape in shapes
            and (begun_before is None or (row.begun_at and row.begun_at <= begun_before))
        ]

    async def restless(
        self, systems: Collection[str], since: datetime, changes: int
    ) -> Sequence[str]:
        """Return the orders of which a system changed one cell so often since then."""
        counted = Counter(
            (row.order, told.cell.key)
            for row in self._orders.values()
            for told in row.history
            if told.decided_at >= since and told.cell.system in systems
        )
        return sorted({order for (order, _), times in counted.items() if times >= changes})

    async def unread(self) -> Mapping[str, Sequence[Unread]]:
        """Return the words in no table that wait in quarantine, by their order."""
        found: dict[str, dict[tuple[str, str, str], Unread]] = {}
        for row in self._envelopes:
            if row.standing is not Standing.QUARANTINED:
                continue
            for objection in row.objections:
                reason = objection.reason
                if not isinstance(reason, UnknownWord):
                    continue
                told = (reason.system, reason.kind, reason.word)
                unread = Unread(*told, str(row.id), row.incoming.received_at)
                scopes = (row.incoming.system, NUMBER)
                refs = [Ref(scope, name) for scope in scopes for name in objection.names]
                for order in {order for ref in refs for order in self._links.get(ref, ())}:
                    found.setdefault(order, {}).setdefault(told, unread)
        return {order: [*words.values()] for order, words in found.items()}

    async def facts(self, orders: Collection[str], lately: datetime) -> Sequence[OrderFacts]:
        """Return what there is on some orders; what was asked since ``lately`` is under way."""
        rows = [self._orders[order] for order in sorted(orders, key=int)]
        return [
            OrderFacts(
                order=row.order,
                matrix=row.matrix,
                told_at=row.updated_at,
                under_way=frozenset(self._under_way(row.order, lately)),
                past=Past(tuple(Said(told.cell, told.decided_at) for told in row.history)),
            )
            for row in rows
        ]

    def _under_way(self, order: str, lately: datetime) -> Iterator[str]:
        for one in self._tasks.pending(order):
            task = self._tasks.row(order, one.system)
            if task is not None and not task.dead and not task.repair:
                yield one.system
        for tried in self._attempts:
            if tried.order == order and tried.at > lately:
                yield tried.system

    async def note(self, found: Sequence[tuple[str, Drift]], now: datetime) -> None:
        """Keep what was found: as new, or as seen again."""
        for order, drift in found:
            key = (order, *drift.key)
            row = self._rows.get(key)
            if row is None:
                new = DriftFile(
                    id=len(self._rows) + 1,
                    order=order,
                    number=self._orders[order].matrix.number or "",
                    drift=drift,
                    found_at=now,
                    seen_at=now,
                )
                self._rows[key] = new
                continue
            back = row.cleared_at is not None
            self._rows[key] = replace(
                row,
                drift=drift,
                seen_at=now,
                cleared_at=None,
                times=row.times + back,
                found_at=now if back else row.found_at,
            )

    async def finish(self, systemic: Collection[str], now: datetime) -> int:
        """End a comparison: class causes as systemic, clear what was not seen; return how many."""
        cleared = 0
        for key, row in self._rows.items():
            if row.cleared_at is not None:
                continue
            if row.drift.standing is DriftClass.ISOLATED and row.drift.cause in systemic:
                drift = replace(row.drift, standing=DriftClass.SYSTEMIC)
                self._rows[key] = replace(row, drift=drift)
            if row.seen_at < now:
                cleared += 1
                self._rows[key] = replace(self._rows[key], cleared_at=now)
        return cleared

    async def drifting(self) -> Mapping[str, int]:
        """Return by system how many orders are out of step and had their time."""
        found: dict[str, set[str]] = {}
        for row in self._late():
            found.setdefault(row.drift.system, set()).add(row.order)
        return {system: len(orders) for system, orders in sorted(found.items())}

    def late(self) -> set[str]:
        """Return the orders that are out of step and had their time, at whatever system."""
        return {row.order for row in self._late()}

    def _late(self) -> list[DriftFile]:
        return [
            row
            for row in self._meant(DriftSought())
            if row.drift.standing is not DriftClass.IN_FLIGHT
            and row.drift.pattern is not DriftPattern.STALLED_STAGE
        ]

    async def causes(self, sought: DriftSought) -> Sequence[Cause]:
        """Return open drifts by cause, those of most orders first."""
        alike: dict[tuple[DriftPattern, str, str, DriftClass], list[DriftFile]] = {}
        for row in self._meant(sought):
            one = row.drift
            alike.setdefault((one.pattern, one.system, one.cause, one.standing), []).append(row)
        found = [
            Cause(
                pattern=pattern,
                system=system,
                cause=cause,
                standing=standing,
                orders=len({row.order for row in rows}),
                deadline=min(row.drift.deadline for row in rows),
                since=min(row.drift.since for row in rows),
            )
            for (pattern, system, cause, standing), rows in alike.items()
        ]
        return sorted(
            found,
            key=lambda c: (-c.orders, _place(c.pattern), c.system, c.cause, c.standing.value),
        )

    async def list_drifts(self, sought: DriftSought, limit: int) -> Sequence[DriftFile]:
        """Return drifts: open ones costliest first, cleared ones latest first."""
        rows = sorted(
            self._meant(sought),
            key=lambda row: (
                -row.cleared_at.timestamp() if row.cleared_at else 0,
                _place(row.drift.pattern),
                row.drift.deadline,
                int(row.order),
                row.drift.system,
                row.drift.subject,
            ),
        )
        return rows[:limit]

    async def read_drift(self, number: int) -> DriftFile | None:
        """Return one drift, open or cleared."""
        return next((row for row in self._rows.values() if row.id == number), None)

    def _meant(self, sought: DriftSought) -> Iterator[DriftFile]:
        names = names_meant(sought.order)
        for row in self._rows.values():
            one = row.drift
            if (
                (row.cleared_at is not None) == sought.cleared
                and sought.pattern in {None, one.pattern}
                and sought.system in {"", one.system}
                and sought.standing in {None, one.standing}
                and sought.cause in {"", one.cause}
                and (
                    not sought.order
                    or any(ref.value in names for ref in self._orders[row.order].matrix.refs)
                )
            ):
                yield row


def _place(pattern: DriftPattern) -> int:
    return [*DriftPattern].index(pattern)
