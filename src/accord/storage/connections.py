"""Connections to PostgreSQL for everything that is asked while Accord runs.

The driver is spoken to directly: what lay between cost more than the driver itself.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import cache
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import RowMaker

from accord.storage.binary import set_binary
from accord.storage.engine import driver_url, session_options
from accord.storage.statement import Statement

# Receiving, interpreting, and a handful of links at a time; more connections than cores only
# make the server switch between them. What is opened beyond it is closed after use.
POOL, OVERFLOW = 10, 10
# Nobody waits longer than this for a connection: something hangs then, and it must show.
WAIT = timedelta(seconds=30)

_BEGIN, _COMMIT, _ROLLBACK = Statement(b"BEGIN"), Statement(b"COMMIT"), Statement(b"ROLLBACK")
_NOTHING: Mapping[str, object] = {}


class NoConnectionError(psycopg.OperationalError):
    """All connections are in use, and none came free in time."""


class Row(tuple[Any, ...]):
    """A row of an answer: its columns in their order, and each by its name."""

    __slots__ = ()
    _names: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Any:
        """Raise, since a column that is there is found before."""
        message = f"no column {name} among {self._names}"
        raise AttributeError(message)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._names, self, strict=True))


@cache
def _rows_of(names: tuple[str, ...]) -> type[Row]:
    """Return the kind of row with these columns; any word may name one."""
    columns = {name: property(itemgetter(place)) for place, name in enumerate(names)}
    return type("Row", (Row,), {"__slots__": (), "_names": names, **columns})


def _by_name(cursor: psycopg.AsyncCursor[Any]) -> RowMaker[Row]:
    """Return what makes a row of the values of one."""
    return _rows_of(tuple(column.name for column in cursor.description or ()))


class Rows(list[Row]):
    """All rows of an answer; none where the statement answers none."""

    def first(self) -> Row | None:
        """Return the first row, if there is one."""
        return self[0] if self else None

    def one(self) -> Row:
        """Return the one row there is."""
        (row,) = self
        return row


class Connection:
    """One connection. Each statement is a transaction by itself unless one was begun."""

    def __init__(self, driver: psycopg.AsyncConnection[Any]) -> None:
        self.driver = driver
        # One for all that is asked: it knows by then how values are written.
        self._cursor = driver.cursor(row_factory=_by_name)

    async def execute(self, asked: Statement, given: Mapping[str, object] = _NOTHING) -> Rows:
        """Run one statement; return all it answers."""
        cursor = self._cursor
        await cursor.execute(asked.text, [given[name] for name in asked.names])
        answer = cursor.pgresult
        if answer is None or not answer.nfields:
            return Rows()
        return Rows(await cursor.fetchall())

    async def scalar(self, asked: Statement, given: Mapping[str, object] = _NOTHING) -> Any:
        """Return the first column of the first row, or None."""
        rows = await self.execute(asked, given)
        return rows[0][0] if rows else None

    async def scalars(
        self, asked: Statement, given: Mapping[str, object] = _NOTHING
    ) -> Sequence[Any]:
        """Return the first column of every row."""
        return [row[0] for row in await self.execute(asked, given)]

    @property
    def is_at_rest(self) -> bool:
        """Whether it is open and in no transaction."""
        return self.driver.pgconn.transaction_status == TransactionStatus.IDLE


class Connections:
    """A pool of connections to one database."""

    def __init__(self, url: str) -> None:
        """Open nothing yet."""
        self.url = driver_url(url)
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(POOL + OVERFLOW)
        self._is_closed = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """Yield a connection in a transaction that is committed at the end of the block."""
        async with self.single() as connection:
            await connection.execute(_BEGIN)
            try:
                yield connection
            except Exception:
                with suppress(psycopg.Error):  # what led to it tells more
                    await connection.execute(_ROLLBACK)
                raise
            await connection.execute(_COMMIT)

    @asynccontextmanager
    async def single(self) -> AsyncIterator[Connection]:
        """Yield a connection on which each statement is a transaction by itself.

        There is no round trip to begin it, and none to end it.
        """
        await self._wait_for_place()
        try:
            connection = await self._taken()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Close what is open; what is lent is closed when it comes back."""
        self._is_closed = True
        self._forget()

    async def _wait_for_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(WAIT.total_seconds()):
                await self._places.acquire()
        except TimeoutError:
            message = f"all {POOL + OVERFLOW} connections to the database were in use for {WAIT}"
            raise NoConnectionError(message) from None

    async def _taken(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_at_rest:
                return connection
        driver = await psycopg.AsyncConnection.connect(
            self.url,
            autocommit=True,
            options=session_options(),
        )
        set_binary(driver)
        return Connection(driver)

    def _give_back(self, connection: Connection) -> None:
        """Keep a connection for the next one who asks, unless something is wrong with it."""
        if connection.driver.closed:
            self._forget()  # the server is gone, and the others with it
        elif connection.is_at_rest and len(self._idle) < POOL and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.driver.pgconn.finish()  # stopped in the middle: the server undoes it

    def _forget(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.driver.pgconn.finish()


@asynccontextmanager
async def connections(url: str) -> AsyncIterator[Connections]:
    """Yield a pool for the database at ``url`` (``postgresql://…``); close it in the end."""
    pool = Connections(url)
    try:
        yield pool
    finally:
        await pool.close()
