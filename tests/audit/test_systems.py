"""Exports of every system are known by their columns and words, two or all at once."""

from dataclasses import replace

import pytest

from accord.audit.run import Request, audit
from accord.audit.words import Words
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    Order,
    agreeing,
    book_rows,
    newest,
    pair,
    shop_rows,
    write,
)

MANY = [*agreeing(range(1001, 1041)), newest(1999)]


def found(outcome):
    return sorted((one.order, one.pattern.value, one.track.value) for one in outcome.findings)


AMAZON_WORDS = {
    "fulfilled": "Shipped", "unfulfilled": "Unshipped", "partial": "PartiallyShipped"
}  # fmt: skip
AMAZON = (
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "sku", "asin", "item-status", "quantity", "item-price",
)  # fmt: skip


def amazon_id(number):
    return f"112-{number:07}-{number * 7:07}"


def amazon_rows(orders):
    return [
        {
            "amazon-order-id": amazon_id(order.number),
            "purchase-date": order.time.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "last-updated-date": order.time.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "order-status": "Cancelled" if order.cancelled else AMAZON_WORDS[order.progress],
            "fulfillment-channel": "Merchant",
            "sales-channel": "Amazon.com",
            "sku": f"SKU-{line}",
            "item-status": "Shipped",
            "quantity": "1",
            "item-price": "25.0",
        }
        for order in orders
        for line in range(order.lines)
    ]


def test_amazons_report_is_compared_with_the_books(tmp_path):
    paid = [order for order in MANY if order.payment == "paid"]
    ghost = Order(number=1500, cancelled=True, progress="unfulfilled")
    lost = Order(number=1501, progress="unfulfilled", books=None)
    orders = [*paid, ghost, lost]
    books = [
        {**row, "PO/Check Number": amazon_id(int(row["PO/Check Number"]))}
        for row in book_rows(orders)
    ]

    outcome = audit(
        Request(
            files=[
                write(tmp_path / "report.txt", AMAZON, amazon_rows(orders), delimiter="\t"),
                write(tmp_path / "books.csv", BOOK_COLUMNS, books),
            ]
        )
    )

    assert [file.system for file in outcome.files] == ["amazon", "netsuite"]
    assert found(outcome) == [
        (amazon_id(1500), "ghost_fulfillment", "fulfillment"),
        (amazon_id(1501), "unacknowledged_order", "order"),
    ]
    # Amazon tells prices of items alone, so an order is worth what the books say, if they know it.
    assert [one.worth and str(one.worth.amount) for one in outcome.findings] == ["25.00", None]


@pytest.mark.parametrize(
    ("columns", "system", "billed", "pending"),
    [
        (("Order Nbr.", "Order Type", "External Reference", "Date", "Status"), "acumatica",
         "Completed", "Open"),
        (("Order - Number", "Date - Order Date", "Market - Store Name", "Amount - Order Total",
          "Order - Status"), "shipstation", "Shipped", "Awaiting Shipment"),
    ],
)  # fmt: skip
def test_other_books_and_warehouses_are_known(tmp_path, columns, system, billed, pending):
    orders = [o for o in MANY if o.progress == "fulfilled"]
    orders += [replace(o, number=o.number + 500) for o in orders]
    half = len(orders) // 2
    shop = [o if at < half else replace(o, progress="unfulfilled") for at, o in enumerate(orders)]
    rows = [
        dict(zip(columns, (f"{o.number}" if at == 0 else "", "", "", "", ""), strict=True))
        for at, o in enumerate(orders)
    ]
    for at, (row, order) in enumerate(zip(rows, orders, strict=True)):
        date = order.time.strftime("%m/%d/%Y")
        number = str(order.number)
        row.update({c: date for c in columns if "Date" in c})
        row.update({c: number for c in ("External Reference", "Order - Number") if c in columns})
        row.update({c: f"SO{at:06}" for c in ("Order Nbr.",) if c in columns})
        row[columns[-1]] = billed if at < half else pending
    rows[-1][columns[-1]] = billed

    outcome = audit(
        Request(
            files=[
                write(tmp_path / "shop.csv", SHOP_COLUMNS, shop_rows(shop)),
                write(tmp_path / "other.csv", columns, rows, delimiter=";"),
            ]
        )
    )

    assert outcome.files[1].system == system
    assert found(outcome) in (
        [(shop[-1].name, "stale_shipping_status", "fulfillment")],
        [],  # the last order may be the youngest, and is set aside
    )


def test_every_system_of_the_stack_is_compared_at_once(tmp_path):
    ghost = Order(number=1500, cancelled=True, payment="voided", progress="unfulfilled",
                  books="Sales Order : Closed")  # fmt: skip
    paid = Order(number=1501, progress="unfulfilled", payment="pending", books=None)
    back = Order(number=1502)
    orders = [*MANY, ghost, paid, back]
    shop, books = pair(tmp_path, orders)
    warehouse = [
        {"Order - Number": "#1500", "Order - Status": "shipped", "Date - Order Date": "10/11/2026"},
        *(
            {
                "Order - Number": order.name,
                "Order - Status": "shipped",
                "Date - Order Date": order.time.strftime("%m/%d/%Y"),
            }
            for order in MANY
            if order.progress == "fulfilled"
        ),
    ]
    columns = ("Order - Number", "Order - Status", "Date - Order Date", "Market - Store Name")
    payments = [
        {"Order": order.name, "Kind": "sale", "Status": "success", "Gateway": "visa",
         "Created At": order.time.strftime("%Y-%m-%d %H:%M:%S +0000"), "Amount": "25.00"}
        for order in [*MANY, paid]
        if order.payment == "paid" or order is paid
    ]  # fmt: skip
    returns = [{"RMA": "R1", "Order": "1502", "Return Status": "Open", "Return Reason": "size"}]

    outcome = audit(
        Request(
            files=[
                shop,
                books,
                write(tmp_path / "warehouse.csv", columns, warehouse),
                write(tmp_path / "payments.csv", tuple(payments[0]), payments),
                write(tmp_path / "returns.csv", tuple(returns[0]), returns),
            ]
        )
    )

    assert [file.system for file in outcome.files] == [
        "shopify", "netsuite", "shipstation", "shopify", "returns",
    ]  # fmt: skip
    assert [one for one in found(outcome) if one[1] != "disagreement"] == [
        ("#1500", "ghost_fulfillment", "fulfillment"),
        ("#1501", "orphaned_payment", "payment"),
        ("#1502", "unprocessed_return", "return"),
    ]


def test_a_return_that_the_books_know_is_no_drift(tmp_path):
    order = Order(number=1500, payment="refunded", refunded="25.00")
    shop, books = pair(tmp_path, [*MANY, order])
    rows = book_rows([*MANY, order])
    rma = {
        **rows[-1],
        "Internal ID": "4",
        "Document Number": "RMA4",
        "Type": "Return Authorization",
        "Status": "Return Authorization : Refunded",
        "PO/Check Number": "",
        "Created From": f"Sales Order #{rows[-1]['Document Number']}",
    }
    books = write(tmp_path / "books.csv", (*BOOK_COLUMNS, "Created From"), [*rows, rma])

    assert found(audit(Request(files=[shop, books]))) == []


def test_goods_picked_for_a_cancelled_order_are_a_ghost(tmp_path):
    order = Order(number=1500, cancelled=True, payment="voided", progress="unfulfilled",
                  books="Sales Order : Pending Fulfillment")  # fmt: skip
    rows = book_rows([*MANY, order])
    picked = {**rows[-1], "Internal ID": "4", "Document Number": "IF4", "Type": "Item Fulfillment",
              "Status": "Item Fulfillment : Picked"}  # fmt: skip
    shop, _ = pair(tmp_path, [*MANY, order])
    books = write(tmp_path / "books.csv", BOOK_COLUMNS, [*rows, picked])

    assert ("#1500", "ghost_fulfillment", "fulfillment") in found(
        audit(Request(files=[shop, books]))
    )


@pytest.mark.parametrize("word", ["SalesOrd:G", "Billed", "sales order : BILLED", "G"])
def test_netsuites_spellings_of_one_status_are_one(word):
    said = Words("netsuite", {}).read(("SalesOrd",), word)

    assert said.meaning is not None
    assert said.meaning.progress == "complete"


def test_a_declared_setting_changes_what_billed_says(tmp_path):
    early = Order(number=1500, progress="unfulfilled")
    files = pair(tmp_path, [*MANY, early])

    outcome = audit(Request(files=files, settings={"netsuite": {"billing_in_advance": True}}))

    assert ("#1500", "stale_shipping_status", "fulfillment") in found(outcome)
