"""``accord doctor`` says that all is well, or what is not, where, and what to do."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from accord.cli.app import app
from accord.cli.surroundings import Surroundings
from accord.engine.envelope import Standing
from accord.storage.engine import connected
from accord.storage.invariants import invariants
from accord.storage.postgres import postgres_store
from tests.storage.databases import Databases
from tests.storage.examples import incoming, judge


@pytest.fixture
def url(embedded_databases: Databases) -> Iterator[str]:
    with embedded_databases.fresh() as url:
        yield url


def doctor(url: str, *words: str) -> Result:
    around = Surroundings(environment={"ACCORD_DATABASE_URL": url})
    return CliRunner().invoke(app, ["doctor", *words], obj=around)


async def _break(url: str) -> None:
    async with postgres_store(url) as store:
        await store.keep([incoming("one")])
        await judge(store, Standing.APPLIED)
    async with connected(url) as engine, engine.begin() as connection:
        await connection.execute(text("UPDATE envelope SET decided_at = NULL"))


async def _loosen(url: str) -> None:
    async with connected(url) as engine, engine.begin() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))


def test_a_sound_database_is_said_to_be_sound(url: str) -> None:
    result = doctor(url, "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert told["sound"] is True
    names = {check["name"] for check in told["checks"]}
    assert names == {"durability", "clock", *(one.name for one in invariants())}


def test_what_is_broken_is_named_with_its_place_and_its_remedy(url: str) -> None:
    asyncio.run(_break(url))

    result = doctor(url)

    assert result.exit_code == 1
    assert "✗ Every envelope that is settled says when it was." in result.stdout
    assert "envelope 1: it stands as applied since no known time" in result.stdout
    assert "→ Somebody changed the table envelope by hand" in result.stdout


def test_a_server_that_may_lose_what_it_confirmed_is_named(url: str) -> None:
    asyncio.run(_loosen(url))

    result = doctor(url)

    assert result.exit_code == 1
    assert "synchronous_commit is off" in result.stdout
