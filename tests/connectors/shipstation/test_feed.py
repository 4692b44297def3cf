"""What the change feed yields, and what can be read again one by one."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from accord.connector_kit.http import FeedError
from accord.connector_kit.simulator import Fault, World
from accord.connectors.shipstation.client import ShipStationClient
from accord.connectors.shipstation.feed import TRACK_EVERY
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.domain.report import Ref
from accord.engine.ports import Document, Page

from .conftest import Made


async def pages(client: ShipStationClient, bookmark: str | None = None) -> list[Page]:
    return [page async for page in client.changes(bookmark)]


def documents(read: list[Page]) -> list[Document]:
    return [document for page in read for document in page.documents]


def ids(found: object) -> list[str]:
    assert isinstance(found, Sequence)
    return [json.loads(document.body)["shipment"]["shipment_id"] for document in found]


def codes(document: Document) -> list[str]:
    return [label["tracking"]["status_code"] for label in json.loads(document.body)["labels"]]


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(milliseconds=300), timedelta(hours=1)])
async def test_a_feed_in_pages_of_one_is_the_feed_read_whole(
    client: ShipStationClient,
    account: ShipStationSimulator,
    made: Made,
    world: World,
    apart: timedelta,
) -> None:
    shipments = []
    for number in range(5):
        shipments.append(await made(str(1001 + number)))
        world.pass_time(apart)
    account.buy_label("1003")
    whole = documents(await pages(client))
    account.page_size = 1

    assert sorted(ids(whole)) == shipments
    assert documents(await pages(client)) == whole


async def test_a_shipment_changed_while_pages_are_read_shifts_no_other_out_of_sight(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    for number in range(6):
        await made(str(1001 + number))
        world.pass_time(timedelta(minutes=10))
    account.page_size = 2
    feed = client.changes(None)
    first = await anext(feed)
    account.start("1001")
    rest = [page async for page in feed]

    assert len(set(ids(documents([first, *rest])))) == 6


async def test_a_feed_goes_on_from_the_bookmark_of_any_page(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    for number in range(4):
        await made(str(1001 + number))
        world.pass_time(timedelta(hours=1))
    account.page_size = 1
    read = await pages(client)
    later = documents(await pages(client, read[1].bookmark))

    assert ids(later) == ids(documents(read))[2:]
    assert await pages(client, read[-1].bookmark) == []
    assert len({len(page.bookmark) for page in read}) == 1, "it grows with the history"


async def test_a_batch_larger_than_the_rate_limit_is_read_in_several_turns(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    for number in range(120):
        account.buy_label(await made(str(1001 + number)))
    account.calls_per_minute = 200
    bookmark, found = None, set[str]()
    for _ in range(4):
        world.pass_time(timedelta(minutes=2))
        with suppress(FeedError):
            async for page in client.changes(bookmark):
                bookmark = page.bookmark
                found |= set(ids(page.documents))

    assert len(found) == 120


@pytest.fixture
async def labelled(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> tuple[str, str]:
    """Return a parcel's tracking number and a bookmark past it, later shipments between."""
    await made("1001")
    number = account.buy_label("1001")
    world.pass_time(timedelta(hours=1))
    await made("1002")
    return number, (await pages(client))[-1].bookmark


def scans(read: list[Page]) -> list[str]:
    return [code for document in documents(read) for code in codes(document)]


async def test_scans_are_found_although_they_do_not_touch_the_shipment(
    client: ShipStationClient,
    account: ShipStationSimulator,
    labelled: tuple[str, str],
    world: World,
) -> None:
    number, bookmark = labelled
    found = []
    for code, later in [("IT", TRACK_EVERY), ("AT", TRACK_EVERY / 2), ("DE", TRACK_EVERY)]:
        account.scan(number, code)
        world.pass_time(later)
        read = await pages(client, bookmark)
        bookmark = read[-1].bookmark if read else bookmark
        found.append(scans(read))
    world.pass_time(TRACK_EVERY)

    assert found == [["IT"], [], ["DE"]]
    assert await pages(client, bookmark) == []


async def test_a_parcel_without_news_is_asked_for_thirty_days_and_then_left(
    client: ShipStationClient, labelled: tuple[str, str], world: World
) -> None:
    world.pass_time(timedelta(days=31))
    last = await pages(client, labelled[1])
    world.pass_time(timedelta(days=1))

    assert scans(last) == ["NY"]
    assert await pages(client, last[-1].bookmark) == []


async def test_no_address_and_no_link_to_a_printed_label_is_kept(
    client: ShipStationClient, account: ShipStationSimulator, made: Made
) -> None:
    await made("1001")
    account.scan(account.buy_label("1001"), "IT")
    body = documents(await pages(client))[0].body

    for private in (b"Robin", b"Sample Way", b"label.pdf", b"62701"):
        assert private not in body


@pytest.mark.parametrize("scope", ["shipment", "label", "tracking", "number", "order"])
async def test_one_thing_is_read_again_by_any_of_its_names(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, scope: str
) -> None:
    shipment = await made("1001")
    await made("1002")
    number = account.buy_label(shipment)
    label = next(iter(account._account.labels))  # noqa: SLF001 - the id its own screens show
    names = {"shipment": shipment, "label": label, "tracking": number}

    found = await client.reread(Ref(scope, names.get(scope, "1001")))

    assert ids(found) == [shipment]


async def test_an_order_with_two_shipments_is_read_whole(
    client: ShipStationClient, made: Made
) -> None:
    shipments = [await made("1001", "east"), await made("#1001", "west")]

    assert sorted(ids(await client.reread(Ref("number", "1001")))) == shipments
    assert await client.reread(Ref("number", "4711")) == []


async def test_a_feed_that_stops_says_why_and_goes_on_from_its_bookmark(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    for number in range(2):
        await made(str(1001 + number))
        world.pass_time(timedelta(hours=1))
    account.page_size = 1
    feed = client.changes(None)
    first = await anext(feed)
    account.fail(Fault.OUTAGE)
    with pytest.raises(FeedError):
        await anext(feed)

    rest = documents(await pages(client, first.bookmark))
    assert len(set(ids([*first.documents, *rest]))) == 2


async def test_a_shipment_that_leaves_a_window_while_it_is_listed_hides_no_other(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    shipments = []
    for number in range(4):
        shipments.append(await made(str(1001 + number)))
        world.pass_time(timedelta(minutes=1))
    until = world.clock()
    world.pass_time(timedelta(hours=1))
    account.page_size = 2
    found: list[Page] = []
    async for page in client.listing(until - timedelta(hours=1), until):
        if not found:
            account.start("1001")
        found.append(page)

    assert ids(documents(found)) == shipments
    assert {page.of for page in found} == {4}


async def test_a_scan_since_the_feed_was_read_makes_a_listed_shipment_news(
    client: ShipStationClient, account: ShipStationSimulator, made: Made, world: World
) -> None:
    since = world.clock()
    await made("1001")
    number = account.buy_label("1001")
    world.pass_time(timedelta(hours=1))
    until = world.clock()
    read = documents(await pages(client))
    account.scan(number, "IT")

    (page,) = [page async for page in client.listing(since, until)]

    assert codes(read[-1]) == ["NY"]
    assert codes(page.documents[0]) == ["IT"]
