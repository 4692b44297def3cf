import asyncio
import time
from contextlib import AsyncExitStack

import psycopg
import pytest

from accord.storage.doorbell import Doorbell
from accord.storage.postgres import postgres_store


class Ear:
    def __init__(self) -> None:
        self.heard = asyncio.Event()
        self.times = 0

    def wake(self) -> None:
        self.times += 1
        self.heard.set()


@pytest.fixture
async def bells(database):
    """Two processes' bells on one database, both listening."""
    async with AsyncExitStack() as stack:
        made: list[tuple[Doorbell, Ear]] = []
        for _ in range(2):
            store = await stack.enter_async_context(postgres_store(database))
            bell, ear = store.doorbell(), Ear()
            await stack.enter_async_context(bell.connected(ear.wake))
            await asyncio.wait_for(ear.heard.wait(), 10)  # as soon as it listens
            ear.heard.clear()
            made.append((bell, ear))
        yield made


async def test_one_process_wakes_the_other_and_not_itself(bells):
    (bell, own), (_, other) = bells
    bell.ring()

    await asyncio.wait_for(other.heard.wait(), 5)
    assert not own.heard.is_set()


async def test_it_wakes_long_before_anyone_would_look_by_himself(bells):
    (bell, _), (_, other) = bells
    took = []
    for _ in range(10):
        other.heard.clear()
        began = time.monotonic()
        bell.ring()
        await asyncio.wait_for(other.heard.wait(), 5)
        took.append(time.monotonic() - began)

    assert sorted(took)[5] < 0.5


async def test_a_thousand_rings_at_once_are_a_few(bells):
    (bell, _), (_, other) = bells
    before = other.times
    for _ in range(1000):
        bell.ring()
    await asyncio.wait_for(other.heard.wait(), 5)

    assert other.times - before <= 2


async def test_a_listener_that_lost_its_connection_listens_again(bells, database, monkeypatch):
    monkeypatch.setattr("accord.storage.doorbell.LISTEN_AGAIN", 0.1)
    (bell, _), (_, other) = bells
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
    await asyncio.wait_for(other.heard.wait(), 10)
    other.heard.clear()
    bell.ring()

    await asyncio.wait_for(other.heard.wait(), 10)
