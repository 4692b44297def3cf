"""A genuine body sent again by a stranger, with other headers or to another topic.

Shopify signs the body and nothing else: neither the address nor any header.
"""

import json

import pytest

from accord.connectors.shopify.parse import TOPICS
from accord.domain.decision import decide
from accord.domain.errors import UnreadableError
from accord.domain.report import Report
from accord.domain.tracks import Track
from accord.engine.envelope import Origin
from tests.connectors.shopify.shop import ACCORD, Shop, read

OWN_TIMES = {"created_at": "2026-11-02T09:00:00Z", "updated_at": "2026-11-02T09:00:00Z"}
LATER = "2026-11-02T23:00:00.000000000Z"

# As the vendor's own samples have them: whose it is, a word, a time, and what it is.
GENUINE: dict[str, dict[str, object]] = {
    "orders": {"status": "open", "cancelled_at": None, "closed_at": None},
    "fulfillments": {"order_id": 42, "status": "cancelled"},
    "fulfillment_events": {"order_id": 42, "status": "failure", "fulfillment_id": 7},
    "order_transactions": {"order_id": 42, "status": "success"},
    "refunds": {"order_id": 42, "status": "open"},
    "returns": {"order_id": 42, "status": "open"},
}
KINDS = {
    "orders": "Order",
    "fulfillments": "Fulfillment",
    "fulfillment_events": "FulfillmentEvent",
    "order_transactions": "OrderTransaction",
    "refunds": "Refund",
    "returns": "Return",
}


def genuine(family: str) -> bytes:
    gid = f"gid://shopify/{KINDS[family]}/9"
    body = {"id": 9, "admin_graphql_api_id": gid, **OWN_TIMES, **GENUINE[family]}
    return json.dumps(body).encode()


def said(topic: str, body: bytes) -> tuple[Report, ...]:
    try:
        return read(topic, body).reports
    except UnreadableError:
        return ()


@pytest.mark.parametrize("family", GENUINE)
def test_a_body_says_nothing_at_the_topic_of_something_else(family: str) -> None:
    body = genuine(family)

    told = {topic for topic in TOPICS if said(topic, body)}

    assert {topic.partition("/")[0] for topic in told} <= {family}


@pytest.mark.parametrize("family", ["orders", "fulfillments", "fulfillment_events", "returns"])
def test_at_its_own_topic_it_says_what_it_says(family: str) -> None:
    topics = [topic for topic in TOPICS if topic.startswith(f"{family}/")]

    assert any(said(topic, genuine(family)) for topic in topics)


async def test_an_old_return_sent_again_with_a_new_time_undoes_nothing(shop: Shop) -> None:
    order = shop.order()
    shop.store.request_return("#1001", {"LAMP": 1})
    shop.store.approve_return("#1001")
    approved = next(hook for hook in shop.world.sent if hook.topic == "returns/approve")
    shop.store.close_return("#1001")
    matrix = await shop.read(order)

    again = read(approved.topic, approved.body, Origin.HOOK, **{"x-shopify-triggered-at": LATER})
    for report in again.reports:
        matrix = decide(matrix, report, ACCORD).matrix

    [cell] = [each for each in matrix.cells.values() if each.track is Track.RETURN]
    assert cell.word == "CLOSED"
    assert again.lookups  # it is a hint to look, whoever gives it
