"""The pretend store answers exactly what our documents ask of the real one, in its types."""

import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from graphql import GraphQLSchema, execute, parse

from accord.connector_kit.connector import Context
from accord.connectors.shopify.client import ShopifyClient
from accord.connectors.shopify.simulator_state import Line
from accord.domain.action import (
    AddTracking,
    CancelOrder,
    Complete,
    Hold,
    Release,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.outcome import Accepted, Applied
from accord.domain.report import Ref
from accord.domain.tracks import State
from tests.connectors.shopify.shop import NOW, Shop

Exchange = tuple[dict[str, Any], dict[str, Any]]


class Recorder(httpx2.AsyncBaseTransport):
    """Passes calls on and keeps what was asked and what was answered."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner
        self.exchanges: list[Exchange] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        if request.url.path.endswith("graphql.json"):
            self.exchanges.append((json.loads(request.content), json.loads(body)))
        return httpx2.Response(response.status_code, headers=response.headers, content=body)


async def everything(shop: Shop, client: ShopifyClient) -> None:
    """Use every document there is, in pages of one."""
    shop.store.page_size = 1
    order = shop.order(Line("LAMP", 6), Line("RUG", 2))
    own = order.own_ref("shop") or ""
    asked = str(shop.store.orders["#1001"].fulfillment_orders[0].id)
    await client.perform(Hold(subject=asked, reason="stock"), order)
    await client.perform(Release(subject=asked), order)
    for number in "12345":
        lines = {"LAMP": 1} | ({"RUG": 1} if number in "12" else {})
        ship = Ship(source=Ref("warehouse", number), lines=lines, tracking=(number,))
        assert isinstance(await client.perform(ship, order), Applied)
    first, *_, last = (str(parcel.id) for parcel in shop.store.orders["#1001"].parcels)
    await client.perform(AddTracking(parcel=first, tracking=("9",)), order)
    news = TellDelivery(parcel=first, state=State.DELIVERED, happened_at=NOW)
    await client.perform(news, order)
    await client.perform(Withdraw(parcel=last), order)
    for _ in range(2):
        returned = shop.store.request_return("#1001", {"LAMP": 1, "RUG": 1})
    shop.order(Line("CUP", 1), number="#1002")
    async for _ in client.changes(None):
        shop.world.pass_time(timedelta(seconds=20))
    assert [page.of async for page in client.listing(NOW, NOW + timedelta(days=1))] == [2, 2]
    for topic in ("orders/create", "orders/updated", "orders/updated"):
        await client.subscribe(topic, f"https://hooks.example.com/hooks/shop/{topic}")
    assert isinstance(await client.subscriptions(), list)
    for ref in (Ref("order", own), Ref("return", returned), Ref("fulfillment_order", asked)):
        assert isinstance(await client.reread(ref), tuple)
        shop.world.pass_time(timedelta(seconds=20))
    await client.destination(order)
    await client.contact(order)
    await client.perform(Complete(), order)
    other = shop.order(number="#1003")
    assert isinstance(await client.perform(CancelOrder(reason="fraud"), other), Accepted)


async def test_every_answer_is_what_the_document_asks_for(
    shop: Shop, schema: GraphQLSchema, operations: list[str]
) -> None:
    assert shop.context.transport is not None
    recorder = Recorder(shop.context.transport)
    context = Context(
        system="shop",
        settings=shop.store.settings,
        secrets=shop.store.secrets,
        transport=recorder,
        clock=shop.world.clock,
    )
    await everything(shop, ShopifyClient(context))

    assert {asked["query"] for asked, _ in recorder.exchanges} == set(operations)
    for asked, answered in recorder.exchanges:
        assert _as_the_schema_has_it(schema, asked, answered["data"]) == answered["data"]


def _as_the_schema_has_it(schema: GraphQLSchema, asked: dict[str, Any], data: Any) -> Any:
    result = execute(
        schema,
        parse(asked["query"]),
        root_value=data,
        variable_values=asked["variables"],
        type_resolver=lambda *_: "ReturnLineItem",
    )
    assert not hasattr(result, "__await__")
    if result.errors:
        pytest.fail(f"{asked['operationName']}: {result.errors[0]}")
    return result.data
