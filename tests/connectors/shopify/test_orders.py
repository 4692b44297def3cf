"""An order is read in every shape it comes in, and what is no order is said to be none."""

import json
from typing import Any

import pytest

from accord.domain.errors import UnreadableError
from tests.connectors.shopify.shop import read

ORDER = {"id": 1, "updated_at": "2026-10-06T12:00:00Z", "cancelled_at": None, "closed_at": None}


@pytest.mark.parametrize(
    "given",
    [
        {"line_items": None, "fulfillments": None, "returns": None, "name": None},
        {"id": "1", "line_items": [{"id": "gid://shopify/LineItem/9", "quantity": "2"}]},
        {"id": "gid://shopify/Order/1", "total_price": 12.5, "currency": None},
        {"updated_at": "2026-10-06 14:00:00 +0200"},
        {"updated_at": "2026-10-06T17:30:00.000+05:30", "unheard_of": {"deep": [1, {}]}},
    ],
    ids=["nulls", "text numbers", "gid", "old time", "offset and extras"],
)
def test_an_order_is_read_however_its_fields_are_written(given: dict[str, Any]) -> None:
    (report, *_) = read("orders/updated", json.dumps(ORDER | given).encode()).reports

    assert (report.order[0].value, report.word) == ("1", "open")
    assert report.said_at.isoformat() == "2026-10-06T12:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"not json",
        b"{}",
        b'{"id": 1, "updated_at": "yesterday"}',
        b'{"id": 1, "updated_at": "2026-10-06T12:00:00"}',
        b'{"id": 1, "cancelled_at": null, "closed_at": null, "line_items": [{"quantity": "two"}]}',
        b"[" * 10_000,
    ],
)
def test_what_is_not_an_order_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read("orders/updated", body)
