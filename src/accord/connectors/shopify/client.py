"""All the talking to one store: its change feed, re-reads and actions."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from accord.connector_kit.connector import Context
from accord.connectors.shopify import actions, listing, reading, subscriptions
from accord.connectors.shopify.flaws import malformed
from accord.connectors.shopify.payloads import plain_id
from accord.connectors.shopify.session import Session, gid
from accord.connectors.shopify.teller import FULFILLMENT_ORDER_SCOPE, ORDER_SCOPE, RETURN_SCOPE
from accord.domain.action import (
    Action,
    ActionKind,
    AddTracking,
    CancelOrder,
    Complete,
    Destination,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
    action_name,
)
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused
from accord.domain.report import Ref, SubjectKind
from accord.engine.link import Document, Page, Subscription
from accord.engine.notice_channel import Contact

CAN: frozenset[ActionKind] = frozenset(
    {Ship, AddTracking, TellDelivery, Hold, Release, CancelOrder, Complete, Withdraw}
)


class ShopifyClient:
    """One store, by the GraphQL Admin API."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._session = Session(context)

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield light orders changed since ``bookmark``; None goes back sixty days."""
        return listing.changes(self._session, bookmark, self._context.clock)

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield the light orders last changed in a window."""
        return listing.listing(self._session, since, until)

    async def subscriptions(self) -> Sequence[Subscription] | Outcome:
        """Return what the store sends to whom."""
        return await subscriptions.subscriptions(self._session)

    async def subscribe(self, topic: str, address: str) -> Outcome:
        """Have a topic sent to an address."""
        return await subscriptions.subscribe(self._session, topic, address)

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return the whole order that an order, a fulfillment order or a return belongs to."""
        order_id: str | Outcome = ref.value
        if ref.scope in {FULFILLMENT_ORDER_SCOPE, RETURN_SCOPE}:
            order_id = await reading.order_of(self._session, ref.scope, ref.value)
        elif ref.scope not in {ORDER_SCOPE, self._context.system}:
            return Refused("cannot", f"A store cannot be asked for a {ref.scope}.")
        if not isinstance(order_id, str):
            return order_id
        order = await reading.whole_order(self._session, order_id)
        return (reading.as_document(order),) if isinstance(order, dict) else order

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask the store for one change."""
        match action:
            case Ship() | CancelOrder() | Complete():
                return await self._perform_on_order(action, order)
            case AddTracking() | TellDelivery() | Withdraw() | Hold() | Release():
                return await self._perform_on_part(action)
            case _:
                return Refused("cannot", f"A store cannot {action_name(type(action))}.")

    async def _perform_on_part(
        self, action: AddTracking | TellDelivery | Withdraw | Hold | Release
    ) -> Outcome:
        match action:
            case AddTracking():
                return await actions.add_tracking(self._session, action)
            case TellDelivery():
                return await actions.tell_delivery(self._session, action)
            case Withdraw():
                return await actions.withdraw(self._session, action)
            case Hold():
                return await actions.hold(self._session, action)
            case Release():
                return await actions.release(self._session, action)

    async def _perform_on_order(
        self, action: Ship | CancelOrder | Complete, order: Matrix
    ) -> Outcome:
        order_id = order.own_ref(self._context.system)
        if order_id is None:
            return Refused("unknown_order", "The store's own id of this order is not known.")
        match action:
            case Ship():
                known = {s.id for s in order.subjects(self._context.system, SubjectKind.PARCEL)}
                place = self._place(action.place)
                return await actions.ship(self._session, order_id, action, place, frozenset(known))
            case CancelOrder():
                return await actions.cancel_order(self._session, order_id, action)
            case Complete():
                return await actions.close_order(self._session, order_id)

    def _place(self, place: str | None) -> str | None:
        """Return the store's location id for a place named by the accord or by the store."""
        return plain_id(self._context.places.get(place, place)) if place else None

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Return the shipping address of the order."""
        order_id = order.own_ref(self._context.system)
        if order_id is None:
            return Refused("unknown_order", "The store's own id of this order is not known.")
        data = await self._session.ask("order_destination", id=gid("Order", order_id))
        if not isinstance(data, dict):
            return data
        address = (data.get("order") or {}).get("shippingAddress")
        if address is None:
            return Refused("no_address", "The order has no shipping address in the store.")
        field = malformed({k: address[k] or "" for k in ("address1", "city", "countryCodeV2")})
        if field:
            what = f"The order's shipping address in the store has no usable {field}."
            return Refused("malformed_address", what)
        return Destination(
            name=address["name"] or "",
            company=address["company"] or "",
            line1=address["address1"] or "",
            line2=address["address2"] or "",
            city=address["city"] or "",
            region=address["provinceCode"] or "",
            postal_code=address["zip"] or "",
            country=address["countryCodeV2"] or "",
            phone=address["phone"] or "",
        )

    async def contact(self, order: Matrix) -> Contact | Outcome:
        """Return the mail address of the order's customer."""
        order_id = order.own_ref(self._context.system)
        if order_id is None:
            return Refused("unknown_order", "The store's own id of this order is not known.")
        data = await self._session.ask("order_contact", id=gid("Order", order_id))
        if not isinstance(data, dict):
            return data
        address = (data.get("order") or {}).get("email")
        if not address:
            return Refused("no_contact", "The order has no mail address in the store.")
        return Contact(address)

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()
