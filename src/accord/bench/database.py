"""A database for one measurement: empty, on the given server or an embedded one, and dropped."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from accord.storage.embedded import embedded


@asynccontextmanager
async def fresh_database(server: str | None, data: Path) -> AsyncIterator[str]:
    """Yield the address of an empty database.

    Without a ``server`` it is on the embedded one, in a folder of its own under ``data``.
    """
    if server is not None:
        async with _on(server) as own:
            yield own
        return
    async with embedded(data / "bench") as url, _on(url) as own:
        yield own


@asynccontextmanager
async def _on(url: str) -> AsyncIterator[str]:
    parsed = make_url(url).set(drivername="postgresql")
    name = f"accord_bench_{os.getpid()}"
    door = parsed.render_as_string(hide_password=False)
    _run(door, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _run(door, "CREATE DATABASE {}", name)
    try:
        yield parsed.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(door, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _run(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
