"""A paused link is written to by nobody as soon as that is said; it is read as before."""

from datetime import timedelta

import pytest

from accord.domain.outcome import Applied
from accord.domain.report import Ref
from accord.engine.desk import EVERYWHERE, Deed
from accord.engine.envelope import Lookup
from accord.engine.pausing import HEEDED_WITHIN, pause
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


async def done_with_a_pause_between(plain, meanwhile):
    """Return what is done where somebody pauses after the first action, which takes a while."""
    done = []

    async def perform(action, order):
        done.append(action)
        await plain.store.desk.pause("books", deed("paused"))
        plain.now += meanwhile
        return Applied()

    plain.hands["books"].perform = perform
    await plain.engine.propagator.turn("books")
    return done


async def test_a_pause_between_two_actions_stops_the_second(plain):
    done = await done_with_a_pause_between(plain, HEEDED_WITHIN)

    assert len(done) == 1
    (file,) = [await plain.store.order(line.order) for line in await plain.store.orders()]
    assert file is not None
    assert "paused by Ana: stocktaking" in [each.note for each in file.pending]


async def test_a_look_that_found_no_pause_counts_for_a_tenth_of_a_second(plain):
    assert timedelta(milliseconds=100) == HEEDED_WITHIN
    done = await done_with_a_pause_between(plain, HEEDED_WITHIN - timedelta(milliseconds=1))

    assert len(done) == 2


async def test_whoever_pauses_is_answered_when_every_process_heeds_it(plain):
    waited = []

    async def wait(seconds):
        waited.append((seconds, await plain.store.why_paused("books")))

    assert await pause(plain.store.desk, "books", deed("paused"), wait)
    assert waited == [(HEEDED_WITHIN.total_seconds(), "Ana: stocktaking")]


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
