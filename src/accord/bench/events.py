"""The life of an invented order as envelopes: told by the shop, the books and the warehouse.

Each order is told of four times: the shop has it, the books have it, it is paid, it is shipped.
The first is known at once in the second and third; the fourth comes long after.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from accord.bench import deliveries
from accord.bench.deliveries import BEGINNING, order_id
from accord.connector_kit.signature import fingerprint
from accord.engine.envelope import Incoming, Origin

# How many orders later each of an order's four events comes.
APART = (0, 40, 80, 2500)
EVENTS_AN_ORDER = len(APART)


def events(orders: int, first: int = 0) -> Iterator[Incoming]:
    """Yield every event of ``orders`` orders, numbered from ``first``, in a likely order."""
    for step in range(orders + max(APART)):
        for tell, later in zip(_TELLERS, APART, strict=True):
            if 0 <= step - later < orders:
                yield tell(first + step - later)


def _created(order: int) -> Incoming:
    return _hook(order, "orders/create")


def _paid(order: int) -> Incoming:
    return _hook(order, "orders/paid")


def _hook(order: int, topic: str) -> Incoming:
    body = deliveries.body(order, topic)
    return _incoming("shop", topic, Origin.HOOK, body, deliveries.headers(order, topic, body))


def _booked(order: int) -> Incoming:
    row = {
        "id": str(order_id(order)),
        "type": "SalesOrd",
        "lm": "2026-11-02 03:01:00",
        "status": "A",
        "otherrefnum": f"#{order_id(order)}",
    }
    return _incoming("books", "reread/transaction", Origin.REREAD, msgspec.json.encode(row), {})


def _shipped(order: int) -> Incoming:
    own = str(order_id(order))
    return shipped(own, tracking(own), {f"SKU-{n}": n for n in (1, 2, 3)}, BEGINNING)


def tracking(number: str) -> str:
    """Return the tracking number of the parcel of the order with this number."""
    return f"1Z{number}"


def shipped(number: str, tracked_as: str, lines: Mapping[str, int], at: datetime) -> Incoming:
    """Return what the warehouse tells of a parcel, scanned five hours after ``at``."""
    scanned = _z(at + timedelta(hours=5))
    label = {
        "label_id": f"se-{number}",
        "status": "completed",
        "created_at": _z(at + timedelta(hours=4)),
        "tracking_number": tracked_as,
        "tracking_status": "in_transit",
        "carrier_code": "ups",
        "voided": False,
        "tracking": {"status_code": "IT", "events": [{"occurred_at": scanned}]},
    }
    shipment = {
        "shipment_id": f"se-{number}",
        "shipment_number": number,
        "shipment_status": "label_purchased",
        "created_at": _z(at + timedelta(minutes=10)),
        "modified_at": _z(at + timedelta(hours=4)),
        "warehouse_id": "se-740312",
        "items": [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()],
    }
    picture = msgspec.json.encode({"shipment": shipment, "labels": [label]})
    return _incoming("warehouse", "shipment", Origin.REREAD, picture, {})


_TELLERS: tuple[Callable[[int], Incoming], ...] = (_created, _booked, _paid, _shipped)


def _incoming(
    system: str, topic: str, origin: Origin, body: bytes, headers: dict[str, str]
) -> Incoming:
    return Incoming(
        system=system,
        topic=topic,
        origin=origin,
        identity=fingerprint(topic.encode(), body),
        body=body,
        headers=headers,
        received_at=BEGINNING + timedelta(hours=6),
    )


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
