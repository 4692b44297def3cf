"""What is in hand at a link goes on without a halt, and never is too much."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from accord.domain.outcome import Applied
from accord.engine.in_hand import MANY, SOME, InHand
from accord.engine.runner import Runner
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, stack
from tests.engine.orders import approved, lay_out, unapproved
from tests.engine.plain import Plain

SOON = 5  # seconds a condition may take on a busy machine before the test gives up
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    return [NOON]


@pytest.fixture
async def in_hand(clock):
    in_hand = InHand(lambda: clock[0])
    yield in_hand
    await in_hand.close()


async def pieces(in_hand, count, clock, took=timedelta()):
    """Let so many pieces of work, of this length, begin and end."""
    for _ in range(count):

        async def piece():
            clock[0] += took

        await in_hand.begin(piece())


async def test_there_is_room_again_once_half_is_done(in_hand):
    done = [asyncio.Event() for _ in range(SOME)]
    for each in done:
        in_hand.begin(each.wait())
    room = asyncio.create_task(in_hand.room())

    for each in done[: SOME // 2 - 1]:
        each.set()
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not room.done()

    done[-1].set()
    async with asyncio.timeout(SOON):
        assert await room >= SOME // 2


async def test_what_is_soon_done_lets_more_be_taken_and_what_drags_on_less(in_hand, clock):
    await pieces(in_hand, 2 * MANY, clock)
    assert await in_hand.room() == MANY

    await pieces(in_hand, 2 * MANY, clock, took=SECOND)
    assert await in_hand.room() == SOME


async def test_what_a_piece_failed_with_is_told_once(in_hand):
    async def fail():
        message = "the database is away"
        raise ConnectionError(message)

    in_hand.begin(fail())
    with pytest.raises(ConnectionError):
        await in_hand.empty()
    await in_hand.empty()


async def test_an_order_that_hangs_does_not_stop_others_from_being_taken_up():
    plain: Any = Plain(stack(), MemoryStore())
    for number in range(30):
        await plain.said(*unapproved(number))
        lay_out(plain, "books", f"order:b{number}", approved(number))
    hangs, rest = asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def perform(action, order):
        if order.number == "0":
            await hangs.wait()
        done.append(order.number)
        if len(done) == 29:
            rest.set()
        return Applied()

    plain.hands["books"].perform = perform
    runner = Runner(lambda name, error: None, idle=SECOND)
    plain.engine.work(runner)
    async with asyncio.timeout(SOON):
        await rest.wait()
    assert "0" not in done

    hangs.set()
    await runner.stop()
    assert "0" in done
    for line in await plain.store.orders(limit=100):
        file = await plain.store.order(line.order)
        assert [attempt for attempt in file.attempts if attempt.system == "books"]
    await plain.engine.close()


async def test_a_stop_waits_for_what_is_in_hand_and_settles_it():
    plain: Any = Plain(stack(), MemoryStore())
    await plain.said(*unapproved(0))
    lay_out(plain, "books", "order:b0", approved(0))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def perform(action, order):
        begun.set()
        await go_on.wait()
        return Applied()

    plain.hands["books"].perform = perform
    runner = Runner(lambda name, error: None)
    plain.engine.work(runner)
    async with asyncio.timeout(SOON):
        await begun.wait()
    stopping = asyncio.create_task(runner.stop())
    go_on.set()
    await stopping

    (line,) = await plain.store.orders()
    (task,) = [t for t in (await plain.store.order(line.order)).pending if t.system == "books"]
    assert task.note == "done; waiting to see it"
    await plain.engine.close()
