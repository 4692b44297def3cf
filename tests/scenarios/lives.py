"""Random lives of orders: any deed of any person at any hour."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from accord.connectors.netsuite.simulator import Line as BookedLine
from accord.connectors.netsuite.simulator_records import ProblemError
from accord.connectors.shipstation.simulator_state import RejectedError
from accord.connectors.shopify.simulator_state import LineItem, OrderRecord
from accord.demo.stack import places
from tests.scenarios.company import Company

SKUS = ("MUG", "CUP", "TEA", "POT")
PLACES = ("east", "west")
DEEDS = {
    "edit": 3.0,
    "call_off": 2.0,
    "cancel": 2.0,
    "hold": 2.0,
    "hold_shipment": 1.0,
    "void": 1.5,
    "cancel_shipment": 1.5,
    "refund": 1.0,
    "send_back": 1.0,
    "close_books": 0.3,
    "fulfill_in_books": 0.3,
    "edit_books": 0.4,
    "send_from_shop": 0.5,
}
# What a person can try and a system will not let them do.
NOT_NOW = (ValueError, LookupError, RejectedError, ProblemError)
ROUNDS = (("AC", 3), ("IT", 24), ("DE", 999))


class Life:
    """One order and everybody who has to do with it."""

    def __init__(self, company: Company, number: str, chance: Random) -> None:
        self.company, self.number, self.chance = company, number, chance
        self._stack = company.stack
        self._began = self._stack.world.now
        self._next: dict[str, float] = {}
        self._parcels: dict[str, tuple[int, float]] = {}
        self._booked_after = chance.choice((0, 1, 1, 6, 30))
        self._booked = False
        self._held = ""
        self._items()
        self._plans: list[tuple[float, str]] = []
        for _ in range(chance.choice((0, 1, 2, 2, 3, 4))):
            what = chance.choices([*DEEDS], [*DEEDS.values()])[0]
            self._plans += self._course(what, chance.randint(0, chance.choice((16, 60))))

    def _items(self) -> None:
        chance = self.chance
        skus = chance.sample(SKUS, k=chance.randint(1, 3))
        items = [(sku, chance.randint(1, 3), chance.choice(PLACES)) for sku in skus]
        if chance.random() < 0.1:
            items.append((skus[0], 1, chance.choice(PLACES)))  # one SKU on two lines
        paid = chance.random() < 0.8
        wait = chance.randint(5, 60) if chance.random() < 0.12 else 0
        self.company.order(self.number, *items, paid=paid, wait=wait)
        self._capture_at: float = 999 if paid else chance.randint(1, 60)

    def _course(self, what: str, at: int) -> Iterator[tuple[float, str]]:
        after = self.chance.randint(1, 20)
        match what:
            case "hold" | "hold_shipment":
                yield from ((at, what), (at + after, what.replace("hold", "release")))
            case "send_back":
                steps = ("ask_back", "approve", "refund_returned", "close_return")
                yield from ((80 + at + 4 * step, name) for step, name in enumerate(steps))
            case _:
                yield at, what

    @property
    def _hour(self) -> float:
        return (self._stack.world.now - self._began) / self.company.hour

    @property
    def _order(self) -> OrderRecord:
        return self._stack.shop.orders[self.number]

    def go_on(self) -> None:
        """Let everybody do what is due, in any order."""
        parts = [self._people, self._pack, self._keep_books]
        self.chance.shuffle(parts)
        for part in parts:
            part()
        self._carry()

    def _people(self) -> None:
        if self._capture_at <= self._hour:
            self._capture_at = 999
            if not self._order.cancelled_at and self._order.due > self._order.paid:
                self._stack.shop.capture(self.number)
        for plan in sorted(plan for plan in self._plans if plan[0] <= self._hour):
            self._plans.remove(plan)
            try:
                getattr(self, plan[1])()
            except NOT_NOW:
                continue  # they find that it cannot be done

    def _pack(self) -> None:
        warehouse, chance = self._stack.warehouse, self.chance
        for shipment in warehouse.shipments(self.number):
            at = self._next.setdefault(shipment, self._hour + chance.choice((0, 1, 2, 8)))
            if at > self._hour:
                continue
            if warehouse.status(shipment) == "pending":
                warehouse.start(shipment)
                self._next[shipment] = self._hour + chance.choice((0, 1, 3, 10))
            elif warehouse.status(shipment) == "processing":
                tracking = self.company.label(shipment)
                self._parcels[tracking] = (0, self._hour + chance.choice((0, 1, 2, 6)))

    def _carry(self) -> None:
        live = self._stack.warehouse.words(self.number)
        for tracking, (done, at) in self._parcels.items():
            if f"tracking {tracking}" in live and done < len(ROUNDS) and at <= self._hour:
                code, wait = ROUNDS[done]
                self._stack.warehouse.scan(tracking, code)
                self._parcels[tracking] = (done + 1, self._hour + wait)

    def _keep_books(self) -> None:
        if not self._booked and self._hour >= self._booked_after:
            wrapping = [BookedLine("WRAPPING", 1, "Service")] * (self.chance.random() < 0.1)
            self.company.book(self.number, *wrapping)
            self._booked = True
        letter = self._stack.books.words(self.number).get("SalesOrd", "")[:1]
        if letter in {"E", "F"} and self.chance.random() < 0.3:
            self._stack.books.bill(self.number)

    # What people do. Each raises one of NOT_NOW where it cannot be done.

    def _open(self) -> list[LineItem]:
        if self._order.cancelled_at:
            message = "it is cancelled"
            raise ValueError(message)
        return [line for line in self._firsts() if self._rest(line)]

    def _firsts(self) -> list[LineItem]:
        return list({line.sku: line for line in reversed(self._order.lines)}.values())

    def _rest(self, line: LineItem) -> int:
        return sum(part.remaining for _, part in self._order.portions(line))

    def edit(self) -> None:
        line = self.chance.choice(self._open())
        own = places(self._stack.accord, "shop")[self.chance.choice(PLACES)]
        less = {line.sku: line.current - 1}
        none = {line.sku: line.current - self._rest(line)}
        more = {line.sku: line.current + 1}
        change = self.chance.choice((less, none, more, {"NEW": self.chance.randint(1, 2)}))
        self._stack.books.add_item("NEW")
        self._stack.shop.edit_order(self.number, change, own)
        self._capture_at = self._hour + self.chance.choice((0, 1, 5))

    def call_off(self) -> None:
        line = self.chance.choice(self._open())
        some = {line.sku: self.chance.randint(1, self._rest(line))}
        self._stack.shop.refund(self.number, some, restock="cancel")

    def cancel(self) -> None:
        self._open()
        self._stack.shop.cancel_order(self.number)

    def hold(self) -> None:
        self._open()
        self._stack.shop.hold(self.number, "somebody looks at it")

    def release(self) -> None:
        self._open()
        self._stack.shop.release(self.number)

    def _sent(self) -> LineItem:
        parcels = [parcel for parcel in self._order.parcels if parcel.status == "SUCCESS"]
        sent = [line for parcel in parcels for line, _ in parcel.lines if line.current]
        return self.chance.choice([line for line in sent if line in self._firsts()])

    def refund(self) -> None:
        self._stack.shop.refund(self.number, {self._sent().sku: 1})

    def ask_back(self) -> None:
        self._stack.shop.request_return(self.number, {self._sent().sku: 1})

    def approve(self) -> None:
        if self._order.returns[-1].status == "REQUESTED":
            self._stack.shop.approve_return(self.number)

    def refund_returned(self) -> None:
        line, quantity = self._order.returns[-1].lines[0]
        if line.current >= quantity:
            self._stack.shop.refund(self.number, {line.sku: quantity}, restock="return")

    def close_return(self) -> None:
        if self._order.returns[-1].status == "OPEN":
            self._stack.shop.close_return(self.number)

    def hold_shipment(self) -> None:
        until = self._stack.world.now.date() + timedelta(days=30)
        shipment = self.chance.choice(self.company.shipments(self.number))
        self._stack.warehouse.hold_by_hand(shipment, until)
        self._held = shipment

    def release_shipment(self) -> None:
        self._stack.warehouse.restore_by_hand(self._held)

    def void(self) -> None:
        for shipment in self.company.shipments(self.number):
            if self.company.is_waiting(shipment):
                self._stack.warehouse.void_by_hand(shipment)

    def cancel_shipment(self) -> None:
        shipment = self.chance.choice(self.company.shipments(self.number))
        self._stack.warehouse.cancel_by_hand(shipment)

    def close_books(self) -> None:
        self._stack.books.close_by_hand(self.number)

    def edit_books(self) -> None:
        line = self.chance.choice(self._order.lines)
        self._stack.books.edit_quantity(self.number, line.sku, line.current + 1)

    def fulfill_in_books(self) -> None:
        self._stack.books.fulfill_by_hand(self.number, {self.chance.choice(SKUS): 1})

    def send_from_shop(self) -> None:
        self._open()
        self.company.send_from_shop(self.number)
