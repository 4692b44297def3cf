"""The operations of a pretend store's GraphQL API, by the names they have in our documents."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accord.connectors.shopify.session import document
from accord.connectors.shopify.simulator_answers import (
    Answers,
    Shape,
    contact,
    destination,
    gid,
    time,
)
from accord.connectors.shopify.simulator_listing import Listings
from accord.connectors.shopify.simulator_state import (
    FulfillmentOrder,
    OrderRecord,
    Portion,
)
from accord.connectors.shopify.simulator_store import Store
from accord.connectors.shopify.simulator_subscriptions import SubscriptionDesk

Variables = Mapping[str, Any]
EVENT_STATUSES = frozenset(
    {
        "LABEL_PURCHASED",
        "LABEL_PRINTED",
        "CONFIRMED",
        "CARRIER_PICKED_UP",
        "IN_TRANSIT",
        "DELAYED",
        "OUT_FOR_DELIVERY",
        "ATTEMPTED_DELIVERY",
        "READY_FOR_PICKUP",
        "DELIVERED",
        "FAILURE",
    }
)


class Operations:
    """Answers operations by name. An unknown id is null, as in the real API."""

    def __init__(self, store: Store, answers: Answers) -> None:
        self._store = store
        self._answers = answers
        self.slow_cancel = False
        self.listings = Listings(store, answers)
        subscriptions = SubscriptionDesk(store.subscriptions, answers)
        self._jobs: list[Callable[[], None]] = []
        self._table: Mapping[str, Callable[[Variables], Shape]] = {
            "OrdersChanged": self.listings.orders_changed,
            "Subscriptions": subscriptions.listed,
            "Subscribe": subscriptions.make,
            "CountOrders": self.listings.count_orders,
            "OrderWhole": self._of_order(answers.whole_order),
            "OrderStanding": self._of_order(_standing),
            "OrderContact": self._of_order(contact),
            "OrderDestination": self._of_order(destination),
            "MoreLineItems": self._more_of_order("lineItems", answers.line_items, 250),
            "MoreFulfillmentOrders": self._more_of_order(
                "fulfillmentOrders", answers.fulfillment_orders, 10
            ),
            "MoreReturns": self._more_of_order("returns", answers.returns, 10),
            "MoreFulfillments": self._of_order(_parcel_ids),
            "OneFulfillment": self._one_fulfillment,
            "MoreFulfillmentLineItems": self._more_fulfillment_lines,
            "MoreFulfillmentOrderLineItems": self._more_portions,
            "MoreReturnLineItems": self._more_return_lines,
            "OrderOfFulfillmentOrder": self._order_of_fulfillment_order,
            "OrderOfReturn": self._order_of_return,
            "Holds": self._holds,
            "CreateFulfillment": self._create_fulfillment,
            "CancelFulfillment": self._cancel_fulfillment,
            "UpdateTracking": self._update_tracking,
            "CreateEvent": self._create_event,
            "PlaceHold": self._place_hold,
            "ReleaseHold": self._release_hold,
            "CancelOrder": self._cancel_order,
            "CloseOrder": self._close_order,
        }

    def answer(self, name: str, variables: Variables) -> Shape | None:
        """Return the data of one operation, or None if there is none of this name."""
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            job()
        operation = self._table.get(name)
        return operation(variables) if operation else None

    def _of_order(self, show: Callable[[OrderRecord], Shape]) -> Callable[[Variables], Shape]:
        def operation(variables: Variables) -> Shape:
            order = self._store.find_order(variables["id"])
            return {"order": show(order) if order else None}

        return operation

    def _more_of_order(
        self, field: str, page: Callable[[OrderRecord, int, str | None], Shape], first: int
    ) -> Callable[[Variables], Shape]:
        def operation(variables: Variables) -> Shape:
            order = self._store.find_order(variables["id"])
            shown = order and {"id": variables["id"], field: page(order, first, variables["after"])}
            return {"order": shown}

        return operation

    def _one_fulfillment(self, variables: Variables) -> Shape:
        _, parcel = self._store.find_parcel(variables["id"])
        return {"fulfillment": self._answers.parcel(parcel) if parcel else None}

    def _more_fulfillment_lines(self, variables: Variables) -> Shape:
        _, parcel = self._store.find_parcel(variables["id"])
        lines = self._answers.parcel_lines
        listing = parcel and lines(parcel, 100, variables["after"])
        found = {"id": variables["id"], "fulfillmentLineItems": listing} if parcel else None
        return {"fulfillment": found}

    def _more_portions(self, variables: Variables) -> Shape:
        _, asked = self._store.find_asked(variables["id"])
        listing = asked and self._answers.portions(asked, 100, variables["after"])
        return {
            "fulfillmentOrder": {"id": variables["id"], "lineItems": listing} if asked else None
        }

    def _more_return_lines(self, variables: Variables) -> Shape:
        _, record = self._store.find_return(variables["id"])
        lines = self._answers.return_lines
        listing = record and lines(record, 100, variables["after"])
        return {"return": {"id": variables["id"], "returnLineItems": listing} if record else None}

    def _order_of_fulfillment_order(self, variables: Variables) -> Shape:
        order, _ = self._store.find_asked(variables["id"])
        named = order and {"id": variables["id"], "orderId": gid("Order", order.id)}
        return {"fulfillmentOrder": named}

    def _order_of_return(self, variables: Variables) -> Shape:
        order, _ = self._store.find_return(variables["id"])
        named = order and {"id": variables["id"], "order": {"id": gid("Order", order.id)}}
        return {"return": named}

    def _holds(self, variables: Variables) -> Shape:
        _, asked = self._store.find_asked(variables["id"])
        return {"fulfillmentOrder": self._answers.holds(asked) if asked else None}

    def _create_fulfillment(self, variables: Variables) -> Shape:
        wanted = variables["fulfillment"]
        order: OrderRecord | None = None
        taken: list[tuple[FulfillmentOrder, Portion, int]] = []
        for part in wanted["lineItemsByFulfillmentOrder"]:
            order, asked = self._store.find_asked(part["fulfillmentOrderId"])
            if asked is None:
                return refuse("fulfillmentCreate", "Fulfillment order does not exist.")
            taken += _portions(asked, part.get("fulfillmentOrderLineItems"))
        message = _unfulfillable(taken)
        if message or order is None:
            return refuse("fulfillmentCreate", message or "No fulfillment order was named.")
        tracking = wanted.get("trackingInfo") or {}
        numbers = tuple(tracking.get("numbers", ()))
        parcel = self._store.fulfill(order, taken, numbers, tracking.get("company"))
        made = {"id": gid("Fulfillment", parcel.id), "status": parcel.status}
        return {"fulfillmentCreate": {"fulfillment": made, "userErrors": []}}

    def _cancel_fulfillment(self, variables: Variables) -> Shape:
        order, parcel = self._store.find_parcel(variables["id"])
        if order is None or parcel is None or parcel.status == "CANCELLED":
            return refuse("fulfillmentCancel", "Fulfillment cannot be cancelled.")
        self._store.cancel_parcel(order, parcel)
        made = {"id": gid("Fulfillment", parcel.id), "status": parcel.status}
        return {"fulfillmentCancel": {"fulfillment": made, "userErrors": []}}

    def _update_tracking(self, variables: Variables) -> Shape:
        order, parcel = self._store.find_parcel(variables["id"])
        if order is None or parcel is None:
            return refuse("fulfillmentTrackingInfoUpdate", "Fulfillment does not exist.")
        told = variables["tracking"]
        self._store.track(order, parcel, tuple(told["numbers"]), told.get("company"))
        made = {"fulfillment": {"id": gid("Fulfillment", parcel.id)}, "userErrors": []}
        return {"fulfillmentTrackingInfoUpdate": made}

    def _create_event(self, variables: Variables) -> Shape:
        told = variables["event"]
        order, parcel = self._store.find_parcel(told["fulfillmentId"])
        if order is None or parcel is None or told["status"] not in EVENT_STATUSES:
            return refuse("fulfillmentEventCreate", "Fulfillment does not exist.")
        happened_at = datetime.fromisoformat(told["happenedAt"])
        event = self._store.scan(order, parcel, told["status"], happened_at)
        made = {"fulfillmentEvent": {"id": gid("FulfillmentEvent", event.id)}, "userErrors": []}
        return {"fulfillmentEventCreate": made}

    def _place_hold(self, variables: Variables) -> Shape:
        _, asked = self._store.find_asked(variables["id"])
        if asked is None or not asked.active:
            code = "FULFILLMENT_ORDER_NOT_FOUND"
            return refuse("fulfillmentOrderHold", "Fulfillment order not found.", code)
        wanted = variables["hold"]
        if any(placed.ours and placed.handle == wanted["handle"] for placed in asked.holds):
            code = "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
            return refuse("fulfillmentOrderHold", "The handle is taken.", code)
        placed = self._store.new_hold(wanted["handle"], wanted["reasonNotes"])
        self._store.place_hold(asked, placed)
        made = {"fulfillmentHold": {"id": gid("FulfillmentHold", placed.id)}, "userErrors": []}
        return {"fulfillmentOrderHold": made}

    def _release_hold(self, variables: Variables) -> Shape:
        _, asked = self._store.find_asked(variables["id"])
        if asked is None:
            code = "FULFILLMENT_ORDER_NOT_FOUND"
            return refuse("fulfillmentOrderReleaseHold", "Fulfillment order not found.", code)
        wanted = set(variables["holds"])
        named = [placed for placed in asked.holds if gid("FulfillmentHold", placed.id) in wanted]
        # Without any id the real API releases every hold, other apps' included.
        self._store.lift(asked, named if wanted else list(asked.holds))
        made = {"id": gid("FulfillmentOrder", asked.id), "status": asked.status}
        return {"fulfillmentOrderReleaseHold": {"fulfillmentOrder": made, "userErrors": []}}

    def _cancel_order(self, variables: Variables) -> Shape:
        order = self._store.find_order(variables["id"])
        field = "orderCancelUserErrors"
        if order is None:
            return refuse("orderCancel", "Order does not exist", "NOT_FOUND", field)
        if order.cancelled_at or order.shipped:
            message = "Cannot cancel an order that is cancelled or has fulfilled items"
            return refuse("orderCancel", message, "INVALID", field)
        reason = variables["reason"].lower()
        self._jobs.append(lambda: self._store.cancel(order, reason, refund=False))
        if not self.slow_cancel:
            self._jobs.pop()()
        job = {"id": f"gid://shopify/Job/{order.id}", "done": not self.slow_cancel}
        return {"orderCancel": {"job": job, "orderCancelUserErrors": []}}

    def _close_order(self, variables: Variables) -> Shape:
        order = self._store.find_order(variables["input"]["id"])
        if order is None:
            return refuse("orderClose", "Order does not exist")
        self._store.close_order(order)
        shown = {"id": gid("Order", order.id), "closedAt": time(order.closed_at)}
        return {"orderClose": {"order": shown, "userErrors": []}}


def refuse(
    mutation: str, message: str, code: str | None = None, errors_field: str = "userErrors"
) -> Shape:
    """Return the data of a mutation that was understood and not done."""
    error = {"field": None, "message": message} | ({"code": code} if code else {})
    return {mutation: {errors_field: [error]}}


def mutation_of(name: str) -> tuple[str, str] | None:
    """Return the field and the errors field of a mutation by its operation's name."""
    file = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    found = re.search(r"^mutation \w+\(.*\{\n\s+(\w+)", document(file), re.MULTILINE)
    if found is None:
        return None
    field = found.group(1)
    return field, "orderCancelUserErrors" if field == "orderCancel" else "userErrors"


def _standing(order: OrderRecord) -> Shape:
    return {
        "id": gid("Order", order.id),
        "cancelledAt": time(order.cancelled_at),
        "closedAt": time(order.closed_at),
    }


def _parcel_ids(order: OrderRecord) -> Shape:
    return {
        "id": gid("Order", order.id),
        "fulfillments": [{"id": gid("Fulfillment", parcel.id)} for parcel in order.parcels],
    }


def _unfulfillable(taken: list[tuple[FulfillmentOrder, Portion, int]]) -> str:
    """Return the store's words for why these portions cannot leave as one parcel, or nothing."""
    for asked, portion, quantity in taken:
        if asked.status not in {"OPEN", "IN_PROGRESS"}:
            word = asked.status.lower()
            return f"Fulfillment order {asked.id} has an unfulfillable status= {word}."
        if not 0 < quantity <= portion.remaining:
            return "Invalid fulfillment order line item quantity requested."
    if len({asked.place for asked, _, _ in taken}) > 1:
        return "All fulfillment orders must be assigned to the same location."
    return ""


def _portions(
    asked: FulfillmentOrder, wanted: list[Shape] | None
) -> list[tuple[FulfillmentOrder, Portion, int]]:
    """Return what is taken of one fulfillment order; without lines, everything that remains."""
    if not wanted:
        return [(asked, portion, portion.remaining) for portion in asked.portions]
    quantities = {line["id"]: line["quantity"] for line in wanted}
    by_id = {gid("FulfillmentOrderLineItem", portion.id): portion for portion in asked.portions}
    return [(asked, by_id[own], quantity) for own, quantity in quantities.items()]
