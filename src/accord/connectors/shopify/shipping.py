"""Which fulfillment-order lines a parcel takes. Pure: what the store said in, a plan out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, convert

from accord.connectors.shopify.graphql_payloads import (
    GAllotment,
    GFulfillment,
    GFulfillmentOrder,
    GOrder,
    listed,
)
from accord.connectors.shopify.payloads import count, line_key, plain_id, summed
from accord.domain.action import Ship
from accord.domain.outcome import Outcome, Refused, Unneeded

# A fulfillment can be created on these only; on hold or scheduled the store refuses.
SHIPPABLE = frozenset({"OPEN", "IN_PROGRESS"})
STILL_DUE = SHIPPABLE | {"ON_HOLD", "SCHEDULED"}


class Take(Struct, frozen=True):
    """So many of one line of one fulfillment order."""

    fulfillment_order: str
    line: str
    quantity: int


class Plan(Struct, frozen=True):
    """What one parcel takes. All of it leaves from one place, and there is at least one take."""

    takes: tuple[Take, ...]

    def as_input(self) -> list[dict[str, Any]]:
        """Return the lines as fulfillmentCreate wants them, never an empty list of lines.

        An empty list would mean everything of that fulfillment order.
        """
        grouped: dict[str, list[dict[str, Any]]] = {}
        for take in self.takes:
            line = {"id": take.line, "quantity": take.quantity}
            grouped.setdefault(take.fulfillment_order, []).append(line)
        return [
            {"fulfillmentOrderId": asked, "fulfillmentOrderLineItems": lines}
            for asked, lines in grouped.items()
        ]


class _Due(Struct, frozen=True):
    """One line of one fulfillment order with something left to send."""

    fulfillment_order: str
    status: str
    place: str
    line: str
    key: str
    quantity: int


def plan_parcel(
    document: dict[str, Any], ship: Ship, place: str | None, known: frozenset[str]
) -> Plan | Outcome:
    """Return which lines to fulfill, or why nothing is to be done.

    ``document`` is the whole order just read; ``place`` the location's id in the store, None
    where the action names none; ``known`` the parcels already known to be something else.
    """
    order = convert(document, GOrder)
    wanted = {key: quantity for key, quantity in ship.lines.items() if quantity > 0}
    if not wanted:
        return Unneeded("The parcel holds no lines.")
    twin = next((f for f in order.fulfillments or () if _is(f, ship, place, known)), None)
    if twin is not None:
        return Unneeded(f"Fulfillment {plain_id(twin.id)} is this parcel.")
    due = [*_due(order)]
    if not any(line.key in wanted for line in due):
        return _nothing_due(order, wanted)
    return _allocate([line for line in due if line.key in wanted], wanted, place)


def _due(order: GOrder) -> Iterable[_Due]:
    for asked in listed(order.fulfillment_orders):
        location = asked.assigned_location.location if asked.assigned_location else None
        for line in listed(asked.line_items):
            if (asked.status or "") in STILL_DUE and count(line.remaining_quantity) > 0:
                yield _Due(
                    asked.id,
                    asked.status or "",
                    plain_id(location.id) if location else "",
                    line.id or "",
                    _key(line),
                    count(line.remaining_quantity),
                )


def _nothing_due(order: GOrder, wanted: Mapping[str, int]) -> Refused:
    if order.cancelled_at:
        return Refused("order_cancelled", "The order is cancelled, and yet a parcel of it left.")
    lines = {_key(line) for asked in listed(order.fulfillment_orders) for line in _lines(asked)}
    strangers = sorted(set(wanted) - lines)
    if strangers:
        return Refused("unknown_line", f"The order has no line {', '.join(strangers)}.")
    return Refused(
        "nothing_left",
        f"A parcel with {dict(wanted)} left, and no fulfillment order waits for it any more. Look "
        "which fulfillment was made by hand for these lines, and cancel it there.",
    )


def _allocate(due: list[_Due], wanted: Mapping[str, int], place: str | None) -> Plan | Refused:
    places = [place] if place else sorted({line.place for line in due})
    for candidate in places:
        here = [line for line in due if line.place == candidate and line.status in SHIPPABLE]
        takes = _take(here, wanted)
        if takes is not None:
            return Plan(takes)
    return _why_not(due, wanted, place)


def _take(here: list[_Due], wanted: Mapping[str, int]) -> tuple[Take, ...] | None:
    """Return what to take of each line, or None if this place has not enough."""
    missing = Counter(wanted)
    takes = []
    for line in here:
        quantity = min(line.quantity, missing[line.key])
        if quantity > 0:
            takes.append(Take(line.fulfillment_order, line.line, quantity))
            missing[line.key] -= quantity
    return None if any(missing.values()) else tuple(takes)


def _why_not(due: list[_Due], wanted: Mapping[str, int], place: str | None) -> Refused:
    here = [line for line in due if place in (None, "", line.place)]
    stopped = sorted({line.status.lower() for line in here if line.status not in SHIPPABLE})
    if stopped:
        return Refused(stopped[0], f"What is left to fulfill is {' and '.join(stopped)}.")
    left = dict(Counter(summed((line.key, line.quantity) for line in here)))
    return Refused(
        "remaining_too_small",
        f"The parcel holds {dict(wanted)}; left to fulfill at {place or 'one place'} is {left}. "
        "Look whether the lines were moved to another location, edited or already fulfilled.",
    )


def _is(parcel: GFulfillment, ship: Ship, place: str | None, known: frozenset[str]) -> bool:
    """Return whether ``parcel`` is the one to be recorded, made by an earlier try or by hand."""
    if (parcel.status or "").upper() in {"CANCELLED", "ERROR", "FAILURE"}:
        return False
    numbers = {told.number for told in parcel.tracking_info or () if told.number}
    if numbers & set(ship.tracking):
        return True
    if (numbers and ship.tracking) or plain_id(parcel.id) in known:
        return False
    where = plain_id(parcel.location.id) if parcel.location else ""
    lines = listed(parcel.fulfillment_line_items)
    held = summed((_key(line), count(line.quantity)) for line in lines)
    return held == ship.lines and (not place or not where or where == place)


def _lines(asked: GFulfillmentOrder) -> list[GAllotment]:
    return listed(asked.line_items)


def _key(line: GAllotment) -> str:
    return line_key(line.line_item.sku, line.line_item.id) if line.line_item else ""
