"""The people of a simulated company, any of whom may act at any time, and Accord at work."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

from accord.connector_kit.simulator import Hook
from accord.connectors.netsuite.simulator import Line as BookedLine
from accord.connectors.shopify.simulator_state import Line as ShopLine
from accord.connectors.shopify.simulator_state import OrderRecord
from accord.demo.stack import Stack, places, stack
from accord.storage.memory import MemoryStore

HOUR = timedelta(hours=1)
OK = 200
AT_ONCE = 7
# Codes of a parcel that is labelled and has not been handed over.
BEFORE_SCAN = frozenset({"NY", "UN"})

Goods = Counter[str]


class Company:
    """A shop, its books and its warehouse; ``overpacked`` notes what was packed unasked."""

    def __init__(self, stack: Stack, chance: Random, hour: timedelta = HOUR) -> None:
        """Begin with nothing sold. ``chance`` shuffles and doubles the hooks.

        ``hour`` is how long an hour of people's work takes: less, to see more of them in a day.
        """
        self.stack, self.hour = stack, hour
        self.overpacked: list[str] = []
        self._chance = chance
        self._asked: dict[str, Goods] = {}
        self._labels: dict[str, set[str]] = {}

    def order(
        self, number: str, *items: tuple[str, int, str], paid: bool = True, wait: int = 0
    ) -> None:
        """Let a shopper order items (SKU, quantity, location); a preorder waits some hours."""
        own = places(self.stack.accord, "shop")
        lines = [ShopLine(sku, quantity, own[place]) for sku, quantity, place in items]
        ship_at = self.stack.world.now + wait * self.hour if wait else None
        self.stack.shop.place_order(number, lines, paid=paid, ship_at=ship_at)

    def book(self, number: str, *more: BookedLine) -> None:
        """Import an order into the books, as it stands in the shop now."""
        order = self.stack.shop.orders[number]
        lines = [BookedLine(x.sku, x.current) for x in order.lines if x.current]
        if lines:
            self.stack.books.book_order(number, str(order.id), [*lines, *more])

    def send_from_shop(self, number: str) -> None:
        """Say in the shop, by hand, that all an open fulfillment order asks for has left."""
        order = self.stack.shop.orders[number]
        waiting = [each for each in order.fulfillment_orders if each.status == "OPEN"]
        if not waiting:
            message = "nothing is open to be sent"
            raise ValueError(message)
        asked = waiting[0]
        taken = [(asked, part, part.remaining) for part in asked.portions if part.remaining]
        self.stack.shop.fulfill(order, taken, (), None)

    def shipments(self, number: str) -> list[str]:
        """Return the shipments of an order that nobody cancelled, oldest first."""
        warehouse = self.stack.warehouse
        every = warehouse.shipments(number)
        return [each for each in every if warehouse.status(each) != "cancelled"]

    def label(self, shipment: str) -> str:
        """Pack and label a shipment; note it when that is more than anybody asked for."""
        warehouse = self.stack.warehouse
        number = f"#{warehouse.order_of(shipment).lstrip('#')}"
        tracking = warehouse.buy_label(shipment)
        self._labels.setdefault(shipment, set()).add(tracking)
        labelled = [s for s in self.shipments(number) if warehouse.status(s) == "label_purchased"]
        packed = sum((Counter(warehouse.lines(s)) for s in labelled), Counter[str]())
        # What is asked for may have changed this very hour: then nobody could know it yet.
        asked = asked_for(self.stack.shop.orders[number]) | self._asked.get(number, Counter())
        if any(packed[sku] > asked[sku] for sku in warehouse.lines(shipment)):
            self.overpacked.append(f"{number}: packed {dict(packed)}, asked for {dict(asked)}")
        return tracking

    def left(self, number: str) -> list[Goods]:
        """Return what each parcel holds that the carrier has."""
        warehouse = self.stack.warehouse
        words = warehouse.words(number)
        gone = {name.split()[1] for name, code in words.items() if _is_scan(name, code)}
        return [
            Counter(warehouse.lines(shipment))
            for shipment in warehouse.shipments(number)
            if gone & self._labels.get(shipment, set())
        ]

    def is_waiting(self, shipment: str) -> bool:
        """Return whether a shipment is labelled and the carrier has not seen it."""
        words = self.stack.warehouse.words(self.stack.warehouse.order_of(shipment))
        return any(
            words.get(f"tracking {tracking}") in BEFORE_SCAN
            for tracking in self._labels.get(shipment, ())
        )

    async def hours(self, number: int) -> None:
        """Let some hours pass in which nobody but Accord does anything."""
        for _ in range(number):
            await self.settle()
            self.stack.world.pass_time(self.hour)
            self.stack.shop.tick()
        await self.settle()

    async def settle(self) -> None:
        """Deliver the hooks, shuffled and some of them twice, until Accord makes no more."""
        while self.stack.world.sent:
            hooks = list(self.stack.world.sent)
            self.stack.world.sent.clear()
            hooks += [hook for hook in hooks if self._chance.random() < 0.1]
            self._chance.shuffle(hooks)
            for start in range(0, len(hooks), AT_ONCE):
                await self._deliver(hooks[start : start + AT_ONCE])
            await self.stack.engine.settle()
        await self.stack.engine.settle()
        for number, order in self.stack.shop.orders.items():
            self._asked[number] = asked_for(order)

    async def _deliver(self, hooks: list[Hook]) -> None:
        statuses = await asyncio.gather(*map(self.stack.post, hooks))
        assert set(statuses) == {OK}
        if self._chance.random() < 0.3:
            await self.stack.engine.settle()


def _is_scan(name: str, code: str) -> bool:
    return name.startswith("tracking ") and code not in BEFORE_SCAN


def goods(pairs: Iterable[tuple[str, int]]) -> Goods:
    """Return quantities by SKU."""
    total: Goods = Counter()
    for sku, quantity in pairs:
        total[sku] += quantity
    return total


def asked_for(order: OrderRecord) -> Goods:
    """Return what the shop asks to be sent or says has left."""
    active = (asked for asked in order.fulfillment_orders if asked.active)
    sent = (parcel for parcel in order.parcels if parcel.status == "SUCCESS")
    return goods(
        [
            *((part.line.sku, part.remaining) for asked in active for part in asked.portions),
            *((line.sku, quantity) for parcel in sent for line, quantity in parcel.lines),
        ]
    )


@asynccontextmanager
async def company(seed: int = 0) -> AsyncIterator[Company]:
    """Found a company whose hooks are shuffled by ``seed``."""
    async with stack(MemoryStore()) as built:
        yield Company(built, Random(seed))
