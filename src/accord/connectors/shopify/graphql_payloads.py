"""What is read of the change feed and of re-reads: typed, only the fields used, all optional.

They have the GraphQL shapes: camel case, gids (https://shopify.dev/docs/api/admin-graphql/2026-10).
"""

from typing import Generic, TypeVar

from msgspec import UNSET, Struct, UnsetType

from accord.connectors.shopify.payloads import Thing

Node = TypeVar("Node")


class Nodes(Struct, Generic[Node], frozen=True):
    """A whole listing (GraphQL); the client has joined its pages."""

    nodes: list[Node | None] | None = None


class GLine(Struct, frozen=True, rename="camel"):
    """A line of an order (GraphQL)."""

    id: str | None = None
    sku: str | None = None
    quantity: int | None = None
    current_quantity: int | None = None
    requires_shipping: bool | None = None


class GAllotment(Struct, frozen=True, rename="camel"):
    """A line of a fulfillment or of a fulfillment order (GraphQL)."""

    id: str | None = None
    line_item: GLine | None = None
    quantity: int | None = None
    total_quantity: int | None = None
    remaining_quantity: int | None = None


class GTracking(Struct, frozen=True):
    """A tracking number and its carrier (GraphQL)."""

    number: str | None = None
    company: str | None = None


class GEvent(Struct, frozen=True, rename="camel"):
    """One scan of a parcel (GraphQL)."""

    status: str | None = None
    happened_at: str | None = None


class GFulfillment(Struct, frozen=True, rename="camel"):
    """One parcel (GraphQL). Of its events the document asks for the latest only."""

    id: str
    status: str | None = None
    display_status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    delivered_at: str | None = None
    events: Nodes[GEvent] | None = None
    location: Thing | None = None
    tracking_info: list[GTracking] | None = None
    fulfillment_line_items: Nodes[GAllotment] | None = None


class GAssignedLocation(Struct, frozen=True):
    """Where a fulfillment order is to be shipped from; a deleted location has no id."""

    location: Thing | None = None


class GFulfillmentOrder(Struct, frozen=True, rename="camel"):
    """What one location is asked to ship (GraphQL)."""

    id: str
    status: str | None = None
    updated_at: str | None = None
    fulfill_at: str | None = None
    fulfill_by: str | None = None
    assigned_location: GAssignedLocation | None = None
    line_items: Nodes[GAllotment] | None = None


class GReturnLine(Struct, frozen=True, rename="camel"):
    """A line of a return (GraphQL)."""

    quantity: int | None = None
    fulfillment_line_item: GAllotment | None = None


class GReturn(Struct, frozen=True, rename="camel"):
    """A return (GraphQL). It has no time of its last change."""

    id: str
    status: str | None = None
    created_at: str | None = None
    request_approved_at: str | None = None
    closed_at: str | None = None
    return_line_items: Nodes[GReturnLine] | None = None


class GRefund(Struct, frozen=True, rename="camel"):
    """A refund (GraphQL). It has no status; that it is there says that money went back."""

    created_at: str | None = None


class GOrder(Struct, frozen=True, rename="camel"):
    """An order (GraphQL): light in the feed, whole in a re-read."""

    id: str
    name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    cancelled_at: str | None = None
    closed_at: str | None = None
    display_financial_status: str | UnsetType | None = UNSET
    display_fulfillment_status: str | None = None
    line_items: Nodes[GLine] | None = None
    fulfillments: list[GFulfillment] | None = None
    fulfillment_orders: Nodes[GFulfillmentOrder] | None = None
    refunds: list[GRefund | None] | None = None
    returns: Nodes[GReturn] | None = None


def listed(connection: Nodes[Node] | None) -> list[Node]:
    """Return the members of a listing; a member that may not be seen is null and left out."""
    found = connection.nodes if connection and connection.nodes else []
    return [node for node in found if node is not None]
