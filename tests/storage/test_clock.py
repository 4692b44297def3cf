import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from accord.engine.ports import TaskKind
from accord.storage.clock import EVERY, DatabaseClock
from accord.storage.postgres import postgres_store

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
NEAR = timedelta(seconds=5)


class World:
    """A database's time and a machine's count of seconds, both in the test's hand."""

    def __init__(self) -> None:
        self.elapsed = 1000.0
        self.database = NOON
        self.takes = 0.0
        self.asked = 0
        self.clock = DatabaseClock(self.read, lambda: self.elapsed)

    async def read(self) -> datetime:
        self.asked += 1
        self.pass_time(self.takes / 2)
        told = self.database
        self.pass_time(self.takes / 2)
        return told

    def pass_time(self, seconds: float) -> None:
        self.elapsed += seconds
        self.database += timedelta(seconds=seconds)


@pytest.fixture
async def world():
    world = World()
    await world.clock.set()
    return world


async def test_the_clock_goes_on_with_the_machines_count(world):
    world.pass_time(17)

    assert world.clock.now() == NOON + timedelta(seconds=17)


async def test_it_is_set_anew_every_minute_and_not_before(world):
    world.elapsed += EVERY.total_seconds() - 1
    await world.clock.turn()
    assert world.asked == 1

    world.elapsed += 1
    await world.clock.turn()
    assert world.asked == 2
    assert world.clock.now() == NOON


async def test_the_way_to_the_database_and_back_is_allowed_for(world):
    world.takes = 0.8
    await world.clock.set()

    assert world.clock.now() == world.database


async def test_an_answer_that_took_long_is_not_believed(world):
    world.takes = 30
    world.database += timedelta(hours=1)
    await world.clock.set()

    assert world.clock.now() == NOON + timedelta(seconds=30)


async def test_a_host_that_slept_finds_the_time_again(world):
    world.pass_time(8 * 3600)
    await world.clock.turn()

    assert world.clock.now() == world.database


async def test_the_real_clock_is_the_databases(database):
    async with postgres_store(database) as store:
        clock = DatabaseClock(store.time)
        await clock.set()

        assert abs(clock.now() - await store.time()) < NEAR


# A process on a host whose clock is wrong: whatever it asks for the time, it is told so.
WRONG_HOST = """
import asyncio, datetime, sys, time
minutes, url = int(sys.argv[1]), sys.argv[2]
right, real = time.time, datetime.datetime

class Wrong(real):
    @classmethod
    def now(cls, tz=None):
        return real.fromtimestamp(right() + 60 * minutes, tz)

time.time = lambda: right() + 60 * minutes
datetime.datetime = Wrong

from accord.engine.ports import TaskKind
from accord.storage.clock import DatabaseClock
from accord.storage.postgres import postgres_store

async def claim():
    async with postgres_store(url) as store:
        clock = DatabaseClock(store.time)
        await clock.set()
        lease = datetime.timedelta(minutes=2)
        for waited in (datetime.timedelta(0), lease + datetime.timedelta(seconds=10)):
            tasks = await store.claim(TaskKind.POLL, ["shop"], 1, lease, clock.now() + waited)
            print(len(tasks))

asyncio.run(claim())
"""


@pytest.mark.parametrize("minutes", ["10", "-10"])
async def test_a_host_that_is_ten_minutes_wrong_takes_a_lease_neither_early_nor_late(
    database, minutes
):
    async with postgres_store(database) as store:
        clock = DatabaseClock(store.time)
        await clock.set()
        await store.ask(TaskKind.POLL, "shop", ["*"], clock.now() - NEAR)
        assert await store.claim(TaskKind.POLL, ["shop"], 1, LEASE, clock.now())

        told = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", WRONG_HOST, minutes, database],
            capture_output=True,
            text=True,
            check=False,
        )

    assert told.stdout.split() == ["0", "1"], told.stderr
