"""A pretend ShipStation account: its V2 API, its hooks, and the hands of its warehouse.

The story is played by order number or shipment id: ``pending(warehouse)`` lists what waits,
``start`` begins work, ``buy_label`` packs and labels (a tracking number comes back), ``scan``
is the carrier's news (``AC`` ``IT`` ``AT`` ``SP`` ``EX`` ``DE``, with an optional detail code).
By hand, in the account's own screens: ``hold_by_hand``, ``restore_by_hand``, ``void_by_hand``,
``cancel_by_hand``, ``ship_by_hand``. A held shipment cannot be labelled.

Hooks go out as ShipStation sends them: a scan as a signed V2 hook, by ``subscriptions``, a new
shipment and a new label as unsigned V1 hints; holds, voids and cancellations are told to nobody.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from accord.connector_kit.simulator import (
    OF_CHANGES,
    Asgi,
    Example,
    Fault,
    Hook,
    Receive,
    Scope,
    Send,
    World,
    undoing,
)
from accord.connector_kit.simulator_subscriptions import PretendSubscriptions
from accord.connectors.shipstation import simulator_examples
from accord.connectors.shipstation import simulator_shapes as shapes
from accord.connectors.shipstation.simulator_api import api
from accord.connectors.shipstation.simulator_signature import jwks, signed_headers
from accord.connectors.shipstation.simulator_state import (
    Account,
    Code,
    PretendLabel,
    PretendShipment,
    RejectedError,
)
from accord.domain.action import ActionKind
from accord.domain.report import order_number

API_KEY = "TEST_pretend_api_key"
HOOK_TOKEN = "pretend-hook-token"
SIGNING_KEY = "pretend-key-1"
MINUTE = timedelta(minutes=1)


class ShipStationSimulator:
    """One account; ``calls_per_minute`` limits it as the vendor's plan would, if set."""

    def __init__(self, world: World, system: str) -> None:
        """Open an empty account."""
        self.system = system
        self.page_size = 500
        self.calls_per_minute: int | None = None
        self._world = world
        self._account = Account(world.clock)
        self.subscriptions = PretendSubscriptions(system)
        self._faults: list[Fault] = []
        self._calls: list[datetime] = []
        served = api(
            self._account,
            lambda: self.page_size,
            self._new_id,
            self._tell_created,
            self._tell_bought,
            subscriptions=self.subscriptions,
        )
        self._inner = cast("Asgi", served)  # Litestar types the same messages more narrowly

    @property
    def app(self) -> Asgi:
        """The API."""
        return self._serve

    @property
    def settings(self) -> Mapping[str, str | bool]:
        """What the accord file would say of this account."""
        return {"base_url": "https://api.shipstation.com", "shipped_when": "label"}

    @property
    def secrets(self) -> Mapping[str, str]:
        """What the environment would hold for this account."""
        return {"api_key": API_KEY, "hook_token": HOOK_TOKEN, "jwks": jwks(SIGNING_KEY)}

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Answer the next ``times`` calls with ``fault``; a lost reply waits for a change."""
        self._faults += [fault] * times

    def words(self, order_number: str) -> Mapping[str, str]:
        """Return the status of each shipment of an order and of each parcel on its way."""
        said: dict[str, str] = {}
        for shipment in self._of_order(order_number):
            said[f"shipment {shipment.shipment_id}"] = shipment.status
            for label in self._account.labels_of(shipment.shipment_id):
                if not label.voided:
                    said[f"tracking {label.tracking_number}"] = label.status_code
        return said

    def pending(self, warehouse: str) -> list[str]:
        """Return the ids of the shipments that wait at a warehouse, oldest first."""
        return [
            shipment.shipment_id
            for shipment in self._account.shipments.values()
            if shipment.status == "pending" and shipment.given.get("warehouse_id") == warehouse
        ]

    def shipments(self, order_number: str) -> list[str]:
        """Return the ids of the shipments of an order, oldest first."""
        return [shipment.shipment_id for shipment in self._of_order(order_number)]

    def order_of(self, shipment_id: str) -> str:
        """Return the order number a shipment was made for."""
        return self._account.shipment(shipment_id).number

    def status(self, shipment_id: str) -> str:
        """Return the status word of a shipment."""
        return self._account.shipment(shipment_id).status

    def created_at(self, shipment_id: str) -> datetime:
        """Return when a shipment was made."""
        return self._account.shipment(shipment_id).created_at

    def lines(self, shipment_id: str) -> dict[str, int]:
        """Return what a shipment holds, by SKU."""
        items = self._account.shipment(shipment_id).given.get("items", [])
        return {str(item.get("sku")): int(item["quantity"]) for item in items}

    def goes_to(self, shipment_id: str) -> str:
        """Return the name of whom a shipment is addressed to."""
        return str(self._account.shipment(shipment_id).given.get("ship_to", {}).get("name", ""))

    @property
    def today(self) -> date:
        """The day it is for the account."""
        return self._world.clock().date()

    def import_shipment(self, number: str, warehouse: str, lines: Mapping[str, int]) -> str:
        """Bring in a shipment of an order as a connected shop does; return its id."""
        items = [{"name": sku, "sku": sku, "quantity": n} for sku, n in lines.items()]
        given = {"shipment_number": number, "warehouse_id": warehouse, "items": items}
        shipment = self._account.create(given)
        self._tell_created(shipment)
        return shipment.shipment_id

    def start(self, shipment: str) -> None:
        """Begin to work on a shipment."""
        self._account.start(self._id(shipment))

    def buy_label(self, shipment: str) -> str:
        """Pack and label a shipment; return its tracking number."""
        label = self._account.buy_label(self._id(shipment))
        self._tell_bought(label)
        return label.tracking_number

    def scan(
        self, tracking_number: str, code: str, description: str = "", detail: str | None = None
    ) -> None:
        """Let the carrier say where a parcel is."""
        self._account.scan(tracking_number, code, description, detail)
        label = self._account.travelling(tracking_number)
        data = {"label_url": None, **shapes.tracking(label)}
        url = f"https://api.shipstation.com/v2/labels/{label.label_id}/track"
        told = {"resource_url": url, "resource_type": "TRACK_EVENT_V2", "data": data}
        body = json.dumps(told).encode()
        headers = signed_headers(SIGNING_KEY, body, self._world.clock())
        for place in self.subscriptions.places("v2/track"):
            self._send(place, headers, body)

    def hold_by_hand(self, shipment: str, until: date) -> None:
        """Put a shipment on hold in the account's own screens."""
        self._account.hold(self._id(shipment), until)

    def restore_by_hand(self, shipment: str) -> None:
        """End a hold in the account's own screens."""
        self._account.restore(self._id(shipment))

    def void_by_hand(self, shipment: str) -> None:
        """Take back every label of a shipment."""
        for label in list(self._account.labels_of(self._id(shipment))):
            self._account.void(label.label_id)

    def cancel_by_hand(self, shipment: str) -> None:
        """Cancel a shipment in the account's own screens."""
        self._account.cancel(self._id(shipment))

    def ship_by_hand(self, shipment: str) -> None:
        """Mark a shipment as shipped without a label."""
        self._account.ship_by_hand(self._id(shipment))

    def story(self, number: str) -> Iterator[None]:
        """Live through an order of this number, one deed at each step."""
        return simulator_examples.story(self, number)

    def example(self, kind: ActionKind, number: str) -> Example:
        """Set up an order of this number of which an action of ``kind`` can be asked."""
        return simulator_examples.example(self, kind, number)

    def _of_order(self, number: str) -> list[PretendShipment]:
        wanted = order_number(number)
        every = self._account.shipments.values()
        return [shipment for shipment in every if order_number(shipment.number) == wanted]

    def _id(self, shipment: str) -> str:
        """Return the shipment's id, given that or the number of an order with one shipment."""
        if shipment in self._account.shipments:
            return shipment
        found = self._of_order(shipment)
        if len(found) != 1:
            message = f"{len(found)} shipments have the number {shipment!r}; name one by its id."
            raise RejectedError(Code.INVALID_IDENTIFIER, message)
        return found[0].shipment_id

    def _tell_created(self, shipment: PretendShipment) -> None:
        self._hint("ORDER_NOTIFY", f"orders?importBatch={shipment.shipment_id}")

    def _tell_bought(self, label: PretendLabel) -> None:
        self._hint("SHIP_NOTIFY", f"shipments?batchId={label.label_id}")

    def _hint(self, kind: str, path: str) -> None:
        told = {"resource_url": f"https://ssapi6.shipstation.com/{path}", "resource_type": kind}
        self._send(f"v1/{HOOK_TOKEN}", {}, json.dumps(told).encode())

    def _send(self, topic: str, headers: dict[str, str], body: bytes) -> None:
        hook = Hook(system=self.system, topic=topic, headers=headers, body=body)
        self._world.sent.append(hook)

    def _new_id(self) -> UUID:
        return UUID(int=self._world.chance.getrandbits(128), version=4)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        fault = self._next_fault(scope["method"])
        keys = [value for name, value in scope["headers"] if name == b"api-key"]
        if fault is Fault.EXPIRED or keys != [API_KEY.encode()]:
            await self._fail(send, 401, "unauthorized", "The API key is invalid.", "security")
        elif fault is Fault.THROTTLE or self._is_too_much():
            message = "You have exceeded your rate limit."
            await self._fail(send, 429, "rate_limit_exceeded", message, "business_rules")
        elif fault is Fault.OUTAGE:
            await self._fail(send, 500, "unspecified", "An internal error occurred.", "system")
        elif fault is Fault.REFUSAL:
            message = "The shipment cannot be changed now."
            await self._fail(send, 400, "invalid_status", message, "business_rules")
        elif fault is Fault.HTML:
            await _answer(send, 200, {"content-type": "text/html"}, b"<html>Be right back</html>")
        elif fault is Fault.HANG:
            await asyncio.Event().wait()
        elif fault is Fault.LOST_REPLY:
            await self._inner(scope, receive, _nowhere)
            await asyncio.Event().wait()
        elif fault is Fault.FORGOTTEN:
            account = (self._account.shipments, self._account.labels, self.subscriptions.rows)
            with undoing(self._world, *account):
                await self._inner(scope, receive, send)
        else:
            await self._inner(scope, receive, send)

    def _next_fault(self, method: str) -> Fault | None:
        if not self._faults or (self._faults[0] in OF_CHANGES and method == "GET"):
            return None
        return self._faults.pop(0)

    def _is_too_much(self) -> bool:
        now = self._world.clock()
        self._calls = [at for at in self._calls if now - at < MINUTE] + [now]
        return self.calls_per_minute is not None and len(self._calls) > self.calls_per_minute

    async def _fail(self, send: Send, status: int, code: str, message: str, kind: str) -> None:
        body = json.dumps(shapes.errors(self._new_id(), code, message, kind)).encode()
        headers = {"content-type": "application/json"}
        if code == "rate_limit_exceeded":
            headers["retry-after"] = "17"
        await _answer(send, status, headers, body)


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _nowhere(message: object) -> None:
    """Lose what was to be sent."""
    del message
