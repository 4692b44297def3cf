"""The simulated stack: three systems in one world, and Accord between them."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from random import Random
from typing import Protocol

import httpx2
from litestar.types import ASGIApp

from accord.bootstrap import Engine, engine
from accord.connector_kit.discovery import connectors
from accord.connector_kit.http import in_process
from accord.connector_kit.simulator import Hook, Simulator, World
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.demo.knock import knock
from accord.domain.accord import Accord
from accord.engine.ports import Attempt, Link, Store
from accord.engine.subscription_book import SubscriptionLine
from accord.engine.subscriptions import hook_address
from accord.settings.accord_file import UnsoundAccordError, read_accord
from accord.settings.credentials import variable
from accord.settings.linking import links
from accord.settings.systems import SystemSettings
from accord.storage.overview import Overview
from accord.web.app import web_app

BEGINNING = datetime(2026, 11, 2, 8, tzinfo=UTC)
SEED = 1001
A_CALL = timedelta(milliseconds=20)


class DemoStore(Store, Overview, Protocol):
    """A store that can also be read from: what every store of Accord is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Everything the story needs to reach. ``down`` are the systems that answer nobody now."""

    world: World
    shop: ShopifySimulator
    books: NetSuiteSimulator
    warehouse: ShipStationSimulator
    accord: Accord
    engine: Engine
    store: DemoStore
    app: ASGIApp
    trouble: list[Exception]
    attempts: list[Attempt]
    hook_news: list[SubscriptionLine]
    down: set[str]

    async def post(self, hook: Hook) -> int:
        """Deliver one hook as its sender would; return the status Accord answered."""
        path = f"/hooks/{hook.system}/{hook.topic}"
        return await knock(self.app, path, hook.headers, hook.body)


@asynccontextmanager
async def stack(
    store: DemoStore, refresh: int | None = None, amend: Callable[[Accord], Accord] | None = None
) -> AsyncIterator[Stack]:
    """Build the stack over ``store``; its pages load themselves again every ``refresh`` seconds.

    ``amend`` may change the accord it lives by.
    """
    world = World(now=BEGINNING, chance=Random(SEED))  # noqa: S311 - a story, not a secret
    shop, books = ShopifySimulator(world, "shop"), NetSuiteSimulator(world, "books")
    warehouse = ShipStationSimulator(world, "warehouse")
    pretend: dict[str, Simulator] = {"shop": shop, "books": books, "warehouse": warehouse}
    accord, systems = read_demo_accord(pretend)
    accord = accord if amend is None else amend(accord)
    down: set[str] = set()
    transports = {name: Wire(world, in_process(s.app), name, down) for name, s in pretend.items()}
    linked = links(systems, transports, world.clock)
    _set_up_hooks((shop, warehouse), linked, accord.address)
    attempts, hook_news, trouble = list[Attempt](), list[SubscriptionLine](), list[Exception]()
    works = engine(
        accord,
        linked,
        store,
        clock=world.clock,
        chance=world.chance.random,
        watch=attempts.append,
        hooks_news=hook_news.extend,
        rest=partial(pass_time, world),
    )
    app = web_app(works.receiver, store, accord, failed=trouble.append, refresh=refresh)
    await works.begin()
    try:
        yield Stack(
            world=world,
            shop=shop,
            books=books,
            warehouse=warehouse,
            accord=accord,
            engine=works,
            store=store,
            app=app,
            trouble=trouble,
            attempts=attempts,
            hook_news=hook_news,
            down=down,
        )
    finally:
        await works.close()


def _set_up_hooks(
    simulators: Iterable[ShopifySimulator | ShipStationSimulator],
    linked: Mapping[str, Link],
    address: str,
) -> None:
    """Have the systems send their hooks to us, as whoever connected them did."""
    for each in simulators:
        for topic in sorted(linked[each.system].subscribable):
            each.subscriptions.make(topic, hook_address(address, each.system, topic))


async def pass_time(world: World, seconds: float) -> None:
    """Let time go by in the simulated world, where nobody waits for it."""
    world.pass_time(timedelta(seconds=seconds))


def read_demo_accord(
    pretend: Mapping[str, Simulator],
) -> tuple[Accord, Mapping[str, SystemSettings]]:
    """Return the demo's accord, with the secrets of its pretend systems."""
    environment = {
        variable(name, secret): value
        for name, simulator in pretend.items()
        for secret, value in simulator.secrets.items()
    }
    text = files("accord.demo").joinpath("accord.toml").read_text(encoding="utf-8")
    read = read_accord(text, connectors(), environment)
    if read.accord is None or not read.sound:
        raise UnsoundAccordError("\n".join(map(str, read.findings)))
    return read.accord, read.systems


class Wire(httpx2.AsyncBaseTransport):
    """The way to a simulated system: every call takes its time, and ends there if it is down."""

    def __init__(
        self,
        world: World,
        transport: httpx2.AsyncBaseTransport,
        system: str = "",
        down: Collection[str] = (),
    ) -> None:
        """Reach ``system``, unless it is among those that are ``down`` at that moment."""
        self._world = world
        self._transport = transport
        self._system = system
        self._down = down

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Let the time of one call go by, then make it."""
        self._world.pass_time(A_CALL)
        if self._system in self._down:
            return httpx2.Response(HTTPStatus.SERVICE_UNAVAILABLE, text="down for maintenance")
        return await self._transport.handle_async_request(request)


def places(accord: Accord, system: str) -> Mapping[str, str]:
    """Return what ``system`` calls each location."""
    return accord.systems[system].places
