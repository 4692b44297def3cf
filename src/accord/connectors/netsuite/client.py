"""All the talking to NetSuite, and none of the meaning."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from accord.connector_kit.connector import Context
from accord.connectors.netsuite import amending, listing, orders, reading, returns, shipping
from accord.connectors.netsuite.session import Session
from accord.domain.action import (
    Action,
    AddTracking,
    Advance,
    Amend,
    Approve,
    AuthorizeReturn,
    CancelOrder,
    CloseReturn,
    Destination,
    Ship,
    Withdraw,
    action_name,
)
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused
from accord.domain.report import Ref
from accord.engine.link import Document, Page


class NetSuiteClient:
    """One connected NetSuite account."""

    def __init__(self, context: Context) -> None:
        """Open nothing yet."""
        self._system = context.system
        self._session = Session(context)
        self._timezone = str(context.settings.get("timezone", ""))
        self._pick_pack_ship = bool(context.settings.get("pick_pack_ship", True))

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield pages of transactions that changed since ``bookmark``."""
        return listing.changes(self._session, self._timezone, bookmark)

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield pages of transactions last changed in a window."""
        return listing.listing(self._session, self._timezone, since, until)

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return a sales order with all that was made from it, or why it could not be read."""
        return await reading.reread(self._session, ref)

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask for one change; every failure is a value."""
        match action:
            case Advance() | AddTracking() | Withdraw() | CloseReturn():
                return await self._change_record(action)
            case Ship() | Approve() | CancelOrder() | Amend() | AuthorizeReturn():
                booked = await orders.booked(self._session, self._system, order)
                if not isinstance(booked, orders.Booked):
                    return booked
                return await self._change_order(action, booked)
            case _:
                return Refused("cannot", f"NetSuite cannot {action_name(type(action))}")

    async def _change_record(
        self, action: Advance | AddTracking | Withdraw | CloseReturn
    ) -> Outcome:
        session = self._session
        match action:
            case Advance():
                return await shipping.advance(session, action, pick_pack_ship=self._pick_pack_ship)
            case AddTracking():
                return await shipping.add_tracking(session, action)
            case Withdraw():
                return await shipping.withdraw(session, action)
            case CloseReturn():
                return await returns.close(session, action)

    async def _change_order(
        self, action: Ship | Approve | CancelOrder | Amend | AuthorizeReturn, booked: orders.Booked
    ) -> Outcome:
        session = self._session
        match action:
            case Ship():
                return await shipping.ship(
                    session, booked, action, pick_pack_ship=self._pick_pack_ship
                )
            case Approve():
                return await orders.approve(session, booked)
            case CancelOrder():
                return await orders.cancel(session, booked)
            case Amend():
                return await amending.amend(session, booked, action)
            case AuthorizeReturn():
                return await returns.authorize(session, booked, action)

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Return a refusal: the storefront is asked where parcels go."""
        known = order.own_ref(self._system) or "this order"
        return Refused("cannot", f"NetSuite is not asked for the address of {known}")

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()


def connect(context: Context) -> NetSuiteClient:
    """Return a client for one account."""
    return NetSuiteClient(context)
