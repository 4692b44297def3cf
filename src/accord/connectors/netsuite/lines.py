"""The lines of a sales order or a return as quantities of goods."""

from collections.abc import Iterable

from msgspec import Struct

from accord.connectors.netsuite.payloads import Named, OrderItem, OrderItems
from accord.domain.errors import UnreadableError

# Lines that carry no goods: prices, texts and work. Their item types as NetSuite names them.
NOT_GOODS = frozenset(
    {
        "Service",
        "OthCharge",
        "Discount",
        "Markup",
        "Subtotal",
        "Description",
        "Payment",
        "ShipItem",
        "TaxItem",
        "TaxGroup",
        "GiftCert",
        "Group",
        "EndGroup",
    }
)
# Of these, the ones that are billed by themselves and keep an order open until they are closed.
BILLABLE = frozenset({"Service", "OthCharge", "GiftCert"})


class Line(Struct, frozen=True, kw_only=True):
    """One line, its quantities whole. ``taken`` is what fulfillments hold already, in any state.

    ``done`` is what has left the warehouse, or on a return what has arrived.
    """

    number: int
    sku: str
    item: str
    kind: str
    quantity: int
    taken: int
    done: int
    closed: bool
    location: str

    @property
    def is_goods(self) -> bool:
        """Return whether the line asks for something that is shipped."""
        return self.kind not in NOT_GOODS

    @property
    def remaining(self) -> int:
        """Return what can still be taken from the line."""
        return 0 if self.closed else max(self.quantity - self.taken, 0)

    @property
    def wanted(self) -> int:
        """Return what the line still asks for: of a closed line, what was done before."""
        return self.done if self.closed else self.quantity


def order_lines(sublist: OrderItems) -> tuple[Line, ...] | None:
    """Return the lines, or None where the document holds only a link to them."""
    return None if sublist.items is None else tuple(_line(item) for item in sublist.items)


def goods(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that ask for goods."""
    return [line for line in lines if line.is_goods]


def sku_of(item: Named, line: int) -> str:
    """Return the item's name; a child item is shown behind its parents: ``Shirts : SHIRT-M``."""
    return item.refName.rpartition(" : ")[2].strip() or f"line:{line}"


def whole(quantity: float | None, line: int) -> int:
    """Return a quantity as a positive whole number. Raises ``UnreadableError`` for a fraction."""
    amount = abs(quantity or 0)
    if amount != int(amount):
        message = f"line {line} has the quantity {amount}; only whole quantities can be followed"
        raise UnreadableError(message)
    return int(amount)


def sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the quantities by SKU; two lines of one SKU are one sum."""
    total: dict[str, int] = {}
    for sku, quantity in pairs:
        total[sku] = total.get(sku, 0) + quantity
    return total


def text_of(choice: Named | str | None) -> tuple[str, ...]:
    """Return the spellings a choice field offers, its id first."""
    if choice is None:
        return ()
    if isinstance(choice, str):
        return (choice,)
    return tuple(text for text in (str(choice.id), choice.refName) if text)


def _line(item: OrderItem) -> Line:
    done = whole(item.quantity_fulfilled, item.line) or whole(item.quantity_received, item.line)
    # Picked counts what is packed and shipped too, so the largest of the three is what is taken.
    in_work = (whole(item.quantity_picked, item.line), whole(item.quantity_packed, item.line))
    return Line(
        number=item.line,
        sku=sku_of(item.item, item.line),
        item=str(item.item.id),
        kind=next(iter(text_of(item.item_type)), ""),
        quantity=whole(item.quantity, item.line),
        taken=max(done, *in_work),
        done=done,
        closed=item.is_closed,
        location=str(item.location.id) if item.location else "",
    )
