"""Wakes idle steps when there is work: what an idle second of theirs would find."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Protocol

from accord.connector_kit.simulator import World
from accord.engine.ports import TaskKind

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


Lane = tuple[TaskKind, str, str]


@dataclass(slots=True, eq=False)
class _Sleeper:
    lane: Lane | None  # none: what is to be interpreted
    woken: "asyncio.Future[None]"
    due: datetime | None = None
    timer: asyncio.TimerHandle | None = None


class Dated(Protocol):
    """A store that knows when its next work is due."""

    @property
    def has_waiting(self) -> bool:
        """Whether an envelope can be claimed."""

    def dates(self, now: datetime) -> Mapping[Lane, datetime]:
        """Return when the next work of each kind, system and lane may be taken up."""


class DueBell:
    """Over a memory store, which knows when its next task is due."""

    def __init__(self, world: World, store: Dated, chance: Random) -> None:
        self._world, self._store, self._chance = world, store, chance
        self._sleepers: dict[_Sleeper, None] = {}
        self._dates: Mapping[Lane, datetime] = {}
        self._rung = False

    def ring(self) -> None:
        """Look at the store again, once for all that changes at one moment."""
        if not self._rung:
            self._rung = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._rung = False
        self._dates = self._store.dates(self._world.now)
        for sleeper in list(self._sleepers):
            self._set(sleeper)

    async def work(self, name: str) -> None:
        """Return once the step of this name may find something, at most an idle rest later."""
        sleeper = _Sleeper(_lane(name), asyncio.get_running_loop().create_future())
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
        if sleeper.woken.done():
            return
        due = self._due(sleeper.lane)
        if due == sleeper.due:
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

    def _due(self, lane: Lane | None) -> datetime | None:
        if lane is None:
            return self._world.now if self._store.has_waiting else None
        return self._dates.get(lane)


@cache
def _lane(name: str) -> Lane | None:
    if name.startswith("interpret"):
        return None
    step, _, system = name.rpartition(" ")
    kind, lane = STEPS[step]
    return kind, system, lane
