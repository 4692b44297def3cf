"""Spellings, settings and times of NetSuite's documents."""

from datetime import UTC, datetime

import msgspec
import pytest

from accord.connectors.netsuite import CONNECTOR
from accord.connectors.netsuite.parse import made_from, parse
from accord.connectors.netsuite.statuses import normalised
from accord.domain.errors import UnreadableError
from accord.domain.report import Ref
from accord.domain.tracks import State, Track
from accord.domain.vocabulary import Meaning
from accord.engine.envelope import Envelope, Origin

ROW = {"id": "7", "type": "SalesOrd", "status": "B", "lm": "2026-07-22T03:00:00"}


def envelope(body: object, topic: str = "feed/transaction") -> Envelope:
    return Envelope(
        id=1,
        system="erp",
        topic=topic,
        origin=Origin.FEED,
        body=msgspec.json.encode(body),
        headers={},
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("kind", "text", "letter"),
    [
        ("SalesOrd", "B", "B"),
        ("SalesOrd", "b", "B"),
        ("SalesOrd", "SalesOrd:B", "B"),
        ("SalesOrd", "Sales Order : Pending Fulfillment", "B"),
        ("SalesOrd", "_pendingFulfillment", "B"),
        ("SalesOrd", "_pendingBillingPartFulfilled", "E"),
        ("SalesOrd", "_fullyBilled", "G"),
        ("SalesOrd", "Pending Billing/Partially Fulfilled", "E"),
        ("ItemShip", "ItemShip:C", "C"),
        ("ItemShip", "_shipped", "C"),
        ("RtnAuth", "Return Authorization : Pending Receipt", "B"),
        ("CustInvc", "Paid In Full", "B"),
    ],
)
def test_every_spelling_of_a_status_comes_back_to_its_letter(
    kind: str, text: str, letter: str
) -> None:
    assert normalised(kind, text) == letter


@pytest.mark.parametrize("text", ["Awaiting Stock", "Hold: Fraud", "Z", "In Bearbeitung"])
def test_a_status_nobody_knows_stays_as_it_is_written(text: str) -> None:
    assert normalised("SalesOrd", text) == text


@pytest.mark.parametrize(
    ("advance", "progress"), [(False, State.COMPLETE), (True, None)], ids=["after", "before"]
)
def test_billed_tells_of_shipping_only_where_nothing_is_billed_before_it_ships(
    advance: bool,  # noqa: FBT001 - a case of the table
    progress: State | None,
) -> None:
    reading = CONNECTOR.vocabulary.read("SalesOrd", "G", {"billing_in_advance": advance})

    assert reading == Meaning({Track.ORDER: State.COMPLETED}, progress)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_without_pick_pack_ship_every_fulfillment_has_shipped(letter: str) -> None:
    settings = {"pick_pack_ship": False}

    reading = CONNECTOR.vocabulary.read("ItemShip", letter, settings)

    assert reading == Meaning({Track.FULFILLMENT: State.SHIPPED})
    assert CONNECTOR.vocabulary.word_for("fulfillment", State.PACKED, settings) is None


def test_a_time_of_the_feed_is_read_on_the_clock_of_the_account() -> None:
    (report,) = parse(envelope(ROW), {"timezone": "America/Los_Angeles"}).reports

    assert report.said_at == datetime(2026, 7, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Pacific", "../etc/passwd"])
def test_a_time_zone_that_is_none_is_said_to_be_a_wrong_setting(zone: str) -> None:
    with pytest.raises(UnreadableError, match="setting timezone"):
        parse(envelope(ROW), {"timezone": zone})


@pytest.mark.parametrize(
    "body",
    [{}, [], {**ROW, "lm": "22.11.2026"}, {**ROW, "id": None}],
    ids=["empty", "list", "date", "no id"],
)
def test_another_shape_is_unreadable_and_nothing_worse(body: object) -> None:
    with pytest.raises(UnreadableError):
        parse(envelope(body), {"timezone": "UTC"})


def test_a_fraction_of_a_thing_is_unreadable_and_never_rounded() -> None:
    order = {
        "id": "7",
        "lastModifiedDate": "2026-07-22T10:00:00Z",
        "status": {"id": "B"},
        "item": {"items": [{"line": 1, "item": {"id": "5", "refName": "ROPE"}, "quantity": 1.5}]},
    }

    with pytest.raises(UnreadableError, match=r"quantity 1\.5"):
        parse(envelope(order, "reread/salesOrder"), {"timezone": "UTC"})


def test_an_external_id_of_accord_names_what_the_record_was_made_from() -> None:
    assert made_from("accord:shop:gid://shopify/Return/1") == (
        Ref("shop", "gid://shopify/Return/1"),
    )


@pytest.mark.parametrize("text", [None, "", "450789469", "accord:", "accord:shop:", "other:a:b"])
def test_any_other_external_id_names_nothing(text: str | None) -> None:
    assert made_from(text) is None
