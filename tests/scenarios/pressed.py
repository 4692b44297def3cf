"""The simulated stack behind wires that throttle, fall silent or lose replies, and keep a log."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

import httpx2

from accord.bootstrap import engine
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import Simulator, World
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.demo.stack import BEGINNING, Stack, pass_time, read_demo_accord
from accord.settings.linking import links
from accord.storage.memory import MemoryStore
from accord.web.app import web_app
from tests.scenarios.company import Company

A_CALL = timedelta(milliseconds=20)
SLOWLY = timedelta(minutes=5)


@dataclass
class Wire(httpx2.AsyncBaseTransport):
    """The way to one system. ``spoil`` may answer in its place, or raise; None lets a call pass."""

    world: World
    transport: httpx2.AsyncBaseTransport
    spoil: Callable[[httpx2.Request], httpx2.Response | None] = lambda _request: None
    lose: Callable[[httpx2.Request], bool] = lambda _request: False
    log: list[tuple[datetime, int]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Let the time of one call go by, then make it."""
        self.world.pass_time(A_CALL)
        at = self.world.now
        answer = self.spoil(request)
        if answer is None:
            answer = await self.transport.handle_async_request(request)
            if self.lose(request):
                message = "the reply was lost"
                raise httpx2.ReadTimeout(message)
        self.log.append((at, answer.status_code))
        return answer


class Pressed(Company):
    """A company whose systems' wires are in the test's hand; its hours pass in small steps."""

    wires: dict[str, Wire]

    async def hours(self, number: int) -> None:
        """Let some hours pass in which nobody but Accord does anything."""
        for _ in range(number * 12):
            await self.settle()
            self.stack.world.pass_time(SLOWLY)
        await self.settle()


@asynccontextmanager
async def pressed() -> AsyncIterator[Pressed]:
    """Found a company behind such wires."""
    world = World(now=BEGINNING, chance=Random(5))
    shop = ShopifySimulator(world, "shop")
    books = NetSuiteSimulator(world, "books")
    warehouse = ShipStationSimulator(world, "warehouse")
    pretend: dict[str, Simulator] = {"shop": shop, "books": books, "warehouse": warehouse}
    accord, systems = read_demo_accord(pretend)
    wires = {name: Wire(world, in_process(s.app)) for name, s in pretend.items()}
    store = MemoryStore()
    linked = links(systems, wires, world.clock)
    works = engine(
        accord,
        linked,
        store,
        clock=world.clock,
        chance=world.chance.random,
        rest=partial(pass_time, world),
    )
    trouble: list[Exception] = []
    built = Stack(
        world=world,
        shop=shop,
        books=books,
        warehouse=warehouse,
        accord=accord,
        engine=works,
        store=store,
        app=web_app(works.receiver, store, accord, failed=trouble.append),
        trouble=trouble,
        attempts=[],
        hook_news=[],
        down=set(),
    )
    await works.begin()
    company = Pressed(built, Random(5))
    company.wires = wires
    try:
        yield company
    finally:
        await works.close()
