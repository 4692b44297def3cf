"""A pretend Shopify store: its GraphQL API, its webhooks, its people and its faults.

Story methods name an order by its number: ``place_order``, ``capture``, ``edit_order``,
``cancel_order``, ``refund``, ``request_return``, ``approve_return``, ``close_return``, ``hold``,
``release``, ``release_scheduled`` and ``tick`` (opens preorders that are due). ``words`` tells
what the store says of an order. ``slow_cancel`` makes cancelling a job that is done when the
store is asked the next time. ``page_size`` cuts every listing.

What it has of the real API: the operations in ``operations/`` by their names, sign-in by client
credentials with tokens that expire, cost accounting, errors at status 200, REST-shaped signed
webhooks by ``subscriptions``. It does not read the documents it is sent: their validity is tested
against the schema.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
from litestar import Litestar, Request, Response, post

from accord.connector_kit.simulator import OF_CHANGES, Asgi, Fault, World, undoing
from accord.connectors.shopify.session import GRAPHQL_PATH, TOKEN_PATH
from accord.connectors.shopify.simulator_answers import Answers, Shape
from accord.connectors.shopify.simulator_examples import Examples
from accord.connectors.shopify.simulator_graphql import Operations, mutation_of, refuse
from accord.connectors.shopify.simulator_store import CLIENT_ID, CLIENT_SECRET, SHOP

TOKEN_HOLDS = timedelta(seconds=86_399)
# What a store of the standard plan grants an app.
BUCKET = 2000
RESTORED_EACH_SECOND = 100
# What is asked for by the largest documents, in points; a small one asks for about ten.
REQUESTED = {"OrderWhole": 551, "OrdersChanged": 102, "MoreFulfillments": 251}
REQUESTED_BY_ANY_OTHER = 10
OUTAGE = {
    "message": "Internal error. Looks like something went wrong on our end.",
    "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "0"},
}
PAGE_FOR_PEOPLE = b"<!DOCTYPE html><html><body><h1>There was a problem loading this website</h1>"


class ShopifySimulator(Examples):
    """One pretend store."""

    def __init__(self, world: World, system: str) -> None:
        super().__init__(world, system)
        self.system = system
        self.page_size = 250
        self._operations = Operations(self, Answers(lambda: self.page_size))
        self._tokens: dict[str, datetime] = {}
        self._faults: list[Fault] = []
        self.bucket, self.restored_each_second = float(BUCKET), float(RESTORED_EACH_SECOND)
        self._points = self.bucket
        self._counted_at = world.clock()
        self._app = Litestar(
            [post(TOKEN_PATH)(self._sign_in), post(GRAPHQL_PATH)(self._answer)],
            openapi_config=None,
            logging_config=None,
        )

    @property
    def app(self) -> Asgi:
        """The API."""
        app: Any = self._app
        return app  # type: ignore[no-any-return]

    @property
    def settings(self) -> Mapping[str, str | bool]:
        """What the accord file would say of this store."""
        return {"shop": SHOP}

    @property
    def secrets(self) -> Mapping[str, str]:
        """What the environment would hold for this store."""
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    @property
    def slow_cancel(self) -> bool:
        """Whether cancelling an order is done only when the store is asked the next time."""
        return self._operations.slow_cancel

    @slow_cancel.setter
    def slow_cancel(self, slow: bool) -> None:
        self._operations.slow_cancel = slow

    def count_up_to(self, most: int) -> None:
        """Count no further than this; what is more is told as "at least"."""
        self._operations.listings.counts_up_to = most

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Answer the next ``times`` GraphQL calls with ``fault``; a lost reply is a mutation's."""
        self._faults += [fault] * times

    def words(self, order_number: str) -> Mapping[str, str]:
        """Return what the store says of an order, in the words of its webhooks."""
        order = self.orders[order_number]
        standing = "cancelled" if order.cancelled_at else "closed" if order.closed_at else "open"
        said = {
            "order": standing,
            "financial_status": order.financial_status.lower(),
            "fulfillment_status": order.fulfillment_status or "unfulfilled",
        }
        for parcel in order.parcels:
            said[f"fulfillment {parcel.id}"] = parcel.status.lower()
            if parcel.shipment_status:
                said[f"shipment_status {parcel.id}"] = parcel.shipment_status
        for record in order.returns:
            said[f"return {record.id}"] = record.status.lower()
        return said

    async def _sign_in(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        form = {name: given[0] for name, given in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _json({"error": "invalid_client"}, 400)
        token = f"shpat_{self.world.chance.getrandbits(128):032x}"
        self._tokens[token] = self.world.clock() + TOKEN_HOLDS
        seconds = int(TOKEN_HOLDS.total_seconds())
        return _json({"access_token": token, "scope": "write_orders", "expires_in": seconds})

    async def _answer(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        asked = msgspec.json.decode(await request.body())
        token = request.headers.get("x-shopify-access-token", "")
        fault = self._next_fault(asked["operationName"])
        if fault is Fault.EXPIRED:
            self._tokens.pop(token, None)
        ends = self._tokens.get(token)
        if ends is None or ends <= self.world.clock():
            return _json({"errors": "[API] Invalid API key or access token"}, 401)
        if fault is Fault.HANG:
            await asyncio.Event().wait()
        name = asked["operationName"]
        failure = self._failure(fault, name)
        if failure is not None:
            return failure
        if fault is Fault.FORGOTTEN:
            with undoing(self.world, self.orders, self.subscriptions.rows):
                return self._run(name, asked["variables"])
        reply = self._run(name, asked["variables"])
        if fault is Fault.LOST_REPLY:
            await asyncio.Event().wait()
        return reply

    def _next_fault(self, name: str) -> Fault | None:
        if not self._faults:
            return None
        if self._faults[0] in OF_CHANGES and mutation_of(name) is None:
            return None  # there is nothing to lose in the answer to a question
        return self._faults.pop(0)

    def _failure(self, fault: Fault | None, name: str) -> Response[bytes] | None:
        match fault:
            case Fault.THROTTLE:
                return self._throttled(name, available=0)
            case Fault.OUTAGE:
                return _json({"errors": [OUTAGE]})
            case Fault.HTML:
                return Response(PAGE_FOR_PEOPLE, media_type="text/html", status_code=200)
            case Fault.REFUSAL:
                return self._refusal(name)
            case _:
                return None

    def _run(self, name: str, variables: Mapping[str, Any]) -> Response[bytes]:
        requested = REQUESTED.get(name, REQUESTED_BY_ANY_OTHER)
        if requested > self._refill():
            return self._throttled(name, int(self._points))
        data = self._operations.answer(name, variables)
        if data is None:
            return _json({"errors": [{"message": f"No operation named {name}"}]})
        actual = min(requested, REQUESTED_BY_ANY_OTHER)
        self._points -= actual
        cost = self._cost(requested, actual, int(self._points))
        return _json({"data": data, "extensions": {"cost": cost}})

    def _refill(self) -> float:
        now = self.world.clock()
        back = (now - self._counted_at).total_seconds() * self.restored_each_second
        self._points, self._counted_at = min(self.bucket, self._points + back), now
        return self._points

    def _throttled(self, name: str, available: int) -> Response[bytes]:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        cost = self._cost(REQUESTED.get(name, REQUESTED_BY_ANY_OTHER), None, available)
        return _json({"errors": [error], "extensions": {"cost": cost}})

    def _cost(self, requested: int, actual: int | None, available: int) -> Shape:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.bucket,
                "currentlyAvailable": available,
                "restoreRate": self.restored_each_second,
            },
        }

    @staticmethod
    def _refusal(name: str) -> Response[bytes]:
        mutation = mutation_of(name)
        if mutation is None:
            denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}
            return _json({"data": None, "errors": [denied]})
        field, errors_field = mutation
        return _json({"data": refuse(field, "The store will not.", None, errors_field)})


def _json(value: Any, status: int = 200) -> Response[bytes]:
    body = msgspec.json.encode(value)
    return Response(body, media_type="application/json", status_code=status)
