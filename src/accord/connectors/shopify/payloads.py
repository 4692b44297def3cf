"""What is read of Shopify's webhooks: typed, only the fields used, every one of them optional.

They carry the REST shapes: snake case, numeric ids (https://shopify.dev/docs/api/webhooks).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from accord.domain.errors import UnreadableError

Id = int | str
_GIDS = "gid://shopify/"


class Line(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """A line of an order or of a fulfillment (REST)."""

    id: Id | None = None
    gid: str | None = None
    sku: str | None = None
    quantity: Id | None = None
    current_quantity: Id | None = None
    requires_shipping: bool | None = None


class Fulfillment(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """One parcel (REST): the body of ``fulfillments/*``, and embedded in an order."""

    id: Id | None = None
    gid: str | None = None
    order_id: Id | None = None
    status: str | None = None
    shipment_status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    location_id: Id | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_numbers: list[str | None] | None = None
    line_items: list[Line] | None = None


class Thing(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """Anything of which only the id is read."""

    id: Id | None = None
    gid: str | None = None


class ReturnedGoods(Struct, frozen=True):
    """What a line of a return points at: a fulfillment's line, and through it an order's."""

    line_item: Line | None = None


class ReturnLine(Struct, frozen=True):
    """A line of a return (REST)."""

    quantity: Id | None = None
    line_item: Line | None = None
    fulfillment_line_item: ReturnedGoods | None = None


class Return(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """A return: the body of ``returns/*``, and embedded in an order.

    ``returns/update`` has changes where the others have a list of lines.
    """

    id: Id | None = None
    gid: str | None = None
    status: str | None = None
    order_id: Id | None = None
    order: Thing | None = None
    updated_at: str | None = None
    return_line_items: list[ReturnLine] | dict[str, Any] | None = None


class Address(Struct, frozen=True):
    """Where an order goes (REST). Null where the app may not see it; read only to be checked."""

    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    zip: str | None = None
    country_code: str | None = None


class Order(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """An order (REST): the body of most ``orders/*``."""

    id: Id | None = None
    gid: str | None = None
    name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    cancelled_at: str | UnsetType | None = UNSET
    closed_at: str | UnsetType | None = UNSET
    financial_status: str | UnsetType | None = UNSET
    fulfillment_status: str | UnsetType | None = UNSET
    line_items: list[Line] | None = None
    fulfillments: list[Fulfillment] | None = None
    returns: list[Return] | None = None
    shipping_address: Address | None = None


class FulfillmentEvent(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """One scan of a parcel: the body of ``fulfillment_events/*``."""

    id: Id | None = None
    gid: str | None = None
    fulfillment_id: Id | None = None
    order_id: Id | None = None
    status: str | None = None
    happened_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class FulfillmentOrder(Struct, frozen=True, rename={"gid": "admin_graphql_api_id"}):
    """What one location is asked to ship (REST). Its lines name no SKU and are not read."""

    id: Id | None = None
    gid: str | None = None
    order_id: Id | None = None
    status: str | None = None
    updated_at: str | None = None
    assigned_location_id: Id | None = None
    fulfill_at: str | None = None
    fulfill_by: str | None = None


class OrderEdit(Struct, frozen=True):
    """What an edit names; its deltas are not read, the order itself is."""

    order_id: Id | None = None


def plain_id(*given: Id | None) -> str:
    """Return the first id given, as its digits; empty if there is none.

    A gid is preferred by naming it first: samples and some tools round the numeric ids, which
    reach beyond 2 to the 53rd.
    """
    for text in given:
        if text is not None and str(text).strip():
            return str(text).strip().rpartition("/")[2].partition("?")[0]
    return ""


def required_id(what: str, *given: Id | None) -> str:
    """Return the first id given. Raises ``UnreadableError`` where there is none."""
    found = plain_id(*given)
    if not found:
        message = f"not the documented shape: {what} has no id"
        raise UnreadableError(message)
    return found


def own_id(kind: str, gid: str | None, *given: Id | None) -> str:
    """Return the id of an object of this kind. Raises ``UnreadableError`` where it is of another.

    The address a webhook came to is not signed, its body is: a payment's body must not pass for
    a parcel because somebody sent it on to the topic of parcels.
    """
    if gid and gid.startswith(_GIDS) and not gid.startswith(f"{_GIDS}{kind}/"):
        message = f"sent to the topic of something else: {gid} is no {kind}"
        raise UnreadableError(message)
    return required_id(f"the {kind}", gid, *given)


def moment(text: str | None) -> datetime | None:
    """Return a time as Shopify writes it, with any offset. A time without one is not guessed."""
    if not text or not text.strip():
        return None
    date, _, rest = text.strip().partition(" ")
    try:
        found = datetime.fromisoformat(date + ("T" if rest else "") + rest.replace(" ", ""))
    except ValueError as error:
        message = f"not the documented shape: {text!r} is no time"
        raise UnreadableError(message) from error
    if found.tzinfo is UTC:
        return found
    if found.tzinfo is None:
        message = f"not the documented shape: the time {text!r} has no offset"
        raise UnreadableError(message)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:  # the first and the last day there is, seen from elsewhere
        message = f"not the documented shape: {text!r} is no time"
        raise UnreadableError(message) from error


def count(quantity: Id | None) -> int:
    """Return a quantity, given as a number or as text; nothing given is none."""
    try:
        return int(quantity or 0)
    except ValueError as error:
        message = f"not the documented shape: {quantity!r} is no quantity"
        raise UnreadableError(message) from error


def line_key(sku: str | None, *ids: Id | None) -> str:
    """Return the key of a line: its SKU, or the shop's own line id where it has none."""
    return (sku or "").strip() or f"line:{plain_id(*ids)}"


def summed(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return quantities by line, lines with the same key added up."""
    total: dict[str, int] = {}
    for key, quantity in lines:
        total[key] = total.get(key, 0) + quantity
    return total
