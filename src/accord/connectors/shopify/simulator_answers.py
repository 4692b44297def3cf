"""How a pretend store shows what it holds: GraphQL shapes, listings cut into pages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from accord.connectors.shopify.simulator_state import (
    Event,
    FulfillmentOrder,
    HoldRecord,
    LineItem,
    OrderRecord,
    Parcel,
    Portion,
    RefundRecord,
    ReturnRecord,
)

Shape = dict[str, Any]
T = TypeVar("T")

ADDRESS = {
    "name": "Ada Example",
    "company": None,
    "address1": "1 Sample Street",
    "address2": None,
    "city": "Springfield",
    "provinceCode": "OR",
    "zip": "97477",
    "countryCodeV2": "US",
    "phone": None,
}


class Answers:
    """Shows records. ``page_size`` caps every listing below what a document asks for."""

    def __init__(self, page_size: Callable[[], int]) -> None:
        self._page_size = page_size

    def page(
        self, items: Sequence[T], first: int, show: Callable[[T], Shape], after: str | None = None
    ) -> Shape:
        """Return one page of a listing; a cursor is the number of members before it."""
        start = int(after) if after else 0
        end = start + min(first, self._page_size())
        return {
            "pageInfo": {"hasNextPage": end < len(items), "endCursor": str(end)},
            "nodes": [show(item) for item in items[start:end]],
        }

    def light_order(self, order: OrderRecord) -> Shape:
        """Return an order as the feed asks for it."""
        return {
            "id": gid("Order", order.id),
            "name": order.name,
            "createdAt": time(order.created_at),
            "updatedAt": time(order.updated_at),
            "cancelledAt": time(order.cancelled_at),
            "closedAt": time(order.closed_at),
            "displayFinancialStatus": order.financial_status,
            "displayFulfillmentStatus": order.display_fulfillment_status,
        }

    def whole_order(self, order: OrderRecord) -> Shape:
        """Return an order as a re-read asks for it."""
        return self.light_order(order) | {
            "lineItems": self.line_items(order, 50),
            "fulfillments": [self.parcel(parcel) for parcel in order.parcels[:4]],
            "fulfillmentOrders": self.fulfillment_orders(order, 4),
            "refunds": [_refund(refund) for refund in order.refunds[:20]],
            "returns": self.returns(order, 2),
        }

    def line_items(self, order: OrderRecord, first: int, after: str | None = None) -> Shape:
        """Return a page of an order's lines."""
        return self.page(order.lines, first, _order_line, after)

    def fulfillment_orders(self, order: OrderRecord, first: int, after: str | None = None) -> Shape:
        """Return a page of an order's fulfillment orders."""
        return self.page(order.fulfillment_orders, first, self._fulfillment_order, after)

    def returns(self, order: OrderRecord, first: int, after: str | None = None) -> Shape:
        """Return a page of an order's returns."""
        return self.page(order.returns, first, self._return, after)

    def parcel(self, parcel: Parcel) -> Shape:
        """Return a fulfillment."""
        delivered = [e.happened_at for e in parcel.events if e.status == "DELIVERED"]
        return {
            "id": gid("Fulfillment", parcel.id),
            "status": parcel.status,
            "displayStatus": parcel.display_status,
            "createdAt": time(parcel.created_at),
            "updatedAt": time(parcel.updated_at),
            "deliveredAt": time(delivered[-1]) if delivered else None,
            "events": {"nodes": [_event(event) for event in parcel.events[-1:]]},
            "location": {"id": gid("Location", parcel.place)},
            "trackingInfo": [{"number": n, "company": parcel.company} for n in parcel.tracking],
            "fulfillmentLineItems": self.parcel_lines(parcel, 20),
        }

    def parcel_lines(self, parcel: Parcel, first: int, after: str | None = None) -> Shape:
        """Return a page of a fulfillment's lines."""
        return self.page(parcel.lines, first, _parcel_line, after)

    def portions(self, asked: FulfillmentOrder, first: int, after: str | None = None) -> Shape:
        """Return a page of a fulfillment order's lines."""
        return self.page(asked.portions, first, _portion, after)

    def return_lines(self, record: ReturnRecord, first: int, after: str | None = None) -> Shape:
        """Return a page of a return's lines."""
        return self.page(record.lines, first, _return_line, after)

    def holds(self, asked: FulfillmentOrder) -> Shape:
        """Return a fulfillment order with its holds."""
        return {
            "id": gid("FulfillmentOrder", asked.id),
            "status": asked.status,
            "fulfillmentHolds": [_hold(placed) for placed in asked.holds],
        }

    def _fulfillment_order(self, asked: FulfillmentOrder) -> Shape:
        return {
            "id": gid("FulfillmentOrder", asked.id),
            "status": asked.status,
            "updatedAt": time(asked.updated_at),
            "fulfillAt": time(asked.fulfill_at),
            "fulfillBy": None,
            "assignedLocation": {"location": {"id": gid("Location", asked.place)}},
            "lineItems": self.portions(asked, 20),
        }

    def _return(self, record: ReturnRecord) -> Shape:
        return {
            "id": gid("Return", record.id),
            "status": record.status,
            "createdAt": time(record.created_at),
            "requestApprovedAt": time(record.approved_at),
            "closedAt": time(record.closed_at),
            "returnLineItems": self.return_lines(record, 10),
        }


def _order_line(line: LineItem) -> Shape:
    return _named(line) | {"quantity": line.quantity, "currentQuantity": line.current}


def _parcel_line(held: tuple[LineItem, int]) -> Shape:
    line, quantity = held
    return {"quantity": quantity, "lineItem": _named(line)}


def _event(event: Event) -> Shape:
    return {"status": event.status, "happenedAt": time(event.happened_at)}


def _portion(portion: Portion) -> Shape:
    return {
        "id": gid("FulfillmentOrderLineItem", portion.id),
        "totalQuantity": portion.total,
        "remainingQuantity": portion.remaining,
        "lineItem": _named(portion.line),
    }


def _refund(refund: RefundRecord) -> Shape:
    amount = f"{refund.amount // 100}.{refund.amount % 100:02}"
    return {
        "id": f"gid://shopify/Refund/{refund.id}",
        "createdAt": time(refund.created_at),
        "totalRefundedSet": {"shopMoney": {"amount": amount, "currencyCode": "USD"}},
    }


def _return_line(held: tuple[LineItem, int]) -> Shape:
    line, quantity = held
    item = {"id": gid("LineItem", line.id), "sku": line.sku}
    return {"quantity": quantity, "fulfillmentLineItem": {"lineItem": item}}


def _named(line: LineItem) -> Shape:
    return {"id": gid("LineItem", line.id), "sku": line.sku, "requiresShipping": True}


def _hold(placed: HoldRecord) -> Shape:
    return {
        "id": gid("FulfillmentHold", placed.id),
        "handle": placed.handle,
        "heldByRequestingApp": placed.ours,
    }


def gid(kind: str, own_id: int | str) -> str:
    """Return the global id of a record."""
    return f"gid://shopify/{kind}/{own_id}"


def time(moment: datetime | None) -> str | None:
    """Return a time as the GraphQL API writes it: whole seconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def contact(order: OrderRecord) -> Shape:
    """Return where the customer of an order is reached."""
    return {"id": gid("Order", order.id), "email": f"buyer-{order.id}@customer.example"}


def destination(order: OrderRecord) -> Shape:
    """Return where an order goes: to somebody of its own."""
    address = ADDRESS | {"name": f"Buyer of {order.name}"}
    return {"id": gid("Order", order.id), "shippingAddress": address}
