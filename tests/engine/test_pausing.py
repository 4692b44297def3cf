"""A paused link is written to by nobody, from the next action on; it is read as before."""

from datetime import timedelta

import pytest

from accord.domain.outcome import Applied
from accord.domain.report import Ref
from accord.engine.desk import EVERYWHERE, Deed
from accord.engine.envelope import Lookup
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, ordered, said, stack
from tests.domain.test_plan import work
from tests.engine.plain import Plain

SECOND = timedelta(seconds=1)


@pytest.fixture
async def plain():
    """Two parcels have left, and the books were told of neither."""
    plain = Plain(stack(), MemoryStore())
    await plain.said(*ordered(A=1, B=1), work("se-1", "IT", {"A": 1}), work("se-2", "IT", {"B": 1}))
    return plain


def deed(what):
    return Deed(what=what, who="Ana", why="stocktaking", at=NOON)


async def test_a_pause_between_two_actions_stops_the_second(plain):
    done = []

    async def perform(action, order):
        done.append(action)
        await plain.store.desk.pause("books", deed("paused"))
        return Applied()

    plain.hands["books"].perform = perform
    await plain.engine.propagator.turn("books")

    assert len(done) == 1
    (file,) = [await plain.store.order(line.order) for line in await plain.store.orders()]
    assert file is not None
    assert "paused by Ana: stocktaking" in [each.note for each in file.pending]


@pytest.mark.parametrize("paused", ["books", EVERYWHERE])
async def test_what_was_held_up_goes_on_a_second_after_it_is_resumed(plain, paused):
    await plain.store.desk.pause(paused, deed("paused"))
    await plain.engine.propagator.turn("books")
    assert plain.hands["books"].performed == []

    await plain.store.desk.resume(paused, deed("resumed"))
    plain.now += SECOND
    await plain.engine.propagator.turn("books")

    assert len(plain.hands["books"].performed) == 2


async def test_a_paused_link_is_read_and_heard_as_before(plain):
    await plain.store.desk.pause(EVERYWHERE, deed("paused"))

    await plain.hear("books", said("books", "SalesOrd", "B", minute=9))
    await plain.hear("books", Lookup(Ref("order", "77")))
    await plain.engine.settle()

    assert plain.hands["books"].asked == [Ref("order", "77")]
    assert plain.hands["books"].performed == []
