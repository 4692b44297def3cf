"""The pool of connections to PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain
from struct import Struct
from typing import Any

import msgspec
import psycopg
from psycopg.abc import Buffer
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper
from psycopg.types.json import set_json_loads
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from accord.domain.errors import UnusableInputError

# Receiving, interpreting, and a handful of links at a time; more connections than cores only
# make the server switch between them.
POOL = 10
# A process that stands still in the middle of a transaction (its machine is paused, say) keeps
# others from its envelopes and orders for no longer than this: then the server ends it. Trying
# out an envelope that may be deadly takes a third of it, and is the longest of ours.
LONGEST_IDLE = timedelta(seconds=30)

# The head of an array: dimensions, whether it has gaps, the type of its values, how many there
# are, and the number of the first. Then comes each value, its length before it.
_HEAD, _LENGTH = Struct("!IIIII"), Struct("!i")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncEngine]:
    """Yield a pool for the database at ``url`` (``postgresql://…``); close it in the end."""
    engine = create_async_engine(
        _with_driver(url),
        pool_size=POOL,
        max_overflow=POOL,
        connect_args={
            "options": "-c timezone=UTC -c idle_in_transaction_session_timeout="
            f"{LONGEST_IDLE // timedelta(milliseconds=1)}"
        },
    )
    try:
        yield engine
    finally:
        await engine.dispose()


def talk_binary(engine: AsyncEngine) -> None:
    """Send arrays and fetch rows in binary form on every connection of ``engine``.

    In the text form, psycopg's first choice for both, every quote of an array is escaped here and
    read again there, and every byte of an envelope comes as two digits: a batch took several
    times as long. Alembic reads the catalog as text, so migrations go without.
    """
    event.listen(engine.sync_engine, "connect", _set_binary)


class _BinaryCursor(psycopg.AsyncCursor[Any]):
    """A cursor that asks for rows in binary form."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Be made as every cursor is."""
        super().__init__(*given, **named)
        self.format = Format.BINARY


class _FlatListDumper(ListBinaryDumper):
    """Dumps a list without gaps and without lists in it, several times as fast.

    A batch hands over tens of thousands of values in lists: no step of it is written in Python.
    """

    def dump(self, obj: list[Any]) -> Buffer | None:
        """Return the list in PostgreSQL's binary form: a head, then each value after its length."""
        element = self.sub_dumper
        if not obj or None in obj or isinstance(obj[0], list) or not (element and element.oid):
            return super().dump(obj)
        values: list[Any] = list(map(element.dump, obj))
        lengths = map(_LENGTH.pack, map(len, values))
        head = _HEAD.pack(1, 0, element.oid, len(values), 1)
        return b"".join((head, *chain.from_iterable(zip(lengths, values, strict=True))))


def _set_binary(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    driver: psycopg.AsyncConnection[Any] = connection.driver_connection
    driver.adapters.register_dumper(list, _FlatListDumper)
    driver.cursor_factory = _BinaryCursor
    set_json_loads(msgspec.json.decode, driver)


def _with_driver(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {"postgresql", "postgres"}:
        message = (
            "ACCORD_DATABASE_URL is no PostgreSQL address. It looks like "
            "postgresql://user:password@host:5432/database."
        )
        raise UnusableInputError(message)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
