"""One ShipStation account: its feed, its single things, what it is asked to do."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from accord.connector_kit.connector import Context
from accord.connectors.shipstation import subscriptions
from accord.connectors.shipstation.actions import Actions
from accord.connectors.shipstation.feed import Feed
from accord.connectors.shipstation.payloads import Label
from accord.connectors.shipstation.pictures import Pictures
from accord.connectors.shipstation.session import Failure, Session
from accord.domain.action import (
    Action,
    Allocate,
    CancelParcel,
    Destination,
    Hold,
    Release,
    action_name,
)
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused
from accord.domain.report import Ref
from accord.engine.link import Document, Page, Subscription


class ShipStationClient:
    """All the talking to one account, and none of the meaning."""

    def __init__(self, context: Context) -> None:
        """Open nothing yet."""
        self._session = Session(context)
        self._pictures = Pictures(self._session)
        self._feed = Feed(self._session, self._pictures)
        self._actions = Actions(self._session)
        self._believes_hooks = bool(context.secret_pair("jwks"))

    def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield pages of what changed since ``bookmark``; None looks back thirty days."""
        return self._feed.changes(bookmark)

    def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield pages of shipments last modified in a window."""
        return self._feed.listing(since, until)

    async def subscriptions(self) -> Sequence[Subscription] | Outcome:
        """Return what the account sends to whom."""
        return await subscriptions.subscriptions(self._session)

    async def subscribe(self, topic: str, address: str) -> Outcome:
        """Have a V2 event sent to an address."""
        return await subscriptions.subscribe(
            self._session, topic, address, believed=self._believes_hooks
        )

    async def reread(self, ref: Ref) -> Sequence[Document] | Outcome:
        """Return the whole picture of what a shipment, label, tracking or order number names."""
        match ref.scope:
            case "shipment":
                return await self._together([ref.value])
            case "label":
                return await self._by_label(ref.value)
            case "tracking":
                return await self._by_tracking(ref.value)
            case "order" | "number":
                return await self._by_number(ref.value)
            case _:
                return Refused("cannot", f"ShipStation has no {ref.scope} to read.")

    async def perform(self, action: Action, order: Matrix) -> Outcome:
        """Ask for one change; the action names the shipment, so the order is not looked at."""
        del order
        match action:
            case Allocate():
                return await self._actions.allocate(action)
            case Hold():
                return await self._actions.hold(action)
            case Release():
                return await self._actions.release(action)
            case CancelParcel():
                return await self._actions.cancel(action)
            case _:
                name = action_name(type(action))
                return Refused("cannot", f"ShipStation does not take the action {name}.")

    async def destination(self, order: Matrix) -> Destination | Outcome:
        """Refuse: the storefront owns where an order goes."""
        del order
        return Refused("cannot", "Ask the storefront: ShipStation only repeats its address.")

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()

    async def _by_label(self, label_id: str) -> Sequence[Document] | Outcome:
        label = await self._session.get(f"/v2/labels/{quote(label_id, safe='')}", Label)
        if not isinstance(label, Label):
            return label
        return await self._together([label.shipment_id] if label.shipment_id else [])

    async def _by_tracking(self, number: str) -> Sequence[Document] | Outcome:
        """Return every shipment the number was on: carriers use numbers again after months."""
        labels = await self._pictures.labels({"tracking_number": number})
        if not isinstance(labels, list):
            return labels
        ids = [str(label["shipment_id"]) for label in labels if label.get("shipment_id")]
        return await self._together(list(dict.fromkeys(ids)))

    async def _by_number(self, number: str) -> Sequence[Document] | Outcome:
        """Return every shipment of an order, with and without the sign shops put before it."""
        bare = number.lstrip("#")
        found: dict[str, dict[str, Any]] = {}
        for written in (bare, f"#{bare}"):
            shipments = await self._pictures.shipments({"shipment_number": written})
            if not isinstance(shipments, list):
                return shipments
            found |= {str(shipment.get("shipment_id")): shipment for shipment in shipments}
        return await self._drawn([self._pictures.of(shipment) for shipment in found.values()])

    async def _together(self, shipment_ids: Sequence[str]) -> Sequence[Document] | Outcome:
        return await self._drawn([self._pictures.of_id(id_) for id_ in shipment_ids])

    async def _drawn(
        self, reading: Sequence[Coroutine[Any, Any, Document | Failure]]
    ) -> Sequence[Document] | Outcome:
        """Return all pictures, or the first reason why one could not be read."""
        documents = []
        for answer in await asyncio.gather(*reading):
            if not isinstance(answer, Document):
                return answer
            documents.append(answer)
        return documents
