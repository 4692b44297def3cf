"""Wakes idle steps when there is work: what an idle second of theirs would find."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accord.connector_kit.simulator import World
from accord.engine.ports import TaskKind
from tests.simulation.database import WatchedStore

# Each step by the name its loop has: what it takes up, and in which lane.
STEPS = {
    "stop at": (TaskKind.PROPAGATE, "urgent"),
    "propagate": (TaskKind.PROPAGATE, ""),
    "repair": (TaskKind.PROPAGATE, "repair"),
    "reread": (TaskKind.REREAD, ""),
    "poll": (TaskKind.POLL, ""),
    "sweep": (TaskKind.SWEEP, ""),
    "census": (TaskKind.CENSUS, ""),
    "subscribe": (TaskKind.SUBSCRIBE, ""),
}
# How long a step of ours rests before it looks by itself.
IDLE = timedelta(seconds=1)


@dataclass(slots=True, eq=False)
class _Sleeper:
    name: str
    woken: "asyncio.Future[None]"
    due: datetime | None = None
    timer: asyncio.TimerHandle | None = None


class DueBell:
    """Over a memory store, which knows when its next task is due."""

    def __init__(self, world: World, store: WatchedStore, chance: Random) -> None:
        self._world, self._store, self._chance = world, store, chance
        self._sleepers: dict[_Sleeper, None] = {}
        self._dates: Mapping[tuple[TaskKind, str, str], datetime] = {}

    def ring(self) -> None:
        """Look at the store again: it has changed."""
        self._dates = self._store.dates(self._world.now)
        for sleeper in list(self._sleepers):
            self._set(sleeper)

    async def work(self, name: str) -> None:
        """Return once the step of this name may find something, at most an idle rest later."""
        sleeper = _Sleeper(name, asyncio.get_running_loop().create_future())
        self._sleepers[sleeper] = None
        try:
            self._set(sleeper)
            await sleeper.woken
        finally:
            del self._sleepers[sleeper]
            if sleeper.timer is not None:
                sleeper.timer.cancel()
        await asyncio.sleep(self._chance.random() * IDLE.total_seconds())

    def _set(self, sleeper: _Sleeper) -> None:
        due = self._due(sleeper.name)
        if sleeper.woken.done() or (due is not None and due == sleeper.due):
            return
        if sleeper.timer is not None:
            sleeper.timer.cancel()
            sleeper.timer = None
        sleeper.due = due
        if due is not None:
            wait = max((due - self._world.now).total_seconds(), 0)
            loop = asyncio.get_running_loop()
            sleeper.timer = loop.call_later(wait, self._wake, sleeper)

    @staticmethod
    def _wake(sleeper: _Sleeper) -> None:
        if not sleeper.woken.done():
            sleeper.woken.set_result(None)

    def _due(self, name: str) -> datetime | None:
        step, _, system = name.rpartition(" ")
        if step in {"", "interpret"}:
            return self._world.now if self._store.has_waiting else None
        kind, lane = STEPS[step]
        return self._dates.get((kind, system, lane))
