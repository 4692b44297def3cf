"""What the REST shapes of webhooks say."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import UNSET

from accord.connectors.shopify.payloads import (
    Fulfillment,
    FulfillmentEvent,
    FulfillmentOrder,
    Line,
    Order,
    Return,
    ReturnLine,
    count,
    line_key,
    moment,
    own_id,
    plain_id,
    required_id,
    summed,
)
from accord.connectors.shopify.teller import Teller, allocation, order_refs, parcel, returned
from accord.domain.report import THE_ORDER, Particulars, Report


def order_reports(system: str, order: Order, received_at: datetime) -> list[Report]:
    """Return everything an order says of itself, its payment, its parcels and its returns."""
    said_at = moment(order.updated_at) or moment(order.created_at) or received_at
    refs = order_refs(system, order_id(order), order.name)
    teller = Teller(system, refs, said_at)
    reports = _standing(teller, order)
    reports += teller.says(THE_ORDER, "financial_status", order.financial_status or None)
    if order.fulfillment_status is not UNSET:
        # Shopify sends null, not "unfulfilled", until the first fulfillment.
        word = order.fulfillment_status or "unfulfilled"
        reports += teller.says(THE_ORDER, "fulfillment_status", word)
    for fulfillment in order.fulfillments or ():
        reports += fulfillment_reports(teller, fulfillment)
    if order.returns:
        keys = {plain_id(line.gid, line.id): _key(line) for line in order.line_items or ()}
        for one in order.returns:
            reports += return_reports(teller, one, keys)
    return reports


def wants_goods(order: Order) -> bool:
    """Return whether something of the order is still to be sent, as far as the payload tells."""
    if order.cancelled_at or order.closed_at or order.fulfillment_status == "fulfilled":
        return False
    return any(_ships(line) and _wanted(line) > 0 for line in order.line_items or ())


def order_id(order: Order) -> str:
    """Return an order's own id. Raises ``UnreadableError`` where it has none."""
    return own_id("Order", order.gid, order.id)


def _standing(teller: Teller, order: Order) -> list[Report]:
    # Without these two fields (a subscription may leave fields out) nothing says it is open.
    if order.cancelled_at is UNSET or order.closed_at is UNSET:
        return []
    lines = None if order.line_items is None else [ln for ln in order.line_items if _ships(ln)]
    told = Particulars()
    if lines is not None:
        told = Particulars(
            lines=summed((_key(line), _wanted(line)) for line in lines),
            ordered=summed((_key(line), count(line.quantity)) for line in lines),
        )
    return teller.order_says(
        placed_at=moment(order.created_at),
        cancelled_at=moment(order.cancelled_at),
        closed_at=moment(order.closed_at),
        particulars=told,
    )


def _ships(line: Line) -> bool:
    return line.requires_shipping is not False


def _wanted(line: Line) -> int:
    # quantity never changes; what edits and refunds took away is missing in current_quantity.
    return count(line.quantity if line.current_quantity is None else line.current_quantity)


def _key(line: Line) -> str:
    return line_key(line.sku, line.gid, line.id)


def fulfillment_reports(teller: Teller, fulfillment: Fulfillment) -> list[Report]:
    """Return what a parcel says: that it was shipped or cancelled, and where it is on its way.

    A fulfillment of nothing but lines that need no shipping (gift cards, services) is no parcel.
    """
    if holds_no_goods(fulfillment):
        return []
    subject = parcel(own_id("Fulfillment", fulfillment.gid, fulfillment.id))
    updated, created = moment(fulfillment.updated_at), moment(fulfillment.created_at)
    said_at = updated or created or teller.said_at
    told = _parcel_told(fulfillment)
    shipped_at = created if (fulfillment.status or "").lower() == "success" else None
    return [
        *teller.says(
            subject,
            "fulfillment",
            fulfillment.status,
            said_at=said_at,
            happened_at=shipped_at,
            particulars=told,
        ),
        *teller.says(subject, "shipment_status", fulfillment.shipment_status, said_at=said_at),
    ]


def holds_no_goods(fulfillment: Fulfillment) -> bool:
    """Return whether every line of a fulfillment needs no shipping."""
    lines = fulfillment.line_items
    return bool(lines) and not any(_ships(line) for line in lines or ())


def _parcel_told(fulfillment: Fulfillment) -> Particulars:
    lines = fulfillment.line_items
    return Particulars(
        lines=summed((_key(line), count(line.quantity)) for line in lines if _ships(line))
        if lines
        else None,
        place=plain_id(fulfillment.location_id) or None,
        tracking=_tracking(fulfillment),
        carrier=fulfillment.tracking_company or None,
    )


def _tracking(fulfillment: Fulfillment) -> tuple[str, ...] | None:
    if fulfillment.tracking_numbers is None and not fulfillment.tracking_number:
        return None
    numbers = fulfillment.tracking_numbers or [fulfillment.tracking_number]
    return tuple(number.strip() for number in numbers if number and number.strip())


def event_reports(system: str, event: FulfillmentEvent, received_at: datetime) -> list[Report]:
    """Return what one scan says of its parcel."""
    own_id("FulfillmentEvent", event.gid, event.id)
    said_at = moment(event.updated_at) or moment(event.created_at) or received_at
    order = required_id("the order of a fulfillment event", event.order_id)
    subject = parcel(required_id("the parcel of a fulfillment event", event.fulfillment_id))
    return Teller(system, order_refs(system, order, None), said_at).says(
        subject, "shipment_status", event.status, happened_at=moment(event.happened_at)
    )


def fulfillment_order_reports(
    system: str, asked: FulfillmentOrder, received_at: datetime
) -> list[Report]:
    """Return what a fulfillment order says of the goods still to be sent from one place."""
    order = required_id("the order of a fulfillment order", asked.order_id)
    said_at = moment(asked.updated_at) or received_at
    return Teller(system, order_refs(system, order, None), said_at).says(
        allocation(own_id("FulfillmentOrder", asked.gid, asked.id)),
        "fulfillment_order",
        asked.status,
        particulars=Particulars(
            place=plain_id(asked.assigned_location_id) or None,
            promised_at=moment(asked.fulfill_by) or moment(asked.fulfill_at),
        ),
    )


def return_reports(teller: Teller, one: Return, keys: Mapping[str, str]) -> list[Report]:
    """Return what a return says. ``keys`` maps line ids of its order to line keys."""
    subject = returned(own_id("Return", one.gid, one.id))
    return teller.says(
        subject,
        "return",
        one.status,
        said_at=moment(one.updated_at),
        particulars=Particulars(lines=_returned_lines(one, keys)),
    )


def _returned_lines(one: Return, keys: Mapping[str, str]) -> dict[str, int] | None:
    """Return what comes back; None unless every line of it can be named by its key."""
    lines = one.return_line_items
    if not isinstance(lines, list) or not lines:
        return None
    named = [(_returned_key(line, keys), count(line.quantity)) for line in lines]
    if any(key is None for key, _ in named):
        return None
    return summed((key, quantity) for key, quantity in named if key is not None)


def _returned_key(line: ReturnLine, keys: Mapping[str, str]) -> str | None:
    goods = line.fulfillment_line_item
    item = line.line_item or (goods.line_item if goods else None)
    if item is None:
        return None
    return keys.get(plain_id(item.gid, item.id)) or (item.sku or "").strip() or None
