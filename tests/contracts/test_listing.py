"""The system's own list of a window: whole, with its count, and nothing new once all was read."""

from datetime import datetime, timedelta

import pytest

from accord.connector_kit.connector import Context, Lists
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.simulator import Fault
from accord.domain.outcome import Refused
from accord.engine.envelope import Origin
from accord.engine.link import Document, FeedError, Page
from accord.engine.reading import kept_from
from tests.contracts.bench import MORNING, Bench
from tests.contracts.test_feed import NUMBERS, told
from tests.web.bell import BELL

AN_HOUR = timedelta(hours=1)


async def pages(bench: Bench, since: datetime, until: datetime) -> list[Page]:
    client = bench.client
    assert isinstance(client, Lists)
    return [page async for page in client.listing(since, until)]


async def listed(bench: Bench, since: datetime, until: datetime) -> list[Document]:
    return [document for page in await pages(bench, since, until) for document in page.documents]


def evening(bench: Bench) -> datetime:
    return bench.world.clock() + timedelta(seconds=1)


async def test_after_everything_was_read_from_the_feed_a_listing_has_nothing_new(
    bench: Bench,
) -> None:
    bench.live(*NUMBERS)
    link = ConnectedSystem(bench.connector, bench.context)
    read = kept_from(link, await bench.changes(), Origin.FEED, bench.world.clock())

    found = await listed(bench, MORNING - AN_HOUR, evening(bench))

    kept = {(one.topic, one.identity) for one in read}
    again = kept_from(link, found, Origin.FEED, bench.world.clock())
    assert len(again) >= len(NUMBERS)
    assert {(one.topic, one.identity) for one in again} <= kept
    await link.close()


async def test_what_the_feed_was_not_asked_for_yet_is_in_the_listing(bench: Bench) -> None:
    bench.live("4001")
    before = told(await bench.changes())
    bench.live("4002")

    found = told(await listed(bench, MORNING - AN_HOUR, evening(bench)))

    assert any(b"4002" in body for _, body in found - before)


async def test_a_listing_tells_how_many_there_are_and_holds_as_many(bench: Bench) -> None:
    bench.live(*NUMBERS)
    found = await pages(bench, MORNING - AN_HOUR, evening(bench))

    documents = [document for page in found for document in page.documents]
    assert {page.of for page in found} == {len(documents)}
    assert len(told(documents)) == len(documents)


async def test_a_listing_in_pages_of_one_equals_the_listing_read_whole(bench: Bench) -> None:
    bench.live(*NUMBERS)
    whole = await listed(bench, MORNING - AN_HOUR, evening(bench))
    bench.simulator.page_size = 1

    assert await listed(bench, MORNING - AN_HOUR, evening(bench)) == whole


async def test_an_hour_in_which_nothing_changed_is_one_empty_page_of_none(bench: Bench) -> None:
    bench.live(*NUMBERS)

    assert await pages(bench, MORNING - 2 * AN_HOUR, MORNING - AN_HOUR) == [Page((), of=0)]


async def test_windows_side_by_side_hold_everything(bench: Bench) -> None:
    bench.live(*NUMBERS)
    whole = told(await listed(bench, MORNING - AN_HOUR, evening(bench)))
    found: set[tuple[str, bytes]] = set()
    sizes = []
    since = MORNING - AN_HOUR
    while since < evening(bench):
        part = told(await listed(bench, since, since + AN_HOUR))
        sizes.append(len(part))
        found |= part
        since += AN_HOUR

    assert found == whole
    assert max(sizes) < len(whole)


async def test_what_changed_again_later_is_listed_in_the_later_window_only(bench: Bench) -> None:
    story = bench.simulator.story("4001")
    next(story)
    noon = bench.world.clock() + AN_HOUR
    before = await listed(bench, MORNING - AN_HOUR, noon)
    bench.world.now = noon + timedelta(minutes=1)
    for _ in story:
        bench.world.pass_time(timedelta(minutes=1))

    after = await listed(bench, MORNING - AN_HOUR, noon)
    later = await listed(bench, noon, evening(bench))

    assert before != []
    assert after == []
    assert any(b"4001" in document.body for document in later)


async def test_a_listing_that_is_not_answered_whole_is_none(bench: Bench) -> None:
    bench.live(*NUMBERS)
    bench.simulator.page_size = 1
    await listed(bench, MORNING - AN_HOUR, evening(bench))  # which signs in
    calls = bench.wire.calls
    await listed(bench, MORNING - AN_HOUR, evening(bench))
    needed = bench.wire.calls - calls

    for calm in range(needed):
        bench.wire.fail_after(calm, Fault.OUTAGE)
        with pytest.raises(FeedError):
            await listed(bench, MORNING - AN_HOUR, evening(bench))


async def test_a_system_without_a_list_says_so() -> None:
    context = Context(system="bell", settings={}, secrets={}, transport=None, clock=lambda: MORNING)
    link = ConnectedSystem(BELL, context)

    with pytest.raises(FeedError) as stopped:
        await anext(link.listing(MORNING, MORNING + AN_HOUR))

    assert isinstance(stopped.value.outcome, Refused)
    assert stopped.value.outcome.code == "cannot"


async def test_what_changed_at_the_edge_of_two_windows_is_in_one_of_them(bench: Bench) -> None:
    next(bench.simulator.story("4001"))
    edge = bench.world.clock()

    before = await listed(bench, edge - AN_HOUR, edge)
    after = await listed(bench, edge, edge + AN_HOUR)

    assert len(before + after) >= 1
