"""Two batches in one process: the second is read early, and decided after the first is durable."""

import asyncio

import pytest

from accord.bench.events import EVENTS_AN_ORDER, events
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.engine.interpret import BATCH, Interpreter
from accord.storage.engine import connected, talk_binary
from accord.storage.memory import MemoryStore
from accord.storage.migrations import migrate
from accord.storage.postgres import PostgresStore
from tests.storage.databases import Databases, given_server

SERVER = given_server()
ORDERS = 2 * BATCH // EVENTS_AN_ORDER


@pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")
async def test_no_batch_is_lost_over_an_order_that_another_batch_begins():
    assert SERVER is not None
    with Databases(SERVER).empty() as url:
        await migrate(url)
        async with connected(url) as engine:
            talk_binary(engine)
            store = PostgresStore(engine)
            await store.keep([*events(ORDERS)])
            interpreter = Interpreter(*stack(), store, utc_now)

            settled = [*await asyncio.gather(interpreter.turn(), interpreter.turn())]

            assert settled == [BATCH, BATCH]
            assert (await store.counts()).orders == ORDERS


async def test_the_next_batch_is_read_beside_only_while_there_is_more_than_one():
    store = MemoryStore()
    await store.keep([*events(ORDERS)][: BATCH + 10])
    interpreter = Interpreter(*stack(), store, utc_now)

    settled = [await interpreter.turn_beside(), await interpreter.turn()]
    settled += [await interpreter.turn_beside(), await interpreter.turn_beside()]

    assert settled == [0, BATCH, 10, 0]
