"""One process of ours: the real engine on a connection of its own, killed or frozen at any step."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextvars import Context, ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Protocol, TypeVar, cast

from accord.bootstrap import Engine, engine
from accord.connector_kit.link import ConnectedSystem
from accord.domain.accord import Accord
from accord.domain.action import Action, action_name
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.engine.ports import Attempt, Delivery, Link, Page, Store
from accord.engine.receive import Receipt
from accord.engine.runner import Finish, Runner, Turn
from accord.settings.linking import links
from accord.settings.systems import SystemSettings
from tests.simulation.chronicle import Chronicle
from tests.simulation.database import Connection, DatabaseDownError, Server
from tests.simulation.lists import Lists
from tests.simulation.wire import ACTING, Road, Wire

T = TypeVar("T")

# The process a task belongs to; what the world does belongs to none.
OWNER: ContextVar["Process | None"] = ContextVar("owner", default=None)


class GoneError(Exception):
    """The process is dead; what still runs of it may do nothing any more."""


def owned(task: "asyncio.Task[Any]", context: Context | None) -> None:
    """Tell the process under which a task was made that the task is its own."""
    owner = OWNER.get() if context is None else context.get(OWNER)
    if owner is not None:
        owner.tasks[task] = None
        task.add_done_callback(lambda done: owner.tasks.pop(done, None))


class Bell(Protocol):
    """Says when there may be work."""

    def ring(self) -> None:
        """Say that the store has changed."""

    async def work(self, name: str) -> None:
        """Return once a step of this name may find something to do."""


class TimelyRunner(Runner):
    """A runner whose idle steps sleep until something is due, as no clock runs meanwhile."""

    def __init__(self, failed: Callable[[str, Exception], None], bell: Bell) -> None:
        super().__init__(failed)
        self._bell = bell
        self._in_vain: dict[str, int] = {}

    def start(self, name: str, turn: Turn, finish: Finish | None = None) -> None:
        """Run ``turn`` again and again; the longer it finds nothing, the longer it may rest."""

        async def counted() -> int:
            found = await turn()
            self._in_vain[name] = 0 if found else self._in_vain.get(name, 0) + 1
            return found

        super().start(name, counted, finish)
        self._loops[-1].add_done_callback(partial(self._ended, name))

    def _ended(self, name: str, loop: "asyncio.Task[None]") -> None:
        if not loop.cancelled() and (error := loop.exception()) is not None:
            self._failed(f"the loop of {name}", cast("Exception", error))

    async def _rest(self, until: asyncio.Event, at_most: timedelta) -> None:  # type: ignore[override]
        task = asyncio.current_task()
        assert task is not None
        if until is self._stopping:
            await asyncio.sleep(at_most.total_seconds())
            return
        name = task.get_name()
        await self._bell.work(name)
        # What is due and may not be asked yet: looked at each second, but not for hours.
        await asyncio.sleep(min(1 << max(self._in_vain.get(name, 0) - 2, 0), 32) - 1)


@dataclass(slots=True)
class Works:
    """What every process of one seed is built from."""

    accord: Accord
    systems: Mapping[str, SystemSettings]
    roads: Mapping[str, Road]
    server: Server
    chronicle: Chronicle
    clock: Callable[[], Any]
    bell: Bell
    poll_every: timedelta
    changes: dict[tuple[str, str], list["Change"]]
    too_early: Callable[[Action, str, str], str]
    lists: Lists
    build: Callable[..., Engine] = engine


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a process dies, and at which of its steps it dies or falls asleep, for how long.

    ``dies_when`` names a place and the how manieth time the process is there.
    """

    dies_at: int | None = None
    dies_when: tuple[str, int] | None = None
    sleeps_at: int | None = None
    sleeps_for: timedelta = timedelta()


@dataclass(slots=True, eq=False)
class Change:
    """A change under way at one mirror of one order. ``excused``: its process slept meanwhile."""

    process: str
    what: str
    excused: bool = False


class Process:
    """Built when it starts; nothing of it outlives its end but what the store holds."""

    def __init__(self, name: str, works: Works, chance: Random, fate: "Fate") -> None:
        """Die or fall asleep at the steps that ``fate`` names, if they are reached."""
        self.name, self.alive, self.frozen = name, True, False
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.steps = 0
        self._passed: Counter[str] = Counter()
        self.died = asyncio.Event()
        self.changes: list[Change] = []
        self._works, self._chance, self._fate = works, chance, fate
        self._thawed = asyncio.Event()
        self._thawed.set()
        self.engine = self._built()

    def _built(self) -> Engine:
        works = self._works
        wires = {s: Wire(s, road, self._step) for s, road in works.roads.items()}
        connected = links(works.systems, wires, works.clock)
        watched = {name: WatchedLink(link, self) for name, link in connected.items()}
        store = cast("Store", Connection(works.server, self.name, self._step))
        return works.build(
            works.accord,
            cast("Mapping[str, Link]", watched),
            store,
            clock=works.clock,
            chance=self._chance.random,
            wake=lambda: None,
            watch=self._tried,
        )

    def _tried(self, attempt: Attempt) -> None:
        kind = action_name(type(attempt.action))
        outcome = f"{action_name(type(attempt.outcome))} {attempt.outcome!r}"
        self.chronicle.tell(self.name, f"{kind} at {attempt.system} for {attempt.order}: {outcome}")
        self.chronicle.reach(f"outcome {action_name(type(attempt.outcome))}")

    @property
    def chronicle(self) -> Chronicle:
        return self._works.chronicle

    @property
    def works(self) -> Works:
        return self._works

    def start(self) -> None:
        """Begin to work."""
        running = self.spawn(self._run())
        running.add_done_callback(self._begun)

    def _begun(self, running: "asyncio.Task[None]") -> None:
        if not running.cancelled() and running.exception() is not None:
            self.chronicle.blame(f"{self.name} could not start: {running.exception()!r}")

    async def _run(self) -> None:
        runner = TimelyRunner(self._failed, self._works.bell)
        while True:
            try:
                await self.engine.begin()
                break
            except DatabaseDownError:
                await asyncio.sleep(5)
        self.engine.work(runner)
        self.engine.sweep(runner)

    def spawn(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Begin work that ends with the process."""
        before = OWNER.set(self)
        try:
            return asyncio.get_running_loop().create_task(work)
        finally:
            OWNER.reset(before)

    def _failed(self, name: str, error: Exception) -> None:
        if not isinstance(error, DatabaseDownError | GoneError):
            self.chronicle.blame(f"{self.name}: {name} failed: {error!r}")
        else:
            self.chronicle.reach("a turn failed with the database")

    async def receive(self, system: str, delivery: Delivery) -> Receipt:
        """Take a delivery in as the hooks' address does."""
        async with asyncio.timeout(4):
            return await self.engine.receiver.receive(system, delivery)

    async def _step(self, where: str) -> None:
        """Be somewhere the process may be stopped for a while, or for ever."""
        if not self.alive:
            raise GoneError(where)
        self.steps += 1
        if self._dies(where):
            self.chronicle.reach(f"killed {where}" if " /" not in where else "killed at a call")
            if ACTING.get() is not None:
                self.chronicle.reach("killed while asking for a change")
            self.kill(f"{where}, step {self.steps}")
            await asyncio.Event().wait()
        if self.steps == self._fate.sleeps_at:
            self.chronicle.tell(self.name, f"falls asleep {where}")
            self.chronicle.reach("frozen in the middle of work")
            self.freeze()
            asyncio.get_running_loop().call_later(self._fate.sleeps_for.total_seconds(), self.thaw)
        if not self._thawed.is_set():
            await self._thawed.wait()
        drawn = self._chance.random()
        if drawn < 0.5:
            return  # it was answered before anybody else had a turn
        await asyncio.sleep(0 if drawn < 0.9 else self._chance.uniform(0, 0.05))
        if not self.alive:
            raise GoneError(where)

    def _dies(self, where: str) -> bool:
        if self._fate.dies_when is not None and self._fate.dies_when[0] == where:
            self._passed[where] += 1
            return self._passed[where] == self._fate.dies_when[1]
        return self.steps == self._fate.dies_at

    def kill(self, where: str) -> None:
        """End at once; nothing more is written and nothing more is asked."""
        self.alive = False
        self.chronicle.tell(self.name, f"killed {where}")
        for task in list(self.tasks):
            task.cancel()
        self.died.set()

    def freeze(self) -> None:
        """Stop as a paused machine stops; changes under way get no further."""
        self._thawed.clear()
        self.frozen = True
        for change in self.changes:
            change.excused = True

    def thaw(self) -> None:
        """Go on as if nothing had been."""
        self._thawed.set()
        self.frozen = False


class WatchedLink:
    """A link that notes which change is under way, so that two at once are seen."""

    def __init__(self, link: ConnectedSystem, process: Process) -> None:
        self._link, self._process = link, process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    @property
    def poll_every(self) -> timedelta:
        return self._process.works.poll_every

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        return self._process.works.lists.changes(self._link, bookmark)

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        return self._process.works.lists.listing(self._link, since, until)

    async def perform(self, action: Action, order: Matrix, *given: Any, **more: Any) -> Outcome:
        """Ask for a change, alone."""
        process = self._process
        what = f"{action_name(type(action))} at {self._link.system} for {order.number}"
        name = (self._link.system, order.number or "")
        others = process.works.changes.setdefault(name, [])
        change = Change(process.name, what, excused=process.frozen)
        if any(not one.excused for one in others):
            process.chronicle.blame(f"{process.name} asks {what} while {others[0].what}")
        early = process.works.too_early(action, self._link.system, order.number or "")
        if early:
            process.chronicle.blame(f"{what}, though {early}")
        others.append(change)
        process.changes.append(change)
        before = ACTING.set(name)
        try:
            return await self._link.perform(action, order, *given, **more)
        finally:
            ACTING.reset(before)
            others.remove(change)
            process.changes.remove(change)
