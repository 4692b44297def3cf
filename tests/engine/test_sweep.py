"""A sweep lists what changed lately, goes on where it stopped, and never twice at once."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from accord.domain.outcome import Throttled, Unavailable
from accord.domain.sweep_rules import SweepRules
from accord.domain.tracks import Track
from accord.engine.envelope import Standing
from accord.engine.ports import TaskKind
from accord.engine.schedule import next_sweep
from accord.engine.sweep import LEASE, Compared
from accord.engine.sweep_book import Occasion, Phase
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, said, stack
from tests.engine.listing import HOUR, MINUTE, Listing
from tests.engine.orders import of
from tests.engine.plain import Plain

DAY = timedelta(days=1)


def stack_with(**rules):
    return replace(stack(), sweep=SweepRules(**rules))


@pytest.fixture
async def listing():
    """A shop with an order changed at each of four hours; nobody told of any."""
    found = Listing(accord=stack_with(since=6 * HOUR))
    await found.engine.begin()
    for hour in range(4):
        changed = said("shop", "order", "open", minute=60 * hour)
        found.shop.change(NOON + hour * HOUR, *of(hour, changed))
    found.now = NOON + 5 * HOUR
    return found


async def swept(listing, turns=20):
    """Let the sweep have its turns, everything be interpreted, and return how it stands."""
    for _ in range(turns):
        await listing.engine.sweeper.turn("shop")
        await listing.interpret()
        listing.now += timedelta(seconds=15)
        found = await last(listing)
        if found.ended_at is not None:
            break
    return found


async def last(listing):
    return (await listing.store.sweeps.sweeps("shop", 1))[0]


async def test_a_sweep_brings_everything_that_nobody_told_of(listing):
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    sweep = await swept(listing)

    assert (sweep.phase, sweep.occasion) == (Phase.ENDED, Occasion.DEMAND)
    assert (sweep.counts.read, sweep.counts.new) == (4, 4)
    assert len(await listing.store.orders()) == 4
    assert (await listing.store.balance())["shop"] == {Standing.APPLIED: 4}
    assert listing.shop.windows[0][0] == NOON - HOUR
    assert listing.shop.windows[-1][1] == NOON + 5 * HOUR


async def test_what_is_here_already_is_no_news(listing):
    await listing.feed()
    await listing.engine.sweeper.demand("shop", 6 * HOUR)

    assert (await swept(listing)).counts.new == 0


async def test_the_schedule_begins_a_sweep_and_each_system_has_its_own(listing):
    assert (TaskKind.SWEEP, "shop") not in await listing.store.due(listing.now)
    listing.now = next_sweep(SweepRules(), NOON)
    sweep = await swept(listing)

    assert sweep.occasion is Occasion.SCHEDULE
    assert sweep.since == next_sweep(SweepRules(), NOON) - 6 * HOUR
    assert await listing.store.sweeps.sweeps("books", 9) == []
    due = next_sweep(SweepRules(), listing.now)
    assert (TaskKind.SWEEP, "shop") not in await listing.store.due(due - MINUTE)
    assert (TaskKind.SWEEP, "shop") in await listing.store.due(due)


async def test_what_the_schedule_asked_for_while_accord_was_down_is_made_up_for(listing):
    listing.now = NOON + 3 * DAY
    await listing.engine.begin()

    assert (await swept(listing)).ended_at is not None


async def test_an_overlap_is_looked_back_on_too():
    listing = Listing(accord=stack_with(overlap=30 * MINUTE))
    listing.now = NOON
    sweep = await listing.engine.sweeper.demand("shop", HOUR)

    assert sweep.since == NOON - HOUR - 30 * MINUTE


async def test_a_sweep_goes_on_where_it_stopped(listing):
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    asked = listing.shop.windows

    def away(page):
        listing.shop.stops = Unavailable("away") if len(asked) == 3 else None

    listing.shop.meanwhile = away
    await listing.engine.sweeper.turn("shop")
    stopped = await last(listing)
    assert stopped.place == NOON + HOUR
    assert stopped.trouble == "unavailable: away"

    listing.now += HOUR
    sweep = await swept(listing)
    assert sweep.trouble == ""
    assert [since for since, _ in asked] == [NOON + n * HOUR for n in (-1, 0, 1, 1, 2, 3, 4)]
    assert sweep.counts.new == 4


@pytest.mark.parametrize("trouble", [Unavailable("away"), Throttled(timedelta(seconds=30))])
async def test_a_sweep_is_never_given_up(listing, trouble):
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    listing.shop.stops = trouble
    for _ in range(30):
        await listing.engine.sweeper.turn("shop")
        listing.now += 2 * HOUR
    listing.shop.stops = None
    for _ in range(3):  # which find out that it answers again
        listing.now += 2 * HOUR
        await listing.engine.reader.poll_turn("shop", HOUR)

    assert (await swept(listing)).counts.new == 4


async def test_there_are_never_two_sweeps_of_one_system(listing):
    first = await listing.engine.sweeper.demand("shop", 6 * HOUR)
    second = await listing.engine.sweeper.demand("shop", DAY)
    assert second == first

    found = []

    def meanwhile(page):
        found.append(page)

    listing.shop.meanwhile = meanwhile
    await listing.store.claim(TaskKind.SWEEP, ["shop"], 1, LEASE, listing.now)
    assert await listing.engine.sweeper.turn("shop") == 0
    assert found == []


async def test_what_does_not_fit_into_a_lease_is_listed_in_halves_and_ends(listing):
    listing.shop.page_size = 1
    for minute in range(40):
        listing.shop.change(
            NOON + minute * MINUTE, *of(9, said("shop", "order", "open", minute=minute))
        )

    def slow(page):
        listing.now += timedelta(seconds=30)

    listing.shop.meanwhile = slow
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    sweep = await swept(listing, turns=200)

    assert sweep.ended_at is not None
    assert min(until - since for since, until in listing.shop.windows) < HOUR
    assert sweep.counts.new == 44


async def test_a_sweep_leaves_half_of_the_limit_to_what_happens_now(listing):
    listing.limited(left=20, per_second=1)
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    began = listing.now
    await listing.engine.sweeper.turn("shop")

    assert listing.now - began >= timedelta(seconds=31)


async def test_a_limit_that_takes_too_long_puts_the_sweep_off(listing):
    listing.limited(left=0, per_second=0.01)
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    await listing.engine.sweeper.turn("shop")

    assert listing.shop.windows == []
    assert "the limit of shop" in (await last(listing)).trouble
    assert (TaskKind.SWEEP, "shop") not in await listing.store.due(listing.now + MINUTE)


async def test_nothing_is_compared_before_all_that_was_found_is_interpreted():
    compared = []

    async def compare(system):
        compared.append((system, len(await store.orders())))
        return Compared(3, 2)

    store = MemoryStore()
    listing = Listing(store, accord=stack_with(since=6 * HOUR), compare=compare)
    for hour in range(4):
        changed = said("shop", "order", "open", minute=60 * hour)
        listing.shop.change(NOON + hour * HOUR, *of(hour, changed))
    listing.now = NOON + 5 * HOUR
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    for _ in range(3):
        listing.now += MINUTE
        await listing.engine.sweeper.turn("shop")
    assert (await last(listing)).phase is Phase.COMPARING
    assert (await last(listing)).trouble == "not all that was found is interpreted yet"
    sweep = await swept(listing)

    assert compared == [("shop", 4)]
    assert (sweep.counts.drifting, sweep.counts.asked) == (3, 2)


async def test_without_a_comparison_nothing_is_said_of_drift(listing):
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    sweep = await swept(listing)

    assert (sweep.counts.drifting, sweep.counts.asked) == (None, None)


async def test_a_system_without_a_list_has_its_feed_read():
    plain = Plain(stack(), MemoryStore())
    await plain.engine.sweeper.demand("shop", HOUR)
    await plain.engine.sweeper.turn("shop")

    (sweep,) = await plain.store.sweeps.sweeps("shop", 9)
    assert sweep.ended_at is not None
    assert "lists nothing by its time" in sweep.trouble
    assert (TaskKind.POLL, "shop") in await plain.store.due(plain.now)


# Reading again by risk.


async def reread(listing):
    tasks = await listing.store.claim(TaskKind.REREAD, ["shop"], 99, LEASE, listing.now)
    return [task.key for task in tasks]


async def silent(rereads, orders=6):
    """Return a shop whose lists miss payments; of its orders 3 is paid and 4 promised soon."""
    accord = stack_with(since=6 * HOUR, rereads=rereads)
    listing = Listing(accord=accord, silent=frozenset({Track.PAYMENT}))
    for number in range(orders):
        changes = [said("shop", "order", "open", minute=number)]
        if number in {3, 4}:
            soon = NOON + HOUR if number == 4 else None
            paid = said("shop", "payment", "paid", minute=number + 60 * 3, promised_at=soon)
            changes.append(paid)
        await listing.said(*of(number, *changes))
        listing.now += MINUTE
    listing.now = NOON + 5 * HOUR
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    return listing


async def test_where_lists_can_miss_something_the_riskiest_orders_are_read_again():
    listing = await silent(rereads=4)
    sweep = await swept(listing)

    # The nearest deadline, what changed last, what was read longest ago, the next deadline.
    assert await reread(listing) == ["order:s0", "order:s3", "order:s4", "order:s5"]
    assert sweep.counts.reread == 4


async def test_the_next_sweep_reads_others():
    listing = await silent(rereads=2, orders=3)
    await swept(listing)
    first = await reread(listing)
    listing.now += HOUR
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    await swept(listing)

    assert set(first) | set(await reread(listing)) == {"order:s0", "order:s1", "order:s2"}


@pytest.mark.parametrize(("rereads", "tracks"), [(0, {Track.PAYMENT}), (50, set())])
async def test_nothing_is_read_again_where_nothing_is_missed_or_nothing_is_asked(rereads, tracks):
    listing = Listing(accord=stack_with(since=6 * HOUR, rereads=rereads), silent=frozenset(tracks))
    await listing.said(*of(1, said("shop", "order", "open")))
    await listing.engine.sweeper.demand("shop", 6 * HOUR)
    await swept(listing)

    assert await reread(listing) == []
