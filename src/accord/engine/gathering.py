"""Do together what many ask for at the same moment: one statement and one commit for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# More than this in one statement saves nothing more.
LARGEST = 200


class Gathering(Generic[T, R]):
    """Asks for each what all of them want, in as few goes as possible.

    One go is under way at a time. What is asked for meanwhile waits for the next one, so nobody
    gets an answer to a question that was put before he asked.
    """

    def __init__(self, together: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        """Do by ``together``, which answers each in its place, or raises for all of them."""
        self._together = together
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, one: T) -> R:
        """Return what came of ``one``. Who stops waiting does not take it back."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        self._waiting.append((one, answer))
        if self._running is None:
            self._running = loop.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
                await self._go(batch)
        finally:
            self._running = None
            for _, answer in self._waiting:  # only where we were cancelled
                answer.cancel()

    async def _go(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            answers = await self._together([one for one, _ in batch])
        except asyncio.CancelledError:
            for _, answer in batch:
                answer.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - whoever asked is told, whatever it is
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), got in zip(batch, answers, strict=True):
                if not answer.done():
                    answer.set_result(got)
