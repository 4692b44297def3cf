from contextlib import asynccontextmanager
from functools import partial
from random import Random

from accord.demo.play import play
from accord.demo.scenarios import lives
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

        story = list(lives(orders, Random(seed)))
        told = await play(built, story, tell=lambda at, said: None, rest=rest)
        yield built, partial(summary, built, told)


def broken(found):
    return {e["name"].partition(" (")[0] for e in found.expectations if not e["held"]}


async def test_every_kind_of_life_ends_in_agreement():
    async with played(12) as (_, judged):
        found = await judged()

    assert broken(found) == set()
    assert found.cells == found.cells_in_agreement > 0
    assert found.orders == 12


def test_the_first_order_of_every_story_is_the_plainest():
    for seed in range(5):
        assert next(lives(20, Random(seed))).kind == "one box"


async def test_two_playings_of_one_story_are_the_same():
    async with played(8) as (_, first), played(8) as (_, second):
        assert await first() == await second()


async def test_what_a_system_says_wrongly_at_the_end_breaks_its_expectation():
    async with played(8) as (built, judged):
        number = next(n for n, order in built.shop.orders.items() if order.parcels)
        for fulfillment in built.books.fulfillments(number):
            built.books.mark(fulfillment.id, "A")
        found = await judged()

    assert broken(found) == {"what was sent is fulfilled, delivered, shipped and billed"}
