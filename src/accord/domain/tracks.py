"""The five tracks a status can be on, and the canonical states of each."""

from collections.abc import Mapping
from enum import StrEnum


class Track(StrEnum):
    """One kind of status. The five are never mixed in one field."""

    # An enum hashes by its name, in Python; as the text it is, it is looked up many times faster.
    __hash__ = str.__hash__

    ORDER = "order"
    PAYMENT = "payment"
    FULFILLMENT = "fulfillment"
    DELIVERY = "delivery"
    RETURN = "return"


class State(StrEnum):
    """A canonical term. Which of them a track knows stands in ``STATES``."""

    __hash__ = str.__hash__

    NONE = "none"
    PARTIAL = "partial"
    COMPLETE = "complete"

    OPEN = "open"
    ON_HOLD = "on_hold"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    COMPLETED = "completed"

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired"

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    PACKED = "packed"
    SHIPPED = "shipped"

    LABEL_CREATED = "label_created"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    ATTEMPTED = "attempted"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    RECEIVED = "received"
    CLOSED = "closed"


# In the order of their rank: of two reports said at the same instant the later state wins.
STATES: Mapping[Track, tuple[State, ...]] = {
    Track.ORDER: (
        State.OPEN,
        State.ON_HOLD,
        State.CANCEL_REQUESTED,
        State.COMPLETED,
        State.CANCELLED,
    ),
    Track.PAYMENT: (
        State.PENDING,
        State.AUTHORIZED,
        State.PARTIALLY_PAID,
        State.PAID,
        State.PARTIALLY_REFUNDED,
        State.EXPIRED,
        State.VOIDED,
        State.REFUNDED,
    ),
    Track.FULFILLMENT: (
        State.SCHEDULED,
        State.OPEN,
        State.ON_HOLD,
        State.IN_PROGRESS,
        State.PACKED,
        State.CANCELLED,
        State.SHIPPED,
    ),
    Track.DELIVERY: (
        State.LABEL_CREATED,
        State.ACCEPTED,
        State.IN_TRANSIT,
        State.OUT_FOR_DELIVERY,
        State.READY_FOR_PICKUP,
        State.ATTEMPTED,
        State.EXCEPTION,
        State.RETURNING,
        State.LOST,
        State.DELIVERED,
        State.RETURNED,
    ),
    Track.RETURN: (
        State.REQUESTED,
        State.APPROVED,
        State.IN_TRANSIT,
        State.RECEIVED,
        State.DECLINED,
        State.CANCELLED,
        State.CLOSED,
    ),
}

# How far the fulfillment of a whole order has come; computed from quantities, never owned.
PROGRESS: tuple[State, ...] = (State.NONE, State.PARTIAL, State.COMPLETE)

# Delivery states in which the parcel has left the warehouse.
HANDED_OVER: frozenset[State] = frozenset(STATES[Track.DELIVERY]) - {State.LABEL_CREATED}

_RANKS = {
    track: {state: rank for rank, state in enumerate(states)} for track, states in STATES.items()
}
_PROGRESS_RANKS = {state: rank for rank, state in enumerate(PROGRESS)}


def rank(track: Track, state: State) -> int:
    """Return the place of ``state`` on ``track``; progress of an order counts on fulfillment."""
    found = _RANKS[track].get(state)
    return _PROGRESS_RANKS[state] if found is None else found
