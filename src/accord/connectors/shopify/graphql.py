"""What the GraphQL shapes of the change feed and of re-reads say."""

from collections.abc import Mapping
from datetime import datetime

from accord.connectors.shopify.graphql_payloads import (
    GAllotment,
    GFulfillment,
    GFulfillmentOrder,
    GOrder,
    GReturn,
    listed,
)
from accord.connectors.shopify.payloads import Thing, count, line_key, moment, plain_id, summed
from accord.connectors.shopify.teller import Teller, allocation, order_refs, parcel, returned
from accord.domain.report import THE_ORDER, Particulars, Report

# A fulfillment order in one of these still asks for everything in it; in any other it holds what
# left from it.
ACTIVE = frozenset({"OPEN", "SCHEDULED", "ON_HOLD", "IN_PROGRESS"})

Keys = Mapping[str, str]


def order_reports(system: str, order: GOrder, received_at: datetime) -> list[Report]:
    """Return everything an order says, as far as the document holds it."""
    refs = order_refs(system, plain_id(order.id), order.name)
    teller = Teller(system, refs, moment(order.updated_at) or received_at)
    keys = {plain_id(ln.id): line_key(ln.sku, ln.id) for ln in listed(order.line_items)}
    reports = teller.order_says(
        placed_at=moment(order.created_at),
        cancelled_at=moment(order.cancelled_at),
        closed_at=moment(order.closed_at),
        particulars=_ordered(order),
    )
    reports += teller.says(
        THE_ORDER,
        "financial_status",
        order.display_financial_status or None,
        happened_at=_refunded_at(order),
    )
    reports += teller.says(THE_ORDER, "displayFulfillmentStatus", order.display_fulfillment_status)
    for fulfillment in order.fulfillments or ():
        reports += _fulfillment_reports(teller, fulfillment, keys)
    for asked in listed(order.fulfillment_orders):
        reports += _fulfillment_order_reports(teller, asked, keys)
    for one in listed(order.returns):
        reports += _return_reports(teller, one, keys)
    return reports


def _refunded_at(order: GOrder) -> datetime | None:
    """Return when money last went back, if that is what the payment's word speaks of."""
    if "REFUNDED" not in (order.display_financial_status or "").upper():
        return None
    times = [moment(refund.created_at) for refund in order.refunds or () if refund is not None]
    return max((at for at in times if at is not None), default=None)


def _ordered(order: GOrder) -> Particulars:
    if order.line_items is None:
        return Particulars()
    lines = [ln for ln in listed(order.line_items) if ln.requires_shipping is not False]
    current = summed((line_key(ln.sku, ln.id), count(ln.current_quantity)) for ln in lines)
    return Particulars(
        lines=current,
        ordered=summed((line_key(ln.sku, ln.id), count(ln.quantity)) for ln in lines),
        returned=_returned(order, current),
    )


def _returned(order: GOrder, current: Mapping[str, int]) -> dict[str, int] | None:
    """Return what left and is wanted no longer; None where the document does not hold enough.

    The store does not say it outright. Of what it recorded as sent the customer keeps only what
    is still wanted and not still to be sent.
    """
    if order.fulfillments is None or order.fulfillment_orders is None:
        return None
    keys = {plain_id(ln.id): line_key(ln.sku, ln.id) for ln in listed(order.line_items)}
    gone = [f for f in order.fulfillments if (f.status or "").upper() == "SUCCESS"]
    sent = summed(
        (_key(line, keys), count(line.quantity))
        for fulfillment in gone
        for line in listed(fulfillment.fulfillment_line_items)
        if _ships(line)
    )
    due = summed(
        (_key(line, keys), count(line.remaining_quantity))
        for asked in listed(order.fulfillment_orders)
        if (asked.status or "").upper() in ACTIVE
        for line in listed(asked.line_items)
        if _ships(line)
    )
    kept = {line: current.get(line, 0) - due.get(line, 0) for line in sent}
    return {line: n - kept[line] for line, n in sent.items() if n > kept[line]}


def _fulfillment_reports(teller: Teller, fulfillment: GFulfillment, keys: Keys) -> list[Report]:
    lines = [ln for ln in listed(fulfillment.fulfillment_line_items) if _ships(ln)]
    if listed(fulfillment.fulfillment_line_items) and not lines:
        return []  # gift cards and services: no parcel
    subject = parcel(plain_id(fulfillment.id))
    created = moment(fulfillment.created_at)
    said_at = moment(fulfillment.updated_at) or created
    tracking = fulfillment.tracking_info
    told = Particulars(
        lines=summed((_key(ln, keys), count(ln.quantity)) for ln in lines) or None,
        place=_place(fulfillment.location),
        tracking=None if tracking is None else tuple(t.number for t in tracking if t.number),
        carrier=next((t.company for t in tracking or () if t.company), None),
    )
    shipped_at = created if (fulfillment.status or "").upper() == "SUCCESS" else None
    return [
        *teller.says(
            subject,
            "fulfillment",
            fulfillment.status,
            said_at=said_at,
            happened_at=shipped_at,
            particulars=told,
        ),
        *teller.says(
            subject,
            "displayStatus",
            fulfillment.display_status,
            said_at=said_at,
            happened_at=_shown_since(fulfillment),
        ),
    ]


def _shown_since(fulfillment: GFulfillment) -> datetime | None:
    """Return when the parcel came to where it is shown to be, if one of its events tells."""
    shown = fulfillment.display_status
    times = (e.happened_at for e in listed(fulfillment.events) if e.status == shown)
    told = next((moment(time) for time in times), None)
    return told or (moment(fulfillment.delivered_at) if shown == "DELIVERED" else None)


def _fulfillment_order_reports(
    teller: Teller, asked: GFulfillmentOrder, keys: Keys
) -> list[Report]:
    lines = listed(asked.line_items)
    active = (asked.status or "").upper() in ACTIVE
    location = asked.assigned_location.location if asked.assigned_location else None
    told = Particulars(
        lines=summed((_key(ln, keys), _held(ln, active=active)) for ln in lines if _ships(ln)),
        place=_place(location),
        promised_at=moment(asked.fulfill_by) or moment(asked.fulfill_at),
    )
    return teller.says(
        allocation(plain_id(asked.id)),
        "fulfillment_order",
        asked.status,
        said_at=moment(asked.updated_at),
        particulars=told,
    )


def _held(line: GAllotment, *, active: bool) -> int:
    total = count(line.total_quantity)
    return total if active else max(total - count(line.remaining_quantity), 0)


def _return_reports(teller: Teller, one: GReturn, keys: Keys) -> list[Report]:
    # A return has no time of its last change: the latest time it or its order tells stands in.
    times = (moment(t) for t in (one.created_at, one.request_approved_at, one.closed_at))
    said_at = max((t for t in times if t is not None), default=teller.said_at)
    lines = [
        (_key(ln.fulfillment_line_item, keys), count(ln.quantity))
        for ln in listed(one.return_line_items)
        if ln.fulfillment_line_item is not None
    ]
    return teller.says(
        returned(plain_id(one.id)),
        "return",
        one.status,
        said_at=max(said_at, teller.said_at),
        happened_at=moment(one.closed_at) if (one.status or "").upper() == "CLOSED" else None,
        particulars=Particulars(lines=summed(lines) or None),
    )


def _ships(line: GAllotment) -> bool:
    return line.line_item is None or line.line_item.requires_shipping is not False


def _key(line: GAllotment, keys: Keys) -> str:
    item = line.line_item
    if item is None:
        return "line:"
    return keys.get(plain_id(item.id)) or line_key(item.sku, item.id)


def _place(location: Thing | None) -> str | None:
    return plain_id(location.id) or None if location else None
