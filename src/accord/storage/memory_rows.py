"""The tables of the memory store: envelopes, orders, tasks."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from accord.domain.matrix import Matrix
from accord.domain.report import NUMBER, Ref, order_number
from accord.engine.envelope import Envelope, Incoming, Standing
from accord.engine.ports import Settlement, Task, TaskKind
from accord.storage.facts import Wanted
from accord.storage.overview import OrderLine, Pending, Told

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class EnvelopeRow:
    """A kept envelope with what became of it."""

    incoming: Incoming
    id: int
    copies: int = 0
    standing: Standing = Standing.WAITING
    reason: str = ""
    waits_for: Ref | None = None
    decided_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can be read now."""
        return self.waits_for is None and self.standing is Standing.WAITING

    def envelope(self) -> Envelope:
        """Return it as a sitting sees it."""
        return Envelope(
            id=self.id,
            system=self.incoming.system,
            topic=self.incoming.topic,
            origin=self.incoming.origin,
            body=self.incoming.body,
            headers=self.incoming.headers,
            received_at=self.incoming.received_at,
        )


@dataclass(slots=True)
class OrderRow:
    """An order with its history, and the lock that keeps it in one hand."""

    order: str
    matrix: Matrix = field(default_factory=Matrix)
    updated_at: datetime = _NEVER
    history: list[Told] = field(default_factory=list)
    hand: asyncio.Lock = field(default_factory=asyncio.Lock)

    def number(self) -> int:
        """Return what orders are sorted by: the later one has the greater number."""
        return int(self.order)

    def line(self) -> OrderLine:
        """Return it as a list shows it."""
        return OrderLine(order=self.order, matrix=self.matrix, updated_at=self.updated_at)

    def has_name(self, search: str) -> bool:
        """Return whether a search for ``search`` finds it."""
        name, number = search.strip(), order_number(search).value
        return not name or any(
            ref.value == name or (ref.scope == NUMBER and ref.value.startswith(number))
            for ref in self.matrix.refs
        )


@dataclass(slots=True)
class TaskRow:
    """A task and its lease, if somebody has it."""

    due: datetime
    place: int
    leased_until: datetime | None = None
    asked_again: datetime | None = None
    token: int = 0
    failures: int = 0
    dead: bool = False
    note: str = ""

    def ready_at(self) -> datetime:
        """Return when it can be claimed."""
        return max(self.due, self.leased_until or self.due)

    def ask(self, due: datetime) -> None:
        """Make it due earlier; once more after a lease; afresh when it was given up."""
        if self.leased_until is not None:
            self.asked_again = min(due, self.asked_again or due)
        elif self.dead:
            self.dead, self.failures, self.due = False, 0, due
        else:
            self.due = min(self.due, due)

    def end(self, settlement: Settlement) -> None:
        """End the lease of a task that stays."""
        again = self.asked_again
        dues = [due for due in (settlement.due, again) if due is not None]
        self.due = min(dues, default=self.due)
        self.failures = self.failures + 1 if settlement.failed else 0
        if settlement.dead and again is not None:
            self.failures = 0
        self.dead = settlement.dead and again is None
        self.note = settlement.note
        self.leased_until = self.asked_again = None


class TaskTable:
    """Work that outlives a turn, by kind, system and key."""

    def __init__(self) -> None:
        self._rows: dict[tuple[TaskKind, str, str], TaskRow] = {}
        self._tokens = 0
        self._places = 0

    def ask(self, wanted: Iterable[Wanted]) -> None:
        """Put work down, or change what is there."""
        for one in sorted(wanted, key=lambda one: (one.kind, one.system, one.key)):
            name = (one.kind, one.system, one.key)
            row = self._rows.get(name)
            if row is not None:
                row.ask(one.due)
                continue
            self._places += 1
            self._rows[name] = TaskRow(one.due, self._places)

    def claim(
        self, kind: TaskKind, systems: Collection[str], limit: int, lease: timedelta, now: datetime
    ) -> list[Task]:
        """Lease what has been due longest."""
        ready = sorted(
            (row.due, row.place, name)
            for name, row in self._rows.items()
            if name[0] is kind and name[1] in systems and not row.dead and row.ready_at() <= now
        )
        return [self._lease(name, now + lease) for _, _, name in ready[:limit]]

    def _lease(self, name: tuple[TaskKind, str, str], until: datetime) -> Task:
        row = self._rows[name]
        self._tokens += 1
        row.token, row.leased_until, row.asked_again = self._tokens, until, None
        kind, system, key = name
        return Task(kind=kind, system=system, key=key, token=row.token, failures=row.failures)

    def settle(self, settlement: Settlement) -> bool:
        """End a lease; return whether it was still the newest."""
        task = settlement.task
        name = (task.kind, task.system, task.key)
        row = self._rows.get(name)
        if row is None or row.token != task.token or row.leased_until is None:
            return False
        if settlement.due is None and not settlement.dead and row.asked_again is None:
            del self._rows[name]
        else:
            row.end(settlement)
        return True

    def due(self, now: datetime) -> frozenset[tuple[TaskKind, str]]:
        """Return what kinds of work, of which systems, can be claimed."""
        return frozenset(
            (kind, system)
            for (kind, system, _), row in self._rows.items()
            if not row.dead and row.ready_at() <= now
        )

    def pending(self, order: str) -> list[Pending]:
        """Return what is still to be done for one order at its mirrors."""
        return [
            Pending(
                system=system,
                due=row.due,
                leased_until=row.leased_until,
                failures=row.failures,
                dead=row.dead,
                note=row.note,
            )
            for (kind, system, key), row in sorted(self._rows.items())
            if kind is TaskKind.PROPAGATE and key == order
        ]
