from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from random import Random

from msgspec import structs

from accord.connectors.shopify.simulator_store import GIVES_UP_AFTER
from accord.demo.deafness import NAME as SUBSCRIBED_AGAIN
from accord.demo.mischief import ASTRAY, with_mischief
from accord.demo.play import play
from accord.demo.scenarios import lives
from accord.demo.stack import stack
from accord.demo.summary import summary
from accord.domain.drift import DriftPattern
from accord.storage.memory import MemoryStore

SEED = 3


@asynccontextmanager
async def played(orders, seed=SEED, amend=None):
    """Play a short story of every kind of life; yield the stack and how to judge it."""
    async with stack(MemoryStore(), amend=amend) as built:

        async def rest():
            return

        story = with_mischief([*lives(orders, Random(seed))])
        told = await play(built, story, tell=lambda at, said: None, rest=rest)
        yield built, partial(summary, built, told), told


def broken(found):
    return {e["name"].partition(" (")[0] for e in found.expectations if not e["held"]}


async def test_every_kind_of_life_ends_in_agreement():
    async with played(12) as (_, judged, _):
        found = await judged()

    assert broken(found) == set()
    assert found.cells == found.cells_in_agreement > 0
    assert found.orders == 12


def test_the_first_order_of_every_story_is_the_plainest():
    for seed in range(5):
        assert next(lives(20, Random(seed))).kind == "one box"


async def test_two_playings_of_one_story_are_the_same():
    async with played(8) as (_, first, _), played(8) as (_, second, _):
        assert await first() == await second()


async def test_what_a_system_says_wrongly_at_the_end_breaks_its_expectation():
    async with played(8) as (built, judged, _):
        number = next(n for n, order in built.shop.orders.items() if order.parcels)
        for fulfillment in built.books.fulfillments(number):
            built.books.mark(fulfillment.id, "A")
        found = await judged()

    assert broken(found) == {"what was sent is fulfilled, delivered, shipped and billed"}


ENOUGH = 40  # orders of which one of each kind goes astray


async def test_whatever_goes_wrong_is_found_repaired_or_raised_and_nothing_else_is():
    async with played(ENOUGH) as (built, judged, told):
        found = await judged()
        said = {life.kind for life in told.lives.values()}

        assert broken(found) == set()
        assert set(ASTRAY) <= said
        assert {pattern for pattern, _ in told.planted} == {
            DriftPattern.UNACKNOWLEDGED_ORDER,
            DriftPattern.ORPHANED_PAYMENT,
            DriftPattern.GHOST_FULFILLMENT,
            DriftPattern.UNPROCESSED_RETURN,
            DriftPattern.STALE_SHIPPING_STATUS,
            DriftPattern.UNKNOWN_WORD,
            DriftPattern.DISAGREEMENT,
        }
        assert found.deliveries["lost"] > 0
        assert built.down == set()

        missing = (DriftPattern.NO_COUNTERPART, "#1001")
        fewer = replace(told, planted=told.planted | {missing})
        assert broken(await summary(built, fewer)) == {"what was planted was found"}
        more = replace(told, found={**told.found, missing: True})
        assert broken(await summary(built, more)) == {"nothing else was found"}


def nobody_looks_at_subscriptions(accord):
    shop = structs.replace(accord.systems["shop"], subscribe=False)
    return structs.replace(accord, systems={**accord.systems, "shop": shop})


async def test_a_subscription_that_the_shop_takes_away_is_made_again_and_its_gap_read():
    async with played(8) as (built, judged, told):
        topics = {row.topic for row in built.shop.subscriptions.rows.values()}

        assert told.unsubscribed_at is not None
        assert told.traffic.unheard >= GIVES_UP_AFTER
        assert topics == built.engine.links["shop"].subscribable
        assert broken(await judged()) == set()


async def test_a_subscription_that_nobody_makes_again_breaks_its_expectation():
    async with played(8, amend=nobody_looks_at_subscriptions) as (_, judged, told):
        assert told.unsubscribed_at is not None
        assert broken(await judged()) == {SUBSCRIBED_AGAIN}


def test_a_short_story_goes_well_and_a_long_one_has_every_kind_of_trouble_as_often():
    short = [*lives(8, Random(1))]
    long = with_mischief([*lives(200, Random(1))])
    often = Counter(life.kind for life in long if life.kind in ASTRAY)

    assert with_mischief(short) == short
    assert set(often) == set(ASTRAY)
    assert len(set(often.values())) == 1
    assert long[0].kind == "one box"
