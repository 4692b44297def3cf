"""The pool of connections to PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

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
        pool_pre_ping=True,  # after the server was restarted, nobody meets a dead connection
        connect_args={"options": "-c timezone=UTC"},
    )
    try:
        yield engine
    finally:
        await engine.dispose()


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
