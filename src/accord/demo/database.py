"""The database of the demo: embedded, and new for every playing."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url, text

from accord.storage.embedded import embedded
from accord.storage.engine import connected
from accord.storage.postgres import PostgresStore, postgres_store

# Left behind by a playing that was killed: nobody is connected to it any more.
ABANDONED = text(r"""
    SELECT datname FROM pg_database
     WHERE datname LIKE 'demo\_%'
       AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)
""")


@asynccontextmanager
async def fresh_store(data: Path) -> AsyncIterator[PostgresStore]:
    """Yield an empty store of this process's own; what is kept in ``data`` is not touched."""
    async with embedded(data / "demo") as url:
        name = f"demo_{os.getpid()}"
        await _make(url, name)
        try:
            own = make_url(url).set(database=name).render_as_string(hide_password=False)
            async with postgres_store(own) as store:
                yield store
        finally:
            await _run(url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _make(url: str, name: str) -> None:
    """Make a database that waits for no disk: nothing of it is read after its process ends."""
    async with connected(url) as engine, engine.connect() as connection:
        abandoned = [row.datname for row in await connection.execute(ABANDONED)]
    for old in abandoned:
        await _run(url, f"DROP DATABASE IF EXISTS {old}")
    await _run(url, f"CREATE DATABASE {name}")
    await _run(url, f"ALTER DATABASE {name} SET synchronous_commit = off")


async def _run(url: str, statement: str) -> None:
    """Run one statement that cannot stand in a transaction."""
    async with connected(url) as engine:
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        async with alone.connect() as connection:
            await connection.execute(text(statement))
