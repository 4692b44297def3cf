"""Where parcels go, asked of the shop for a warehouse without the warehouse waiting for it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from accord.domain.action import Destination
from accord.domain.matrix import Matrix
from accord.domain.outcome import Refused, Throttled, Unauthorized, Unavailable
from accord.engine.ports import Link
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic, Wait

# A shop answers within this as a rule; a slower one is waited for beside the warehouse's work.
PATIENCE = timedelta(milliseconds=500)
LOOK_AGAIN = timedelta(seconds=2)
# An address is forgotten after so long, whether it was used or not: it is personal data.
KEPT_FOR = timedelta(minutes=1)

Found = Destination | Refused | Wait


class _Asked(Struct):
    """A question under way, or answered and not fetched yet."""

    since: datetime
    answer: "asyncio.Task[Found]"


class Addresses:
    """Questions for addresses that are under way. Nothing of it is ever stored."""

    def __init__(self, links: Mapping[str, Link], traffic: Traffic, pace: Pace) -> None:
        self._links = links
        self._traffic = traffic
        self._pace = pace
        self._asked: dict[tuple[str, str], _Asked] = {}

    async def find(self, system: str, order: str, matrix: Matrix) -> Found:
        """Return where an order goes by what ``system`` says, or until when to wait for that."""
        now = self._pace.clock()
        self._forget(now)
        asked = self._asked.get((system, order))
        if asked is None:
            permission = self._traffic.may(system)
            if isinstance(permission, Wait):
                return permission
            question = asyncio.create_task(self._ask(system, matrix), name=f"address at {system}")
            asked = self._asked[system, order] = _Asked(now, question)
        await asyncio.wait([asked.answer], timeout=PATIENCE.total_seconds())
        if not asked.answer.done():
            return Wait(now + LOOK_AGAIN, f"{system} was asked for the address")
        self._asked.pop((system, order), None)
        return asked.answer.result()

    async def close(self) -> None:
        """Let go of every question."""
        asked = [each.answer for each in self._asked.values()]
        for answer in asked:
            answer.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        self._asked.clear()

    async def _ask(self, system: str, matrix: Matrix) -> Found:
        async with self._traffic.slot(system):
            answer = await self._links[system].destination(matrix)
        outcome = None if isinstance(answer, Destination) else answer
        await self._traffic.heard(system, outcome)
        now = self._pace.clock()
        match answer:
            case Destination() | Refused():
                return answer
            case Throttled(wait=wait):
                return Wait(now + wait, f"the address at {system}: it asked us to wait")
            case Unavailable(message=why) | Unauthorized(message=why):
                wait = self._pace.policy.first * (1 + self._pace.chance())
                return Wait(now + wait, f"the address at {system}: {why}")
            case _:
                return Refused("no_address", f"{system} told no address: {answer}")

    def _forget(self, now: datetime) -> None:
        for key in [key for key, each in self._asked.items() if now - each.since >= KEPT_FOR]:
            self._asked.pop(key).answer.cancel()
