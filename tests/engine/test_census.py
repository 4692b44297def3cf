"""An hour is certified only if everything its system lists was here, and settled, before."""

from datetime import timedelta

import pytest

from accord.domain.outcome import Throttled, Unavailable
from accord.domain.report import Ref
from accord.engine.census import SETTLES
from accord.engine.census_book import CensusState, Hole
from accord.engine.desk import EVERYTHING, INTERPRETING, Deed
from accord.engine.envelope import Lookup, Origin
from accord.engine.ports import Document, TaskKind
from accord.storage.memory import MemoryStore
from tests.domain.stack import NOON, said, stack
from tests.engine.listing import HOUR, MINUTE, Listing
from tests.engine.orders import of
from tests.engine.plain import Plain, body


@pytest.fixture
async def listing():
    """A shop with two orders last changed in the hour from noon; it is a quarter past one."""
    found = Listing(tells={"plain": "orders"}, topics=frozenset({"orders"}))
    await found.engine.begin()
    await found.engine.census.turn("shop")
    found.shop.change(NOON + 10 * MINUTE, *of(1, said("shop", "order", "open", minute=10)))
    found.shop.change(NOON + 20 * MINUTE, *of(2, said("shop", "order", "open", minute=20)))
    found.now = NOON + HOUR + SETTLES
    return found


async def take(listing, hour=NOON, system="shop"):
    """Let the census have its turn, and return how the hour stands."""
    await listing.engine.census.turn(system)
    found = {one.hour: one for one in await listing.store.census.hours(system, None, None, 9999)}
    return found[hour]


async def open_holes(listing):
    return [hole.name for hole in await listing.store.census.open_holes("shop")]


async def test_an_hour_of_which_everything_was_here_is_certified(listing):
    await listing.feed()

    census = await take(listing)

    assert census.state is CensusState.CERTIFIED
    assert census.sentence == "shop 2026-11-02 12:00\N{EN DASH}13:00 UTC: 2 of 2"


async def test_an_hour_is_not_asked_for_before_it_has_settled(listing):
    listing.now -= MINUTE

    assert (await take(listing)).state is CensusState.OPEN
    assert listing.shop.windows == []


async def test_a_row_that_was_not_here_is_a_hole_by_its_name_and_is_filled(listing):
    census = await take(listing)

    assert census.state is CensusState.HOLES
    assert (census.held, census.listed, census.found) == (0, 2, 2)
    assert "0 of 2; open: order 1 (not received before; kept now), order 2" in census.sentence
    assert await open_holes(listing) == ["order 1", "order 2"]
    await listing.interpret()
    assert len(await listing.store.orders()) == 2


async def test_a_filled_hour_is_asked_for_again_and_certified_with_what_was_missing(listing):
    await take(listing)
    await listing.interpret()
    assert (await take(listing)).state is CensusState.HOLES  # not due yet

    listing.now += MINUTE
    census = await take(listing)

    assert census.state is CensusState.CERTIFIED
    assert census.sentence.endswith("2 of 2; 2 were missing at first, found and filled")
    assert len(listing.shop.windows) == 2


async def test_a_hole_that_stays_hides_no_other(listing):
    listing.shop.change(NOON + 30 * MINUTE, *of(3, said("shop", "order", "melted", minute=30)))
    listing.shop.page_size = 1
    lost = listing.shop.rows[1]

    listing.shop.counts = lambda number: 3
    stays = listing.shop.rows[2]
    listing.shop.rows[:] = [listing.shop.rows[0], stays]
    await take(listing)
    await listing.interpret()
    assert await open_holes(listing) == ["order 3"]

    listing.shop.rows.insert(1, lost)
    named = set()
    for _ in range(8):
        listing.now += 10 * MINUTE
        census = await take(listing)
        named |= {hole.name for hole in await listing.store.census.holes("shop", NOON)}
        await listing.interpret()

    assert named == {"order 1", "order 2", "order 3"}
    assert "2 of 3; open: order 3 (in quarantine: " in census.sentence
    assert census.found == 3


async def test_a_hole_in_quarantine_stays_a_hole_and_is_asked_about_ever_less_often(listing):
    listing.shop.change(NOON + 30 * MINUTE, *of(3, said("shop", "order", "melted", minute=30)))
    await listing.feed()
    assert (await take(listing)).state is CensusState.HOLES
    for _ in range(20):
        listing.now += HOUR
        census = await take(listing)

    assert census.state is CensusState.HOLES
    assert "2 of 3; open: order 3 (in quarantine: " in census.sentence
    asked = [window for window in listing.shop.windows if window[0] == NOON]
    assert 1 < len(asked) < 12
    (aside,) = await listing.store.desk.aside(EVERYTHING, 0, 9)
    await listing.store.desk.discard([aside.id], Deed(what="discarded", who="Ana", at=listing.now))
    listing.now += 6 * HOUR
    while (census := await take(listing)).state is CensusState.HOLES:
        listing.now += MINUTE
    assert census.state is CensusState.CERTIFIED


async def test_a_row_that_is_not_interpreted_yet_is_a_hole(listing):
    await listing.store.desk.pause(INTERPRETING, Deed(what="paused", who="Ana", at=listing.now))
    await listing.feed()

    census = await take(listing)

    assert census.state is CensusState.HOLES
    assert census.held == 0
    assert "kept, and not interpreted yet" in census.sentence


@pytest.mark.parametrize("count", [lambda n: n + 1, lambda n: n - 1, lambda n: 0])
async def test_an_hour_whose_count_and_list_differ_is_not_certified_until_they_agree(
    listing, count
):
    await listing.feed()
    listing.shop.counts = count
    census = await take(listing)
    assert census.state is CensusState.OPEN
    assert "not certified yet: it counts" in census.sentence

    listing.shop.counts = lambda number: number
    listing.now += MINUTE
    assert (await take(listing)).state is CensusState.CERTIFIED


@pytest.mark.parametrize("row", [0, 1])
async def test_a_row_that_leaves_while_pages_are_read_is_noticed(listing, row):
    listing.shop.page_size = 1
    listing.shop.change(NOON + 30 * MINUTE, *of(3, said("shop", "order", "open", minute=30)))
    await listing.feed()
    (again,) = of(row + 1, said("shop", "order", "on_hold", minute=75))

    def moves(page):
        if page == 1 and len(listing.shop.windows) == 1:
            listing.shop.rows.pop(row)
            listing.shop.change(NOON + 75 * MINUTE, again)

    listing.shop.meanwhile = moves

    assert (await take(listing)).state is CensusState.OPEN
    listing.now += MINUTE
    assert f"does not list order {row + 1}," in (await take(listing)).sentence
    await listing.feed()
    listing.now += 2 * MINUTE
    census = await take(listing)
    assert census.sentence.endswith("2 of 2")


async def test_a_system_that_counts_nothing_is_asked_twice_and_must_say_the_same(listing):
    await listing.feed()
    listing.shop.counts = lambda number: None
    lost = listing.shop.rows[1]

    def loses(page):
        listing.shop.rows[1:] = [] if len(listing.shop.windows) == 1 else [lost]

    listing.shop.meanwhile = loses

    census = await take(listing)
    assert census.state is CensusState.OPEN
    assert "asked twice, it lists 1 and 2 rows" in census.sentence
    listing.now += MINUTE
    assert (await take(listing)).sentence.endswith("2 of 2")


@pytest.mark.parametrize("minute", [-200, 400])
async def test_a_list_of_another_hour_certifies_nothing(listing, minute):
    other = said("shop", "order", "open", minute=minute)
    listing.shop.rows[1:] = []
    listing.shop.change(NOON + 20 * MINUTE, *of(2, other))
    await listing.feed()

    census = await take(listing)

    assert census.state is CensusState.OPEN
    assert "it lists order 2, which changed at" in census.sentence


async def test_a_repeated_row_counts_once(listing):
    listing.shop.rows.append(listing.shop.rows[0])
    listing.shop.counts = lambda number: 2
    await listing.feed()

    assert (await take(listing)).sentence.endswith("2 of 2")


@pytest.mark.parametrize("left", [0, 1])
async def test_a_list_that_lacks_what_its_own_system_told_certifies_nothing(listing, left):
    await listing.feed()
    rows = [*listing.shop.rows]
    listing.shop.rows[left:] = []

    census = await take(listing)
    assert census.state is CensusState.OPEN
    lacks = "order 1, order 2" if left == 0 else "order 2"
    assert f"it does not list {lacks}, which it told of" in census.sentence

    listing.shop.rows[:] = rows
    listing.now += MINUTE
    assert (await take(listing)).sentence.endswith("2 of 2")


async def test_a_list_that_lacks_what_a_hook_told_certifies_nothing():
    listing = Listing(tells={"feed": "plain"}, topics=frozenset({"plain"}))
    await listing.engine.begin()
    await listing.engine.census.turn("shop")
    listing.now = NOON + HOUR + SETTLES
    await listing.hear("shop", *of(3, said("shop", "order", "open", minute=30)))
    await listing.interpret()

    assert "does not list order 3" in (await take(listing)).sentence


async def test_a_time_that_only_stands_in_for_one_is_expected_in_no_list(listing):
    listing.shop.change(NOON + 40 * MINUTE, *of(3, said("shop", "order", "open", minute=40)))
    listing.now = NOON + 41 * MINUTE  # so that it is received at the time it tells
    await listing.feed()
    listing.shop.rows.pop()
    listing.now = NOON + HOUR + SETTLES

    assert (await take(listing)).sentence.endswith("2 of 2")


async def test_what_changed_again_after_the_hour_is_expected_in_none(listing):
    await listing.feed()
    listing.shop.rows[1:] = []
    await listing.hear("shop", *of(2, said("shop", "order", "on_hold", minute=70)))

    assert (await take(listing)).sentence.endswith("1 of 1")


async def test_what_a_list_lacks_is_read_again_at_once(listing):
    await listing.feed()
    listing.shop.rows[1:] = []
    again = Document("plain", body(*of(2, said("shop", "order", "on_hold", minute=70))))
    listing.shop.documents["order:s2"] = [again]

    assert (await take(listing)).state is CensusState.OPEN
    await listing.engine.reader.reread_turn("shop")
    listing.now += MINUTE

    assert (await take(listing)).sentence.endswith("1 of 1")


async def test_what_was_deleted_there_is_named_by_the_certificate(listing):
    await listing.feed()
    listing.shop.rows[1:] = []
    began = listing.now
    while (census := await take(listing)).state is CensusState.OPEN:
        listing.now += 10 * MINUTE

    assert census.sentence.endswith("1 of 1; not listed any more: order 2")
    assert 2 * HOUR <= listing.now - began <= 5 * HOUR


async def test_an_empty_list_never_certifies_an_hour_of_which_something_was_told(listing):
    await listing.feed()
    listing.shop.rows.clear()
    for _ in range(30):
        listing.now += HOUR
        census = await take(listing)

    assert census.state is CensusState.OPEN


@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.parametrize("trouble", [Unavailable("away"), Throttled(timedelta(seconds=30))])
async def test_a_list_that_fails_anywhere_certifies_nothing_and_is_asked_for_again(
    listing, page, trouble
):
    listing.shop.page_size = 1
    await listing.feed()
    listing.shop.stops, listing.shop.stops_at = trouble, page
    census = await take(listing)
    assert census.state is CensusState.OPEN
    assert "not certified yet: " in census.sentence

    listing.shop.stops = None
    listing.now += 10 * MINUTE
    assert (await take(listing)).state is CensusState.CERTIFIED


async def test_while_a_link_is_down_nothing_is_asked_and_the_hour_says_why(listing):
    await listing.feed()
    listing.shop.stops = Unavailable("away")
    for _ in range(10):
        await take(listing)
        listing.now += 10 * MINUTE
    assert listing.engine.traffic.is_down("shop")
    asked = len(listing.shop.windows)
    census = await take(listing)

    assert census.state is CensusState.OPEN
    assert "does not answer" in census.sentence
    assert len(listing.shop.windows) == asked


async def test_a_certificate_is_never_written_over(listing):
    await listing.feed()
    census = await take(listing)
    listing.shop.change(NOON + 40 * MINUTE, *of(4, said("shop", "order", "open", minute=40)))
    for _ in range(5):
        listing.now += HOUR
        assert await take(listing) == census


async def test_hours_missed_while_accord_was_down_are_made_up_for_oldest_first(listing):
    await listing.feed()
    listing.now = NOON + 30 * HOUR
    while await listing.engine.census.turn("shop"):
        continue

    asked = [since for since, _ in listing.shop.windows]
    assert asked == [NOON + n * HOUR for n in range(29)]
    hours = await listing.store.census.hours("shop", None, None, 99)
    assert len(hours) == 31
    assert {one.state for one in hours[2:]} == {CensusState.CERTIFIED}


async def test_what_lies_too_far_back_is_not_made_up_for(listing):
    listing.now = NOON + timedelta(days=100)
    await listing.engine.census.turn("shop")

    hours = await listing.store.census.hours("shop", None, None, 9999)
    assert hours[-1].hour == NOON
    assert hours[-2].hour == NOON + timedelta(days=69)


async def test_a_system_without_a_list_says_so():
    plain = Plain(stack(), MemoryStore())
    await plain.engine.begin()
    await plain.engine.census.turn("shop")
    plain.now += HOUR + SETTLES

    census = await take(plain)

    assert census.state is CensusState.NOT_POSSIBLE
    assert "shop cannot list what changed in a window" in census.sentence


async def test_a_row_nobody_can_read_is_a_hole_with_a_name_of_its_own(listing):
    listing.parse = lambda envelope: 1 / 0
    census = await take(listing)

    assert census.state is CensusState.HOLES
    assert "plain " in census.sentence


async def test_a_list_is_read_no_faster_than_leaves_half_of_the_limit(listing):
    listing.shop.page_size = 1
    await listing.feed()
    listing.limited(left=30, per_second=1)
    pages = []
    listing.shop.meanwhile = lambda page: pages.append(listing.now)
    began = listing.now

    assert (await take(listing)).state is CensusState.CERTIFIED
    assert pages[0] - began >= timedelta(seconds=21)
    assert listing.rested


async def test_a_limit_that_takes_longer_than_the_lease_lets_the_hour_wait(listing):
    await listing.feed()
    listing.limited(left=0, per_second=0.01)

    census = await take(listing)

    assert census.state is CensusState.OPEN
    assert "the limit of shop" in census.sentence
    assert listing.shop.windows == []


# Hooks that did not come.


async def missed(listing):
    return [
        (one.hour, one.topic, one.hooks) for one in await listing.store.heard.missed("shop", NOON)
    ]


async def test_what_the_feed_told_and_no_hook_did_is_counted_by_topic_and_hour(listing):
    await listing.feed()
    await take(listing)

    assert await missed(listing) == [(NOON, "orders", 2)]


async def test_what_a_hook_told_too_is_not_counted(listing):
    await listing.feed()
    await listing.hear("shop", *of(1, said("shop", "order", "open", minute=10)), more="hook")
    await take(listing)

    assert await missed(listing) == [(NOON, "orders", 1)]


async def test_a_hook_of_an_earlier_change_does_not_stand_for_a_later_one(listing):
    await listing.hear("shop", *of(1, said("shop", "order", "on_hold", minute=5)))
    await listing.interpret()
    await listing.feed()
    await take(listing)

    assert await missed(listing) == [(NOON, "orders", 2)]


async def test_a_hint_tells_of_what_changed_before_it_came(listing):
    await listing.feed()
    await listing.hear("shop", Lookup(Ref("shop", "s1")))
    await take(listing)

    assert await missed(listing) == [(NOON, "orders", 1)]


async def test_a_hook_that_was_only_late_does_not_stay_counted(listing):
    await listing.feed()
    await take(listing)
    listing.now += 5 * HOUR
    await listing.hear("shop", *of(2, said("shop", "order", "open", minute=20)), more="late")
    listing.now += HOUR
    await take(listing)

    assert await missed(listing) == [(NOON, "orders", 1)]


async def test_what_the_hooks_brought_first_is_not_looked_at(listing):
    for number in (1, 2):
        minute = 10 * number
        await listing.hear(
            "shop", *of(number, said("shop", "order", "open", minute=minute)), more="hook"
        )
    await listing.interpret()
    await listing.feed()
    await take(listing)

    assert await missed(listing) == []


# Silence.


async def weeks(listing, number, many=20):
    """Let hooks come every day at noon for some weeks, with a census of each hour."""
    for day in range(7 * number):
        listing.now = NOON + timedelta(days=day, minutes=30)
        for each in range(many):
            await listing.hear("shop", *of(each, said("shop", "order", "open")), more=f"{day}")
        await listing.engine.census.turn("shop")
        listing.now = NOON + timedelta(days=day, hours=1, minutes=1)
        await listing.engine.census.turn("shop")


async def silent(listing):
    return [(one.origin, one.hour, one.usual) for one in await listing.store.heard.silent(NOON)]


async def test_an_hour_without_a_word_where_some_are_usual_is_a_silence(listing):
    await weeks(listing, 3)
    day = timedelta(days=21)
    listing.now = NOON + day + 2 * MINUTE
    await listing.engine.census.turn("shop")
    listing.now = NOON + day + HOUR + MINUTE
    await listing.engine.census.turn("shop")

    assert await silent(listing) == [(Origin.HOOK, NOON + day, 20)]


async def test_nothing_is_said_of_silence_before_three_weeks_are_known(listing):
    await weeks(listing, 2)
    listing.now = NOON + timedelta(days=14, hours=1, minutes=1)
    await listing.engine.census.turn("shop")

    assert await silent(listing) == []


async def test_where_little_is_usual_nothing_is_no_silence(listing):
    await weeks(listing, 3, many=6)
    listing.now = NOON + timedelta(days=21, hours=1, minutes=1)
    await listing.engine.census.turn("shop")

    assert await silent(listing) == []


async def test_an_hour_in_which_accord_was_not_there_is_not_judged(listing):
    await weeks(listing, 3)
    listing.now = NOON + timedelta(days=21, hours=9)
    await listing.engine.census.turn("shop")

    assert await silent(listing) == []


async def test_the_census_is_due_again_when_the_next_hour_closes(listing):
    await listing.feed()
    await take(listing)

    due = await listing.store.due(NOON + 2 * HOUR)
    assert (TaskKind.CENSUS, "shop") in due
    assert (TaskKind.CENSUS, "shop") not in await listing.store.due(NOON + 2 * HOUR - MINUTE)


def test_a_hole_says_what_it_is():
    hole = Hole(
        system="shop",
        hour=NOON,
        identity=b"1",
        topic="plain",
        name="order 1",
        was_there=False,
        found_at=NOON,
    )
    assert hole.is_open
