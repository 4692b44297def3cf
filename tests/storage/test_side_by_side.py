"""Two batches in one process: the second is read early, and decided after the first is durable."""

import asyncio
from contextlib import suppress

import pytest

from accord.bench.events import EVENTS_AN_ORDER, events
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.domain.report import Ref
from accord.engine.interpret import BATCH, Interpreter
from accord.engine.ports import LinkTakenError
from accord.storage.connections import connections
from accord.storage.hands import STRETCH
from accord.storage.memory import MemoryStore
from accord.storage.migrations import migrate
from accord.storage.postgres import PostgresStore
from tests.storage.databases import Databases, given_server

SERVER = given_server()
FEW = 5
ORDERS = 2 * BATCH // EVENTS_AN_ORDER


@pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")
async def test_no_batch_is_lost_over_an_order_that_another_batch_begins():
    assert SERVER is not None
    with Databases(SERVER).empty() as url:
        await migrate(url)
        async with connections(url) as pool:
            store = PostgresStore(pool)
            await store.keep([*events(ORDERS)])
            interpreter = Interpreter(*stack(), store, utc_now)

            settled = [*await asyncio.gather(interpreter.turn(), interpreter.turn())]

            assert settled == [BATCH, BATCH]
            assert (await store.counts()).orders == ORDERS


@pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")
async def test_who_meets_another_over_a_new_order_works_further_on_for_a_while():
    assert SERVER is not None
    with Databases(SERVER).empty() as url:
        await migrate(url)
        async with connections(url) as pool:
            store = PostgresStore(pool)
            await store.keep([*events(FEW * (3 * STRETCH))])
            head = await _claimed(store, meets_another=True)

            turns = [await _claimed(store) for _ in range(STRETCH + 1)]

    assert turns[0][0] > head[-1] + (STRETCH - 1) * FEW
    assert all(turn == turns[0] for turn in turns[:STRETCH])
    assert turns[STRETCH] == head


@pytest.mark.skipif(SERVER is None, reason="no PostgreSQL is given or found")
async def test_where_nothing_waits_further_on_the_head_of_the_queue_is_taken_again():
    assert SERVER is not None
    with Databases(SERVER).empty() as url:
        await migrate(url)
        async with connections(url) as pool:
            store = PostgresStore(pool)
            await store.keep([*events(FEW)])
            head = await _claimed(store, meets_another=True)

            assert await _claimed(store) == head


async def _claimed(store: PostgresStore, *, meets_another: bool = False) -> list[int]:
    """Claim a few and decide nothing; return which they were."""
    ids: list[int] = []
    with suppress(LinkTakenError):
        async with store.interpreting(FEW, utc_now()) as sitting:
            ids = [envelope.id for envelope in sitting.envelopes]
            if meets_another:
                raise LinkTakenError(Ref("number", "1001"))
    return ids


async def test_the_next_batch_is_read_beside_only_while_there_is_more_than_one():
    store = MemoryStore()
    await store.keep([*events(ORDERS)][: BATCH + 10])
    interpreter = Interpreter(*stack(), store, utc_now)

    settled = [await interpreter.turn_beside(), await interpreter.turn()]
    settled += [await interpreter.turn_beside(), await interpreter.turn_beside()]

    assert settled == [0, BATCH, 10, 0]
