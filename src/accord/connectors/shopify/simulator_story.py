"""The story's side of a pretend store: what shoppers and staff do in it.

All methods name an order by its number, like ``#1001``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from accord.connectors.shopify import simulator_hooks as hooks
from accord.connectors.shopify.simulator_state import (
    MAIN_PLACE,
    HoldRecord,
    Line,
    LineItem,
    OrderRecord,
    ReturnRecord,
    cut,
)
from accord.connectors.shopify.simulator_store import Store


class Story(Store):
    """A store in which people do things."""

    def place_order(
        self,
        number: str,
        lines: Sequence[Line],
        *,
        paid: bool = True,
        ship_at: datetime | None = None,
    ) -> str:
        """Place an order and return its id. ``ship_at`` makes it a preorder, scheduled until then.

        An order that is not paid is authorized, until ``capture``.
        """
        now = self.world.clock()
        order = OrderRecord(next(self.ids), number, now, now)
        self.orders[number] = order
        for line in lines:
            self.add_line(order, line, ship_at)
        if paid:
            order.paid = order.due
        kind = "sale" if paid else "authorization"
        self.say_order(order, "orders/create", *(["orders/paid"] if paid else []))
        self.say_money(order, "order_transactions/create", kind, order.due)
        for asked in order.fulfillment_orders:
            self.say_asked("order_routing_complete", asked)
        return str(order.id)

    def capture(self, number: str) -> None:
        """Take the money of an order: all that is still due."""
        order = self.touch(number)
        amount = order.due - order.paid
        order.paid = order.due
        self.say_order(order, "orders/paid", "orders/updated")
        self.say_money(order, "order_transactions/create", "capture", amount)

    def edit_order(
        self, number: str, quantities: Mapping[str, int], place: str | None = None
    ) -> None:
        """Change how many of each SKU are wanted; a new SKU is added, to be sent from ``place``."""
        order = self.touch(number)
        deltas: dict[int, int] = {}
        for sku, wanted in quantities.items():
            item = next((line for line in order.lines if line.sku == sku), None)
            if item is None:
                item = self.add_line(order, Line(sku, wanted, place), None)
                deltas[item.id] = wanted
            else:
                deltas[item.id] = wanted - item.current
                self._set_quantity(order, item, wanted, place)
        self.send("orders/edited", hooks.edit_body(order, next(self.ids), deltas))
        self.say_order(order, "orders/updated")

    def _set_quantity(
        self, order: OrderRecord, item: LineItem, wanted: int, place: str | None
    ) -> None:
        more = wanted - item.current
        item.current = wanted
        if more > 0:
            item.quantity += more
            asked = next((asked for asked, _ in order.portions(item)), None)
            self.ask_for(order, item, more, place or (asked.place if asked else MAIN_PLACE))
        else:
            cut(order, item, -more, self.world.clock())

    def cancel_order(self, number: str, reason: str = "customer") -> None:
        """Cancel an order as staff does, money back. Raises ``ValueError`` once a parcel left."""
        order = self.orders[number]
        if order.shipped:
            message = f"{number} has a parcel that left: refund or take back lines instead"
            raise ValueError(message)
        self.cancel(order, reason, refund=True)

    def refund(
        self, number: str, quantities: Mapping[str, int], restock: str = "no_restock"
    ) -> None:
        """Give the money of some pieces back.

        ``restock`` ``cancel`` also takes them off what is still to be sent; ``return`` and
        ``no_restock`` speak of pieces that left. Refunded pieces no longer count as wanted.
        """
        order = self.touch(number)
        amount = 0
        for sku, quantity in quantities.items():
            line = order.line(sku)
            line.current -= quantity
            amount += quantity * line.price
            if restock == "cancel":
                cut(order, line, quantity, self.world.clock())
        self.give_back(order, amount)
        self.say_order(order, "orders/updated")

    def request_return(self, number: str, quantities: Mapping[str, int]) -> str:
        """Ask to send pieces back; return the id of the return."""
        order = self.touch(number)
        lines = [(order.line(sku), quantity) for sku, quantity in quantities.items()]
        record = ReturnRecord(next(self.ids), lines, self.world.clock())
        order.returns.append(record)
        self.say_return(order, record, "request")
        return str(record.id)

    def approve_return(self, number: str) -> None:
        """Approve the latest return of an order."""
        order = self.touch(number)
        record = order.returns[-1]
        record.status, record.approved_at = "OPEN", self.world.clock()
        self.say_return(order, record, "approve")

    def close_return(self, number: str) -> None:
        """Close the latest return of an order: everything in it is dealt with."""
        order = self.touch(number)
        record = order.returns[-1]
        record.status, record.closed_at = "CLOSED", self.world.clock()
        self.say_return(order, record, "close")

    def fulfill_by_hand(self, number: str) -> None:
        """Mark everything still to be sent as sent, as staff does in the admin."""
        order = self.touch(number)
        taken = [
            (asked, portion, portion.remaining)
            for asked in order.fulfillment_orders
            if asked.active
            for portion in asked.portions
            if portion.remaining
        ]
        self.fulfill(order, taken, (), None)

    def say(self, number: str, word: str | None) -> None:
        """Call the payment of an order by another word from now on, or by its own again."""
        order = self.touch(number)
        order.said = word
        self.say_order(order, "orders/updated")

    def hold(self, number: str, reason: str) -> None:
        """Put everything still to be sent of an order on hold, as staff does."""
        for asked in self.touch(number).fulfillment_orders:
            if asked.active:
                placed = HoldRecord(next(self.ids), "", reason, ours=False)
                self.place_hold(asked, placed)

    def release(self, number: str) -> None:
        """Lift the holds of staff; an app's own holds stay."""
        for asked in self.touch(number).fulfillment_orders:
            self.lift(asked, [placed for placed in asked.holds if not placed.ours])

    def release_scheduled(self, number: str) -> None:
        """Open what a preorder had scheduled, whatever its date."""
        for asked in self.touch(number).fulfillment_orders:
            self.open_scheduled(asked)

    def tick(self) -> None:
        """Open every scheduled fulfillment order that is due by now."""
        now = self.world.clock()
        for order in self.orders.values():
            for asked in order.fulfillment_orders:
                if asked.fulfill_at and asked.fulfill_at <= now and asked.status == "SCHEDULED":
                    self.touch(order.name)
                    self.open_scheduled(asked)
