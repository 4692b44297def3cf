"""The ledger of repairs of the memory store."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from accord.domain.case import OF_WORK, Case
from accord.engine.desk import Deed, repairs_at
from accord.engine.envelope import Standing
from accord.engine.ports import TaskKind
from accord.engine.repair_ledger import (
    LET_GO,
    UNDECIDED,
    Look,
    Repair,
    RepairOutcome,
    Tally,
)
from accord.storage.cases import Found as FoundCases
from accord.storage.facts import Wanted, without_address
from accord.storage.memory_cases import MemoryCases
from accord.storage.memory_desk import MemoryDesk
from accord.storage.memory_rows import EnvelopeRow, OrderRow
from accord.storage.memory_tasks import TaskTable
from accord.storage.repairs import UNEXPLAINED, Found

REPAIRED = RepairOutcome.REPAIRED
UNDER_WAY = UNDECIDED | {RepairOutcome.RELEASED}


class MemoryRepairs:
    """A ``RepairLedger``, as simple as its meaning allows."""

    def __init__(
        self,
        orders: Mapping[str, OrderRow],
        tasks: TaskTable,
        desk: MemoryDesk,
        cases: MemoryCases,
        kept: Callable[[str, bytes], EnvelopeRow | None],
    ) -> None:
        """Begin with nothing found."""
        self._orders = orders
        self._tasks = tasks
        self._desk = desk
        self._cases = cases
        self._kept = kept
        self._rows: dict[int, Repair] = {}

    def done(self, since: datetime) -> int:
        """Return how many were seen to be done from a moment on."""
        ends = [row.ended_at for row in self._rows.values() if row.outcome is REPAIRED]
        return sum(ended_at is not None and ended_at >= since for ended_at in ends)

    def note(self, found: Iterable[Found], now: datetime) -> None:
        """Put repairs into the ledger whose tasks were asked for."""
        for order, system, why in sorted(found):
            task = self._tasks.row(str(order), system)
            is_repair = task and (task.repair or task.again_repair) and not task.dead
            if not is_repair or self._undecided(str(order), system):
                continue
            number = len(self._rows) + 1
            self._rows[number] = Repair(
                id=number,
                order=str(order),
                number=self._orders[str(order)].matrix.number or "",
                system=system,
                found_at=now,
                why=why,
            )

    def ask(
        self, system: str, orders: Collection[str], why: str, due: datetime, now: datetime
    ) -> None:
        """Put repairs down, but where there is work already, or it was given up."""
        free = [
            order
            for order in sorted(set(orders), key=int)
            if order in self._orders and self._tasks.row(order, system) is None
        ]
        self._tasks.ask(
            Wanted(TaskKind.PROPAGATE, system, order, due, found_at=now) for order in free
        )
        self.note([(int(order), system, why) for order in free], now)

    def may(self, order: str, system: str) -> bool:
        """Return whether a repair may be done, as far as repairs are stopped."""
        row = self._undecided(order, system)
        return not self._desk.is_paused(repairs_at(system)) or bool(row and row.by_hand)

    async def is_idle(self, system: str) -> bool:
        """Return whether nothing is to be repaired at ``system``, and nothing under way."""
        rows = (row for row in self._rows.values() if row.system == system)
        tasks = (self._tasks.row(order, system) for order in self._orders)
        return not (
            any(row.outcome in UNDER_WAY for row in rows)
            or any(task is not None and task.repair and not task.dead for task in tasks)
        )

    async def undecided(
        self, system: str, orders: Collection[str], now: datetime
    ) -> Mapping[str, Repair]:
        """Return the rows of claimed repairs by order; one that has none yet gets one."""
        for order in orders:
            self._recall(order, system)
        self.note([(int(order), system, UNEXPLAINED) for order in orders], now)
        found = {order: self._undecided(order, system) for order in orders}
        return {order: row for order, row in found.items() if row is not None}

    async def let_go(self, system: str) -> Mapping[str, Repair]:
        """Return by order what was let go and is not seen to be done yet."""
        return {row.order: row for row in self._released(system)}

    def _released(self, system: str) -> list[Repair]:
        released = RepairOutcome.RELEASED
        return [r for r in self._rows.values() if r.system == system and r.outcome is released]

    def _recall(self, order: str, system: str) -> None:
        """Take back what was let go and is a repair again."""
        task = self._tasks.row(order, system)
        if task is None or not task.repair or task.dead or self._undecided(order, system):
            return
        last = next((row for row in reversed(self._released(system)) if row.order == order), None)
        if last is not None:
            waiting = RepairOutcome.WAITING
            self._rows[last.id] = replace(last, outcome=waiting, look=None, decided_at=None)

    async def waiting(self, system: str, limit: int) -> Sequence[Repair]:
        """Return repairs that are neither decided nor held, oldest first."""
        rows = [
            row
            for row in self._rows.values()
            if row.system == system and row.outcome is RepairOutcome.WAITING and not row.by_hand
        ]
        return rows[:limit]

    async def tally(self, system: str, since: datetime) -> Tally:
        """Count what was found since a person last accepted it, and let go after ``since``."""
        accepted = self._desk.resumed_at(repairs_at(system))
        whys = Counter(
            row.why
            for row in self._rows.values()
            if row.system == system
            and not row.by_hand
            and (accepted is None or row.found_at > accepted)
            and (row.outcome in UNDECIDED or _is_let_go_after(row, since))
        )
        if not whys:
            return Tally()
        cause, most = min(whys.items(), key=lambda one: (-one[1], one[0]))
        return Tally(whys.total(), cause, most)

    async def orders_known(self, most: int) -> int:
        """Return how many orders are known, counted no further than ``most``."""
        return min(len(self._orders), most)

    async def standings(self, look: Look) -> Mapping[tuple[str, bytes], Standing]:
        """Return what became of the envelopes of a look."""
        found = {name: self._kept(*name) for name in look.envelopes}
        return {name: row.standing for name, row in found.items() if row is not None}

    async def write(self, rows: Sequence[Repair]) -> None:
        """Store what became of rows that nobody decided about until now."""
        for row in rows:
            held = self._rows[row.id]
            if held.outcome in UNDECIDED:
                self._rows[row.id] = replace(
                    held,
                    outcome=row.outcome,
                    look=row.look,
                    actions=tuple(map(without_address, row.actions)),
                    who=row.who,
                    reason=row.reason,
                    decided_at=row.decided_at,
                    ended_at=row.ended_at,
                )

    async def in_hand(self, system: str) -> int:
        """Return how many were let go and are not seen to be done yet."""
        rows = [row for row in self._rows.values() if row.system == system]
        return sum(row.outcome is RepairOutcome.RELEASED for row in rows)

    async def is_stopped(self, system: str) -> bool:
        """Return whether no repairs may be done at ``system``, but by hand."""
        return self._desk.is_paused(repairs_at(system))

    async def stop(self, system: str, deed: Deed) -> bool:
        """Let no repairs be done at ``system``; return False if that was so already."""
        return await self._desk.pause(repairs_at(system), deed)

    async def hold(self, rows: Sequence[Repair], cases: Mapping[str, Case], now: datetime) -> None:
        """Put rows down as held, with a case for the order of each."""
        for row in rows:
            held = self._rows[row.id]
            if held.outcome is RepairOutcome.WAITING:
                actions = tuple(map(without_address, row.actions))
                self._rows[row.id] = replace(held, outcome=RepairOutcome.HELD, actions=actions)
                case = cases[row.order]
                found = FoundCases(int(row.order), (case,), case.system, whole=False)
                self._cases.write([found], OF_WORK, now)

    async def ask_by_hand(self, order: str, system: str, deed: Deed) -> bool:
        """Let one repair be done whatever the cap; return False if there is none to be done."""
        row = self._undecided(order, system)
        if row is None:
            return False
        self._rows[row.id] = replace(row, by_hand=True, who=deed.who, reason=deed.why)
        self._desk.note(deed, [row.id])
        task = self._tasks.row(order, system)
        if task is not None and task.repair and task.leased_until is None:
            task.due = deed.at
        return True

    async def tidy(self, system: str, now: datetime) -> int:
        """End what went on as ordinary work; return how many rows that were."""
        ended = [
            (row, outcome)
            for row in self._rows.values()
            if row.system == system
            and row.outcome in UNDER_WAY
            and (outcome := self._end_of(row)) is not None
        ]
        for row, outcome in ended:
            self._rows[row.id] = replace(row, outcome=outcome, ended_at=now)
        return len(ended)

    def _end_of(self, row: Repair) -> RepairOutcome | None:
        """Return how a row ended without the ledger; None if it is still under way."""
        task = self._tasks.row(row.order, row.system)
        if task is not None and task.dead:
            return RepairOutcome.GIVEN_UP
        if row.outcome is RepairOutcome.RELEASED:
            return RepairOutcome.REPAIRED if task is None else None
        is_repair = task is not None and (task.repair or task.again_repair)
        return None if is_repair else RepairOutcome.OVERTAKEN

    async def rows(self, system: str, since: datetime, limit: int) -> Sequence[Repair]:
        """Return what is under way, then what ended after ``since``, latest first."""
        rows = [
            row
            for row in self._rows.values()
            if system in {"", row.system}
            and (row.outcome in UNDER_WAY or (row.ended_at is not None and row.ended_at > since))
        ]
        rows.sort(key=lambda row: (row.outcome not in UNDER_WAY, -row.id))
        return rows[:limit]

    def _undecided(self, order: str, system: str) -> Repair | None:
        found = (
            row
            for row in self._rows.values()
            if (row.order, row.system) == (order, system) and row.outcome in UNDECIDED
        )
        return next(found, None)


def _is_let_go_after(row: Repair, since: datetime) -> bool:
    return row.outcome in LET_GO and row.decided_at is not None and row.decided_at > since
