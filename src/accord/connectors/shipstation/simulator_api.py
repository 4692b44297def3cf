"""The V2 addresses of a pretend ShipStation."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Litestar, Request, Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from accord.connector_kit.simulator_subscriptions import PretendSubscriptions
from accord.connectors.shipstation import simulator_shapes as shapes
from accord.connectors.shipstation.simulator_state import (
    Account,
    Code,
    PretendLabel,
    PretendShipment,
    RejectedError,
)
from accord.connectors.shipstation.subscriptions import V2, WEBHOOKS

NewId = Callable[[], UUID]
PageSize = Callable[[], int]
Created = Callable[[PretendShipment], None]
Bought = Callable[[PretendLabel], None]
Json = dict[str, Any]


def api(
    account: Account,
    page_size: PageSize,
    new_id: NewId,
    created: Created,
    bought: Bought,
    *,
    subscriptions: PretendSubscriptions,
) -> Litestar:
    """Return the API over an account; ``created`` and ``bought`` send the hooks."""

    def refuse(_: Request[Any, Any, Any], error: RejectedError) -> Response[Json]:
        body = shapes.errors(new_id(), error.code.value, str(error), "business_rules")
        return Response(body, status_code=error.status)

    return Litestar(
        [
            *_shipment_reads(account, page_size),
            *_shipment_changes(account, created),
            *_labels(account, page_size, bought),
            *_webhooks(subscriptions),
        ],
        exception_handlers={RejectedError: refuse},
        openapi_config=None,
        logging_config=None,
    )


def _shipment_reads(account: Account, page_size: PageSize) -> list[HTTPRouteHandler]:
    @get("/v2/shipments")
    async def listed(request: Request[Any, Any, Any]) -> Json:
        asked = request.query_params
        found = [one for one in account.shipments.values() if _matches(one, asked)]
        found.sort(key=lambda one: getattr(one, asked.get("sort_by", "created_at")))
        shown = [shapes.shipment(one) for one in found]
        return _page("shipments", shown, asked, page_size())

    @get("/v2/shipments/external_shipment_id/{external_id:str}")
    async def by_external_id(external_id: FromPath[str]) -> Json:
        for one in account.shipments.values():
            if one.external_id == external_id:
                return shapes.shipment(one)
        message = f"No shipment has the external_shipment_id '{external_id}'."
        raise RejectedError(Code.INVALID_IDENTIFIER, message, 404)

    @get("/v2/shipments/{shipment_id:str}")
    async def by_id(shipment_id: FromPath[str]) -> Json:
        return shapes.shipment(account.shipment(shipment_id))

    return [listed, by_external_id, by_id]


def _shipment_changes(account: Account, created: Created) -> list[HTTPRouteHandler]:
    @post("/v2/shipments", status_code=200)
    async def create(data: JSONBody[Json]) -> Json:
        made = [account.create(given) for given in data["shipments"]]
        for one in made:
            created(one)
        return {"has_errors": False, "shipments": [shapes.shipment(one) for one in made]}

    @put("/v2/shipments/{shipment_id:str}/cancel", status_code=204)
    async def cancel(shipment_id: FromPath[str]) -> None:
        account.cancel(shipment_id)

    @put("/v2/shipments/{shipment_id:str}/hold", status_code=200)
    async def hold(shipment_id: FromPath[str], data: JSONBody[Json]) -> Json:
        account.hold(shipment_id, date.fromisoformat(data["hold_until_date"][:10]))
        return shapes.shipment(account.shipment(shipment_id))

    @put("/v2/shipments/{shipment_id:str}/restore", status_code=200)
    async def restore(shipment_id: FromPath[str]) -> Json:
        account.restore(shipment_id)
        return shapes.shipment(account.shipment(shipment_id))

    return [create, cancel, hold, restore]


def _labels(account: Account, page_size: PageSize, bought: Bought) -> list[HTTPRouteHandler]:
    def shown(label: PretendLabel) -> Json:
        return shapes.label(label, account.shipment(label.shipment_id))

    @get("/v2/labels")
    async def listed(request: Request[Any, Any, Any]) -> Json:
        asked = request.query_params
        names = [name for name in ("shipment_id", "tracking_number") if name in asked]
        found = [
            shown(label)
            for label in account.labels.values()
            if all(getattr(label, name) == asked[name] for name in names)
        ]
        return _page("labels", found, asked, page_size())

    @get("/v2/labels/{label_id:str}")
    async def by_id(label_id: FromPath[str]) -> Json:
        return shown(account.label(label_id))

    @get("/v2/labels/{label_id:str}/track")
    async def track(label_id: FromPath[str]) -> Json:
        return shapes.tracking(account.label(label_id))

    @post("/v2/labels/shipment/{shipment_id:str}", status_code=200)
    async def buy(shipment_id: FromPath[str]) -> Json:
        label = account.buy_label(shipment_id)
        bought(label)
        return shown(label)

    @put("/v2/labels/{label_id:str}/void", status_code=200)
    async def void(label_id: FromPath[str]) -> Json:
        reason = account.void(label_id)
        if reason is None:
            return {"approved": True, "message": "This label has been voided."}
        return {"approved": False, "message": "Unable to void.", "reason_code": reason}

    return [listed, by_id, track, buy, void]


def _webhooks(subscriptions: PretendSubscriptions) -> list[HTTPRouteHandler]:
    @get(WEBHOOKS)
    async def listed() -> list[Json]:
        return [
            {
                "webhook_id": f"se-{own}",
                "url": row.address,
                "event": row.topic.removeprefix(V2),
                "headers": [],
            }
            for own, row in subscriptions.rows.items()
        ]

    @post(WEBHOOKS, status_code=200)
    async def make(data: JSONBody[Json]) -> Json:
        own = subscriptions.make(f"{V2}{data['event']}", data["url"])
        if own is None:
            message = "A webhook of this event for this url already exists."
            raise RejectedError(Code.WEBHOOK_CONFLICT, message, 409)
        return {"webhook_id": f"se-{own}", **data, "headers": []}

    return [listed, make]


def _matches(one: PretendShipment, asked: Any) -> bool:
    since, until = asked.get("modified_at_start"), asked.get("modified_at_end")
    return (
        asked.get("shipment_number", one.number) == one.number
        and asked.get("shipment_status", one.status) == one.status
        and (since is None or one.modified_at > datetime.fromisoformat(since))
        and (until is None or one.modified_at < datetime.fromisoformat(until))
    )


def _page(member: str, found: Sequence[Json], asked: Any, largest: int) -> Json:
    """Return one page of a listing, newest first unless asked otherwise."""
    ordered = list(found) if asked.get("sort_dir") == "asc" else list(reversed(found))
    size = min(int(asked.get("page_size", "25")), largest)
    page = int(asked.get("page", "1"))
    return {
        member: ordered[(page - 1) * size : page * size],
        "total": len(ordered),
        "page": page,
        "pages": -(-len(ordered) // size),
        "links": {},
    }
