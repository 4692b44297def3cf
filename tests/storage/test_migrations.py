"""The tables are made step by step, by however many programs start together."""

import asyncio

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


def difference(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, METADATA))


async def test_programs_that_start_together_migrate_one_by_one(databases: Databases) -> None:
    with databases.empty() as url:
        await asyncio.gather(*(migrate(url) for _ in range(4)))
        await migrate(url)

        async with postgres_store(url) as store:
            assert await store.balance() == {}


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
