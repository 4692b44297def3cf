"""The change feed and the re-reading of one order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from accord.connector_kit.http import FeedError
from accord.connector_kit.simulator import Fault, World
from accord.connectors.netsuite.client import NetSuiteClient
from accord.connectors.netsuite.feed_time import starting_point
from accord.connectors.netsuite.parse import parse
from accord.connectors.netsuite.simulator import Line, NetSuiteSimulator
from accord.domain.outcome import Refused, Throttled, Unavailable
from accord.domain.report import EXTERNAL, NUMBER, Ref, Report
from accord.engine.envelope import Envelope, Origin
from accord.engine.ports import Document

NEW_YORK = ZoneInfo("America/New_York")


def ids(documents: Sequence[Document]) -> list[str]:
    return [msgspec.json.decode(document.body)["id"] for document in documents]


async def read(client: NetSuiteClient, bookmark: str | None = None) -> tuple[list[Document], str]:
    documents: list[Document] = []
    last = ""
    async for page in client.changes(bookmark):
        documents += page.documents
        last = page.bookmark
    return documents, last


def book(account: NetSuiteSimulator, *numbers: str) -> list[str]:
    return [account.book_order(number, "", [Line("MUG", 1)]) for number in numbers]


def say(documents: Sequence[Document], account: NetSuiteSimulator) -> list[Report]:
    reports: list[Report] = []
    for document in documents:
        envelope = Envelope(
            id=1,
            system="erp",
            topic=document.topic,
            origin=Origin.REREAD,
            body=document.body,
            headers={},
            received_at=datetime(2026, 11, 18, tzinfo=UTC),
        )
        reports += parse(envelope, account.settings).reports
    return reports


async def test_a_feed_in_pages_of_one_is_the_feed_whole(
    client: NetSuiteClient, account: NetSuiteSimulator, world: World
) -> None:
    for number in ("1001", "1002", "1003"):
        book(account, number, f"{number}-b")
        world.pass_time(timedelta(minutes=1))
    account.approve("1002")
    account.fulfill_by_hand("1002", {"MUG": 1})
    whole, end = await read(client)

    account.page_size = 1

    assert await read(client) == (whole, end)
    assert len(whole) == 7


async def test_records_that_share_a_second_are_all_in_the_feed(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    booked = book(account, *(str(number) for number in range(1001, 1008)))
    account.page_size = 3

    documents, _ = await read(client)

    assert ids(documents) == booked


async def test_a_change_while_pages_are_read_pushes_nothing_off_an_edge(
    client: NetSuiteClient, account: NetSuiteSimulator, world: World
) -> None:
    booked = book(account, "1001", "1002", "1003", "1004")
    account.page_size = 2
    seen: list[str] = []

    async for page in client.changes(None):
        if not seen:
            world.pass_time(timedelta(seconds=5))
            account.approve("1001")
        seen += ids(page.documents)

    assert set(seen) == set(booked)
    assert seen[-1] == booked[0]


async def test_reading_goes_on_from_the_bookmark_with_an_overlap(
    client: NetSuiteClient, account: NetSuiteSimulator, world: World
) -> None:
    book(account, "1001")
    world.pass_time(timedelta(minutes=30))
    later = book(account, "1002")
    _, bookmark = await read(client)
    assert bookmark == "2026-11-18T04:30:00"

    world.pass_time(timedelta(minutes=1))
    later += book(account, "1003")
    documents, _ = await read(client, bookmark)

    assert ids(documents) == later


async def test_a_change_that_was_saved_slowly_is_found_behind_the_bookmark(
    client: NetSuiteClient, account: NetSuiteSimulator, world: World
) -> None:
    book(account, "1001")
    _, bookmark = await read(client)
    world.pass_time(timedelta(minutes=-4))  # the time of a change is when its saving began
    (slow,) = book(account, "1002")

    documents, _ = await read(client, bookmark)

    assert slow in ids(documents)


async def test_a_bookmark_never_goes_back(client: NetSuiteClient) -> None:
    _, bookmark = await read(client, "2026-11-18T04:00:00")

    assert bookmark == "2026-11-18T04:00:00"


@pytest.mark.parametrize("bookmark", ["2026-11-01T01:30:00", "2026-11-01T00:59:00"])
def test_in_the_night_the_clock_goes_back_reading_begins_an_hour_further_back(
    bookmark: str,
) -> None:
    start = starting_point(bookmark, NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC))

    assert start <= "2026-11-01T00:59:00"
    assert start >= "2026-10-31T23:00:00"


async def test_a_feed_that_is_refused_says_why(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    account.fail(Fault.THROTTLE)

    with pytest.raises(FeedError) as stopped:
        await read(client)

    assert stopped.value.outcome == Throttled(timedelta(seconds=10))


@pytest.mark.parametrize(
    "name", [("order", "18231"), (NUMBER, "1001"), (EXTERNAL, "gid://shop/Order/1")]
)
async def test_an_order_is_found_by_each_of_its_names(
    client: NetSuiteClient, account: NetSuiteSimulator, name: tuple[str, str]
) -> None:
    account.book_order("#1001", "gid://shop/Order/1", [Line("MUG", 1)])

    documents = await client.reread(Ref(*name))

    assert isinstance(documents, list)
    assert ids(documents) == ["18231"]


async def test_a_name_of_no_order_or_of_two_is_refused(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    book(account, "1001", "#1001")

    none = await client.reread(Ref(NUMBER, "it's 1002"))
    two = await client.reread(Ref(NUMBER, "1001"))

    assert none == Refused("not_one", "no sales orders with the number it's 1002")
    assert two == Refused("not_one", "2 sales orders with the number 1001")


async def test_an_order_is_read_again_with_all_that_was_made_from_it(
    client: NetSuiteClient, account: NetSuiteSimulator
) -> None:
    own = account.book_order("#1001", "9", [Line("MUG", 2), Line("SHIRT", 1)], approved=True)
    parcel = account.fulfill_by_hand("1001", {"MUG": 2})
    account.bill("1001")
    back = account.authorize_by_hand("1001", {"MUG": 1}, from_invoice=True)

    documents = await client.reread(Ref("order", own))

    assert isinstance(documents, list)
    reports = say(documents, account)
    assert [(r.kind, r.subject.id, r.word, r.particulars.lines) for r in reports] == [
        ("SalesOrd", "", "D", {"MUG": 2, "SHIRT": 1}),
        ("ItemShip", parcel, "C", {"MUG": 2}),
        ("CustInvc", "", "A", None),
        ("RtnAuth", back, "A", {"MUG": 1}),
    ]
    assert {r.order[0] for r in reports} == {Ref("erp", own)}


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.HTML, Fault.OUTAGE])
async def test_an_order_that_cannot_be_read_says_why(
    client: NetSuiteClient, account: NetSuiteSimulator, fault: Fault
) -> None:
    (own,) = book(account, "1001")
    account.fail(fault)

    assert isinstance(await client.reread(Ref("order", own)), Unavailable)
