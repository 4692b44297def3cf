import asyncio
from datetime import timedelta

import pytest

from accord.engine.runner import Runner

SOON = 5  # seconds a condition may take on a busy machine before the test gives up
NOW = timedelta()


@pytest.fixture
def errors():
    return []


@pytest.fixture
def runner(errors):
    def failed(name, error):
        errors.append((name, str(error)))

    return Runner(failed, idle=timedelta(days=1), pause=NOW, drain=NOW)


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(SOON):
        await event.wait()


async def test_one_bad_turn_is_told_and_is_not_the_end(runner, errors):
    again = asyncio.Event()

    async def turn():
        if not errors:
            message = "the database is away"
            raise ConnectionError(message)
        again.set()
        return 0

    runner.start("interpret", turn)
    await soon(again)
    await runner.stop()

    assert errors == [("interpret", "the database is away")]


async def test_a_system_that_hangs_delays_no_other(runner):
    hung, worked = asyncio.Event(), asyncio.Event()

    async def hang():
        hung.set()
        await asyncio.Event().wait()
        return 1

    async def work():
        await hung.wait()
        worked.set()
        return 0

    runner.start("propagate books", hang)
    runner.start("propagate shop", work)
    await soon(worked)
    await runner.stop()


async def test_an_idle_step_is_woken_by_what_another_finds(runner):
    idle, woken = asyncio.Event(), asyncio.Event()
    turns = 0

    async def turn():
        nonlocal turns
        turns += 1
        (idle if turns == 1 else woken).set()
        return 0

    runner.start("interpret", turn)
    await soon(idle)
    runner.wake()
    await soon(woken)  # by itself it would look after a day
    await runner.stop()


async def test_a_stop_lets_the_turn_under_way_finish_and_starts_no_other():
    runner = Runner(lambda name, error: None, drain=timedelta(seconds=SOON))
    begun, go_on = asyncio.Event(), asyncio.Event()
    finished = 0

    async def turn():
        nonlocal finished
        begun.set()
        await go_on.wait()
        finished += 1
        return 1

    runner.start("propagate shop", turn)
    await soon(begun)
    stopping = asyncio.create_task(runner.stop())
    go_on.set()
    await stopping

    assert finished == 1
