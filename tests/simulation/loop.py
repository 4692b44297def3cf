"""An event loop without a socket, whose time is the world's and jumps to the next timer."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import timedelta
from typing import Any, TypeVar

from accord.connector_kit.simulator import World

T = TypeVar("T")

GRAIN = timedelta(microseconds=1)
# How long a real socket is waited for at a time, in seconds.
A_LOOK = 0.02


class StuckError(Exception):
    """Everybody waits for somebody, and no timer is set."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs what is ready in the order it became so; when nothing is, time passes at once.

    ``steps`` counts the rounds, so that a test can see an endless one.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self.steps = 0
        self._world = world
        self._began = world.now
        self._clock_resolution = GRAIN.total_seconds()
        self._selector = self  # BaseEventLoop asks it for what arrived; here nothing ever does

    def time(self) -> float:
        return (self._world.now - self._began).total_seconds()

    def select(self, timeout: float | None) -> list[Any]:
        """Let the time until the next timer go by."""
        if timeout is None:
            message = "nobody will ever wake anybody here"
            raise StuckError(message)
        self.steps += 1
        if timeout > 0:
            self._world.pass_time(GRAIN * math.ceil(timeout / GRAIN.total_seconds()))
        return []

    def _process_events(self, event_list: object) -> None:
        """Do nothing: there are no sockets."""

    def _write_to_self(self) -> None:
        """Do nothing: no thread wakes this loop."""


Owned = Callable[["asyncio.Task[Any]", Context | None], None]


class PatientLoop(asyncio.SelectorEventLoop):
    """The same over real sockets: while somebody works, the time of the world stands still."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._began = world.now
        self._clock_resolution = GRAIN.total_seconds()
        self._selector: Any = _Patience(self._selector, world)

    def time(self) -> float:
        return (self._world.now - self._began).total_seconds()

    def wait_while(self, busy: Callable[[], bool]) -> None:
        """Let no time pass while ``busy``."""
        self._selector.busy = busy


class _Patience:
    """A selector that waits for what arrives, and jumps where nothing is to arrive."""

    def __init__(self, real: Any, world: World) -> None:
        self.busy: Callable[[], bool] = lambda: True
        self._real, self._world = real, world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def select(self, timeout: float | None) -> Any:
        if timeout == 0:
            return self._real.select(0)
        busy = self.busy()
        arrived = self._real.select(A_LOOK if busy or timeout is None else 0)
        if not arrived and not busy and timeout is not None:
            self._world.pass_time(GRAIN * math.ceil(timeout / GRAIN.total_seconds()))
        return arrived


Virtual = VirtualLoop | PatientLoop


def play(loop: Virtual, main: Coroutine[Any, Any, T], owned: Owned | None = None) -> T:
    """Run ``main`` to its end; ``owned`` hears of each task made."""
    if owned is not None:

        def make(
            loop: asyncio.AbstractEventLoop,
            coro: Any,
            *,
            context: Context | None = None,
            **more: Any,
        ) -> "asyncio.Task[Any]":
            task = asyncio.Task(coro, loop=loop, context=context, **more)
            owned(task, context)
            return task

        loop.set_task_factory(make)
    try:
        return loop.run_until_complete(main)
    finally:
        _leave_nothing(loop)
        loop.close()


def _leave_nothing(loop: Virtual) -> None:
    left = sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name())
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
