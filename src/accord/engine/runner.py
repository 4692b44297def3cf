"""Run every step side by side until told to stop; end the turn under way, start no other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

# How long an idle step sleeps before it looks by itself; a wake-up cuts it short.
IDLE = timedelta(seconds=1)
# After a turn that failed: long enough not to spin, short enough not to be noticed.
PAUSE = timedelta(seconds=2)
# A graceful stop lets turns under way finish for this long, then cancels them: their leases
# run out and their work comes back. Supervisors kill after ten seconds or more.
DRAIN = timedelta(seconds=8)

Turn = Callable[[], Awaitable[int]]
Finish = Callable[[], Awaitable[None]]


class Runner:
    """One loop per step and system, so that a slow one delays nobody else."""

    def __init__(
        self,
        failed: Callable[[str, Exception], None],
        *,
        idle: timedelta = IDLE,
        pause: timedelta = PAUSE,
        drain: timedelta = DRAIN,
    ) -> None:
        """Call ``failed`` with the step's name when a turn ends in an error."""
        self._failed = failed
        self._idle = idle
        self._pause = pause
        self._drain = drain
        self._stopping = asyncio.Event()
        self._work = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    def wake(self) -> None:
        """Tell idle steps that there is something to do."""
        self._work.set()
        self._work = asyncio.Event()

    def start(self, name: str, turn: Turn, finish: Finish | None = None) -> None:
        """Run ``turn`` again and again until the stop; it returns how much it found to do.

        ``finish`` then waits for what the last turns left under way.
        """
        self._loops.append(asyncio.create_task(self._loop(name, turn, finish), name=name))

    async def stop(self) -> None:
        """Let turns under way finish, within the drain time; start no other."""
        self._stopping.set()
        self.wake()
        if not self._loops:
            return
        _, pending = await asyncio.wait(self._loops, timeout=self._drain.total_seconds())
        for loop in pending:
            loop.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _loop(self, name: str, turn: Turn, finish: Finish | None) -> None:
        while not self._stopping.is_set():
            woken = self._work
            try:
                found = await turn()
            except Exception as error:  # noqa: BLE001 - one bad turn is not the end
                self._failed(name, error)
                await self._rest(self._stopping, self._pause)
                continue
            if found:
                self.wake()
            else:
                await self._rest(woken, self._idle)
        if finish is not None:
            await self._finish(name, finish)

    async def _finish(self, name: str, finish: Finish) -> None:
        try:
            await finish()
        except Exception as error:  # noqa: BLE001 - nor is one bad end
            self._failed(name, error)

    @staticmethod
    async def _rest(until: asyncio.Event, at_most: timedelta) -> None:
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await until.wait()
        except TimeoutError:
            return
