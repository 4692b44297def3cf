"""Reading one order of a store whole."""

from typing import Any

import msgspec

from accord.connectors.shopify.session import Data, Session, gid
from accord.domain.outcome import Outcome, Refused, Unavailable
from accord.engine.link import Document

# How many parcels order_whole asks for: the list has no cursor, so a full list may be cut short.
PARCELS_ASKED = 4


async def whole_order(session: Session, order_id: str) -> Data | Outcome:
    """Return one order with all its lines, parcels, fulfillment orders and returns."""
    own = gid("Order", order_id)
    data = await session.ask("order_whole", id=own)
    if not isinstance(data, dict):
        return data
    order = data.get("order")
    if order is None:
        return Refused(
            "not_found", f"The store has no order {order_id}, or the app may not see it."
        )
    for listing in (
        _all_parcels(session, order),
        _rest(session, "more_line_items", order, "lineItems"),
        _rest(session, "more_fulfillment_orders", order, "fulfillmentOrders"),
        _rest(session, "more_returns", order, "returns"),
    ):
        failure = await listing
        if failure is not None:
            return failure
    failure = await _all_lines(session, order)
    return order if failure is None else failure


async def _all_parcels(session: Session, order: Data) -> Outcome | None:
    parcels = order["fulfillments"]
    if len(parcels) < PARCELS_ASKED:
        return None
    data = await session.ask("more_fulfillments", id=order["id"])
    if not isinstance(data, dict):
        return data
    known = {parcel["id"] for parcel in parcels}
    for listed in data["order"]["fulfillments"]:
        if listed["id"] not in known:
            one = await session.ask("one_fulfillment", id=listed["id"])
            if not isinstance(one, dict):
                return one
            parcels.append(one["fulfillment"])
    return None


async def _all_lines(session: Session, order: Data) -> Outcome | None:
    for operation, owners, field in (
        ("more_fulfillment_line_items", order["fulfillments"], "fulfillmentLineItems"),
        (
            "more_fulfillment_order_line_items",
            order["fulfillmentOrders"]["nodes"],
            "lineItems",
        ),
        ("more_return_line_items", order["returns"]["nodes"], "returnLineItems"),
    ):
        for owner in owners:
            failure = await _rest(session, operation, owner, field)
            if failure is not None:
                return failure
    return None


async def _rest(session: Session, operation: str, owner: Data, field: str) -> Outcome | None:
    """Add the further pages of one listing to its first; return what stood in the way."""
    listing = owner[field]
    page = listing.pop("pageInfo")
    while page["hasNextPage"]:
        data = await session.ask(operation, id=owner["id"], after=page["endCursor"])
        if not isinstance(data, dict):
            return data
        found: Any = next(iter(data.values()))
        if found is None:
            return Unavailable(f"{owner['id']} was gone before all of it was read")
        listing["nodes"] += found[field]["nodes"]
        page = found[field]["pageInfo"]
    return None


async def order_of(session: Session, scope: str, own_id: str) -> str | Outcome:
    """Return the gid of the order that a fulfillment order or a return belongs to."""
    if scope == "fulfillment_order":
        data = await session.ask("order_of_fulfillment_order", id=gid("FulfillmentOrder", own_id))
        found = data.get("fulfillmentOrder") if isinstance(data, dict) else None
        order_id = found["orderId"] if found else None
    else:
        data = await session.ask("order_of_return", id=gid("Return", own_id))
        found = data.get("return") if isinstance(data, dict) else None
        order_id = found["order"]["id"] if found else None
    if not isinstance(data, dict):
        return data
    if order_id is None:
        return Refused(
            "not_found", f"The store has no {scope} {own_id}, or the app may not see it."
        )
    return str(order_id)


def as_document(order: Data) -> Document:
    """Return a re-read order as a document, the keys in a fixed order."""
    return Document("reread/order", msgspec.json.encode(order, order="deterministic"))
