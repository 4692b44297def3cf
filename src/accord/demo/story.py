"""The people of the simulated companies, hour by hour."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.connectors.netsuite.simulator import Line as BookedLine
from accord.connectors.shopify.simulator_state import Line as ShopLine
from accord.demo.scenarios import EAST, HOUR, Event, Life
from accord.demo.stack import Stack, places

# What people need: the packers, the carrier's rounds.
PACKED_AFTER = 2 * HOUR
CARRIER_ROUNDS: tuple[tuple[timedelta, str, str], ...] = (
    (3 * HOUR, "AC", "Accepted at the counter"),
    (9 * HOUR, "IT", "Departed the sorting centre"),
    (34 * HOUR, "DE", "Delivered"),
)
# A word nobody knows; the shop uses it for a while, as after an update of its own.
NEW_WORD = "on_layaway"
PRICE = 1900  # minor units; no status depends on it


@dataclass(slots=True)
class _Order:
    """How far one life has come."""

    life: Life
    placed_at: datetime
    events: list[Event]
    booked: bool = False
    billed: bool = False


@dataclass(slots=True)
class _Box:
    """One shipment in the packers' and the carrier's hands."""

    number: str
    started_at: datetime | None = None
    labelled_at: datetime | None = None
    tracking: str = ""
    rounds: int = 0


class Story:
    """Plays every life, up to the world's present time, each time it is told to go on."""

    def __init__(self, stack: Stack, lives: Iterable[Life]) -> None:
        self._stack = stack
        self._begin = stack.world.now
        self._coming = list(lives)
        self._orders: dict[str, _Order] = {}
        self._boxes: dict[str, _Box] = {}
        self._deeds: dict[str, Callable[[_Order, Event], str]] = {
            "cancel": self._cancel,
            "edit": self._edit,
            "refund": self._refund,
            "pack": self._pack_now,
            "request return": self._request_return,
            "approve return": self._approve_return,
            "refund returned": self._refund_returned,
            "close return": self._close_return,
            "send though cancelled": self._send_though_cancelled,
            "say a new word": self._say_a_new_word,
            "say the old word": self._say_the_old_word,
            "mark as sent": self._mark_as_sent,
            "edit in the books": self._edit_in_the_books,
        }
        # The first return that was approved and the first parcel that left, by order number.
        self.return_approved: str | None = None
        self.parcel_left: str | None = None

    @property
    def lives(self) -> Mapping[str, Life]:
        """Every life that has begun, by order number."""
        return {number: order.life for number, order in self._orders.items()}

    @property
    def ended(self) -> bool:
        """Whether nobody has anything left to do of their own accord."""
        acted = not self._coming and not any(order.events for order in self._orders.values())
        return acted and all(box.rounds == len(CARRIER_ROUNDS) for box in self._travelling())

    def go_on(self) -> list[str]:
        """Do all that is due by now; return it as sentences."""
        told = [*self._place(), *self._book(), *self._act()]
        self._stack.shop.tick()
        return [*told, *self._pack(), *self._carry(), *self._bill()]

    @property
    def _now(self) -> datetime:
        return self._stack.world.now

    def _place(self) -> list[str]:
        told = []
        own = places(self._stack.accord, "shop")
        while self._coming and self._begin + self._coming[0].placed_after <= self._now:
            life = self._coming.pop(0)
            lines = [ShopLine(i.sku, i.quantity, own[i.location], PRICE) for i in life.items]
            ship_at = None if life.ships_after is None else self._now + life.ships_after
            self._stack.shop.place_order(life.number, lines, ship_at=ship_at)
            self._orders[life.number] = _Order(life, self._now, list(life.events))
            told.append(f"{life.number} is ordered and paid ({life.kind})")
        return told

    def _book(self) -> list[str]:
        told = []
        for order in self._orders.values():
            if not order.booked and order.placed_at + order.life.booked_after <= self._now:
                lines = [BookedLine(i.sku, i.quantity) for i in order.life.items]
                external = self._stack.shop.orders[order.life.number].id
                self._stack.books.book_order(order.life.number, str(external), lines)
                order.booked = True
                told.append(f"{order.life.number} is imported into the books")
        return told

    def _act(self) -> list[str]:
        told = []
        for order in self._orders.values():
            while order.events and order.placed_at + order.events[0].after <= self._now:
                event = order.events.pop(0)
                told.append(self._deeds[event.what](order, event))
        return told

    def _cancel(self, order: _Order, event: Event) -> str:
        self._stack.shop.cancel_order(order.life.number)
        return f"{order.life.number} is cancelled by its customer after {event.after // HOUR} hours"

    def _edit(self, order: _Order, event: Event) -> str:
        place = places(self._stack.accord, "shop")[EAST]
        self._stack.shop.edit_order(order.life.number, event.lines, place)
        return f"{order.life.number} is edited in the shop: {_lines(event.lines)}"

    def _refund(self, order: _Order, event: Event) -> str:
        self._stack.shop.refund(order.life.number, event.lines)
        return f"{order.life.number} gets part of its money back"

    def _pack_now(self, order: _Order, _event: Event) -> str:
        for shipment in self._stack.warehouse.shipments(order.life.number):
            self._box(shipment, order.life.number).started_at = self._now
            self._stack.warehouse.start(shipment)
            self._label(shipment)
        return f"{order.life.number} is packed and labelled"

    def _request_return(self, order: _Order, event: Event) -> str:
        self._stack.shop.request_return(order.life.number, event.lines)
        return f"{order.life.number}: the customer asks to send {_lines(event.lines)} back"

    def _approve_return(self, order: _Order, _event: Event) -> str:
        self._stack.shop.approve_return(order.life.number)
        self.return_approved = self.return_approved or order.life.number
        return f"{order.life.number}: the return is approved"

    def _refund_returned(self, order: _Order, event: Event) -> str:
        self._stack.shop.refund(order.life.number, event.lines, restock="return")
        return f"{order.life.number}: the returned goods are paid back"

    def _close_return(self, order: _Order, _event: Event) -> str:
        self._stack.shop.close_return(order.life.number)
        return f"{order.life.number}: the return is closed"

    def _send_though_cancelled(self, order: _Order, _event: Event) -> str:
        number = order.life.number
        self._stack.shop.cancel_order(number)
        self._pack_now(order, _event)
        for shipment in self._stack.warehouse.shipments(number):
            _, code, what = CARRIER_ROUNDS[0]
            self._scan(self._boxes[shipment], code, what)
        return f"{number} is cancelled by its customer, and the warehouse ships it all the same"

    def _say_a_new_word(self, order: _Order, _event: Event) -> str:
        self._stack.shop.say(order.life.number, NEW_WORD)
        return f"{order.life.number}: the shop calls its payment {NEW_WORD!r}, a word nobody knows"

    def _say_the_old_word(self, order: _Order, _event: Event) -> str:
        self._stack.shop.say(order.life.number, None)
        return f"{order.life.number}: the shop calls its payment as before"

    def _mark_as_sent(self, order: _Order, _event: Event) -> str:
        self._stack.shop.fulfill_by_hand(order.life.number)
        return f"{order.life.number} is marked as sent in the shop admin; nothing has left"

    def _edit_in_the_books(self, order: _Order, _event: Event) -> str:
        item = order.life.items[0]
        self._stack.books.edit_quantity(order.life.number, item.sku, item.quantity + 1)
        return f"{order.life.number}: somebody adds one {item.sku} in the books, past the shop"

    def _pack(self) -> list[str]:
        told = []
        warehouse = self._stack.warehouse
        for place in places(self._stack.accord, "warehouse").values():
            for shipment in warehouse.pending(place):
                number = _number(warehouse.order_of(shipment))
                order = self._orders[number]
                if order.placed_at + order.life.packers_wait <= self._now:
                    self._box(shipment, number).started_at = self._now
                    warehouse.start(shipment)
        for shipment, box in self._boxes.items():
            in_hand = not box.tracking and warehouse.status(shipment) == "processing"
            if in_hand and box.started_at and box.started_at + PACKED_AFTER <= self._now:
                told.append(f"{box.number} is packed: parcel {self._label(shipment)}")
        return told

    def _box(self, shipment: str, number: str) -> _Box:
        return self._boxes.setdefault(shipment, _Box(number))

    def _label(self, shipment: str) -> str:
        box = self._boxes[shipment]
        box.tracking = self._stack.warehouse.buy_label(shipment)
        box.labelled_at = self._now
        return box.tracking

    def _travelling(self) -> list[_Box]:
        status = self._stack.warehouse.status
        return [box for s, box in self._boxes.items() if box.tracking and status(s) != "cancelled"]

    def _carry(self) -> list[str]:
        told = []
        for box in self._travelling():
            while box.labelled_at and box.rounds < len(CARRIER_ROUNDS):
                after, code, what = CARRIER_ROUNDS[box.rounds]
                if box.labelled_at + after > self._now:
                    break
                self._scan(box, code, what)
                told.append(f"{box.number}: parcel {box.tracking} {what.lower()}")
        return told

    def _scan(self, box: _Box, code: str, what: str) -> None:
        self._stack.warehouse.scan(box.tracking, code, what)
        box.rounds += 1
        if self._orders[box.number].life.kind == "one box":
            self.parcel_left = self.parcel_left or box.number

    def _bill(self) -> list[str]:
        told = []
        books = self._stack.books
        for number, order in self._orders.items():
            if order.booked and not order.billed and _letter(books.words(number)) == "F":
                books.bill(number)
                order.billed = True
                told.append(f"{number} is billed")
        return told


def _letter(words: Mapping[str, str]) -> str:
    return words["SalesOrd"].partition(" ")[0]


def _number(text: str) -> str:
    return f"#{text.lstrip('#')}"


def _lines(lines: Mapping[str, int]) -> str:
    return ", ".join(f"{quantity} of {sku}" for sku, quantity in lines.items())
