"""The pool of connections to PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper
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


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncEngine]:
    """Yield a pool for the database at ``url`` (``postgresql://…``); close it in the end."""
    engine = create_async_engine(
        _with_driver(url),
        pool_size=POOL,
        max_overflow=POOL,
        connect_args={"options": "-c timezone=UTC"},
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


def _set_binary(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    driver: psycopg.AsyncConnection[Any] = connection.driver_connection
    driver.adapters.register_dumper(list, ListBinaryDumper)
    driver.cursor_factory = _BinaryCursor


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
