"""The tables are made step by step, by however many programs start together."""

import asyncio
import sys

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from accord.domain.report import order_number
from accord.engine.ports import Change
from accord.storage.engine import connected
from accord.storage.migrations import migrate
from accord.storage.postgres import postgres_store
from accord.storage.schema import METADATA
from tests.storage.databases import Databases
from tests.storage.examples import NOW, cell, matrix, own, write

MIGRATE = """
import sys

import anyio

from accord.storage.migrations import migrate

anyio.run(migrate, sys.argv[1])
"""


def difference(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, METADATA))


async def test_programs_that_start_together_migrate_one_by_one(databases: Databases) -> None:
    with databases.empty() as url:
        await asyncio.gather(*(migrate(url) for _ in range(4)))
        await migrate(url)

        async with postgres_store(url) as store:
            assert await store.balance() == {}


async def test_a_program_killed_half_way_leaves_nothing_and_the_next_one_begins_anew(
    databases: Databases,
) -> None:
    last = METADATA.sorted_tables[-1].name
    with databases.empty() as url:
        async with await psycopg.AsyncConnection.connect(url) as other:
            # Whoever makes the same table waits for this one, half-way through its steps.
            await other.execute(f'CREATE TABLE "{last}" (nothing int)')
            program = await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url)
            await _until_somebody_waits(url)
            program.kill()
            await program.wait()
            await other.rollback()

        assert await _tables(url) == []
        await migrate(url)

        assert last in await _tables(url)


async def _until_somebody_waits(url: str) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
    async with asyncio.timeout(60):
        while await _asked(url, waiting) == [(0,)]:
            pass


async def _asked(url: str, question: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as looker:
        return await (await looker.execute(question)).fetchall()


async def _tables(url: str) -> list[object]:
    made = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [name for (name,) in await _asked(url, made)]


async def test_the_steps_end_in_the_tables_the_program_expects(database: str) -> None:
    async with connected(database) as engine, engine.connect() as connection:
        assert await connection.run_sync(difference) == []


async def test_a_person_sees_cells_as_rows(database: str) -> None:
    async with postgres_store(database) as store:
        written = matrix(own("1"), order_number("#1001"), cells=[cell()])
        await write(store, Change(order=None, matrix=written))

    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT number, track, subject, system, kind, word, state, said_at FROM cell"
        ).fetchone()

    assert row == ("1001", "payment", "order", "shop", "financial_status", "paid", "paid", NOW)


def test_every_table_and_column_that_needs_it_has_a_comment(database: str) -> None:
    silent = (
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relname <> 'alembic_version'"
        " AND relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') IS NULL"
    )
    with psycopg.connect(database) as connection:
        assert connection.execute(silent).fetchall() == []
