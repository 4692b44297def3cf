"""The records of a pretend NetSuite account, and the statuses that follow from them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accord.connectors.netsuite.statuses import LABELS


@dataclass(frozen=True, slots=True)
class Line:
    """A line to book. ``kind`` is the item's type; services are not shipped."""

    sku: str
    quantity: int
    kind: str = "InvtPart"
    location: str = "1"


@dataclass(slots=True)
class BookedLine:
    """A line of a sales order or a return under its own number."""

    number: int
    sku: str
    item: str
    quantity: int
    kind: str = "InvtPart"
    location: str = "1"
    closed: bool = False
    received: int = 0


@dataclass(slots=True, kw_only=True)
class Record:
    """What every transaction has. ``parent`` is the id of the record it was made from."""

    id: str
    tranid: str
    type: str
    modified: datetime
    parent: str | None = None
    external_id: str | None = None


@dataclass(slots=True, kw_only=True)
class SalesOrder(Record):
    """A sales order; ``approval`` is the letter that can be set."""

    number: str
    approval: str
    lines: list[BookedLine]


@dataclass(slots=True, kw_only=True)
class Fulfillment(Record):
    """An item fulfillment: quantity and location by the number of the order's line."""

    status: str
    lines: dict[int, tuple[int, str]]
    tracking: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Invoice(Record):
    """An invoice: quantity by the number of the order's line."""

    lines: dict[int, int]
    status: str = "A"


@dataclass(slots=True, kw_only=True)
class Return(Record):
    """A return authorization with lines of its own."""

    approval: str
    lines: list[BookedLine]
    refunded: int = 0


Transaction = SalesOrder | Fulfillment | Invoice | Return


class Books:
    """Everything one account holds, by internal id."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.records: dict[str, Transaction] = {}
        self.items: dict[str, str] = {}
        self._made_from: dict[str, list[str]] = {}
        self._last_id = 18_230

    @property
    def tables(self) -> tuple[dict[str, Any], ...]:
        """Return everything that is kept, to be brought back to what it was."""
        return (self.records, self.items, self._made_from)

    def next_id(self) -> str:
        """Return an internal id that no record has yet."""
        self._last_id += 1
        return str(self._last_id)

    def item(self, sku: str) -> str:
        """Return the id of an item, creating it if there is none of that name."""
        return self.items.setdefault(sku, str(500 + len(self.items)))

    def add(self, record: Transaction, now: datetime) -> str:
        """Keep a new record; what it was made from changes with it."""
        self.records[record.id] = record
        self._made_from.setdefault(record.parent or "", []).append(record.id)
        self.touch(record, now)
        return record.id

    def touch(self, record: Transaction, now: datetime) -> None:
        """Note a change of a record and of all it was made from, whose statuses follow from it."""
        changed: Transaction | None = record
        while changed is not None:
            changed.modified = now.replace(microsecond=0)
            changed = self.records.get(changed.parent or "")

    def made_from(self, own: str) -> list[Transaction]:
        """Return what was made from a record and still is there, oldest first."""
        made = self._made_from.get(own, [])
        return [self.records[id_] for id_ in made if id_ in self.records]

    def fulfillments(self, order: SalesOrder) -> list[Fulfillment]:
        """Return the item fulfillments of an order."""
        return [r for r in self.made_from(order.id) if isinstance(r, Fulfillment)]

    def invoices(self, order: SalesOrder) -> list[Invoice]:
        """Return the invoices of an order."""
        return [r for r in self.made_from(order.id) if isinstance(r, Invoice)]

    def returns(self, order: SalesOrder) -> list[Return]:
        """Return the return authorizations made from an order or from one of its invoices."""
        sources = [order.id, *(invoice.id for invoice in self.invoices(order))]
        made = [r for source in sources for r in self.made_from(source)]
        return [r for r in made if isinstance(r, Return)]

    def taken(self, order: SalesOrder, line: int, at_least: str = "A") -> int:
        """Return how much of a line is in fulfillments of that status or further."""
        found = [f for f in self.fulfillments(order) if f.status >= at_least]
        return sum(f.lines[line][0] for f in found if line in f.lines)

    def billed(self, order: SalesOrder, line: int) -> int:
        """Return how much of a line is invoiced."""
        return sum(invoice.lines.get(line, 0) for invoice in self.invoices(order))

    def status(self, record: Transaction) -> str:
        """Return the letter a record shows."""
        if isinstance(record, SalesOrder):
            return self._order_status(record)
        if isinstance(record, Return):
            return _return_status(record)
        return record.status

    def word(self, record: Transaction) -> str:
        """Return letter and label as a person reads them: ``F Pending Billing``."""
        letter = self.status(record)
        return f"{letter} {LABELS[record.type][letter]}"

    def _order_status(self, order: SalesOrder) -> str:
        goods = [line for line in order.lines if line.kind != "Service"]
        shipped = {line.number: self.taken(order, line.number, "C") for line in goods}
        if order.approval == "C":
            return "C"
        if all(line.closed for line in order.lines) and not any(shipped.values()):
            return "H"
        if order.approval == "A":
            return "A"
        waiting = any(shipped[line.number] < line.quantity for line in goods if not line.closed)
        if not any(shipped.values()):
            return "B"
        unbilled = any(self.billed(order, number) < n for number, n in shipped.items())
        if waiting:
            return "E" if unbilled else "D"
        return "F" if unbilled else "G"


def _return_status(record: Return) -> str:
    received = sum(line.received for line in record.lines)
    waiting = any(not line.closed and line.received < line.quantity for line in record.lines)
    if record.approval == "C":
        return "C"
    if not received:
        return ("A" if record.approval == "A" else "B") if waiting else "H"
    owed = received > record.refunded
    if waiting:
        return "E" if owed else "D"
    return "F" if owed else "G"
