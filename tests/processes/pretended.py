"""The three simulated systems, served over HTTP on this machine, in the present time."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx2
import uvicorn

from accord.bench.pretend_shop import NO_LIMIT, PresentWorld
from accord.connector_kit.simulator import Hook, Simulator
from accord.connectors.netsuite.simulator import Line as BookedLine
from accord.connectors.netsuite.simulator import NetSuiteSimulator
from accord.connectors.shipstation.simulator import ShipStationSimulator
from accord.connectors.shopify.simulator import ShopifySimulator
from accord.connectors.shopify.simulator_state import Line
from accord.demo.stack import read_demo_accord
from accord.settings.credentials import variable
from accord.web.server import listen
from tests.processes.wired import ASKER, WIRES

PLACE = "655441491"
SKU, HOW_MANY = "MUG", 2
T = TypeVar("T")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class Door:
    """In front of one system: notes who asks what, and can hold calls back on either side."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self.asked: list[tuple[int, bytes]] = []  # by which process, and what
        self.holds: Callable[[bytes], bool] = lambda _asked: False
        self.holds_reply: Callable[[bytes], bool] = lambda _asked: False
        self.held = threading.Event()
        self.release = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        asker = next((v for n, v in scope["headers"] if n == ASKER.encode()), b"0")
        asked = f"{scope['method']} {scope['path']} ".encode() + body
        self.asked.append((int(asker), asked))
        if self.holds(asked):
            await self._hold()

        async def whole() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        said: list[Any] = []

        async def keep(message: Any) -> None:
            said.append(message)

        await self._app(scope, whole, keep)
        if self.holds_reply(asked):
            await self._hold()
        for each in said:
            await send(each)

    async def _hold(self) -> None:
        self.held.set()
        await self.release.wait()


class Pretended:
    """The systems and the people in them; what they do is done in the thread that serves."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.world = PresentWorld(datetime.now(UTC))
        self.shop = ShopifySimulator(self.world, "shop")
        self.shop.bucket = self.shop.restored_each_second = NO_LIMIT
        self.books = NetSuiteSimulator(self.world, "books")
        self.warehouse = ShipStationSimulator(self.world, "warehouse")
        self.systems: dict[str, Simulator] = {
            "shop": self.shop,
            "books": self.books,
            "warehouse": self.warehouse,
        }
        self.accord, _ = read_demo_accord(self.systems)
        self.doors = {name: Door(each.app) for name, each in self.systems.items()}
        self.ports: dict[str, int] = {}
        self.receiver: int | None = None
        self.numbers: list[str] = []
        self.tracking: dict[str, str] = {}
        self._unposted: list[Hook] = []

    @property
    def variables(self) -> Mapping[str, str]:
        """What the environment of a process holds so that it finds and is let into them."""
        secrets = {
            variable(name, secret): value
            for name, each in self.systems.items()
            for secret, value in each.secrets.items()
        }
        return {**secrets, WIRES: json.dumps(self.ports)}

    def do(self, deed: Callable[[], T]) -> T:
        """Do something in the systems, where nobody else is at work in the middle of a call."""

        async def doing() -> T:
            return deed()

        return asyncio.run_coroutine_threadsafe(doing(), self.loop).result(30)

    def order(self, numbers: list[str]) -> None:
        """Let orders be placed, paid and booked."""
        self.numbers += numbers
        for number in numbers:
            own = self.shop.place_order(number, [Line(SKU, HOW_MANY, PLACE)])
            self.books.book_order(number, own, [BookedLine(SKU, HOW_MANY)])

    def hold_next(self, system: str, side: str, what: bytes) -> None:
        """Hold the next call that asks for ``what``: before it is done, or only its reply."""
        door = self.doors[system]

        def is_next(asked: bytes) -> bool:
            return what in asked and not door.held.is_set()

        if side == "call":
            door.holds = is_next
        else:
            door.holds_reply = is_next

    def pack(self) -> None:
        """Let everything be packed and picked up that the warehouse was asked for and has not."""
        for number in self.numbers:
            for shipment in self.warehouse.shipments(number):
                if self.warehouse.status(shipment) == "pending":
                    self.warehouse.start(shipment)
                    label = self.warehouse.buy_label(shipment)
                    self.warehouse.scan(label, "AC", "Accepted at the counter")
                    self.tracking[number] = label

    def effects(self) -> dict[str, list[str]]:
        """Return what is there of each order, beyond what there must be exactly once."""
        return {number: told for number in self.numbers if (told := list(self._twice(number)))}

    def _twice(self, number: str) -> Iterator[str]:
        if len(self.warehouse.shipments(number)) > 1:
            yield f"shipments {self.warehouse.shipments(number)}"
        parcels = self.shop.orders[number].parcels
        if len(parcels) > 1:
            yield f"parcels {[parcel.tracking for parcel in parcels]}"
        for parcel in parcels:
            scans = [(event.status, event.happened_at) for event in parcel.events]
            if len(scans) > len(set(scans)):
                yield f"scans {scans}"
        if len(self.books.fulfillments(number)) > 1:
            yield f"item fulfillments {self.books.fulfillments(number)}"

    def is_shipped(self, number: str) -> bool:
        """Whether shop and books know of the parcel that left."""
        told = [list(parcel.tracking) for parcel in self.shop.orders[number].parcels]
        booked = [each.status for each in self.books.fulfillments(number)]
        return told == [[self.tracking.get(number)]] and booked == ["C"]

    async def post(self) -> None:
        """Post the hooks that were made, again and again until each is answered 200."""
        async with httpx2.AsyncClient(trust_env=False, timeout=5) as client:
            while True:
                self._unposted += self.world.sent
                self.world.sent.clear()
                if self.receiver is not None:
                    for hook in list(self._unposted):
                        if await self._is_taken(client, hook):
                            self._unposted.remove(hook)
                await asyncio.sleep(0.02)

    async def _is_taken(self, client: httpx2.AsyncClient, hook: Hook) -> bool:
        address = f"http://127.0.0.1:{self.receiver}/hooks/{hook.system}/{hook.topic}"
        try:
            answer = await client.post(address, content=hook.body, headers=dict(hook.headers))
        except httpx2.HTTPError:
            return False
        return answer.status_code == 200

    @property
    def is_posted(self) -> bool:
        return not self._unposted and not self.world.sent

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        servers = []
        for name, door in self.doors.items():
            listening = listen("127.0.0.1", 0)
            self.ports[name] = listening.getsockname()[1]
            config = uvicorn.Config(door, lifespan="off", log_config=None, access_log=False)
            server = _Quiet(config)
            servers.append((server, asyncio.create_task(server.serve(sockets=[listening]))))
        posting = asyncio.create_task(self.post())
        ready.set()
        await stop.wait()
        posting.cancel()
        for server, serving in servers:
            server.force_exit = server.should_exit = True
            await serving
        await asyncio.gather(posting, return_exceptions=True)


class _Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def pretended() -> Iterator[Pretended]:
    """Serve the systems for as long as the block lasts."""
    company = Pretended()
    ready, stop = threading.Event(), asyncio.Event()

    def serve() -> None:
        asyncio.set_event_loop(company.loop)
        company.loop.run_until_complete(company.serve(ready, stop))
        company.loop.close()

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        assert ready.wait(30)
        yield company
    finally:
        company.loop.call_soon_threadsafe(stop.set)
        for door in company.doors.values():
            company.loop.call_soon_threadsafe(door.release.set)
        serving.join()
