"""Changes asked of a store. Each reads first: none of these mutations is idempotent."""

from typing import Any

from accord.connectors.shopify.payloads import plain_id
from accord.connectors.shopify.reading import whole_order
from accord.connectors.shopify.session import Data, Session, gid, refusal
from accord.connectors.shopify.shipping import Plan, plan_parcel
from accord.connectors.shopify.words import event_status, shows
from accord.domain.action import (
    AddTracking,
    CancelOrder,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.outcome import Accepted, Applied, Outcome, Refused, Unavailable, Unneeded
from accord.domain.tracks import State

# Names the holds this app places, so that it releases no other.
HOLD_HANDLE = "accord"
OVER = frozenset({"CLOSED", "CANCELLED", "INCOMPLETE"})
CANCEL_REASONS = frozenset({"CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"})
LONGEST_NOTE = 255


async def ship(
    session: Session, order_id: str, action: Ship, place: str | None, known: frozenset[str]
) -> Outcome:
    """Create the fulfillment of a parcel from what is left to fulfill at this moment."""
    if action.state is not State.SHIPPED:
        return Refused("cannot", "A store keeps no record of a parcel before it has left.")
    order = await whole_order(session, order_id)
    if not isinstance(order, dict):
        return order
    plan = plan_parcel(order, action, place, known)
    if not isinstance(plan, Plan):
        return plan
    fulfillment: Data = {
        "lineItemsByFulfillmentOrder": plan.as_input(),
        "notifyCustomer": False,
    }
    if action.tracking:
        fulfillment["trackingInfo"] = _tracking(action.tracking, action.carrier)
    payload = await _do(session, "create_fulfillment", "fulfillmentCreate", fulfillment=fulfillment)
    if not isinstance(payload, dict):
        return payload
    return Applied(plain_id(payload["fulfillment"]["id"]))


async def add_tracking(session: Session, action: AddTracking) -> Outcome:
    """Give a fulfillment its tracking numbers; they replace those it had."""
    parcel = await _parcel(session, action.parcel)
    if not isinstance(parcel, dict):
        return parcel
    if set(action.tracking) <= {told["number"] for told in parcel["trackingInfo"]}:
        return Unneeded("The fulfillment has these numbers.")
    if parcel["status"] == "CANCELLED":
        return Refused("cancelled", f"Fulfillment {action.parcel} is cancelled.")
    company = action.carrier or next((t["company"] for t in parcel["trackingInfo"]), None)
    tracking = _tracking(action.tracking, company)
    payload = await _do(
        session,
        "update_tracking",
        "fulfillmentTrackingInfoUpdate",
        id=parcel["id"],
        tracking=tracking,
    )
    return Applied(action.parcel) if isinstance(payload, dict) else payload


async def withdraw(session: Session, action: Withdraw) -> Outcome:
    """Cancel the record of a parcel that never left; its lines are to be sent again."""
    parcel = await _parcel(session, action.parcel)
    if not isinstance(parcel, dict):
        return parcel
    if parcel["status"] == "CANCELLED":
        return Unneeded("The fulfillment is cancelled.")
    payload = await _do(session, "cancel_fulfillment", "fulfillmentCancel", id=parcel["id"])
    return Applied(action.parcel) if isinstance(payload, dict) else payload


async def tell_delivery(session: Session, action: TellDelivery) -> Outcome:
    """Add a fulfillment event, unless the store shows the same already."""
    status = event_status(action.state)
    if status is None:
        return Refused("cannot", f"A store has no event for {action.state}.")
    parcel = await _parcel(session, action.parcel)
    if not isinstance(parcel, dict):
        return parcel
    if shows(parcel["displayStatus"], action.state):
        return Unneeded(f"The store shows {parcel['displayStatus']}.")
    event = {
        "fulfillmentId": parcel["id"],
        "status": status,
        "happenedAt": action.happened_at.isoformat(),
    }
    payload = await _do(session, "create_event", "fulfillmentEventCreate", event=event)
    if not isinstance(payload, dict):
        return payload
    return Applied(plain_id(payload["fulfillmentEvent"]["id"]))


async def hold(session: Session, action: Hold) -> Outcome:
    """Put a fulfillment order on hold under our own handle, beside any other hold."""
    asked = await _held(session, action.subject)
    if not isinstance(asked, dict):
        return asked
    if _our_holds(asked):
        return Unneeded("Our hold is on it.")
    if asked["status"] in OVER:
        return Refused("over", f"Fulfillment order {action.subject} is {asked['status'].lower()}.")
    payload = await _do(
        session,
        "place_hold",
        "fulfillmentOrderHold",
        id=asked["id"],
        hold={
            "reason": "OTHER",
            "reasonNotes": action.reason,
            "handle": HOLD_HANDLE,
            "notifyMerchant": False,
        },
    )
    if isinstance(payload, Refused) and payload.code == "DUPLICATE_FULFILLMENT_HOLD_HANDLE":
        return Unneeded("Our hold is on it.")
    if not isinstance(payload, dict):
        return payload
    return Applied(plain_id(payload["fulfillmentHold"]["id"]))


async def release(session: Session, action: Release) -> Outcome:
    """Lift our own holds by their ids; the holds of people and other apps stay."""
    asked = await _held(session, action.subject)
    if not isinstance(asked, dict):
        return asked
    ours = _our_holds(asked)
    if not ours:
        return Unneeded("No hold of ours is on it.")
    payload = await _do(
        session, "release_hold", "fulfillmentOrderReleaseHold", id=asked["id"], holds=ours
    )
    return Applied(action.subject) if isinstance(payload, dict) else payload


async def cancel_order(session: Session, order_id: str, action: CancelOrder) -> Outcome:
    """Ask for the cancellation of an order; the store works on it in a job of its own."""
    order = await _standing(session, order_id)
    if not isinstance(order, dict):
        return order
    if order["cancelledAt"]:
        return Unneeded("The order is cancelled.")
    reason = action.reason.strip().upper()
    payload = await _do(
        session,
        "cancel_order",
        "orderCancel",
        "orderCancelUserErrors",
        id=order["id"],
        reason=reason if reason in CANCEL_REASONS else "OTHER",
        note=action.reason[:LONGEST_NOTE],
    )
    if not isinstance(payload, dict):
        return payload
    return Accepted(plain_id((payload.get("job") or {}).get("id")))


async def close_order(session: Session, order_id: str) -> Outcome:
    """Archive an order on which nothing is left to do."""
    order = await _standing(session, order_id)
    if not isinstance(order, dict):
        return order
    if order["closedAt"]:
        return Unneeded("The order is closed.")
    payload = await _do(session, "close_order", "orderClose", input={"id": order["id"]})
    return Applied(plain_id(order["id"])) if isinstance(payload, dict) else payload


def _tracking(numbers: tuple[str, ...], carrier: str | None) -> Data:
    return {"numbers": list(numbers)} | ({"company": carrier} if carrier else {})


def _our_holds(asked: Data) -> list[str]:
    return [
        placed["id"]
        for placed in asked["fulfillmentHolds"]
        if placed["heldByRequestingApp"] and placed["handle"] == HOLD_HANDLE
    ]


async def _parcel(session: Session, own_id: str) -> Data | Outcome:
    data = await session.ask("one_fulfillment", id=gid("Fulfillment", own_id))
    return _found(data, "fulfillment", own_id)


async def _held(session: Session, own_id: str) -> Data | Outcome:
    data = await session.ask("holds", id=gid("FulfillmentOrder", own_id))
    return _found(data, "fulfillmentOrder", own_id)


async def _standing(session: Session, own_id: str) -> Data | Outcome:
    return _found(await session.ask("order_standing", id=gid("Order", own_id)), "order", own_id)


def _found(data: Data | Outcome, field: str, own_id: str) -> Data | Outcome:
    if not isinstance(data, dict):
        return data
    found: Data | None = data.get(field)
    if found is None:
        return Refused(
            "not_found", f"The store has no {field} {own_id}, or the app may not see it."
        )
    return found if isinstance(found, dict) else Unavailable(f"no {field} is {found!r}")


async def _do(
    session: Session,
    operation: str,
    field: str,
    errors_field: str = "userErrors",
    **variables: Any,
) -> Data | Outcome:
    """Run a mutation and return its payload, or why it was not done."""
    data = await session.ask(operation, **variables)
    if not isinstance(data, dict):
        return data
    payload: Data | None = data.get(field)
    return refusal(payload, errors_field) or payload or {}
