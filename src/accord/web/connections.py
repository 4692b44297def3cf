"""All connections of a server: how many there may be, how much they may hold, how long they take.

Who cannot prove itself must not push out who can. A connection that still waits for bytes of its
sender has proven nothing, so when room is short the one that has waited longest makes room; a
real sender is done within milliseconds and is hardly ever that one. What has arrived whole is
never pushed out.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from accord.engine.receive import DEADLINE, Waiting

# How often those that took too long are looked for; part of the deadline.
_LOOK = 0.25  # seconds

_One = TypeVar("_One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one process takes on at once.

    ``connections`` fit into the usual limit of 1,024 open files beside everything else.
    ``in_hand`` counts bodies that arrive or wait to be kept, in bytes: it bounds the memory.
    ``arrival`` is how long a request may take from its first byte to its last. Shopify hangs up
    after five seconds, and the answer takes time too. ``idle`` is how long a connection is kept
    for its next request.
    """

    connections: int = 900
    in_hand: int = 64 * 1024 * 1024
    arrival: timedelta = timedelta(seconds=3.5)
    idle: timedelta = timedelta(seconds=5)


class Connection(Protocol):
    """One connection, as the table of all sees it."""

    def give_up(self) -> None:
        """End it now: its sender took too long, or another one needs the room."""


class Connections:
    """The table. Its ``arriving`` and ``idle`` are in the order in which they began to wait.

    ``waiting`` are deliveries that are here and not durable yet, each since its first byte.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.open = 0
        self.in_hand = 0
        self.arriving: dict[Connection, float] = {}
        self.idle: dict[Connection, float] = {}
        self.waiting: dict[Waiting, float] = {}

    def admit(self) -> bool:
        """Count one more connection; return whether there is room, making some if need be."""
        self.open += 1
        return self.open <= self.bounds.connections or self._make_room()

    def weigh(self, more: int, own: Connection) -> bool:
        """Count ``more`` bytes in hand for ``own``; return whether there is room for them."""
        self.in_hand += more
        while self.in_hand > self.bounds.in_hand:
            oldest = next((each for each in self.arriving if each is not own), None)
            if oldest is None:
                return False
            oldest.give_up()
        return True

    def forget(self, one: Connection) -> None:
        """Take it out of those that wait."""
        self.arriving.pop(one, None)
        self.idle.pop(one, None)

    def _make_room(self) -> bool:
        waiting: Connection | None = next(iter(self.idle), None) or next(iter(self.arriving), None)
        if waiting is None:
            return False
        waiting.give_up()
        return True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """End whatever takes longer to arrive than it may, for as long as the block lasts."""
        watching = asyncio.get_running_loop().create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOK)
            now = loop.time()
            for late in _longer(self.arriving, now - self.bounds.arrival.total_seconds()):
                late.give_up()
            for unused in _longer(self.idle, now - self.bounds.idle.total_seconds()):
                unused.give_up()
            # Whoever is not told now would be told only after the deadline.
            for unheard in _longer(self.waiting, now + _LOOK - DEADLINE.total_seconds()):
                del self.waiting[unheard]
                unheard.hear(TimeoutError("it was not durable in time"))


def _longer(since: dict[_One, float], latest: float) -> list[_One]:
    """Return those that have waited since ``latest`` or longer."""
    return [each for each, began in since.items() if began <= latest]
