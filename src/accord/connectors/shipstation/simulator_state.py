"""What a pretend ShipStation account holds, and the rules by which it changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")

# What the label's coarse ``tracking_status`` shows for each code of its tracking log.
COARSE = {"UN": "unknown", "NY": "unknown", "EX": "error", "DE": "delivered"}
# Carriers take back a label they have scanned once, and ship the parcel nevertheless.
VOIDED_ALL_THE_SAME = frozenset({"UN", "NY", "AC"})
DESCRIPTIONS = {
    "UN": "Unknown",
    "AC": "Accepted",
    "IT": "In Transit",
    "DE": "Delivered",
    "EX": "Exception",
    "AT": "Delivery Attempt",
    "NY": "Not Yet In System",
    "SP": "Delivered To Collection Location",
}


class Code(StrEnum):
    """The vendor's codes for what an account will not do."""

    IDENTIFIER_CONFLICT = "identifier_conflict"
    INVALID_FIELD_VALUE = "invalid_field_value"
    INVALID_IDENTIFIER = "invalid_identifier"
    INVALID_STATUS = "invalid_status"
    WEBHOOK_CONFLICT = "webhook_event_type_conflict"


class RejectedError(Exception):
    """The account will not do it, in the vendor's code and words."""

    def __init__(self, code: Code, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(slots=True, kw_only=True)
class PretendLabel:
    """One label and the tracking log of its parcel, newest event first."""

    label_id: str
    shipment_id: str
    tracking_number: str
    created_at: datetime
    voided_at: datetime | None = None
    tracking_status: str = "unknown"
    status_code: str = "NY"
    status_detail_code: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def voided(self) -> bool:
        """Return whether the label was taken back."""
        return self.voided_at is not None


@dataclass(slots=True, kw_only=True)
class PretendShipment:
    """One shipment, with the fields its creator gave."""

    shipment_id: str
    given: dict[str, Any]
    created_at: datetime
    modified_at: datetime
    status: str = "pending"
    hold_until: date | None = None

    @property
    def number(self) -> str:
        """Return the number people read; by default the external id stands in."""
        return str(self.given.get("shipment_number") or self.external_id)

    @property
    def external_id(self) -> str:
        """Return the creator's own id; by default the shipment's."""
        return str(self.given.get("external_shipment_id") or self.shipment_id)


class Account:
    """The shipments and labels of one account."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start empty."""
        self._clock = clock
        self._last_id = 1_000_000
        self.shipments: dict[str, PretendShipment] = {}
        self.labels: dict[str, PretendLabel] = {}

    def create(self, given: dict[str, Any]) -> PretendShipment:
        """Add a shipment; an external id is taken once."""
        external = given.get("external_shipment_id")
        if external and any(s.external_id == external for s in self.shipments.values()):
            message = f"external_shipment_id '{external}' already exists."
            raise RejectedError(Code.IDENTIFIER_CONFLICT, message)
        now = self._clock()
        made = PretendShipment(
            shipment_id=self._next_id(), given=given, created_at=now, modified_at=now
        )
        self.shipments[made.shipment_id] = made
        return made

    def shipment(self, shipment_id: str) -> PretendShipment:
        """Return a shipment."""
        return _found(self.shipments, shipment_id, "shipment")

    def label(self, label_id: str) -> PretendLabel:
        """Return a label."""
        return _found(self.labels, label_id, "label")

    def labels_of(self, shipment_id: str) -> Iterator[PretendLabel]:
        """Yield the labels of a shipment, voided ones among them."""
        return (label for label in self.labels.values() if label.shipment_id == shipment_id)

    def travelling(self, tracking_number: str) -> PretendLabel:
        """Return the label with this number."""
        by_number = {label.tracking_number: label for label in self.labels.values()}
        return _found(by_number, tracking_number, "tracking number")

    def start(self, shipment_id: str) -> None:
        """Begin to work on a shipment."""
        self._move(self.shipment(shipment_id), "processing", {"pending"})

    def hold(self, shipment_id: str, until: date) -> None:
        """Put a shipment on hold; a second hold replaces the date of the first."""
        shipment = self.shipment(shipment_id)
        if until <= self._clock().date():
            message = "hold_until_date must be later than today."
            raise RejectedError(Code.INVALID_FIELD_VALUE, message)
        self._move(shipment, "on_hold", {"pending", "processing", "on_hold"})
        shipment.hold_until = until

    def restore(self, shipment_id: str) -> None:
        """End a hold."""
        shipment = self.shipment(shipment_id)
        self._move(shipment, "pending", {"on_hold"})
        shipment.hold_until = None

    def cancel(self, shipment_id: str) -> None:
        """Cancel a shipment; its label has to be voided first."""
        self._move(self.shipment(shipment_id), "cancelled", {"pending", "processing", "on_hold"})

    def buy_label(self, shipment_id: str) -> PretendLabel:
        """Buy a label; not for what is held, labelled or cancelled."""
        self._move(self.shipment(shipment_id), "label_purchased", {"pending", "processing"})
        label_id = self._next_id()
        label = PretendLabel(
            label_id=label_id,
            shipment_id=shipment_id,
            tracking_number=f"1Z999AA1{int(label_id[3:]):010d}",
            created_at=self._clock(),
        )
        self.labels[label.label_id] = label
        return label

    def ship_by_hand(self, shipment_id: str) -> None:
        """Mark as shipped what left without a label of ShipStation's."""
        self._move(self.shipment(shipment_id), "label_purchased", {"pending", "processing"})

    def void(self, label_id: str) -> str | None:
        """Take a label back; return the vendor's reason where that is not possible."""
        label = self.label(label_id)
        if label.voided:
            return "label_already_voided"
        if label.status_code not in VOIDED_ALL_THE_SAME:
            return "label_already_used"
        label.voided_at = self._clock()
        shipment = self.shipment(label.shipment_id)
        if all(other.voided for other in self.labels_of(label.shipment_id)):
            self._move(shipment, "pending", {"label_purchased"})
        return None

    def scan(self, tracking_number: str, code: str, description: str, detail: str | None) -> None:
        """Add an event to the tracking log of a parcel; the shipment is not touched."""
        label = self.travelling(tracking_number)
        label.status_code, label.status_detail_code = code, detail
        label.tracking_status = COARSE.get(code, "in_transit")
        label.events.insert(
            0,
            {
                "occurred_at": self._clock().isoformat().replace("+00:00", "Z"),
                "description": description or DESCRIPTIONS.get(code, code),
                "city_locality": "SPRINGFIELD",
                "state_province": "IL",
                "postal_code": "62701",
                "country_code": "US",
                "carrier_detail_code": None,
                "status_code": code,
                "status_detail_code": detail,
                "status_description": DESCRIPTIONS.get(code, code),
                "carrier_status_code": code,
                "carrier_status_description": description or DESCRIPTIONS.get(code, code),
            },
        )

    def _move(self, shipment: PretendShipment, status: str, allowed: set[str]) -> None:
        if shipment.status not in allowed:
            message = f"A shipment that is {shipment.status} cannot become {status}."
            raise RejectedError(Code.INVALID_STATUS, message)
        shipment.status = status
        shipment.modified_at = self._clock()

    def _next_id(self) -> str:
        self._last_id += 1
        return f"se-{self._last_id}"


def _found(table: dict[str, T], key: str, kind: str) -> T:
    if key not in table:
        message = f"The requested {kind} '{key}' does not exist."
        raise RejectedError(Code.INVALID_IDENTIFIER, message, 404)
    return table[key]
