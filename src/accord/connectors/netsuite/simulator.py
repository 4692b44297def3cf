"""A pretend NetSuite account: its API, and what people and other programs do in it.

The story is told by order number, as written or without its ``#``:

- ``book_order`` what the shop's importer does: a sales order with external id and PO number;
  ``add_item`` an item that exists but is on no order yet
- ``approve``, ``edit_quantity``, ``close_by_hand``: what a person changes on the order
- ``fulfill_by_hand`` an item fulfillment nobody told Accord of; ``mark`` its ship status
- ``bill`` invoices what has shipped
- ``authorize_by_hand`` a return, also one made from an invoice; ``receive_return`` and
  ``refund_return`` bring every return of an order on
- ``words`` what each record says, as ``{"SalesOrd": "F Pending Billing", "ItemShip 18233": …}``

NetSuite sends no hooks, so nothing is added to ``World.sent``.
"""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from litestar import Litestar

from accord.connector_kit.simulator import Asgi, Example, Fault, World
from accord.connectors.netsuite import simulator_examples
from accord.connectors.netsuite.simulator_door import CERTIFICATE_ID, CLIENT_ID, Door, application
from accord.connectors.netsuite.simulator_records import RecordService
from accord.connectors.netsuite.simulator_state import (
    BookedLine,
    Books,
    Fulfillment,
    Invoice,
    Line,
    Return,
    SalesOrder,
    Transaction,
)
from accord.connectors.netsuite.simulator_suiteql import QueryService
from accord.domain.action import ActionKind

__all__ = ["Line", "NetSuiteSimulator", "simulate"]

ACCOUNT = "1234567"
BASE = f"https://{ACCOUNT}.suitetalk.api.netsuite.com"


class NetSuiteSimulator:
    """A pretend NetSuite account in New York, with the feature Pick, Pack and Ship."""

    def __init__(
        self,
        world: World,
        system: str,
        *,
        timezone: str = "America/New_York",
        pick_pack_ship: bool = True,
    ) -> None:
        """Begin with empty books."""
        self.system = system
        self.books = Books()
        self.door = Door(world, BASE, self.books.tables)
        self._world = world
        self._timezone = timezone
        self._pick_pack_ship = pick_pack_ship
        self._records = RecordService(self.books, world.clock, pick_pack_ship=pick_pack_ship)
        self._app = application(
            self.door, self._records, QueryService(self.books, ZoneInfo(timezone))
        )

    @property
    def page_size(self) -> int:
        """How many rows a listing holds at most."""
        return self.door.page_size

    @page_size.setter
    def page_size(self, size: int) -> None:
        self.door.page_size = size

    def refuse_cancelling(self) -> None:
        """Take no status but A and B from now on, which is all that is documented for REST."""
        self._records.refuses_cancelling = True

    @property
    def app(self) -> Asgi:
        """The API."""
        return _asgi(self._app)

    @property
    def settings(self) -> Mapping[str, str | bool]:
        """What the accord file would say of this account."""
        return {
            "account": ACCOUNT,
            "timezone": self._timezone,
            "billing_in_advance": False,
            "pick_pack_ship": self._pick_pack_ship,
        }

    @property
    def secrets(self) -> Mapping[str, str]:
        """What the environment would hold for this account."""
        return {
            "client_id": CLIENT_ID,
            "certificate_id": CERTIFICATE_ID,
            "private_key": self.door.private_key,
        }

    def fail(self, fault: Fault, times: int = 1) -> None:
        """Answer the next ``times`` calls that ask for work with ``fault``.

        A lost reply waits for the next call that writes.
        """
        self.door.faults.extend([fault] * times)

    def words(self, order_number: str) -> Mapping[str, str]:
        """Return letter and label of every record of an order; empty if none is booked."""
        order = self._found(order_number)
        if order is None:
            return {}
        books = self.books
        records: list[Transaction] = [
            *books.fulfillments(order),
            *books.invoices(order),
            *books.returns(order),
        ]
        said = {f"{record.type} {record.id}": books.word(record) for record in records}
        return {"SalesOrd": books.word(order), **said}

    def book_order(
        self, number: str, external_id: str, lines: Sequence[Line], *, approved: bool = False
    ) -> str:
        """Book a sales order as an importer does; return its internal id."""
        booked = [
            BookedLine(
                1 + 3 * index,
                line.sku,
                self.books.item(line.sku),
                line.quantity,
                line.kind,
                line.location,
            )
            for index, line in enumerate(lines)
        ]
        order = SalesOrder(
            id=self.books.next_id(),
            tranid=f"SO{1000 + len(self.books.records)}",
            type="SalesOrd",
            modified=self._world.clock(),
            external_id=external_id or None,
            number=number,
            approval="B" if approved else "A",
            lines=booked,
        )
        return self.books.add(order, self._world.clock())

    def add_item(self, sku: str) -> str:
        """Create an item; return its internal id."""
        return self.books.item(sku)

    def approve(self, number: str) -> None:
        """Approve an order by hand."""
        self._records.change(self._order(number), {"orderStatus": {"id": "B"}})

    def edit_quantity(self, number: str, sku: str, quantity: int) -> None:
        """Change a booked quantity by hand."""
        order = self._order(number)
        line = next(line for line in order.lines if line.sku == sku)
        changes = {"items": [{"line": line.number, "quantity": quantity}]}
        self._records.change(order, {"item": changes})

    def close_by_hand(self, number: str) -> None:
        """Close every line of an order by hand."""
        order = self._order(number)
        changes = [{"line": line.number, "isClosed": True} for line in order.lines]
        self._records.change(order, {"item": {"items": changes}})

    def fulfill_by_hand(self, number: str, lines: Mapping[str, int], status: str = "C") -> str:
        """Record a fulfillment Accord was not told of; return its internal id."""
        order, left = self._order(number), dict(lines)
        items: list[dict[str, object]] = []
        for line in order.lines:
            rest = line.quantity - self.books.taken(order, line.number)
            if line.closed or line.kind == "Service" or not rest:
                continue
            take = min(rest, left.get(line.sku, 0))
            left[line.sku] = left.get(line.sku, 0) - take
            items.append(
                {"orderLine": line.number, "itemreceive": bool(take), "quantity": take}
                | ({} if line.location else {"location": {"id": "1"}})
            )
        body = {"shipStatus": {"id": status}, "item": {"items": items}}
        return self._records.fulfilled(order, body)

    def mark(self, fulfillment: str, status: str) -> None:
        """Set the ship status of a fulfillment by hand."""
        self._records.change(
            self._records.find("itemFulfillment", fulfillment), {"shipStatus": {"id": status}}
        )

    def bill(self, number: str) -> str:
        """Invoice what has shipped and is not invoiced; return the invoice's internal id."""
        order = self._order(number)
        lines = {
            line.number: self.books.taken(order, line.number, "C")
            - self.books.billed(order, line.number)
            for line in order.lines
        }
        invoice = Invoice(
            id=self.books.next_id(),
            tranid=f"INV{500 + len(self.books.records)}",
            type="CustInvc",
            modified=self._world.clock(),
            parent=order.id,
            lines=lines,
        )
        return self.books.add(invoice, self._world.clock())

    def authorize_by_hand(
        self, number: str, lines: Mapping[str, int], *, from_invoice: bool = False
    ) -> str:
        """Book a return Accord was not told of; return its internal id."""
        order = self._order(number)
        items = [
            {"orderLine": line.number, "quantity": lines[line.sku]}
            for line in order.lines
            if line.sku in lines
        ]
        own = self._records.returned(order, {"item": {"items": items}}, replaced=True)
        if from_invoice:
            self._return(own).parent = self.books.invoices(order)[0].id
        return own

    def approve_return(self, number: str) -> None:
        """Approve every return of an order."""
        for record in self.books.returns(self._order(number)):
            record.approval = "B"
            self.books.touch(record, self._world.clock())

    def receive_return(self, number: str, quantity: int | None = None) -> None:
        """Receive what is still due on every return of an order, at most ``quantity`` a line."""
        for record in self.books.returns(self._order(number)):
            for line in record.lines:
                if not line.closed:
                    due = line.quantity - line.received
                    line.received += due if quantity is None else min(due, quantity)
            self.books.touch(record, self._world.clock())

    def refund_return(self, number: str) -> None:
        """Credit what was received on every return of an order."""
        for record in self.books.returns(self._order(number)):
            record.refunded = sum(line.received for line in record.lines)
            self.books.touch(record, self._world.clock())

    def fulfillments(self, number: str) -> list[Fulfillment]:
        """Return the item fulfillments of an order."""
        return self.books.fulfillments(self._order(number))

    def returns(self, number: str) -> list[Return]:
        """Return the return authorizations of an order."""
        return self.books.returns(self._order(number))

    def story(self, number: str) -> Iterator[None]:
        """Live through an order of this number, one deed at each step."""
        return simulator_examples.story(self, number)

    def example(self, kind: ActionKind, number: str) -> Example:
        """Set up an order of this number of which an action of ``kind`` can be asked."""
        return simulator_examples.example(self, kind, number)

    def _return(self, own: str) -> Return:
        record = self.books.records[own]
        assert isinstance(record, Return)
        return record

    def _order(self, number: str) -> SalesOrder:
        order = self._found(number)
        if order is None:
            message = f"no sales order {number} is booked in this story"
            raise LookupError(message)
        return order

    def _found(self, number: str) -> SalesOrder | None:
        plain = number.lstrip("#")
        orders = (r for r in self.books.records.values() if isinstance(r, SalesOrder))
        return next((o for o in orders if o.number.lstrip("#") == plain), None)


def simulate(world: World, system: str) -> NetSuiteSimulator:
    """Return a pretend account that lives in ``world``."""
    return NetSuiteSimulator(world, system)


def _asgi(app: Litestar) -> Asgi:
    async def call(scope: object, receive: object, send: object) -> None:
        await app(scope, receive, send)  # type: ignore[arg-type]  # Litestar types ASGI more narrowly

    return call
