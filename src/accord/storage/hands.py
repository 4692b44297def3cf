"""Who has which envelopes in hand, so that one that kills its readers is found and set aside."""

import asyncio
from collections.abc import Sequence

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from accord.engine.envelope import Envelope
from accord.engine.ports import LinkTakenError
from accord.storage import envelopes
from accord.storage.connections import Connection, Connections
from accord.storage.statement import statement

# After meeting another worker over an order that was just beginning we work so many batches of the
# queue further on, and for as many: events of one order stand close together.
STRETCH = 10


class Hand(Struct, frozen=True):
    """A note on a batch in work. ``left_behind`` are those of hands that had some of it before."""

    id: int
    envelopes: tuple[int, ...]
    left_behind: tuple[int, ...]


class Hands:
    """Notes every batch before the work on it, and takes the note away with its outcome.

    A process that dies leaves its note; so does one that fails over what it read. Whoever gets
    the same envelopes next finds the note, counts it against each of them, and from then on they
    are read one by one. What fails through no fault of an envelope, such as a connection that
    broke, is forgiven.
    """

    def __init__(self, database: Connections) -> None:
        """Write notes through ``database``, each a transaction of its own."""
        self._database = database
        # At the start somebody may have died before us.
        self._has_suspects = True
        self._to_forgive: list[int] = []
        self._failed_over: set[int] = set()  # alone with them in hand
        self._beyond = 0  # the place in the queue from which we read
        self._left_there = 0  # batches until we come back to its head

    async def claim(self, connection: Connection, limit: int) -> list[Envelope]:
        """Lock what is to be read next: a suspect alone, or else the oldest that wait."""
        if limit == 0:
            return []
        alone = await self._claim_suspect(connection) if self._has_suspects else []
        if alone:
            return alone
        self._has_suspects = False
        batch = await self._claim_ahead(connection, limit)
        batch = batch or await envelopes.claim(connection, limit, 0)
        # With time on our hands we look whether a process that died left any.
        return batch or await self._claim_suspect(connection)

    async def _claim_ahead(self, connection: Connection, limit: int) -> list[Envelope]:
        if self._left_there == 0:
            return []
        self._left_there -= 1
        batch = await envelopes.claim(connection, limit, self._beyond)
        if not batch:  # nothing waits so far on
            self._left_there = 0
        return batch

    def make_way(self, hand: Hand) -> None:
        """Work further on for a while: what stands here is of orders that another hand begins."""
        self._beyond = max(hand.envelopes) + STRETCH * len(hand.envelopes)
        self._left_there = STRETCH

    async def _claim_suspect(self, connection: Connection) -> list[Envelope]:
        return [
            replace(one, failed_here=one.id in self._failed_over)
            for one in await envelopes.claim_suspect(connection)
        ]

    async def take(self, claimed: Sequence[Envelope]) -> Hand | None:
        """Note that these are in hand; durable against the death of this process on return."""
        if not claimed:
            return None
        ids = [envelope.id for envelope in claimed]
        forgiven, self._to_forgive = self._to_forgive, []
        async with self._database.single() as connection:
            given = {"envelopes": ids, "forgiven": forgiven}
            row = (await connection.execute(statement("take_in_hand"), given)).one()
        self._has_suspects = self._has_suspects or row.has_suspects
        return Hand(row.id, tuple(ids), tuple(row.left_behind))

    async def take_over(self, connection: Connection, hand: Hand) -> None:
        """Count against the envelopes that others left them behind; they are read alone next."""
        given = {"envelopes": list(hand.envelopes), "left_behind": list(hand.left_behind)}
        await connection.execute(statement("count_tries"), given)
        await connection.execute(statement("take_over"), given)
        await self._remove(connection, hand)
        self._has_suspects = True

    async def put_down(self, connection: Connection, hand: Hand) -> None:
        """Take the note away in the transaction of the outcome."""
        await self._remove(connection, hand)
        self._failed_over.difference_update(hand.envelopes)

    @staticmethod
    async def _remove(connection: Connection, hand: Hand) -> None:
        given = {"hands": [hand.id, *hand.left_behind], "own": hand.id}
        await connection.execute(statement("put_down"), given)

    def blame(self, hand: Hand) -> None:
        """Remember an error over what was in hand, if that was one alone; the note stays."""
        if len(hand.envelopes) == 1:
            self._failed_over.update(hand.envelopes)

    async def forgive(self, hand: Hand) -> None:
        """Take the note away after a failure that says nothing against the envelopes."""
        try:
            async with self._database.single() as connection:
                given = {"hands": [hand.id], "own": hand.id}
                await connection.execute(statement("put_down"), given)
        except (psycopg.Error, OSError):
            self._to_forgive.append(hand.id)  # with the next note, once there is a connection


def is_passing(error: BaseException) -> bool:
    """Return whether a failure lies with the world and not with what was being read."""
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):
        return False
    return isinstance(
        error,
        asyncio.CancelledError
        | LinkTakenError
        | psycopg.OperationalError
        | psycopg.InterfaceError
        | psycopg.errors.IdleInTransactionSessionTimeout
        | OSError,
    )
