"""Ask systems what is so: page through their changes, read single things again."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from accord.domain.outcome import Outcome
from accord.domain.report import Ref
from accord.engine.envelope import Incoming, Origin
from accord.engine.ports import (
    Delivery,
    Document,
    FeedError,
    Link,
    Settlement,
    Store,
    Task,
    TaskKind,
)
from accord.engine.settling import Circumstances, Pace, done, kept_trying, settle, waiting
from accord.engine.traffic import Traffic, Wait

# With a handful at a time and four calls each, all of them fit well into one lease.
REREADS_A_TURN = 10
# Longer than the slowest call with its sign-in; a crashed reader's work comes back after it.
LEASE = timedelta(minutes=2)
# What must be left of it for one more.
ENOUGH = timedelta(minutes=1)


def kept_from(
    link: Link, documents: Sequence[Document], origin: Origin, now: datetime
) -> list[Incoming]:
    """Return what a system answered as envelopes; copies are told apart as for deliveries."""
    return [
        Incoming(
            system=link.system,
            topic=document.topic,
            origin=origin,
            identity=link.identity(Delivery(document.topic, {}, document.body)),
            body=document.body,
            headers={},
            received_at=now,
        )
        for document in documents
    ]


# Told once when a feed stops for a new reason, and once, with no reason, when it is read again.
FeedNews = Callable[[str, str], None]


class Reader:
    """Follows the hints and the change feeds of every system."""

    def __init__(
        self,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        news: FeedNews,
    ) -> None:
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._news = news
        self._stopped: dict[str, str] = {}

    async def reread_turn(self, system: str) -> int:
        """Read again what hints of ``system`` named; return how many things were taken up."""
        permission = await self._traffic.enter(system)
        if isinstance(permission, Wait):
            return 0
        now = self._pace.clock()
        limit = 1 if permission.probe else REREADS_A_TURN
        tasks = await self._store.claim(TaskKind.REREAD, [system], limit, LEASE, now)
        if permission.probe and not tasks:
            await self._traffic.unused(system)
        ends, probe = now + LEASE, permission.probe
        read = await asyncio.gather(*(self._reread(task, ends, probe=probe) for task in tasks))
        await self._store.keep([incoming for _, found in read for incoming in found])
        await self._store.settle([settlement for settlement, _ in read], self._pace.clock())
        return len(tasks)

    async def _reread(
        self, task: Task, lease_ends: datetime, *, probe: bool
    ) -> tuple[Settlement, list[Incoming]]:
        scope, _, value = task.key.partition(":")
        link = self._links[task.system]
        async with self._traffic.slot(task.system):
            now = self._pace.clock()
            if now > lease_ends - ENOUGH:
                return self._later(task, Wait(now, "too little was left of its lease")), []
            permission = self._traffic.may(task.system, probe=probe)
            if isinstance(permission, Wait):
                return self._later(task, permission), []
            answer = await link.reread(Ref(scope, value))
        outcome = None if isinstance(answer, Sequence) else answer
        await self._traffic.heard(task.system, outcome)
        if not isinstance(answer, Sequence):
            return settle(task, answer, self._circumstances(task.system)), []
        return done(task), kept_from(link, answer, Origin.REREAD, self._pace.clock())

    def _circumstances(self, system: str) -> Circumstances:
        return Circumstances(pace=self._pace, down=self._traffic.is_down(system))

    def _later(self, task: Task, wait: Wait) -> Settlement:
        return waiting(task, wait, self._circumstances(task.system))

    async def poll_turn(self, system: str, every: timedelta) -> int:
        """Page through the change feed of ``system`` if it is due; return how much was new."""
        permission = await self._traffic.enter(system)
        if isinstance(permission, Wait):
            return 0
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.POLL, [system], 1, LEASE, now)
        if permission.probe and not tasks:
            await self._traffic.unused(system)
        new = 0
        for task in tasks:
            settlement = Settlement(task=task, due=now + every)
            stopped: Outcome | None = None
            try:
                async with self._traffic.slot(system):
                    new = await self._page_through(self._links[system])
            except FeedError as error:
                stopped = error.outcome
            await self._traffic.heard(system, stopped)
            if stopped is not None:
                # A feed is never given up: it is the net under everything else.
                settlement = kept_trying(task, stopped, self._circumstances(system))
            self._tell(system, settlement.note)
            await self._store.settle([settlement], self._pace.clock())
        return new

    def _tell(self, system: str, reason: str) -> None:
        if self._stopped.get(system, "") != reason:
            self._stopped[system] = reason
            self._news(system, reason)

    async def _page_through(self, link: Link) -> int:
        new = 0
        bookmark = await self._store.bookmark(link.system)
        async for page in link.changes(bookmark):
            incoming = kept_from(link, page.documents, Origin.FEED, self._pace.clock())
            new += await self._store.advance(link.system, incoming, page.bookmark)
        return new
