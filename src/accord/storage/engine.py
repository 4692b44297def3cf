"""How PostgreSQL is reached; and the way to it for migrations, which go by SQLAlchemy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from accord.domain.errors import UnusableInputError

# A process that stands still in the middle of a transaction (its machine is paused, say) keeps
# others from its envelopes and orders for no longer than this: then the server ends it. Trying
# out an envelope that may be deadly takes a third of it, and is the longest of ours.
LONGEST_IDLE = timedelta(seconds=30)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[AsyncEngine]:
    """Yield an engine for the database at ``url`` (``postgresql://…``); close it in the end."""
    given = {"options": session_options()}
    address = _named(url, "postgresql+psycopg")
    engine = create_async_engine(address, poolclass=NullPool, connect_args=given)
    try:
        yield engine
    finally:
        await engine.dispose()


def session_options() -> str:
    """Return how the server is to treat every connection."""
    longest = LONGEST_IDLE // timedelta(milliseconds=1)
    return f"-c timezone=UTC -c idle_in_transaction_session_timeout={longest}"


def driver_url(url: str) -> str:
    """Return the address as the driver takes it."""
    return _named(url, "postgresql")


def _named(url: str, driver: str) -> str:
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
    return parsed.set(drivername=driver).render_as_string(hide_password=False)
