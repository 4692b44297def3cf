"""Small exports in the shapes the systems document, written row by row."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)

SHOP_COLUMNS = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at",
    "Currency", "Total", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem sku",
    "Lineitem fulfillment status", "Billing Name", "Cancelled at", "Refunded Amount", "Id",
    "Tags", "Source",
)  # fmt: skip
BOOK_COLUMNS = (
    "Internal ID", "Date Created", "Document Number", "Type", "Name", "PO/Check Number", "Status",
    "Amount", "Memo", "Last Modified",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order as the shop has it, and the words the books and the warehouse have for it."""

    number: int
    payment: str = "paid"
    progress: str = "fulfilled"
    books: str | None = "Sales Order : Billed"
    cancelled: bool = False
    refunded: str = "0.00"
    lines: int = 1
    total: str = "25.00"
    created: datetime | None = None
    edited: datetime | None = None
    channel: str = "web"
    booked_edit: datetime | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def time(self) -> datetime:
        return self.created or START + timedelta(hours=5 * (self.number % 97))

    @property
    def name(self) -> str:
        return f"#{self.number}"


def shop_rows(orders: Iterable[Order]) -> list[dict[str, str]]:
    return [row for order in orders for row in _shop_rows(order)]


def _shop_rows(order: Order) -> list[dict[str, str]]:
    first = {
        "Name": order.name,
        "Email": f"buyer{order.number}@example.com",
        "Financial Status": order.payment,
        "Paid at": _shop_time(order.time) if order.payment == "paid" else "",
        "Fulfillment Status": order.progress,
        "Currency": "EUR",
        "Total": order.total,
        "Created at": _shop_time(order.time),
        "Cancelled at": _shop_time(order.time + timedelta(hours=2)) if order.cancelled else "",
        "Fulfilled at": _shop_time(order.edited) if order.edited else "",
        "Refunded Amount": order.refunded,
        "Id": str(5_400_000_000_000 + order.number),
        "Source": order.channel,
        "Billing Name": "Ada Example",
        **order.more,
    }
    lines = [
        {
            "Name": order.name,
            "Email": first["Email"],
            "Lineitem quantity": "1",
            "Lineitem name": f'Shirt {line}, 12" blue',
            "Lineitem sku": f"SKU-{line}",
            "Lineitem fulfillment status": "fulfilled" if "ful" in order.progress else "pending",
        }
        for line in range(order.lines)
    ]
    return [{**line, **(first if at == 0 else {})} for at, line in enumerate(lines)]


def book_rows(orders: Iterable[Order]) -> list[dict[str, str]]:
    return [
        {
            "Internal ID": str(88_000 + order.number),
            "Date Created": _book_time(order.time),
            "Document Number": f"SO{700_000 - order.number}",
            "Type": "Sales Order",
            "Name": "Ada Example",
            "PO/Check Number": str(order.number),
            "Status": order.books or "",
            "Amount": order.total,
            "Last Modified": _book_time(order.booked_edit or order.time + timedelta(hours=1)),
        }
        for order in orders
        if order.books is not None
    ]


def _shop_time(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S +0000")


def _book_time(time: datetime) -> str:
    return time.strftime("%m/%d/%Y %I:%M %p").lower()


def write(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    titles: Sequence[str] = (),
    ends: str = "\r\n",
    quoted: bool = False,
) -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        for title in titles:
            file.write(title + ends)
        writer = csv.DictWriter(
            file,
            columns,
            delimiter=delimiter,
            restval="",
            lineterminator=ends,
            quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def pair(folder: Path, orders: Sequence[Order]) -> list[Path]:
    """Write what the shop and the books export of the same orders."""
    return [
        write(folder / "orders_export.csv", SHOP_COLUMNS, shop_rows(orders)),
        write(folder / "netsuite_orders.csv", BOOK_COLUMNS, book_rows(orders)),
    ]


# Orders on which everybody agrees, and one young one that fixes when the exports were taken.
AGREEING = (
    ("paid", "fulfilled", "Sales Order : Billed"),
    ("paid", "unfulfilled", "Sales Order : Pending Fulfillment"),
    ("paid", "fulfilled", "Sales Order : Pending Billing"),
    ("pending", "unfulfilled", "Sales Order : Pending Approval"),
    ("paid", "partial", "Sales Order : Partially Fulfilled"),
)


def agreeing(numbers: Iterable[int]) -> list[Order]:
    """Return orders without drift; partial ones are recent."""
    orders = []
    for number in numbers:
        payment, progress, books = AGREEING[number % len(AGREEING)]
        recent = START + timedelta(days=18) if progress == "partial" else None
        orders.append(
            Order(
                number=number, payment=payment, progress=progress, books=books, created=recent,
                lines=1 + number % 3,
            )
        )  # fmt: skip
    return orders


def newest(number: int) -> Order:
    """Return an agreed order that was made when the exports were taken."""
    return Order(
        number=number, created=START + timedelta(days=21), booked_edit=START + timedelta(days=21)
    )
