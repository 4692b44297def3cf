"""Changes asked of a mirror, in canonical terms. A closed set: a connector does each or cannot."""

from datetime import datetime

from msgspec import Struct

from accord.domain.report import Ref
from accord.domain.tracks import State


class Destination(Struct, frozen=True, kw_only=True):
    """Where a parcel goes. Asked of the storefront when it is needed, never stored or shown."""

    name: str
    line1: str
    city: str
    country: str
    line2: str = ""
    company: str = ""
    region: str = ""
    postal_code: str = ""
    phone: str = ""

    def __repr__(self) -> str:
        return "Destination(…)"


class Ship(Struct, frozen=True, tag=True, kw_only=True):
    """Record a parcel that left a warehouse, with exactly its lines.

    ``source`` names the parcel at its owner, so that the record made can be found again.
    ``state`` is ``packed`` where the mirror keeps records of parcels before they leave.
    """

    source: Ref
    lines: dict[str, int]
    state: State = State.SHIPPED
    place: str | None = None
    tracking: tuple[str, ...] = ()
    carrier: str | None = None
    happened_at: datetime | None = None


class Advance(Struct, frozen=True, tag=True, kw_only=True):
    """Move the mirror's own record of a parcel on to ``state`` (packed or shipped)."""

    parcel: str
    state: State
    tracking: tuple[str, ...] = ()


class Withdraw(Struct, frozen=True, tag=True, kw_only=True):
    """Take back the mirror's record of a parcel that its owner cancelled: it never left."""

    parcel: str


class AddTracking(Struct, frozen=True, tag=True, kw_only=True):
    """Give the mirror's record of a parcel its tracking numbers."""

    parcel: str
    tracking: tuple[str, ...]
    carrier: str | None = None


class TellDelivery(Struct, frozen=True, tag=True, kw_only=True):
    """Tell the mirror where a parcel is on its way."""

    parcel: str
    state: State
    happened_at: datetime


class Allocate(Struct, frozen=True, tag=True, kw_only=True):
    """Ask a warehouse to ship these lines from this place.

    ``source`` names the request at its owner and how many went before it, so that asking twice
    makes one. ``destination`` is filled in at the moment of asking and left out of every record.
    ``held``: it is not to leave before it is released.
    """

    source: Ref
    number: str
    lines: dict[str, int]
    place: str | None = None
    destination: Destination | None = None
    held: bool = False


class Hold(Struct, frozen=True, tag=True, kw_only=True):
    """Stop work on one allocation or parcel until it is released."""

    subject: str
    reason: str


class Release(Struct, frozen=True, tag=True, kw_only=True):
    """Lift the hold that Accord placed; holds of others stay."""

    subject: str


class CancelParcel(Struct, frozen=True, tag=True, kw_only=True):
    """Stop one parcel that has not left: void its label, cancel its shipment."""

    parcel: str
    reason: str


class CancelOrder(Struct, frozen=True, tag=True, kw_only=True):
    """Cancel everything of the order that has not left."""

    reason: str


class Approve(Struct, frozen=True, tag=True, kw_only=True):
    """Let a booked order that waits for approval go on."""


class Amend(Struct, frozen=True, tag=True, kw_only=True):
    """Make the booked quantities equal to what is still wanted; zero closes a line."""

    lines: dict[str, int]


class Complete(Struct, frozen=True, tag=True, kw_only=True):
    """Close an order on which nothing is left to do."""


class AuthorizeReturn(Struct, frozen=True, tag=True, kw_only=True):
    """Book a return that its owner approved."""

    source: Ref
    lines: dict[str, int]


class CloseReturn(Struct, frozen=True, tag=True, kw_only=True):
    """Finish the mirror's record of a return, done or called off."""

    subject: str
    state: State


Action = (
    Ship
    | Advance
    | Withdraw
    | AddTracking
    | TellDelivery
    | Allocate
    | Hold
    | Release
    | CancelParcel
    | CancelOrder
    | Approve
    | Amend
    | Complete
    | AuthorizeReturn
    | CloseReturn
)

ActionKind = type[Action]


def stops(action: Action) -> bool:
    """Return whether an action keeps goods from leaving: it is worth nothing once it is late."""
    return isinstance(action, CancelParcel | CancelOrder | Hold)


def action_name(kind: type[Struct]) -> str:
    """Return the word for a kind of action in files, logs and screens: ``cancel_order``."""
    name = kind.__name__
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
