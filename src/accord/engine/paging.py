"""Reading a system's own list of a window, page by page, with headroom for what happens now."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta

from accord.domain.errors import AccordError
from accord.domain.outcome import Outcome, Refused
from accord.engine.ports import FeedError, Link, Page
from accord.engine.settling import Pace
from accord.engine.traffic import Traffic, Wait

# What must be left of a lease for one more page.
ENOUGH = timedelta(minutes=1)
# A system that tells no limit is asked half of the time at most, and rests no longer than this.
LONGEST_REST = timedelta(seconds=20)

Rest = Callable[[float], Awaitable[None]]


class NotNowError(AccordError):
    """A listing has to stop: the link may not be asked, or the lease runs out. Begin it again."""

    def __init__(self, wait: Wait, *, out_of_time: bool = False) -> None:
        super().__init__(wait.why)
        self.wait = wait
        self.out_of_time = out_of_time


def cannot_list(outcome: Outcome) -> bool:
    """Return whether a system has no list of what changed in a window at all."""
    return isinstance(outcome, Refused) and outcome.code == "cannot"


class Pager:
    """Lists what changed in a window, as slowly as the link's limit asks for."""

    def __init__(
        self, links: Mapping[str, Link], traffic: Traffic, pace: Pace, rest: Rest = asyncio.sleep
    ) -> None:
        """``rest`` lets seconds pass."""
        self._links = links
        self._traffic = traffic
        self._pace = pace
        self._rest = rest

    async def listing(
        self, system: str, since: datetime, until: datetime, lease_ends: datetime
    ) -> AsyncGenerator[Page, None]:
        """Yield the pages of a window. Raises ``FeedError`` and ``NotNowError``."""
        async with aclosing(self._pages(system, since, until)) as pages:
            while True:
                await self._turn_comes(system, lease_ends)
                began = self._pace.clock()
                page = await self._next(system, pages)
                if page is None:
                    return
                yield page
                if self._links[system].allowance is None:
                    took = min(self._pace.clock() - began, LONGEST_REST)
                    await self._rest(took.total_seconds())

    async def _pages(
        self, system: str, since: datetime, until: datetime
    ) -> AsyncGenerator[Page, None]:
        listing = self._links[system].listing(since, until)
        try:
            async for page in listing:
                yield page
        finally:
            if isinstance(listing, AsyncGenerator):
                await listing.aclose()

    async def _next(self, system: str, pages: AsyncGenerator[Page, None]) -> Page | None:
        try:
            async with self._traffic.slot(system):
                page = await anext(pages, None)
        except FeedError as error:
            if not cannot_list(error.outcome):
                await self._traffic.heard(system, error.outcome)
            raise
        if page is not None:
            await self._traffic.heard(system, None)
        return page

    async def _turn_comes(self, system: str, lease_ends: datetime) -> None:
        """Wait until the link has enough to spare for one more page."""
        while True:
            now = self._pace.clock()
            if now > lease_ends - ENOUGH:
                raise NotNowError(Wait(now, "too little was left of its lease"), out_of_time=True)
            permission = await self._traffic.spare(system)
            if not isinstance(permission, Wait):
                return
            if permission.until > lease_ends - ENOUGH:
                raise NotNowError(permission)
            await self._rest((permission.until - now).total_seconds())
