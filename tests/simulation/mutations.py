"""Builds of the engine with one mechanism taken out: each must be caught by the seeds."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from accord.bootstrap import Engine, engine
from accord.domain.accord import Accord
from accord.domain.action import Action
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied
from accord.engine.envelope import Incoming
from accord.engine.group_commit import GroupCommit
from accord.engine.ports import Attempt, Link, Settlement, Store, Task, TaskKind
from accord.engine.propagate import Propagator
from accord.engine.reading import LEASE, Reader
from accord.engine.settling import done
from tests.simulation.weather import Ill

Build = Callable[..., Engine]


def acknowledges_first(
    accord: Accord, links: Mapping[str, Link], store: Store, **given: Any
) -> Engine:
    """Answer a delivery before it is durable."""
    return engine(accord, links, store, keeping=_Hasty(store), **given)


class _Hasty:
    is_overdue = False

    def __init__(self, store: Store) -> None:
        self._commits = GroupCommit(store.keep)
        self._tasks: set[asyncio.Task[None]] = set()

    async def keep(self, incoming: Incoming) -> None:
        task = asyncio.create_task(self._later(incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, incoming: Incoming) -> None:
        await asyncio.sleep(1)
        with suppress(Exception):
            await self._commits.keep(incoming)


def believes_answers(*given: Any, **more: Any) -> Engine:
    """Take what a mirror answers for what is so, and look no more."""
    works = engine(*given, **more)
    works.propagator.__class__ = _Believing
    return works


class _Believing(Propagator):
    async def _seen(self, work: Any) -> None:
        """Look at nothing."""

    def _settled(self, work: Any, outcome: Any, *given: Any) -> Settlement:
        if isinstance(outcome, Applied):
            return done(work.task)
        return super()._settled(work, outcome, *given)


def acts_on_events(*given: Any, **more: Any) -> Engine:
    """Ask for each change once when it comes up, whatever the mirror says after."""
    works = engine(*given, **more)
    works.propagator.__class__ = _Edge
    return works


class _Edge(Propagator):
    def _planned(self, task: Task, matrix: Matrix) -> list[Action]:
        before = self._before(task)
        return [action for action in super()._planned(task, matrix) if action not in before]

    async def _act(self, work: Any) -> Attempt | None:
        tried = await super()._act(work)
        self._before(work.task).extend(work.actions)
        return tried

    def _before(self, task: Task) -> list[Action]:
        asked: dict[tuple[str, str], list[Action]] = self.__dict__.setdefault("asked", {})
        return asked.setdefault((task.system, task.key), [])


def settles_for_others(
    accord: Accord, links: Mapping[str, Link], store: Any, **given: Any
) -> Engine:
    """End whatever lease there is on a task, also another's."""
    return engine(accord, links, _Unfenced(store), **given)


class _Unfenced:
    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> Sequence[Task]:
        rows = self._store._tasks._rows  # noqa: SLF001 - a broken build may look anywhere
        current = []
        for one in settlements:
            row = rows.get((one.task.kind, one.task.system, one.task.key))
            token = row.token if row is not None else one.task.token
            current.append(replace(one, task=replace(one.task, token=token)))
        refused: Sequence[Task] = await self._store.settle(current, now)
        return refused


def listens_only(*given: Any, **more: Any) -> Engine:
    """Rely on hooks: read no feed, and nothing again."""
    works = engine(*given, **more)
    works.reader.__class__ = _Deaf
    return works


class _Deaf(Reader):
    async def poll_turn(self, system: str, every: timedelta) -> int:
        return await self._put_off(TaskKind.POLL, system, self._pace.clock() + every)

    async def reread_turn(self, system: str) -> int:
        return await self._put_off(TaskKind.REREAD, system, None)

    async def _put_off(self, kind: TaskKind, system: str, due: datetime | None) -> int:
        now = self._pace.clock()
        tasks = await self._store.claim(kind, [system], 10, LEASE, now)
        await self._store.settle([Settlement(task=task, due=due) for task in tasks], now)
        return len(tasks)


BUILDS: Mapping[str, Build] = {
    "as it is": engine,
    "acknowledges before it keeps": acknowledges_first,
    "believes what a mirror answers": believes_answers,
    "acts on the event, not on what is so": acts_on_events,
    "ends a lease that is another's": settles_for_others,
    "reads nothing by itself": listens_only,
}
# The branch on which each broken build goes wrong, if anywhere.
MISSED_ON: Mapping[str, str] = {
    "acknowledges before it keeps": "killed before keep",
    "believes what a mirror answers": Ill.FORGOTTEN,
    "acts on the event, not on what is so": Ill.FORGOTTEN,
    "ends a lease that is another's": "an old token was refused",
    "reads nothing by itself": "hook lost",
}
