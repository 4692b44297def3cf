"""An order nobody pays for, or that nobody can be sent, is noticed where it comes in."""

import json
from typing import Any

import pytest

from accord.connectors.shopify.flaws import malformed
from accord.domain.reason import Flaw, MalformedAddress, NoAuthenticatedPayment
from accord.domain.report import Ref
from tests.connectors.shopify.shop import read

HOME = {"address1": "12 Lime St", "city": "Porto", "zip": "4000-001", "country_code": "PT"}
ORDER = {
    "id": 1,
    "name": "#1001",
    "updated_at": "2026-10-06T12:00:00Z",
    "cancelled_at": None,
    "closed_at": None,
    "financial_status": "paid",
    "fulfillment_status": None,
    "line_items": [{"id": 9, "sku": "MUG", "quantity": 1, "requires_shipping": True}],
    "shipping_address": HOME,
}
OWN = Ref("shop", "1")
UNPAID = Flaw(OWN, NoAuthenticatedPayment("shop", "#1001"))


def flaws(**changed: Any) -> tuple[Flaw, ...]:
    return read("orders/updated", json.dumps(ORDER | changed).encode()).flaws


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"shipping_address": None},  # collected in the shop
        {"shipping_address": {"address1": None, "city": None, "country_code": None}},  # redacted
        {"shipping_address": {**HOME, "zip": "", "city": ""}},
        {"shipping_address": {**HOME, "address1": "\u200f\u05e8\u05d7\u05d5\u05d1 7\nFlat 2"}},
    ],
)
def test_a_sound_order_has_none(changed: dict[str, Any]) -> None:
    assert flaws(**changed) == ()


def test_an_order_whose_payment_is_told_by_nobody_is_not_taken_over() -> None:
    assert flaws(financial_status=None) == (UNPAID,)


def test_a_field_that_the_subscription_leaves_out_says_nothing() -> None:
    silent = {name: value for name, value in ORDER.items() if name != "financial_status"}

    assert read("orders/updated", json.dumps(silent).encode()).flaws == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"cancelled_at": "2026-10-06T12:00:00Z"},
        {"closed_at": "2026-10-06T12:00:00Z"},
        {"fulfillment_status": "fulfilled"},
        {"line_items": [{"id": 9, "quantity": 1, "requires_shipping": False}]},
        {"line_items": [{"id": 9, "quantity": 1, "current_quantity": 0}]},
    ],
)
def test_where_nothing_is_to_be_sent_nothing_is_held_up(changed: dict[str, Any]) -> None:
    assert flaws(financial_status=None, shipping_address={"country_code": "?"}, **changed) == ()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("address1", "  "),
        ("address1", "12 Lime\x00 St"),
        ("zip", "9" * 256),
        ("country_code", "Portugal"),
        ("country_code", ""),
    ],
)
def test_an_address_that_is_none_is_named_by_its_field_and_never_quoted(
    field: str, text: str
) -> None:
    assert malformed({**HOME, field: text}) == field
    if "\x00" not in text:
        address = {**HOME, field: text}
        flaw = Flaw(OWN, MalformedAddress("shop", "#1001", field))
        assert flaws(shipping_address=address) == (flaw,)


def test_the_feed_and_a_reading_again_notice_an_unpaid_order_too() -> None:
    lines = {"nodes": [{"id": "gid://shopify/LineItem/9", "sku": "MUG", "currentQuantity": 1}]}
    order = {
        "id": "gid://shopify/Order/1",
        "name": "#1001",
        "updatedAt": "2026-10-06T12:00:00Z",
        "displayFinancialStatus": None,
        "lineItems": lines,
    }

    assert read("reread/order", json.dumps(order).encode()).flaws == (UNPAID,)
