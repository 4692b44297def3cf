"""One process's connection to the store: slow at times, down at times, gone with its process."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from accord.engine.census_book import Census
from accord.engine.ports import Settlement, Task, TaskKind
from tests.simulation.chronicle import Chronicle

# After these there may be work that was not there before.
CHANGES = frozenset(
    {
        *("keep", "advance", "claim", "claim_repairs", "settle", "ask", "ask_repairs", "link"),
        *("reckon", "note sweeps", "write census"),
    }
)
# Parts of a store that are called as the store itself is.
BOOKS = frozenset({"repairs", "sweeps", "census", "heard"})
# What takes a local database longer than this, in seconds, waits for somebody.
LONGEST_WORK = 0.3
Step = Callable[[str], Awaitable[None]]
Name = tuple[TaskKind, str, str]


class DatabaseDownError(Exception):
    """The database does not answer, or answered too late to be believed."""


class _BrokenOffError(BaseException):
    """The connection broke in a transaction: nothing of it is kept, and nobody is to blame."""


@dataclass(slots=True)
class Leases:
    """Who holds which lease, as the processes themselves would say, to hold the store to it."""

    chronicle: Chronicle
    held: dict[Name, tuple[int, str]] = field(default_factory=dict)

    def claimed(self, process: str, tasks: Sequence[Task]) -> None:
        """Note new leases; one that takes over another's is a steal."""
        for task in tasks:
            name = (task.kind, task.system, task.key)
            before = self.held.get(name)
            if before is not None:
                other = "another" if before[1] != process else "its own"
                self.chronicle.reach(f"lease taken over from {other} hand")
            self.held[name] = (task.token, process)

    def settled(
        self, process: str, settlements: Sequence[Settlement], refused: Sequence[Task]
    ) -> None:
        """Note the end of leases; an old token must settle nothing."""
        for one in settlements:
            task = one.task
            name = (task.kind, task.system, task.key)
            holder = self.held.get(name, (task.token, process))
            if one.task in refused:
                self.chronicle.reach("an old token was refused")
            elif holder != (task.token, process):
                self.chronicle.blame(f"{process} settled {name} with {task.token}, of {holder}")
            else:
                self.held.pop(name, None)
            if one.dead:
                self.chronicle.reach("dead letter")


@dataclass(slots=True)
class Server:
    """The database as all processes share it; ``down`` while it does not answer."""

    store: Any
    leases: Leases
    rung: Callable[[], None]
    certified: Callable[[Census], Awaitable[None]]
    down: bool = False
    calls: dict[object, float] = field(default_factory=dict)  # under way, and since when

    @contextmanager
    def working(self) -> Iterator[None]:
        """Note that the database works; meanwhile no time of the world passes."""
        call = object()
        self.calls[call] = time.monotonic()
        try:
            yield
        finally:
            del self.calls[call]

    def is_busy(self) -> bool:
        """Return whether an answer is about to come.

        A call that takes long waits for a lock, and its holder for the time to pass.
        """
        now = time.monotonic()
        return any(now - since < LONGEST_WORK for since in self.calls.values())

    def break_off(self) -> None:
        """Raise out of a transaction when the database is down."""
        if self.down:
            raise _BrokenOffError


class Connection:
    """A ``Store`` over the server's, each call a place where the process may end."""

    def __init__(self, server: Server, process: str, step: Step) -> None:
        self._server, self._process, self._step = server, process, step

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._server.store, name)
        if name in BOOKS:
            return _Book(name, asked, self._call)
        if inspect.iscoroutinefunction(asked):
            return partial(self._call, name, asked)
        if callable(asked) and name == "interpreting":
            return partial(self._block, name, asked)
        return asked

    async def _call(
        self, name: str, asked: Callable[..., Awaitable[Any]], *given: Any, **more: Any
    ) -> Any:
        await self._before(name)
        with self._server.working():
            answer = await asked(*given, **more)
        if name in CHANGES and (answer or not name.startswith("claim")):
            self._server.rung()
        if name == "write census" and answer:
            await self._server.certified(given[0])
        self._note(name, given, answer)
        await self._after(name)
        return answer

    def _note(self, name: str, given: Sequence[Any], answer: Any) -> None:
        if name in {"claim", "claim_repairs"}:
            self._server.leases.claimed(self._process, answer)
        elif name == "settle":
            self._server.leases.settled(self._process, given[0], answer)
        elif name == "reckon":
            before, after = (state.breaker.opened_at for state in answer)
            if before is None and after is not None:
                self._server.leases.chronicle.reach("breaker opened")

    async def _before(self, name: str) -> None:
        await self._step(f"before {name}")
        if self._server.down:
            await asyncio.sleep(0.1)
            raise DatabaseDownError(name)

    async def _after(self, name: str) -> None:
        await self._step(f"after {name}")
        if self._server.down:
            message = f"{name} was done, and the connection broke before it said so"
            raise DatabaseDownError(message)

    @asynccontextmanager
    async def _block(
        self, name: str, asked: Callable[..., AbstractAsyncContextManager[Any]], *given: Any
    ) -> AsyncIterator[Any]:
        await self._before(name)
        try:
            async with _Watched(asked(*given), self._server) as inner:
                await self._step(f"inside {name}")
                yield _Inside(inner, self._step, self._server)
                await self._step(f"before the commit of {name}")
                self._server.break_off()
        except _BrokenOffError:
            raise DatabaseDownError(name) from None
        self._server.rung()
        await self._after(f"the commit of {name}")


class _Book:
    """A book of the store, each of its calls as one of the store."""

    def __init__(self, name: str, book: Any, call: Callable[..., Awaitable[Any]]) -> None:
        self._name, self._book, self._call = name, book, call

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, f"{name} {self._name}", getattr(self._book, name))


class _Watched:
    """A block whose beginning and end the database works on."""

    def __init__(self, block: AbstractAsyncContextManager[Any], server: Server) -> None:
        self._block, self._server = block, server

    async def __aenter__(self) -> Any:
        with self._server.working():
            return await self._block.__aenter__()

    async def __aexit__(self, *why: object) -> bool | None:
        with self._server.working():
            return await self._block.__aexit__(*why)  # type: ignore[arg-type]


class _Inside:
    """What a block yields, each of its calls a step as well."""

    def __init__(self, inner: Any, step: Step, server: Server) -> None:
        self._inner, self._step, self._server = inner, step, server

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(asked):
            return asked

        async def call(*given: Any, **more: Any) -> Any:
            await self._step(f"before {name}")
            with self._server.working():
                return await asked(*given, **more)

        return call
