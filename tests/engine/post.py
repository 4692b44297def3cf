"""The far side of notices: providers that count what customers get, and hands that die."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from accord.engine.notice_channel import (
    Answered,
    Declined,
    Outgoing,
    Rejected,
    Taken,
    Unanswered,
)
from accord.engine.notice_ledger import Mark

Milestone = tuple[str, str, str]


class Provider:
    """Takes messages and counts, for each milestone of each parcel, what the customer got.

    ``knows_keys``: a second message under a key it knows is the first one; mail has no such thing.
    ``mood`` says how the next call ends: ``take``, ``lose`` (taken, and no answer arrives),
    ``drop`` (neither), ``decline``, ``reject``, or ``die`` (taken, and whoever sent it dies).
    """

    def __init__(self, *, knows_keys: bool, mood: Callable[[], str] = lambda: "take") -> None:
        self.knows_keys = knows_keys
        self.mood = mood
        self.needs_contact = not knows_keys
        self.known: dict[str, tuple[bytes, datetime]] = {}
        self.got: Counter[Milestone] = Counter()
        self.messages: list[Outgoing] = []
        self.calls = 0

    async def send(self, message: Outgoing) -> Answered:
        self.calls += 1
        mood = self.mood()
        if mood == "decline":
            return Declined("not now")
        if mood == "reject":
            return Rejected("never")
        if mood != "drop":
            self._deliver(message)
        if mood == "die":
            raise Killed
        return Taken("thank you") if mood == "take" else Unanswered("silence")

    def _deliver(self, message: Outgoing) -> None:
        body = repr(message.content).encode()
        if self.knows_keys and message.key in self.known:
            assert self.known[message.key][0] == body
            return
        self.known[message.key] = (body, message.at)
        self.messages.append(message)
        for stage in message.content.milestones:
            for parcel in stage.parcels:
                self.got[message.content.order, stage.stage, ",".join(parcel.tracking)] += 1

    def forget(self, before: datetime) -> None:
        """Know no key any more that was first heard before a moment."""
        if self.knows_keys:
            self.known = {key: had for key, had in self.known.items() if had[1] >= before}

    def stages(self) -> list[str]:
        """Return the stages told, in order, those of one message together."""
        return ["+".join(s.stage for s in m.content.milestones) for m in self.messages]

    async def close(self) -> None:
        return


class NotedMark:
    """A ``SendMark`` that outlives every store of a test."""

    def __init__(self) -> None:
        self.mark: Mark | None = None

    async def read(self) -> Mark | None:
        return self.mark

    async def write(self, mark: Mark) -> None:
        known = self.mark
        if known is None or known.epoch != mark.epoch or known.sends < mark.sends:
            self.mark = mark


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Life:
    """One process: before and after every call to the world it may die or be stopped.

    Where is given by a number of steps, or by the name of a call (``before send``).
    """

    def __init__(self, dies_at: int | str | None = None, stops_at: int | str | None = None) -> None:
        self._steps = count()
        self._dies_at = dies_at
        self._stops_at = stops_at
        self.goes_on = asyncio.Event()
        self.stopped = asyncio.Event()
        self.is_dead = False

    async def step(self, name: str) -> None:
        here = (next(self._steps), name)
        if self.is_dead or self._dies_at in here:
            self.is_dead = True
            raise Killed
        if self._stops_at in here and not self.stopped.is_set():
            self.stopped.set()
            await self.goes_on.wait()
        await asyncio.sleep(0)

    def lived(self, thing: Any) -> Any:
        """Return ``thing`` as this process reaches it: a step before and a step after each call."""
        return _Lived(thing, self)


class _Lived:
    def __init__(self, thing: Any, life: Life) -> None:
        self._thing = thing
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        async def lived(*given: Any, **named: Any) -> Any:
            await self._life.step(f"before {name}")
            try:
                answer = await found(*given, **named)
            except Killed:
                self._life.is_dead = True
                raise
            await self._life.step(f"after {name}")
            return answer

        return lived
