"""Invented deliveries of a shop: orders in the shape of Shopify's webhooks, signed, of one size.

Order ``n`` lives through ``LIFE``: it is created, paid, shipped. Its id stands at one place of
every body, so that whoever looks at stored bytes can tell which order they are of.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

SYSTEM = "shop"
SECRET = "a secret of the bench"  # noqa: S105 - it signs invented bytes
BODY_BYTES = 3072
BEGINNING = datetime(2026, 11, 2, 8, tzinfo=UTC)

# Every id has as many digits, and every body begins with it: {"id":5000000000017,
FIRST_ID = 5_000_000_000_000
ID_BEGINS, ID_DIGITS = 6, 13

# What a topic's body says: the payment, the fulfillment, and how long after its creation.
LIFE = {
    "orders/create": ("pending", None, timedelta(0)),
    "orders/paid": ("paid", None, timedelta(minutes=2)),
    "orders/fulfilled": ("paid", "fulfilled", timedelta(hours=5)),
}
TOPICS = tuple(LIFE)

# Stands in a template for what differs from order to order; as wide as an id.
_ID = 9_999_999_999_999
_LINES = 3


@cache
def template(topic: str) -> tuple[bytes, ...]:
    """Return the parts of a body between which the id of its order stands."""
    body = _written(topic, "")
    padded = _written(topic, "x" * (BODY_BYTES - len(body)))
    return tuple(padded.split(str(_ID).encode()))


def order_id(order: int) -> int:
    """Return the id of the order with this number."""
    return FIRST_ID + order


def body(order: int, topic: str) -> bytes:
    """Return what the shop sends of an order under ``topic``."""
    return str(order_id(order)).encode().join(template(topic))


def signature(content: bytes) -> str:
    """Return the value of the header that proves ``content``."""
    return b64encode(hmac.digest(SECRET.encode(), content, hashlib.sha256)).decode()


def headers(order: int, topic: str, content: bytes) -> dict[str, str]:
    """Return the headers Shopify sends with a delivery; some are hints and some are noise."""
    return {
        "content-type": "application/json",
        "user-agent": "Shopify-Captain-Hook",
        "accept": "*/*",
        "x-shopify-topic": topic,
        "x-shopify-hmac-sha256": signature(content),
        "x-shopify-shop-domain": "bench.myshopify.com",
        "x-shopify-api-version": "2026-10",
        "x-shopify-webhook-id": f"00000000-0000-4000-8000-{order:012d}",
        "x-shopify-event-id": f"00000000-0000-4000-9000-{order:012d}",
        "x-shopify-triggered-at": "2026-11-02T08:00:00.000000000Z",
    }


def lives(orders: int, apart: tuple[int, ...] = (0, 50, 2500)) -> Iterator[tuple[int, str]]:
    """Yield order and topic of every delivery: topic ``k`` comes ``apart[k]`` orders later.

    So a payment is told soon after its order, and a shipment long after it.
    """
    for step in range(orders + max(apart)):
        for topic, later in zip(TOPICS, apart, strict=True):
            if 0 <= step - later < orders:
                yield step - later, topic


def _written(topic: str, note: str) -> bytes:
    payment, shipped, later = LIFE[topic]
    written = _time(BEGINNING + later)
    lines = [_line(number) for number in range(_LINES)]
    return msgspec.json.encode(
        {
            "id": _ID,
            "admin_graphql_api_id": f"gid://shopify/Order/{_ID}",
            "name": f"#{_ID}",
            "created_at": _time(BEGINNING),
            "updated_at": written,
            "processed_at": _time(BEGINNING),
            "cancelled_at": None,
            "cancel_reason": None,
            "closed_at": None,
            "currency": "EUR",
            "current_total_price": "127.50",
            "financial_status": payment,
            "fulfillment_status": shipped,
            "note": note,
            "tags": "",
            "test": False,
            "shipping_address": _address(),
            "line_items": lines,
            "fulfillments": [_fulfillment(lines, written)] if shipped else [],
            "refunds": [],
        }
    )


def _line(number: int) -> dict[str, Any]:
    own = 7_000_000_000_001 + number
    return {
        "id": own,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{own}",
        "sku": f"SKU-{number + 1}",
        "name": f"An article of the range, in size {number + 1}",
        "quantity": 1 + number,
        "current_quantity": 1 + number,
        "price": "21.25",
        "requires_shipping": True,
        "taxable": True,
    }


def _fulfillment(lines: list[dict[str, Any]], written: str) -> dict[str, Any]:
    brief = ("id", "admin_graphql_api_id", "sku", "quantity", "requires_shipping")
    return {
        "id": _ID,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{_ID}",
        "order_id": _ID,
        "status": "success",
        "shipment_status": None,
        "created_at": written,
        "updated_at": written,
        "location_id": 655441491,
        "tracking_company": "UPS",
        "tracking_numbers": [f"1Z{_ID}"],
        "line_items": [{name: line[name] for name in brief} for line in lines],
    }


def _address() -> dict[str, Any]:
    return {
        "first_name": "Ana",
        "last_name": "Lima",
        "address1": "Rua das Flores 12",
        "city": "Lisboa",
        "zip": "1200-194",
        "country_code": "PT",
    }


def _time(at: datetime) -> str:
    return at.isoformat()
