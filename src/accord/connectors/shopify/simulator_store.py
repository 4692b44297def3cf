"""What happens in a pretend store, and the webhooks each change sends out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import count

from accord.connector_kit.simulator import World
from accord.connector_kit.simulator_subscriptions import PretendSubscriptions
from accord.connectors.shopify import simulator_hooks as hooks
from accord.connectors.shopify.payloads import plain_id
from accord.connectors.shopify.simulator_state import (
    MAIN_PLACE,
    Event,
    FulfillmentOrder,
    HoldRecord,
    Line,
    LineItem,
    OrderRecord,
    Parcel,
    Portion,
    RefundRecord,
    ReturnRecord,
)

SHOP = "paper-lantern.myshopify.com"
CLIENT_ID = "1f0c3b5a7d9e2f4a6b8c0d1e2f3a4b5c"
CLIENT_SECRET = "shpss_pretend_7f6e5d4c3b2a1908"
# Failed deliveries in a row after which a store takes a subscription away.
GIVES_UP_AFTER = 8


class Store:
    """The records of one store and the changes that can happen to them.

    Orders are named by their number, like ``#1001``. Every change moves the updated times and
    sends the webhooks a real store sends for it.
    """

    def __init__(self, world: World, system: str) -> None:
        self.world = world
        self.orders: dict[str, OrderRecord] = {}
        self._found: dict[int, str] = {}
        self.ids = count(6_100_000_000_001)
        self.subscriptions = PretendSubscriptions(system, GIVES_UP_AFTER)
        sender = hooks.HookSender(world, system, SHOP, CLIENT_SECRET)
        self.send = partial(sender.send, self.subscriptions.places)

    def add_line(self, order: OrderRecord, line: Line, ship_at: datetime | None) -> LineItem:
        """Add a line to an order and ask its place for it."""
        item = LineItem(
            next(self.ids), line.sku, line.quantity, line.quantity, line.price_minor_units
        )
        order.lines.append(item)
        self.ask_for(order, item, line.quantity, line.place or MAIN_PLACE, ship_at)
        return item

    def ask_for(
        self,
        order: OrderRecord,
        item: LineItem,
        quantity: int,
        place: str,
        ship_at: datetime | None = None,
    ) -> None:
        """Ask ``place`` for so many of a line, on a fulfillment order of that place."""
        now = self.world.clock()
        status = "SCHEDULED" if ship_at and ship_at > now else "OPEN"
        for asked in order.fulfillment_orders:
            if (asked.place, asked.status) == (place, status):
                break
        else:
            asked = FulfillmentOrder(next(self.ids), place, now, status, ship_at)
            order.fulfillment_orders.append(asked)
        asked.portions.append(Portion(next(self.ids), item, quantity, quantity))
        asked.updated_at = now

    def cancel(self, order: OrderRecord, reason: str, *, refund: bool) -> None:
        """Cancel an order; what was only authorized is given up."""
        now = self.touch(order.name).updated_at
        order.cancelled_at = order.closed_at = now
        order.cancel_reason = reason
        for line in order.lines:
            line.current = 0
        for asked in order.fulfillment_orders:
            if asked.active:
                asked.status, asked.updated_at = "CANCELLED", now
                self.say_asked("cancelled", asked)
        if refund and order.paid:
            self.give_back(order, order.paid)
        self.say_order(order, "orders/cancelled", "orders/updated")

    def give_back(self, order: OrderRecord, amount: int) -> None:
        """Refund an amount, in minor units."""
        order.refunds.append(RefundRecord(next(self.ids), order.updated_at, amount))
        self.say_money(order, "refunds/create", "refund", amount)

    def new_hold(self, handle: str, notes: str) -> HoldRecord:
        """Return a hold that the asking app wants to place."""
        return HoldRecord(next(self.ids), handle, notes, ours=True)

    def place_hold(self, asked: FulfillmentOrder, placed: HoldRecord) -> None:
        """Put a fulfillment order on hold."""
        first = not asked.holds
        asked.holds.append(placed)
        asked.status, asked.updated_at = "ON_HOLD", self.world.clock()
        self.send("fulfillment_holds/added", hooks.hold_body(asked, placed))
        if first:
            self.say_asked("placed_on_hold", asked)

    def lift(self, asked: FulfillmentOrder, holds: Sequence[HoldRecord]) -> None:
        """Lift some holds; without the last one the goods may go again."""
        for placed in holds:
            asked.holds.remove(placed)
            self.send("fulfillment_holds/released", hooks.hold_body(asked, placed))
        if holds and not asked.holds:
            asked.status, asked.updated_at = "OPEN", self.world.clock()
            self.say_asked("hold_released", asked)

    def open_scheduled(self, asked: FulfillmentOrder) -> None:
        """Open a fulfillment order whose time has come."""
        if asked.status == "SCHEDULED":
            asked.status, asked.updated_at = "OPEN", self.world.clock()
            self.say_asked("scheduled_fulfillment_order_ready", asked)

    def fulfill(
        self,
        order: OrderRecord,
        taken: Sequence[tuple[FulfillmentOrder, Portion, int]],
        tracking: tuple[str, ...],
        company: str | None,
    ) -> Parcel:
        """Record a parcel with these portions."""
        now = self.touch(order.name).updated_at
        place = taken[0][0].place
        lines = [(portion.line, quantity) for _, portion, quantity in taken]
        name = f"{order.name}.{len(order.parcels) + 1}"
        parcel = Parcel(next(self.ids), name, place, lines, now, now, tracking, company)
        for asked, portion, quantity in taken:
            portion.remaining -= quantity
            asked.status = "IN_PROGRESS"
            asked.settle(now)
        order.parcels.append(parcel)
        self.send("fulfillments/create", hooks.fulfillment_body(order, parcel))
        whole = "orders/partially_fulfilled" if order.remaining else "orders/fulfilled"
        self.say_order(order, whole, "orders/updated")
        return parcel

    def cancel_parcel(self, order: OrderRecord, parcel: Parcel) -> None:
        """Cancel a fulfillment: its lines go to a new fulfillment order of the same place."""
        parcel.status = "CANCELLED"
        asked = FulfillmentOrder(next(self.ids), parcel.place, self.world.clock())
        order.fulfillment_orders.append(asked)
        for line, quantity in parcel.lines:
            asked.portions.append(Portion(next(self.ids), line, quantity, quantity))
        self.say_parcel(order, parcel)
        self.say_asked("order_routing_complete", asked)

    def track(
        self, order: OrderRecord, parcel: Parcel, numbers: tuple[str, ...], company: str | None
    ) -> None:
        """Give a parcel its tracking numbers."""
        parcel.tracking, parcel.company = numbers, company
        self.say_parcel(order, parcel)

    def scan(self, order: OrderRecord, parcel: Parcel, status: str, happened_at: datetime) -> Event:
        """Add an event to a parcel."""
        event = Event(next(self.ids), status, happened_at, self.world.clock())
        parcel.events.append(event)
        self.send("fulfillment_events/create", hooks.event_body(order, parcel, event))
        self.say_parcel(order, parcel)
        return event

    def close_order(self, order: OrderRecord) -> None:
        """Archive an order."""
        order.closed_at = self.touch(order.name).updated_at
        self.say_order(order, "orders/updated")

    def touch(self, number: str) -> OrderRecord:
        """Return an order, its updated time moved to now."""
        order = self.orders[number]
        order.updated_at = self.world.clock()
        return order

    def say_order(self, order: OrderRecord, *topics: str) -> None:
        """Send the webhooks that carry a whole order."""
        for topic in topics:
            self.send(topic, hooks.order_body(order))

    def say_money(self, order: OrderRecord, topic: str, kind: str, amount: int) -> None:
        """Send the webhook of a transaction or a refund."""
        self.send(topic, hooks.money_body(order, next(self.ids), kind, amount))

    def say_return(self, order: OrderRecord, record: ReturnRecord, what: str) -> None:
        """Send the webhook of a return."""
        self.send(f"returns/{what}", hooks.return_body(order, record))
        self.say_order(order, "orders/updated")

    def say_parcel(self, order: OrderRecord, parcel: Parcel) -> None:
        """Send the webhooks of a changed fulfillment."""
        parcel.updated_at = self.touch(order.name).updated_at
        self.send("fulfillments/update", hooks.fulfillment_body(order, parcel))
        self.say_order(order, "orders/updated")

    def say_asked(self, what: str, asked: FulfillmentOrder) -> None:
        """Send the webhook of a fulfillment order."""
        self.send(f"fulfillment_orders/{what}", hooks.fulfillment_order_body(asked))

    def find_order(self, own: str) -> OrderRecord | None:
        """Return the order with this gid."""
        number = number_in(own)
        for order in self._likely(number):
            if order.id == number:
                numbers = [order.id, *(asked.id for asked in order.fulfillment_orders)]
                self._found.update(dict.fromkeys(numbers, order.name))
                return order
        return None

    def find_parcel(self, own: str) -> tuple[OrderRecord | None, Parcel | None]:
        """Return the fulfillment with this gid, after its order."""
        number = number_in(own)
        for order in self._likely(number):
            for parcel in order.parcels:
                if parcel.id == number:
                    return order, parcel
        return None, None

    def find_asked(self, own: str) -> tuple[OrderRecord | None, FulfillmentOrder | None]:
        """Return the fulfillment order with this gid, after its order."""
        number = number_in(own)
        for order in self._likely(number):
            for asked in order.fulfillment_orders:
                if asked.id == number:
                    return order, asked
        return None, None

    def find_return(self, own: str) -> tuple[OrderRecord | None, ReturnRecord | None]:
        """Return the return with this gid, after its order."""
        number = number_in(own)
        for order in self._likely(number):
            for record in order.returns:
                if record.id == number:
                    return order, record
        return None, None

    def _likely(self, number: int) -> Iterator[OrderRecord]:
        """Yield all orders, first the one in which this number was found last."""
        known = self.orders.get(self._found.get(number, ""))
        if known is not None:
            yield known
        yield from self.orders.values()


def number_in(own: str) -> int:
    """Return the digits at the end of a gid."""
    digits = plain_id(own)
    return int(digits) if digits.isdigit() else 0
