"""The tasks of the memory store."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.domain.link_state import LinkState
from accord.engine.gauges import GivenUp
from accord.engine.numbers import Behind
from accord.engine.ports import Doubt, Settlement, Task, TaskKind
from accord.storage.facts import Wanted
from accord.storage.overview import LinkLine, Pending


@dataclass(slots=True)
class TaskRow:
    """A task and its lease, if somebody has it."""

    due: datetime
    place: int
    asked_at: datetime
    urgent: bool = False
    repair: bool = False
    leased_until: datetime | None = None
    asked_again: datetime | None = None
    again_repair: bool = False
    held_until: datetime | None = None
    token: int = 0
    failures: int = 0
    dead: bool = False
    doubt: Doubt | None = None
    note: str = ""
    settled_at: datetime | None = None

    def ready_at(self) -> datetime:
        """Return when it can be claimed."""
        return max(self.due, self.leased_until or self.due)

    @property
    def is_at_work(self) -> bool:
        """Whether it has begun and is not over, or was given up in doubt."""
        begun = self.leased_until or self.held_until or self.failures > 0
        return self.doubt is not None or (not self.dead and bool(begun))

    def ask(self, wanted: Wanted) -> None:
        """Make it due earlier; once more after a lease; afresh when it was given up.

        A wait that the link asked for is cut short by urgent wishes only. An ordinary wish makes
        ordinary work of a repair.
        """
        becomes_ordinary = self.repair and not wanted.repair
        due = wanted.due if self.repair else wanted.asked_at
        self.urgent = self.urgent or wanted.urgent
        self.repair = self.repair and wanted.repair
        if becomes_ordinary:
            self.asked_at = wanted.asked_at
        if self.leased_until is not None:
            self.again_repair = wanted.repair and (self.asked_again is None or self.again_repair)
            self.asked_again = min(wanted.due, self.asked_again or wanted.due)
            return
        if self.dead:
            self.dead, self.failures, self.due = False, 0, due
            self.asked_at = wanted.asked_at
        if wanted.urgent:
            self.held_until = None
        earlier = min(self.due, due)
        self.due = max(earlier, self.held_until or earlier)

    def end(self, settlement: Settlement, now: datetime) -> None:
        """End the lease of a task that stays."""
        self.settled_at = now
        again = self.asked_again
        overtaken = again is not None and self.urgent and not settlement.task.urgent
        firm = settlement.due if settlement.firm and not overtaken else None
        dues = [due for due in (settlement.due, again) if due is not None]
        self.due = firm or min(dues, default=self.due)
        self.held_until = firm
        self._count(settlement)
        if again is not None and settlement.due is None:
            self.asked_at = again
        self.dead = settlement.dead and again is None
        self.urgent = self.urgent if again is not None else settlement.urgent
        self.repair = self._lane_after(settlement)
        self.doubt, self.note = settlement.doubt, settlement.note
        self.leased_until = self.asked_again = None
        self.again_repair = False

    def _lane_after(self, settlement: Settlement) -> bool:
        """Return whether it goes on as a repair: by the wishes of meanwhile, if there were any."""
        as_was = settlement.repair and not settlement.urgent
        if self.asked_again is None:
            return as_was
        again = self.again_repair and not self.urgent
        return again if settlement.due is None else as_was and again

    def _count(self, settlement: Settlement) -> None:
        if settlement.dead and self.asked_again is not None:
            self.failures = 0
        elif settlement.failed or settlement.dead:
            self.failures += 1
        elif not settlement.firm:
            self.failures = 0


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
                row.ask(one)
                continue
            self._places += 1
            self._rows[name] = TaskRow(one.due, self._places, one.asked_at, one.urgent, one.repair)

    def claim(
        self,
        kind: TaskKind,
        systems: Collection[str],
        limit: int,
        lease: timedelta,
        now: datetime,
        *,
        urgent: bool,
    ) -> list[Task]:
        """Lease what has been due longest in one lane."""
        ready = sorted(
            (row.due, row.place, name)
            for name, row in self._rows.items()
            if name[0] is kind
            and name[1] in systems
            and row.urgent == urgent
            and not row.repair
            and not row.dead
            and row.ready_at() <= now
        )
        return [self._lease(name, now + lease) for _, _, name in ready[:limit]]

    def claim_repairs(
        self,
        system: str,
        limit: int,
        lease: timedelta,
        now: datetime,
        may: Callable[[str, str], bool],
    ) -> list[Task]:
        """Lease repairs of orders that ``may`` be done, those that have been due longest."""
        ready = sorted(
            (row.due, row.place, name)
            for name, row in self._rows.items()
            if name[1] == system
            and row.repair
            and not row.dead
            and row.ready_at() <= now
            and may(name[2], system)
        )
        return [self._lease(name, now + lease) for _, _, name in ready[:limit]]

    def row(self, order: str, system: str) -> TaskRow | None:
        """Return the work on an order at a mirror, if there is any."""
        return self._rows.get((TaskKind.PROPAGATE, system, order))

    def _lease(self, name: tuple[TaskKind, str, str], until: datetime) -> Task:
        row = self._rows[name]
        taken_over = row.leased_until is not None
        self._tokens += 1
        row.token, row.leased_until, row.asked_again = self._tokens, until, None
        row.again_repair = False
        kind, system, key = name
        return Task(
            kind=kind,
            system=system,
            key=key,
            token=row.token,
            failures=row.failures,
            urgent=row.urgent,
            repair=row.repair,
            taken_over=taken_over,
            doubt=row.doubt,
        )

    def settle(self, settlement: Settlement, now: datetime) -> bool:
        """End a lease; return whether it was still the newest."""
        task = settlement.task
        name = (task.kind, task.system, task.key)
        row = self._rows.get(name)
        if row is None or row.token != task.token or row.leased_until is None:
            return False
        if settlement.due is None and not settlement.dead and row.asked_again is None:
            del self._rows[name]
        else:
            row.end(settlement, now)
        return True

    def wanted(self, kind: TaskKind) -> list[tuple[str, str]]:
        """Return the systems and keys of all work of one kind, in their order."""
        return sorted((system, key) for of, system, key in self._rows if of is kind)

    def given_up(self) -> list[tuple[tuple[TaskKind, str, str], TaskRow]]:
        """Return the tasks that were given up, oldest first."""
        dead = [(name, row) for name, row in self._rows.items() if row.dead]
        return sorted(dead, key=lambda one: one[1].place)

    def given_up_by_system(self) -> tuple[GivenUp, ...]:
        """Return how much was given up at each system, by name."""
        found: dict[str, list[datetime]] = {}
        for (_, system, _), row in self.given_up():
            found.setdefault(system, []).append(row.settled_at or row.due)
        return tuple(
            GivenUp(system=system, letters=len(times), since=min(times))
            for system, times in sorted(found.items())
        )

    def behind(self, late: datetime, now: datetime) -> list[Behind]:
        """Return how many orders wait at each system, and how many since before ``late``."""
        asked: dict[str, list[datetime]] = {}
        for (kind, system, _), row in sorted(self._rows.items()):
            if (
                kind is TaskKind.PROPAGATE
                and not row.dead
                and not row.repair
                and row.asked_at <= now
            ):
                asked.setdefault(system, []).append(row.asked_at)
        return [
            Behind(system=system, waiting=len(times), late=sum(at < late for at in times))
            for system, times in asked.items()
        ]

    def revive(self, places: Collection[int], now: datetime) -> list[int]:
        """Make given-up tasks due at once, with a fresh count; return those that were given up."""
        rows = [row for _, row in self.given_up() if row.place in places]
        for row in rows:
            row.dead, row.failures, row.due, row.asked_at = False, 0, now, now
            row.held_until = None
        return [row.place for row in rows]

    def due(
        self, now: datetime, may_repair: Callable[[str, str], bool]
    ) -> frozenset[tuple[TaskKind, str]]:
        """Return what kinds of work, of which systems, can be claimed."""
        return frozenset(
            (kind, system)
            for (kind, system, key), row in self._rows.items()
            if not row.dead
            and row.ready_at() <= now
            and (not row.repair or may_repair(key, system))
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

    def lines(self, states: Mapping[str, LinkState], now: datetime) -> list[LinkLine]:
        """Return every link that has mirrors to bring into step or has been heard of."""
        rows = [(name[1], row) for name, row in self._rows.items() if name[0] is TaskKind.PROPAGATE]
        alive = [
            (system, row)
            for system, row in rows
            if not row.dead and not row.repair and row.asked_at <= now
        ]
        dead = Counter(system for system, row in rows if row.dead)
        waiting = Counter(system for system, _ in alive)
        urgent = Counter(system for system, row in alive if row.urgent)
        oldest = {
            system: min(row.asked_at for name, row in alive if name == system) for system in waiting
        }
        return [
            LinkLine(
                system=system,
                state=states.get(system, LinkState()),
                waiting=waiting[system],
                urgent=urgent[system],
                dead=dead[system],
                oldest=oldest.get(system),
            )
            for system in sorted({*states, *(system for system, _ in rows)})
        ]
