"""The time of the database, read once a minute and counted on in between."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

# How far two machines' quartzes part in a minute is milliseconds; a lease is minutes.
EVERY = timedelta(minutes=1)
# An answer that took longer says too little about when it was given.
SLOWEST = timedelta(seconds=1)


def elapsed() -> float:
    """Return seconds that only ever grow, also while the machine sleeps, where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class DatabaseClock:
    """The one clock that all processes on one database share.

    Leases are compared with times that other machines wrote. The time of the host has no part in
    it, so it may be wrong, stand still or jump.
    """

    def __init__(
        self, read: Callable[[], Awaitable[datetime]], elapsed: Callable[[], float] = elapsed
    ) -> None:
        """Ask the database for its time with ``read``; count with ``elapsed``, in seconds."""
        self._read = read
        self._elapsed = elapsed
        self._zero: datetime | None = None  # the database's time when ``elapsed`` was 0
        self._read_at = 0.0

    def now(self) -> datetime:
        """Return the database's time, once it was read."""
        assert self._zero is not None, "the clock is read before it is set"
        return self._zero + timedelta(seconds=self._elapsed())

    async def set(self) -> None:
        """Read the database's time; an answer that took too long is used only if it is the first.

        Half of the way is taken to be the way back.
        """
        asked = self._elapsed()
        told = await self._read()
        answered = self._elapsed()
        if self._zero is None or answered - asked <= SLOWEST.total_seconds():
            self._zero = told.astimezone(UTC) - timedelta(seconds=(asked + answered) / 2)
            self._read_at = answered

    async def turn(self) -> int:
        """Set the clock again when that is due; nothing ever waits for it."""
        if self._elapsed() - self._read_at >= EVERY.total_seconds():
            await self.set()
        return 0
