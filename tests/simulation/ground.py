"""The stores a seed can be played on, and when their work falls due."""

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import Context
from datetime import datetime
from random import Random
from typing import Any, Protocol

from accord.connector_kit.simulator import World
from accord.engine.ports import TaskKind
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore
from accord.storage.statement import prepared
from tests.simulation.bell import DueBell, Lane
from tests.simulation.process import Bell

DUE = prepared("""
    SELECT kind::text, system, lane, min(greatest(due, coalesce(leased_until, due))) AS due
      FROM task, LATERAL (
           SELECT CASE WHEN urgent THEN 'urgent' WHEN repair THEN 'repair' ELSE '' END AS lane
           ) AS named
     WHERE NOT dead
     GROUP BY kind, system, lane
""")
WAITING = prepared("""
    SELECT EXISTS (SELECT FROM envelope WHERE standing = 'waiting' AND waits_scope IS NULL)
""")


class Ground(Protocol):
    """A store, with what the test must know of it and the program need not."""

    store: Any

    def bell(self, world: World, chance: Random) -> Bell:
        """Return what wakes idle steps."""

    async def has(self, deliveries: Sequence[tuple[str, bytes]]) -> Sequence[bool]:
        """Return of each delivery, by system and identity, whether it is kept."""

    async def given_up(self) -> Sequence[tuple[TaskKind, str]]:
        """Return what is tried no more: its kind and the last reason."""


class WatchedStore(MemoryStore):
    """A memory store that says when something falls due, for a clock that jumps there."""

    def dates(self, now: datetime) -> dict[Lane, datetime]:
        """Return when the next work of each kind, system and lane may be taken up."""
        found: dict[Lane, datetime] = {}
        for (kind, system, _), row in self._tasks._rows.items():  # noqa: SLF001 - nobody else tells
            if not row.dead:
                lane = (kind, system, "urgent" if row.urgent else "repair" * row.repair)
                found[lane] = min(row.ready_at(), found.get(lane, row.ready_at()))
        for lane, due in found.items():
            _, system, name = lane
            state = self._link_states.get(system)
            if state is not None:
                found[lane] = max(due, state.next_at(now, urgent=name == "urgent"))
        return found

    def dead(self) -> list[tuple[TaskKind, str]]:
        """Return what is tried no more: its kind and the last reason."""
        return [(kind, row.note) for (kind, _, _), row in self._tasks.given_up()]

    def has(self, system: str, identity: bytes) -> bool:
        """Return whether a delivery is kept."""
        return (system, identity) in self._kept

    @property
    def has_waiting(self) -> bool:
        """Whether an envelope can be claimed."""
        return any(r.is_ready and r.id not in self._in_hand for r in self._waiting.values())


class InMemory:
    """The store that thousands of seeds are played on."""

    def __init__(self) -> None:
        self.store = WatchedStore()

    def bell(self, world: World, chance: Random) -> Bell:
        return DueBell(world, self.store, chance)

    async def has(self, deliveries: Sequence[tuple[str, bytes]]) -> Sequence[bool]:
        return [self.store.has(*delivery) for delivery in deliveries]

    async def given_up(self) -> Sequence[tuple[TaskKind, str]]:
        return self.store.dead()


class OnPostgres:
    """The real database, for a few seeds."""

    def __init__(self, store: PostgresStore, systems: Sequence[str]) -> None:
        self.store = store
        self.looking = False  # meanwhile no time may pass
        self.has_waiting = False
        self._systems = systems
        self._dates: Mapping[Lane, datetime] = {}

    def bell(self, world: World, chance: Random) -> Bell:
        return AskingBell(world, self, chance)

    def dates(self, now: datetime) -> Mapping[Lane, datetime]:
        """Return what was found at the last look."""
        del now
        return self._dates

    async def look(self, now: datetime) -> None:
        """Find out when the next work of each kind, system and lane may be taken up."""
        async with self.store._database.single() as connection:  # noqa: SLF001 - nobody else asks
            rows = [*await connection.execute(DUE)]
            self.has_waiting = bool(await connection.scalar(WAITING))
        states = {system: await self.store.link_state(system) for system in self._systems}
        self._dates = {
            (TaskKind(row.kind), row.system, row.lane): max(
                row.due, states[row.system].next_at(now, urgent=row.lane == "urgent")
            )
            for row in rows
        }

    async def has(self, deliveries: Sequence[tuple[str, bytes]]) -> Sequence[bool]:
        async with self.store._database.single() as connection:  # noqa: SLF001 - the same
            rows = await connection.execute(prepared("SELECT system, identity FROM envelope"))
            kept = {(row.system, bytes(row.identity)) for row in rows}
        return [delivery in kept for delivery in deliveries]

    async def given_up(self) -> Sequence[tuple[TaskKind, str]]:
        async with self.store._database.single() as connection:  # noqa: SLF001 - the same
            rows = await connection.execute(
                prepared("SELECT kind::text, note FROM task WHERE dead")
            )
            return [(TaskKind(row.kind), row.note) for row in rows]


class AskingBell(DueBell):
    """Asks the database what is due, once for all that changes while it is being asked."""

    def __init__(self, world: World, ground: OnPostgres, chance: Random) -> None:
        super().__init__(world, ground, chance)
        self._ground = ground
        self._again = False
        self._asking: asyncio.Task[None] | None = None

    def ring(self) -> None:
        self._again = self._ground.looking = True
        if self._asking is None or self._asking.done():
            # In a context of its own: it belongs to no process of ours and outlives them.
            loop = asyncio.get_running_loop()
            self._asking = loop.create_task(self._ask(), context=Context())

    async def _ask(self) -> None:
        while self._again:
            self._again = False
            await self._ground.look(self._world.now)
        self._ground.looking = False
        self._look()
