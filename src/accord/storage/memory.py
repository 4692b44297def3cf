"""The store in memory: the model that PostgreSQL is held to, and the store of quick tests."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.case import OF_FACTS, OF_WORK
from accord.domain.link_state import LinkState
from accord.domain.matrix import Condition, Matrix, anyhow
from accord.domain.report import EXTERNAL, Ref
from accord.engine.desk import INTERPRETING
from accord.engine.envelope import Incoming, Standing
from accord.engine.ports import (
    Attempt,
    Change,
    LinkTakenError,
    Settlement,
    Task,
    TaskKind,
    Verdict,
)
from accord.storage.cases import Found, found_in
from accord.storage.facts import Wanted, merged, wanted_by_change
from accord.storage.memory_alerts import MemoryAlerts, MemoryInstruments
from accord.storage.memory_cases import MemoryCases
from accord.storage.memory_desk import MemoryDesk
from accord.storage.memory_drift import MemoryDrift
from accord.storage.memory_notices import MemoryNotices
from accord.storage.memory_numbers import MemoryNumbers
from accord.storage.memory_overview import MemoryOverview
from accord.storage.memory_repairs import MemoryRepairs
from accord.storage.memory_rows import EnvelopeRow, OrderRow, read_next
from accord.storage.memory_sitting import MemorySitting, Placed
from accord.storage.memory_sweeps import MemoryCensus, MemoryHeard, MemorySweeps
from accord.storage.memory_tasks import TaskTable
from accord.storage.overview import Told
from accord.storage.repairs import found_in as found_repairs
from accord.storage.subscriptions import MemorySubscriptions


class MemoryStore(MemoryOverview):
    """A ``Store`` and an ``Overview``, as simple as their meaning allows."""

    def __init__(self) -> None:
        self._envelopes: list[EnvelopeRow] = []
        self._waiting: dict[int, EnvelopeRow] = {}
        self._kept: dict[tuple[str, bytes], EnvelopeRow] = {}
        self._in_hand: set[int] = set()
        self._links: dict[Ref, set[str]] = {}
        self._numbers = 0
        self.rows: dict[str, OrderRow] = {}
        self._tasks = TaskTable()
        self._attempts: list[Attempt] = []
        self._bookmarks: dict[str, str] = {}
        self._link_states: dict[str, LinkState] = {}
        work = (self._tasks, self._attempts, self.rows)
        self.desk = MemoryDesk(self._envelopes, self._waiting, *work)
        self.notices = MemoryNotices(self.rows, self.desk.note)
        self.subscription_book = MemorySubscriptions()
        self.subscriptions = self.subscription_book.lines
        self.cases = MemoryCases(self.rows, self.desk.note, self._change)
        self.repairs = MemoryRepairs(
            self.rows, self._tasks, self.desk, self.cases, lambda *name: self._kept.get(name)
        )
        self.alerts = MemoryAlerts()
        self.instruments = MemoryInstruments(
            self._envelopes, self._waiting, self._tasks, self.desk, self.alerts
        )
        self.drifts = MemoryDrift(*work, self._envelopes, self._links)
        self.numbers = MemoryNumbers(
            orders=self.rows,
            drifts=self.drifts,
            envelopes=self._envelopes,
            tasks=self._tasks,
            cases=self.cases,
            alerts=self.alerts,
            instruments=self.instruments,
            repairs=self.repairs,
        )
        self.sweeps = MemorySweeps(self)
        self.census = MemoryCensus(self)
        self.heard = MemoryHeard(self._envelopes)

    async def keep(self, incoming: Sequence[Incoming]) -> int:
        """Keep what was received in one commit; return how many were not copies."""
        before = len(self._envelopes)
        for one in incoming:
            row = self._kept.get((one.system, one.identity))
            if row is not None:
                row.copies += 1
                continue
            row = EnvelopeRow(one, len(self._envelopes) + 1)
            self._envelopes.append(row)
            self._waiting[row.id] = row
            self._kept[one.system, one.identity] = row
        return len(self._envelopes) - before

    @asynccontextmanager
    async def interpreting(self, limit: int, now: datetime) -> AsyncIterator[MemorySitting]:
        """Claim up to ``limit`` waiting envelopes until the block ends, then commit."""
        del now  # what waits is ready at any time
        limit = 0 if self.desk.is_paused(INTERPRETING) else limit
        rows = read_next(self._waiting.values(), self._in_hand, limit)
        numbers = {row.id for row in rows}
        self._in_hand |= numbers
        try:
            async with AsyncExitStack() as hands:
                sitting = MemorySitting(self, [row.envelope() for row in rows], hands)
                yield sitting
                self._commit(sitting)
        except Exception as error:
            for row in rows:
                row.tries += not isinstance(error, LinkTakenError)
            raise
        finally:
            self._in_hand -= numbers

    def kept(self, system: str, identity: bytes) -> EnvelopeRow | None:
        """Return the envelope of this identity."""
        return self._kept.get((system, identity))

    def waiting(self) -> Iterable[EnvelopeRow]:
        """Return the envelopes that wait."""
        return self._waiting.values()

    def named(self, ref: Ref) -> str | None:
        """Return the one order that has this name."""
        orders = self._links.get(ref, set())
        return next(iter(orders)) if len(orders) == 1 else None

    def _place(self, order: str, matrix: Matrix) -> None:
        """Put an order under a number that was given out elsewhere."""
        self.rows.setdefault(order, OrderRow(order, matrix))
        self._numbers = max(self._numbers, int(order))
        self._name(order, matrix.refs)

    def next_number(self) -> str:
        """Return the number of a new order; one that is given up is not given again."""
        self._numbers += 1
        return str(self._numbers)

    def check(self, placed: Sequence[Placed]) -> None:
        """Raise ``LinkTakenError`` for the first name that leads to another order."""
        names = sorted((ref, order) for order, change in placed for ref in change.matrix.refs)
        wanted: dict[Ref, str] = {}
        for ref, order in names:
            taken = self._links.get(ref, {order}) != {order}
            if ref.scope != EXTERNAL and (taken or wanted.setdefault(ref, order) != order):
                raise LinkTakenError(ref)

    def _commit(self, sitting: MemorySitting) -> None:
        for placed, _, _ in sitting.written:
            self.check(placed)
        for placed, verdicts, now in sitting.written:
            for order, change in placed:
                self._change(order, change, now)
            for verdict in verdicts:
                self._settle(verdict, now)
        self._tasks.ask(sitting.wanted)

    def _change(self, order: str, change: Change, now: datetime) -> None:
        row = self.rows.setdefault(order, OrderRow(order))
        row.hold(change.matrix, now)
        row.history += [Told(cell=cell, decided_at=now) for cell in change.told]
        self._name(order, change.matrix.refs)
        self.cases.write([Found(int(order), change.cases)], OF_FACTS, now)
        self.numbers.count(change.agreed, now)
        self._tasks.ask(wanted_by_change(order, change, now))
        self.repairs.note(found_repairs([(change, int(order))]), now)

    def _name(self, order: str, refs: Collection[Ref]) -> None:
        for ref in refs:
            self._links.setdefault(ref, set()).add(order)
        for envelope in self._waiting.values():
            if envelope.waits_for in refs:
                envelope.waits_for = None

    def _settle(self, verdict: Verdict, now: datetime) -> None:
        row = self._envelopes[verdict.envelope - 1]
        row.standing, row.reason, row.decided_at = verdict.standing, verdict.reason, now
        row.objections, row.tries = verdict.objections, 0
        if verdict.standing is Standing.WAITING:
            row.waits_for = None if verdict.waits_for in self._links else verdict.waits_for
        else:
            self._waiting.pop(row.id, None)

    async def ask(self, kind: TaskKind, system: str, keys: Collection[str], due: datetime) -> None:
        """Put work down; what is already asked for is not asked twice, only made due earlier."""
        self._tasks.ask(Wanted(kind, system, key, due) for key in keys)

    async def ask_repairs(
        self, system: str, orders: Collection[str], why: str, due: datetime, now: datetime
    ) -> None:
        """Put down that orders are out of step at ``system`` with nobody at work; not if so."""
        self.repairs.ask(system, orders, why, due, now)

    async def claim(
        self,
        kind: TaskKind,
        systems: Collection[str],
        limit: int,
        lease: timedelta,
        now: datetime,
        *,
        urgent: bool = False,
    ) -> Sequence[Task]:
        """Lease due tasks of one lane, repairs left out, oldest first; each has a new token."""
        open_ = [name for name in systems if self._may_claim(kind, name)]
        return self._tasks.claim(kind, open_, limit, lease, now, urgent=urgent)

    async def claim_repairs(
        self, system: str, limit: int, lease: timedelta, now: datetime
    ) -> Sequence[Task]:
        """Lease due repairs, oldest first; while they are stopped, only those asked for by hand."""
        if not self._may_claim(TaskKind.PROPAGATE, system):
            return []
        return self._tasks.claim_repairs(system, limit, lease, now, self.repairs.may)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> Sequence[Task]:
        """End leases; return the tasks whose token was no longer the newest."""
        late = [one.task for one in settlements if not self._tasks.settle(one, now)]
        ended = [one for one in settlements if one.task not in late]
        self.cases.write(list(found_in(ended)), OF_WORK, now)
        return late

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Keep what was tried, and what is known by it of orders, in one commit."""
        strangers = sorted({attempt.order for attempt in attempts} - set(self.rows))
        if strangers:
            message = f"there is no order {strangers[0]} to record an attempt on"
            raise LookupError(message)
        for attempt in attempts:
            if attempt.made is not None:
                await self.link(attempt.order, Matrix(known={attempt.made.key: attempt.made}))
        self._attempts += [replace(attempt, made=None) for attempt in attempts]

    async def load(self, orders: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of some orders, unlocked."""
        return {order: self.rows[order].matrix for order in orders if order in self.rows}

    async def link(self, order: str, matrix: Matrix, only_if: Condition = anyhow) -> bool:
        """Merge facts learned outside an envelope into an order; ``only_if`` is held of it now."""
        row = self.rows.get(order)
        if row is None:
            message = f"there is no order {order} to link anything to"
            raise LookupError(message)
        async with row.hand:
            if not only_if(row.matrix):
                return False
            after = merged(row.matrix, matrix)
            self.check([(order, Change(order=order, matrix=after))])
            row.hold(after)
            self._name(order, after.refs)
        return True

    async def bookmark(self, system: str) -> str | None:
        """Return where the change feed of ``system`` was left."""
        return self._bookmarks.get(system)

    async def advance(self, system: str, incoming: Sequence[Incoming], bookmark: str) -> int:
        """Keep a page of a feed and its bookmark in one commit; return how many were new."""
        self._bookmarks[system] = bookmark
        return await self.keep(incoming)

    async def link_state(self, system: str) -> LinkState:
        """Return what is known of one link."""
        return self._link_states.get(system, LinkState())

    async def reckon(
        self, system: str, change: Callable[[LinkState], LinkState]
    ) -> tuple[LinkState, LinkState]:
        """Change what is known of one link, one hand at a time; return it before and after."""
        before = self._link_states.get(system, LinkState())
        self._link_states[system] = change(before)
        return before, self._link_states[system]

    async def is_at_work(self, order: str, systems: Collection[str]) -> bool:
        """Return whether work on an order at one of these mirrors has begun and is not over."""
        rows = [self._tasks.row(order, system) for system in systems]
        return any(row is not None and row.is_at_work for row in rows)

    async def why_paused(self, system: str) -> str | None:
        """Return who lets nothing be written to ``system`` for now, and why; None if nobody."""
        return self.desk.why_paused(system)

    async def due(self, now: datetime) -> frozenset[tuple[TaskKind, str]]:
        """Return what kinds of work, of which systems, can be claimed at ``now``."""
        due = self._tasks.due(now, self.repairs.may)
        return frozenset(each for each in due if self._may_claim(*each))

    def _may_claim(self, kind: TaskKind, system: str) -> bool:
        return kind is not TaskKind.PROPAGATE or self.desk.why_paused(system) is None
