"""A change feed tells everything, whatever its pages, and goes on from where it was left."""

from accord.connector_kit.simulator import Fault
from accord.engine.ports import Document, FeedError
from tests.contracts.bench import Bench

NUMBERS = ("4001", "4002", "4003")


def told(documents: list[Document]) -> set[tuple[str, bytes]]:
    return {(document.topic, document.body) for document in documents}


async def whole(bench: Bench) -> set[tuple[str, bytes]]:
    """Let three orders be lived through, and return what the feed tells of it in one go."""
    bench.live(*NUMBERS)
    documents = told(await bench.changes())
    assert len(documents) >= len(NUMBERS)
    return documents


async def test_a_feed_in_pages_of_one_equals_the_feed_read_whole(bench: Bench) -> None:
    everything = await whole(bench)
    bench.simulator.page_size = 1

    assert told(await bench.changes()) == everything


async def test_a_feed_left_after_each_page_goes_on_from_its_bookmark(bench: Bench) -> None:
    everything = await whole(bench)
    bench.simulator.page_size = 1
    documents: list[Document] = []
    bookmark = None
    for _ in everything:
        async for page in bench.client.changes(bookmark):
            documents += page.documents
            bookmark = page.bookmark
            break

    # An overlap may tell more than once, so that fewer than all come first.
    assert told(documents + await bench.changes(bookmark)) == everything


async def test_a_feed_broken_off_at_any_call_goes_on_without_a_gap(bench: Bench) -> None:
    everything = await whole(bench)
    bench.simulator.page_size = 1
    documents: list[Document] = []
    bookmark, calm, broken = None, 0, True
    while broken:
        bench.wire.fail_after(calm, Fault.OUTAGE)
        try:
            async for page in bench.client.changes(bookmark):
                documents += page.documents
                bookmark = page.bookmark
            broken = False
        except FeedError:
            calm += 1

    assert told(documents) == everything


async def test_what_changes_after_a_bookmark_is_told_from_it(bench: Bench) -> None:
    bench.live(*NUMBERS)
    bookmark = [page.bookmark async for page in bench.client.changes(None)][-1]
    bench.live("4004")

    anew, later = told(await bench.changes()), told(await bench.changes(bookmark))

    assert any(b"4004" in body for _, body in later)
    assert later <= anew
