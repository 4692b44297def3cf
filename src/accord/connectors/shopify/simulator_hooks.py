"""The webhooks of a pretend store: REST shapes, signed as Shopify signs."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accord.connector_kit.simulator import Hook, World
from accord.connector_kit.wire import write_json
from accord.connectors.shopify.session import API_VERSION
from accord.connectors.shopify.simulator_state import (
    Event,
    FulfillmentOrder,
    HoldRecord,
    LineItem,
    OrderRecord,
    Parcel,
    ReturnRecord,
)

Body = dict[str, Any]


class HookSender:
    """Signs what a store says and puts it on the wire of the world."""

    def __init__(self, world: World, system: str, shop: str, secret: str) -> None:
        self._world = world
        self._system = system
        self._shop = shop
        self._secret = secret

    def send(self, places: Callable[[str], Sequence[str]], topic: str, body: Body) -> None:
        """Send one webhook to each of the ``places`` of its topic."""
        raw = write_json(body)
        for place in places(topic):
            headers = self._headers(topic, raw)
            hook = Hook(system=self._system, topic=place, headers=headers, body=raw)
            self._world.sent.append(hook)

    def _headers(self, topic: str, raw: bytes) -> Mapping[str, str]:
        digest = hmac.new(self._secret.encode(), raw, hashlib.sha256).digest()
        return {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-hmac-sha256": b64encode(digest).decode(),
            "x-shopify-shop-domain": self._shop,
            "x-shopify-api-version": API_VERSION,
            "x-shopify-webhook-id": self._uuid(),
            "x-shopify-event-id": self._uuid(),
            "x-shopify-triggered-at": self._world.clock().strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        }

    def _uuid(self) -> str:
        return str(UUID(int=self._world.chance.getrandbits(128), version=4))


def order_body(order: OrderRecord) -> Body:
    """Return an order as ``orders/*`` carry it."""
    return {
        "id": order.id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order.id}",
        "name": order.name,
        "created_at": _time(order.created_at),
        "updated_at": _time(order.updated_at),
        "cancelled_at": _time(order.cancelled_at),
        "cancel_reason": order.cancel_reason,
        "closed_at": _time(order.closed_at),
        "currency": "EUR",
        "current_total_price": _money(order.due),
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": order.fulfillment_status,
        "line_items": [_order_line(order, line) for line in order.lines],
        "fulfillments": [fulfillment_body(order, parcel) for parcel in order.parcels],
        "refunds": [],
        "returns": [_return_of_order(record) for record in order.returns],
    }


def _order_line(order: OrderRecord, line: LineItem) -> Body:
    left = sum(portion.remaining for _, portion in order.portions(line))
    return _line(line, line.quantity) | {
        "current_quantity": line.current,
        "fulfillable_quantity": left,
    }


def _line(line: LineItem, quantity: int) -> Body:
    return {
        "id": line.id,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{line.id}",
        "sku": line.sku,
        "name": line.sku,
        "quantity": quantity,
        "price": _money(line.price),
        "requires_shipping": True,
    }


def fulfillment_body(order: OrderRecord, parcel: Parcel) -> Body:
    """Return a parcel as ``fulfillments/*`` and orders carry it."""
    return {
        "id": parcel.id,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{parcel.id}",
        "order_id": order.id,
        "name": parcel.name,
        "status": parcel.status.lower(),
        "shipment_status": parcel.shipment_status,
        "created_at": _time(parcel.created_at),
        "updated_at": _time(parcel.updated_at),
        "location_id": int(parcel.place),
        "tracking_company": parcel.company,
        "tracking_number": parcel.tracking[0] if parcel.tracking else None,
        "tracking_numbers": list(parcel.tracking),
        "line_items": [_line(line, quantity) for line, quantity in parcel.lines],
    }


def event_body(order: OrderRecord, parcel: Parcel, event: Event) -> Body:
    """Return a scan as ``fulfillment_events/create`` carries it."""
    return {
        "id": event.id,
        "admin_graphql_api_id": f"gid://shopify/FulfillmentEvent/{event.id}",
        "order_id": order.id,
        "fulfillment_id": parcel.id,
        "status": event.status.lower(),
        "happened_at": _time(event.happened_at),
        "created_at": _time(event.created_at),
        "updated_at": _time(event.created_at),
    }


def fulfillment_order_body(asked: FulfillmentOrder) -> Body:
    """Return all that ``fulfillment_orders/*`` tell: no order, no time."""
    own = f"gid://shopify/FulfillmentOrder/{asked.id}"
    return {"fulfillment_order": {"id": own, "status": asked.status.lower()}}


def hold_body(asked: FulfillmentOrder, placed: HoldRecord) -> Body:
    """Return what ``fulfillment_holds/*`` tell."""
    return {
        "fulfillment_order": {"id": f"gid://shopify/FulfillmentOrder/{asked.id}"},
        "fulfillment_hold": {
            "id": f"gid://shopify/FulfillmentHold/{placed.id}",
            "reason": "other",
            "reason_notes": placed.notes,
            "handle": placed.handle,
            "held_by_requesting_app": placed.ours,
        },
    }


def return_body(order: OrderRecord, record: ReturnRecord) -> Body:
    """Return a return as ``returns/*`` carry it: no time, lines without their SKU."""
    return _return_of_order(record) | {
        "order": {"id": order.id, "admin_graphql_api_id": f"gid://shopify/Order/{order.id}"}
    }


def _return_of_order(record: ReturnRecord) -> Body:
    return {
        "id": record.id,
        "admin_graphql_api_id": f"gid://shopify/Return/{record.id}",
        "status": record.status.lower(),
        "return_line_items": [
            {"quantity": quantity, "fulfillment_line_item": {"line_item": {"id": line.id}}}
            for line, quantity in record.lines
        ],
    }


def edit_body(order: OrderRecord, edit_id: int, deltas: Mapping[int, int]) -> Body:
    """Return what ``orders/edited`` tells: how much each line gained or lost."""
    return {
        "order_edit": {
            "id": edit_id,
            "order_id": order.id,
            "committed_at": _time(order.updated_at),
            "line_items": {
                "additions": [{"id": i, "delta": d} for i, d in deltas.items() if d > 0],
                "removals": [{"id": i, "delta": -d} for i, d in deltas.items() if d < 0],
            },
        }
    }


def money_body(order: OrderRecord, own_id: int, kind: str, amount: int) -> Body:
    """Return what ``order_transactions/create`` and ``refunds/create`` tell of an order."""
    return {
        "id": own_id,
        "order_id": order.id,
        "kind": kind,
        "status": "success",
        "amount": _money(amount),
        "created_at": _time(order.updated_at),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _money(minor_units: int) -> str:
    return f"{minor_units // 100}.{minor_units % 100:02}"
