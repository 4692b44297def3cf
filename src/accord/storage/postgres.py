"""The store on PostgreSQL: each method is one transaction, and returns once it is durable."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from accord.domain.link_state import LinkState
from accord.domain.matrix import Condition, Matrix, anyhow
from accord.engine.envelope import Incoming, Standing
from accord.engine.ports import Attempt, LinkTakenError, Settlement, Task, TaskKind
from accord.engine.self_check import Violation
from accord.engine.subscription_book import SubscriptionLine
from accord.storage import cases, envelopes, link_states, orders, reading, repairs, tasks
from accord.storage.alerts import PostgresAlerts, PostgresInstruments
from accord.storage.cases import PostgresCases
from accord.storage.census import PostgresCensus
from accord.storage.connections import Connections, connections
from accord.storage.desk import PostgresDesk
from accord.storage.doorbell import Doorbell
from accord.storage.drift import PostgresDrift
from accord.storage.facts import Wanted
from accord.storage.hands import Hand, Hands, is_passing
from accord.storage.heard import PostgresHeard
from accord.storage.invariants import violations
from accord.storage.migrations import migrate
from accord.storage.notices import PostgresNotices
from accord.storage.numbers import PostgresNumbers
from accord.storage.overview import Counts, LinkLine, OrderFile, OrderLine
from accord.storage.repairs import PostgresRepairs
from accord.storage.sitting import PostgresSitting
from accord.storage.statement import statement
from accord.storage.subscriptions import PostgresSubscriptions
from accord.storage.sweeps import PostgresSweeps


@asynccontextmanager
async def postgres_store(url: str) -> AsyncIterator["PostgresStore"]:
    """Bring the database at ``url`` up to date and yield the store on it."""
    await migrate(url)
    async with connections(url) as database:
        yield PostgresStore(database)


class PostgresStore:
    """A ``Store`` and an ``Overview``.

    Time is always the caller's: leases and due times are compared with the ``now`` that is passed
    in. Processes that share a database take it from a ``DatabaseClock``, so that their hosts'
    clocks do not matter; and the tokens keep two workers from settling one task in any case.
    """

    def __init__(self, database: Connections) -> None:
        self._database = database
        self._hands = Hands(database)
        self.desk = PostgresDesk(database)
        self.notices = PostgresNotices(database)
        self.subscription_book = PostgresSubscriptions(database)
        self.cases = PostgresCases(database)
        self.repairs = PostgresRepairs(database)
        self.alerts = PostgresAlerts(database)
        self.instruments = PostgresInstruments(database)
        self.numbers = PostgresNumbers(database)
        self.drifts = PostgresDrift(database)
        self.sweeps = PostgresSweeps(database)
        self.census = PostgresCensus(database)
        self.heard = PostgresHeard(database)

    async def time(self) -> datetime:
        """Return the time that counts for every process on this database."""
        async with self._database.single() as connection:
            told: datetime = await connection.scalar(statement("read_time"))
            return told

    async def settings(self, names: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Return how the server is set, by the names of its settings."""
        async with self._database.single() as connection:
            rows = await connection.execute(statement("read_settings"), {"names": list(names)})
            return [(row.name, row.setting) for row in rows]

    def doorbell(self) -> Doorbell:
        """Return what wakes the other processes on this database, and hears them."""
        return Doorbell(self._database.url, self.ring)

    async def ring(self, who: str) -> None:
        """Tell every process that listens that there is work; ``who`` names the one that tells."""
        async with self._database.single() as connection:
            await connection.execute(statement("ring_doorbell"), {"who": who})

    async def violations(self, *, lately: bool) -> Sequence[Violation]:
        """Return where what must always be so is not, in what is new or in everything."""
        async with self._database.begin() as connection:
            return await violations(connection, lately=lately)

    async def keep(self, incoming: Sequence[Incoming]) -> int:
        """Keep what was received in one commit; return how many were not copies."""
        async with self._database.single() as connection:
            return await envelopes.keep(connection, incoming)

    @asynccontextmanager
    async def interpreting(self, limit: int, now: datetime) -> AsyncIterator[PostgresSitting]:
        """Claim up to ``limit`` waiting envelopes until the block ends, then commit."""
        del now  # what waits is ready at any time
        hand: Hand | None = None
        try:
            while True:
                async with self._database.begin() as connection:
                    claimed = await self._hands.claim(connection, limit)
                    hand = await self._hands.take(claimed)
                    if hand is not None and hand.left_behind:
                        await self._hands.take_over(connection, hand)
                        continue
                    yield PostgresSitting(connection, claimed)
                    if hand is not None:
                        await self._hands.put_down(connection, hand)
                    return
        except (Exception, asyncio.CancelledError) as error:
            if hand is not None and isinstance(error, LinkTakenError):
                self._hands.make_way(hand)
            if hand is not None and is_passing(error):
                await self._hands.forgive(hand)
            elif hand is not None:
                self._hands.blame(hand)
            raise

    async def ask(self, kind: TaskKind, system: str, keys: Collection[str], due: datetime) -> None:
        """Put work down; what is already asked for is not asked twice, only made due earlier."""
        async with self._database.single() as connection:
            await tasks.ask(connection, [Wanted(kind, system, key, due) for key in keys])

    async def ask_repairs(
        self, system: str, orders: Collection[str], why: str, due: datetime, now: datetime
    ) -> None:
        """Put down that orders are out of step at ``system`` with nobody at work; not if so."""
        async with self._database.begin() as connection:
            await repairs.ask(connection, system, orders, why=why, due=due, now=now)

    async def claim(
        self,
        kind: TaskKind,
        systems: Collection[str],
        limit: int,
        lease: timedelta,
        now: datetime,
        *,
        urgent: bool = False,
    ) -> Sequence[Task]:
        """Lease due tasks of one lane, repairs left out, oldest first; each has a new token."""
        async with self._database.single() as connection:
            return await tasks.claim(
                connection, kind, systems, limit=limit, lease=lease, now=now, urgent=urgent
            )

    async def claim_repairs(
        self, system: str, limit: int, lease: timedelta, now: datetime
    ) -> Sequence[Task]:
        """Lease due repairs, oldest first; while they are stopped, only those asked for by hand."""
        async with self._database.single() as connection:
            return await tasks.claim_repairs(connection, system, limit=limit, lease=lease, now=now)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> Sequence[Task]:
        """End leases; return the tasks whose token was no longer the newest."""
        kept = [one.task.key for one in settlements if one.cases and _is_of_order(one)]
        async with self._database.begin() as connection:
            if kept:  # orders are locked before tasks, here as everywhere
                await orders.lock(connection, kept)
            late = await tasks.settle(connection, settlements, now)
            await cases.of_work(connection, [s for s in settlements if s.task not in late], now)
            return late

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Keep what was tried, and what is known by it of orders, in one commit."""
        async with self._database.begin() as connection:
            await orders.record(connection, attempts)

    async def load(self, orders_: Collection[str]) -> Mapping[str, Matrix]:
        """Return the matrices of some orders, unlocked."""
        async with self._database.single() as connection:
            return await orders.load(connection, orders_)

    async def link(self, order: str, matrix: Matrix, only_if: Condition = anyhow) -> bool:
        """Merge facts learned outside an envelope into an order; ``only_if`` is held of it now."""
        async with self._database.begin() as connection:
            return await orders.link(connection, order, matrix, only_if)

    async def bookmark(self, system: str) -> str | None:
        """Return where the change feed of ``system`` was left."""
        async with self._database.single() as connection:
            return await envelopes.bookmark(connection, system)

    async def advance(self, system: str, incoming: Sequence[Incoming], bookmark: str) -> int:
        """Keep a page of a feed and its bookmark in one commit; return how many were new."""
        async with self._database.begin() as connection:
            new = await envelopes.keep(connection, incoming)
            await envelopes.move_bookmark(connection, system, bookmark)
            return new

    async def is_at_work(self, order: str, systems: Collection[str]) -> bool:
        """Return whether work on an order at one of these mirrors has begun and is not over."""
        async with self._database.single() as connection:
            return await tasks.is_at_work(connection, order, systems)

    async def why_paused(self, system: str) -> str | None:
        """Return who lets nothing be written to ``system`` for now, and why; None if nobody."""
        async with self._database.single() as connection:
            return await tasks.why_paused(connection, system)

    async def due(self, now: datetime) -> frozenset[tuple[TaskKind, str]]:
        """Return what kinds of work, of which systems, can be claimed at ``now``."""
        async with self._database.single() as connection:
            return await tasks.due(connection, now)

    async def link_state(self, system: str) -> LinkState:
        """Return what is known of one link."""
        async with self._database.single() as connection:
            return await link_states.read(connection, system)

    async def reckon(
        self, system: str, change: Callable[[LinkState], LinkState]
    ) -> tuple[LinkState, LinkState]:
        """Change what is known of one link, one hand at a time; return it before and after."""
        async with self._database.begin() as connection:
            return await link_states.reckon(connection, system, change)

    async def balance(self) -> Mapping[str, Mapping[Standing, int]]:
        """Return for each system how many envelopes stand where."""
        async with self._database.single() as connection:
            return await envelopes.balance(connection)

    async def orders(
        self, search: str = "", before: str | None = None, limit: int = 50
    ) -> Sequence[OrderLine]:
        """Return orders, newest first, from the one older than ``before`` on."""
        async with self._database.single() as connection:
            return await reading.orders(connection, search, before, limit)

    async def order(self, order: str) -> OrderFile | None:
        """Return everything on one order, or None if there is no such order."""
        async with self._database.begin() as connection:
            return await reading.order(connection, order)

    async def links(self, now: datetime) -> Sequence[LinkLine]:
        """Return every link that has work or has been heard of, by name."""
        async with self._database.single() as connection:
            return await link_states.lines(connection, now)

    async def subscriptions(self) -> Sequence[SubscriptionLine]:
        """Return what every system should send us, by system and topic."""
        return await self.subscription_book.lines()

    async def counts(self) -> Counts:
        """Return how much there is of everything."""
        async with self._database.begin() as connection:
            return await reading.counts(connection)


def _is_of_order(settlement: Settlement) -> bool:
    return settlement.task.kind in cases.OF_ORDERS
