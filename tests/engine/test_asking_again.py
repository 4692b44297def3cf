"""When a mirror is asked again, and when it is left alone."""

import pytest

from accord.domain.action import Approve, Ship
from accord.domain.outcome import Applied, Refused, Unneeded
from accord.storage.memory import MemoryStore
from tests.domain.stack import ordered, said, stack
from tests.domain.test_plan import work
from tests.engine.plain import Plain

NO = Refused("not_remaining", "somebody may have fulfilled it by hand")


@pytest.fixture
async def behind():
    """The books wait for an approval that the shop's payment allows."""
    plain = Plain(stack(), MemoryStore())
    await plain.said(*ordered(A=1), said("books", "SalesOrd", "A", minute=1))
    return plain


async def tasks(plain, system="books"):
    file = await plain.store.order("1")
    return [task for task in file.pending if task.system == system]


async def work_on(plain, times=20):
    """Let the books be asked whenever it is due, and interpret what comes."""
    for _ in range(times):
        await plain.engine.propagator.turn("books")
        await plain.engine.interpreter.turn()
        waiting = [task.due for task in await tasks(plain) if not task.dead]
        plain.now = max([plain.now, *waiting])


async def test_one_refused_parcel_does_not_keep_the_next_one_back():
    plain = Plain(stack(), MemoryStore())
    two = [work("se-8", "IT", {"A": 1}), work("se-9", "IT", {"A": 1})]
    await plain.said(*ordered(A=2), *two)
    hand = plain.hands["books"]
    hand.answers = [NO, Applied("91")]

    await plain.engine.propagator.turn("books")

    assert [type(action) for action in hand.performed] == [Ship, Ship]
    (task,) = await tasks(plain)
    assert task.dead
    assert "by hand" in task.note


async def test_a_mirror_that_says_it_is_there_already_is_not_asked_for_ever(behind):
    behind.hands["books"].answers = [Unneeded("the quantities are these")] * 20

    await work_on(behind)

    assert 1 < len(behind.hands["books"].performed) <= 3
    (task,) = await tasks(behind)
    assert task.dead
    assert "the quantities are these" in task.note


async def test_what_was_refused_is_not_asked_again_when_the_same_is_heard_once_more(behind):
    behind.hands["books"].answers = [NO, NO]
    await work_on(behind, 1)

    await behind.said(said("shop", "order", "open", minute=3, lines={"A": 1}, ordered={"A": 1}))
    await work_on(behind, 1)

    assert behind.hands["books"].performed == [Approve()]


async def test_what_was_refused_is_asked_again_once_there_is_news(behind):
    behind.hands["books"].answers = [NO]
    await work_on(behind, 1)

    await behind.said(said("shop", "payment", "partially_refunded", minute=3))
    await work_on(behind, 1)

    assert behind.hands["books"].performed == [Approve(), Approve()]


async def test_a_refusal_is_let_go_when_nothing_is_needed_any_more(behind):
    behind.hands["books"].answers = [NO]
    await work_on(behind, 1)

    await behind.said(said("books", "SalesOrd", "B", minute=3))
    await work_on(behind, 1)

    assert await tasks(behind) == []
