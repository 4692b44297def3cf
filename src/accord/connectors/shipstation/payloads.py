"""The fields we read of ShipStation's objects, as its V2 API description names them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

from msgspec import Meta, Struct

# An id goes into addresses we call: only the documented form may.
SHIPSTATION_ID = r"^se-[0-9A-Za-z-]+$"
ShipStationId = Annotated[str, Meta(pattern=SHIPSTATION_ID)]
# A hold of ShipStation ends by itself on its date. Accord's ends on this one: too far to come,
# and it tells our hold from anybody else's.
HELD_UNTIL = date(2099, 12, 31)
Zoned = Annotated[datetime, Meta(tz=True)]


class Item(Struct):
    """One line of a shipment."""

    quantity: int | None = None
    sku: str | None = None
    external_order_id: str | None = None
    external_order_item_id: str | None = None
    sales_order_item_id: str | None = None
    item_id: str | None = None


class Package(Struct):
    """One box of a label; a label of several boxes has a number on each."""

    tracking_number: str | None = None


class TrackEvent(Struct):
    """One scan or remark of a carrier."""

    occurred_at: str | None = None


class Tracking(Struct):
    """The tracking log of a label.

    ``status_code`` is two letters in answers and hooks, though the API description gives it the
    values of ``status_detail_code``; either is taken.
    """

    tracking_number: str | None = None
    status_code: str | None = None
    status_detail_code: str | None = None
    actual_delivery_date: str | None = None
    events: list[TrackEvent] | None = None


class Label(Struct):
    """One label. It has no time of its last change, only of its making and of its voiding."""

    label_id: ShipStationId
    status: str
    created_at: Zoned
    shipment_id: str | None = None
    voided: bool | None = None
    voided_at: Zoned | None = None
    is_return_label: bool | None = None
    tracking_number: str | None = None
    tracking_status: str | None = None
    carrier_code: str | None = None
    packages: list[Package] | None = None
    tracking: Tracking | None = None

    @property
    def outbound(self) -> bool:
        """Return whether the label takes goods to the customer."""
        return not self.is_return_label

    @property
    def live(self) -> bool:
        """Return whether a parcel may be travelling under this label."""
        return self.outbound and self.status == "completed" and not self.voided

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the tracking numbers on its boxes, each once."""
        boxes = [package.tracking_number for package in self.packages or ()]
        return tuple(dict.fromkeys(n for n in (self.tracking_number, *boxes) if n))


class Shipment(Struct):
    """One shipment: what V2 has in place of an order."""

    shipment_id: ShipStationId
    shipment_status: str
    modified_at: Zoned
    created_at: Zoned
    shipment_number: str | None = None
    external_shipment_id: str | None = None
    external_order_id: str | None = None
    warehouse_id: str | None = None
    is_return: bool | None = None
    hold_until_date: str | None = None
    ship_by_date: str | None = None
    items: list[Item] | None = None


class Picture(Struct):
    """One shipment with all its labels and their tracking logs, read in one go.

    ShipStation's own label and tracking objects do not name the order; seen together they do.
    """

    shipment: Shipment
    labels: list[Label]


class HookData(Struct):
    """What a tracking hook says of the parcel."""

    tracking_number: str | None = None


class Hook(Struct):
    """The body of every hook, V1 and V2. ``resource_url`` is read, never called."""

    resource_url: str
    resource_type: str
    data: HookData | None = None


class V1Order(Struct, rename="camel"):
    """One order of V1, from an export or a file. ``modify_date`` carries no zone."""

    order_number: str
    order_status: str
    modify_date: datetime


# V1 writes Pacific time without saying so. Summer time is not applied: two statements keep
# their order all the same, and no table of zones is needed.
V1_ZONE = timezone(timedelta(hours=-8))


def moment(text: str | None) -> datetime | None:
    """Return a time of a tracking log, or None where there is none to read.

    Carriers' times come with and without a zone, or as a bare date; without one they are UTC,
    as everywhere in V2.
    """
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day there is, seen from elsewhere
        return None


def is_ours(hold_until: str | None) -> bool:
    """Return whether a hold until then is one that Accord placed."""
    until = moment(hold_until)
    return until is not None and until.astimezone(UTC).date() == HELD_UNTIL
