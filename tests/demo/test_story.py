from contextlib import asynccontextmanager
from functools import partial
from random import Random

from accord.demo.play import play
from accord.demo.scenarios import SHARES, lives
from accord.demo.stack import stack
from accord.demo.summary import summary
from accord.storage.memory import MemoryStore

SEED = 3


@asynccontextmanager
async def played(orders, seed=SEED):
    """Play a short story of every kind of life; yield the stack and how to judge it."""
    async with stack(MemoryStore()) as built:

        async def rest():
            return

        kinds = {life.kind: life for life in lives(200, Random(seed))}
        chosen = [*kinds.values(), *list(lives(orders, Random(seed)))]
        numbered = {life.number: life for life in chosen}
        story = sorted(numbered.values(), key=lambda life: life.placed_after)
        told = await play(built, story, tell=lambda at, said: None, rest=rest)
        yield built, partial(summary, built, told)


def broken(found):
    return {e["name"].partition(" (")[0] for e in found.expectations if not e["held"]}


async def test_every_kind_of_life_ends_in_agreement():
    async with played(4) as (_, judged):
        found = await judged()

    assert broken(found) == set()
    assert found.cells == found.cells_in_agreement > 0
    assert found.orders >= len(SHARES)


async def test_two_playings_of_one_story_are_the_same():
    async with played(2) as (_, first), played(2) as (_, second):
        assert await first() == await second()


async def test_what_a_system_says_wrongly_at_the_end_breaks_its_expectation():
    async with played(1) as (built, judged):
        for fulfillment in built.books.fulfillments("#1001"):
            built.books.mark(fulfillment.id, "A")
        found = await judged()

    assert broken(found) == {"what was sent is fulfilled, delivered, shipped and billed"}
