"""Connections are lent to one hand at a time, and what is wrong with one shows at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import psycopg
import pytest

from accord.storage.connections import Connections, NoConnectionError, connections
from accord.storage.statement import prepared
from tests.storage.databases import Databases, given_server

SERVER = given_server()
pytestmark = pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")

WHO = prepared("SELECT pg_backend_pid() AS who")
MAKE = prepared("CREATE TABLE thing (name text)")
ADD = prepared("INSERT INTO thing VALUES (:name) RETURNING name")
COUNT = prepared("SELECT count(*) FROM thing")
END = prepared("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :who")


@pytest.fixture
async def pool() -> AsyncIterator[Connections]:
    """Yield connections to an empty database."""
    assert SERVER is not None
    with Databases(SERVER).empty() as url:
        async with connections(url) as pool:
            async with pool.single() as connection:
                await connection.execute(MAKE)
            yield pool


async def count(pool: Connections) -> int:
    async with pool.single() as connection:
        return int(await connection.scalar(COUNT))


async def add_and_fail(pool: Connections) -> None:
    async with pool.begin() as connection:
        await connection.execute(ADD, {"name": "a"})
        raise LookupError


async def test_one_who_comes_after_another_gets_the_same_connection(pool):
    who = []
    for _ in range(2):
        async with pool.single() as connection:
            who.append(await connection.scalar(WHO))

    assert who[0] == who[1]


async def test_two_at_once_get_one_connection_each(pool):
    async with pool.single() as one, pool.single() as other:
        assert await one.scalar(WHO) != await other.scalar(WHO)


async def test_an_error_in_a_transaction_undoes_it_and_leaves_the_connection_fit_for_use(pool):
    async with pool.single() as connection:
        before = await connection.scalar(WHO)
    with pytest.raises(LookupError):
        await add_and_fail(pool)

    assert await count(pool) == 0
    async with pool.single() as connection:
        assert await connection.scalar(WHO) == before


async def test_whoever_is_stopped_in_a_transaction_leaves_nothing_of_it(pool):
    reached = asyncio.Event()

    async def work():
        async with pool.begin() as connection:
            await connection.execute(ADD, {"name": "a"})
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert await count(pool) == 0


async def test_a_server_that_ended_a_connection_costs_one_error_and_no_more(pool):
    async with pool.single() as one, pool.single() as other:
        await other.scalar(END, {"who": await one.scalar(WHO)})
        with pytest.raises(psycopg.OperationalError):
            await one.scalar(WHO)

    assert await count(pool) == 0


async def test_who_finds_all_connections_in_use_for_too_long_is_told_so(pool, monkeypatch):
    monkeypatch.setattr("accord.storage.connections.WAIT", timedelta())
    async with AsyncExitStack() as held:
        for _ in range(20):
            await held.enter_async_context(pool.single())
        with pytest.raises(NoConnectionError, match="20 connections"):
            await count(pool)

    assert await count(pool) == 0


async def test_a_row_tells_its_columns_by_name_whatever_they_are_called(pool):
    async with pool.single() as connection:
        row = (await connection.execute(prepared("SELECT 1 AS class, 2 AS count, 3 AS id"))).one()

    assert (row.count, row.id, row._asdict()) == (2, 3, {"class": 1, "count": 2, "id": 3})
    with pytest.raises(AttributeError, match="no column name"):
        assert row.name


def test_a_value_is_given_by_its_name_and_a_cast_is_none():
    asked = prepared("SELECT :a::text, CAST(:b AS text), :a")

    assert (asked.text, asked.names) == (b"SELECT :a::text, CAST($1 AS text), $2", ("b", "a"))
