"""Two batches in one process: the second is read early, and decided after the first is durable."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from accord.bench.events import EVENTS_AN_ORDER, events
from accord.bench.stack import stack
from accord.bootstrap import utc_now
from accord.domain.report import Ref
from accord.engine.interpret import BATCH, Interpreter
from accord.engine.ports import LinkTakenError
from accord.storage.hands import STRETCH
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store

FEW = 5
ORDERS = 2 * BATCH // EVENTS_AN_ORDER


@pytest.fixture
async def kept(database: str) -> AsyncIterator[PostgresStore]:
    async with postgres_store(database) as store:
        yield store


async def test_no_batch_is_lost_over_an_order_that_another_batch_begins(kept):
    await kept.keep([*events(ORDERS)])
    interpreter = Interpreter(*stack(), kept, utc_now)

    settled = [*await asyncio.gather(interpreter.turn(), interpreter.turn())]

    assert settled == [BATCH, BATCH]
    assert (await kept.counts()).orders == ORDERS


async def test_who_meets_another_over_a_new_order_works_further_on_for_a_while(kept):
    await kept.keep([*events(FEW * (3 * STRETCH))])
    head = await _claimed(kept, meets_another=True)

    turns = [await _claimed(kept) for _ in range(STRETCH + 1)]

    assert turns[0][0] > head[-1] + (STRETCH - 1) * FEW
    assert all(turn == turns[0] for turn in turns[:STRETCH])
    assert turns[STRETCH] == head


async def test_where_nothing_waits_further_on_the_head_of_the_queue_is_taken_again(kept):
    await kept.keep([*events(FEW)])
    head = await _claimed(kept, meets_another=True)

    assert await _claimed(kept) == head


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
