"""What a pretend store holds: orders, their lines, fulfillment orders, parcels and returns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

# The first location of a store; a line without a place is sent from here.
MAIN_PLACE = "71000000001"
ACTIVE = ("OPEN", "SCHEDULED", "ON_HOLD", "IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order to be placed. ``place`` is a location id; None is the main one."""

    sku: str
    quantity: int
    place: str | None = None
    price_minor_units: int = 1000


@dataclass(slots=True)
class LineItem:
    """A line of an order: ``current`` is what edits and refunds left of ``quantity``."""

    id: int
    sku: str
    quantity: int
    current: int
    price: int


@dataclass(slots=True)
class Portion:
    """A line of a fulfillment order."""

    id: int
    line: LineItem
    total: int
    remaining: int


@dataclass(slots=True)
class HoldRecord:
    """A hold; ``ours`` if the app that asks placed it."""

    id: int
    handle: str
    notes: str
    ours: bool


@dataclass(slots=True)
class FulfillmentOrder:
    """What one location is asked to ship."""

    id: int
    place: str
    updated_at: datetime
    status: str = "OPEN"
    fulfill_at: datetime | None = None
    portions: list[Portion] = field(default_factory=list)
    holds: list[HoldRecord] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Return whether something may still be sent from it."""
        return self.status in ACTIVE

    def settle(self, now: datetime) -> None:
        """Close it once nothing remains; cancel it if nothing ever left."""
        self.updated_at = now
        if self.active and not any(portion.remaining for portion in self.portions):
            left = any(portion.total for portion in self.portions)
            self.status = "CLOSED" if left else "CANCELLED"


@dataclass(slots=True)
class Event:
    """One scan of a parcel."""

    id: int
    status: str
    happened_at: datetime
    created_at: datetime


@dataclass(slots=True)
class Parcel:
    """A fulfillment."""

    id: int
    name: str
    place: str
    lines: list[tuple[LineItem, int]]
    created_at: datetime
    updated_at: datetime
    tracking: tuple[str, ...] = ()
    company: str | None = None
    events: list[Event] = field(default_factory=list)
    status: str = "SUCCESS"

    @property
    def shipment_status(self) -> str | None:
        """Return the status of the latest event, as the REST shapes spell it."""
        return self.events[-1].status.lower() if self.events else None

    @property
    def display_status(self) -> str:
        """Return the parcel's status and its way in one word."""
        if self.status == "CANCELLED":
            return "CANCELED"
        return self.events[-1].status if self.events else "FULFILLED"


@dataclass(slots=True)
class ReturnRecord:
    """A return and what comes back by it."""

    id: int
    lines: list[tuple[LineItem, int]]
    created_at: datetime
    status: str = "REQUESTED"
    approved_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(slots=True)
class RefundRecord:
    """Money that went back, in minor units."""

    id: int
    created_at: datetime
    amount: int


@dataclass(slots=True)
class OrderRecord:
    """An order. Money is in minor units; ``paid`` is what was captured.

    ``said`` is what the store calls its payment, where it is not the usual word.
    """

    id: int
    name: str
    created_at: datetime
    updated_at: datetime
    lines: list[LineItem] = field(default_factory=list)
    fulfillment_orders: list[FulfillmentOrder] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)
    returns: list[ReturnRecord] = field(default_factory=list)
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    paid: int = 0
    refunds: list[RefundRecord] = field(default_factory=list)
    said: str | None = None

    @property
    def refunded(self) -> int:
        """Return how much went back in all, in minor units."""
        return sum(refund.amount for refund in self.refunds)

    def line(self, sku: str) -> LineItem:
        """Return the line of a SKU; a ``KeyError`` names one that is not there."""
        for line in self.lines:
            if line.sku == sku:
                return line
        raise KeyError(sku)

    def portions(self, line: LineItem) -> Iterator[tuple[FulfillmentOrder, Portion]]:
        """Yield where a line is still to be sent from."""
        for asked in self.fulfillment_orders:
            for portion in asked.portions:
                if asked.active and portion.line is line:
                    yield asked, portion

    @property
    def due(self) -> int:
        """Return what the order costs after edits."""
        return sum(line.current * line.price for line in self.lines)

    @property
    def financial_status(self) -> str:
        """Return the state of the money, in upper case."""
        if self.said is not None:
            return self.said.upper()
        if self.refunded:
            return "REFUNDED" if self.refunded >= self.paid else "PARTIALLY_REFUNDED"
        if self.paid:
            return "PARTIALLY_PAID" if self.paid < self.due else "PAID"
        return "VOIDED" if self.cancelled_at else "AUTHORIZED"

    @property
    def fulfillment_status(self) -> str | None:
        """Return what the REST shapes say of the whole order: nothing until a parcel left."""
        if not self.shipped:
            return None
        return "partial" if self.remaining else "fulfilled"

    @property
    def display_fulfillment_status(self) -> str:
        """Return what the GraphQL shapes say of the whole order."""
        if not self.remaining:
            return "FULFILLED" if self.shipped else "FULFILLMENT_NOT_REQUIRED"
        statuses = {asked.status for asked in self.fulfillment_orders if asked.active}
        for whole in ("ON_HOLD", "SCHEDULED"):
            if statuses == {whole}:
                return whole
        return "PARTIALLY_FULFILLED" if self.shipped else "UNFULFILLED"

    @property
    def shipped(self) -> int:
        """Return how many pieces left in parcels that were not cancelled."""
        parcels = (parcel for parcel in self.parcels if parcel.status == "SUCCESS")
        return sum(quantity for parcel in parcels for _, quantity in parcel.lines)

    @property
    def remaining(self) -> int:
        """Return how many pieces are still to be sent."""
        active = (asked for asked in self.fulfillment_orders if asked.active)
        return sum(portion.remaining for asked in active for portion in asked.portions)


def cut(order: OrderRecord, line: LineItem, quantity: int, now: datetime) -> int:
    """Take up to ``quantity`` of what is still to be sent of a line away; return how many."""
    missing = quantity
    for asked, portion in order.portions(line):
        taken = min(portion.remaining, missing)
        portion.remaining -= taken
        portion.total -= taken
        missing -= taken
        asked.settle(now)
    return quantity - missing
