"""Each system's own layout of an export: its columns, its words, its ways of saying nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from accord.audit.outcome import Worth
from accord.audit.run import Request, audit
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    START,
    Order,
    book_rows,
    newest,
    pair,
    shop_rows,
    write,
)

# Every order is shipped and paid, and the last one fixes when the exports were taken.
SHIPPED = [Order(number=number, books=None) for number in range(1001, 1031)]
LAST = newest(1999)


def found(outcome):
    return sorted((one.order, one.pattern.value) for one in outcome.findings)


def worth_of_first(outcome, pattern):
    return next(one.worth for one in outcome.findings if one.pattern == pattern)


def shop(folder, orders):
    return write(folder / "orders_export.csv", SHOP_COLUMNS, shop_rows(orders))


def waiting(number, **more):
    return Order(number=number, progress="unfulfilled", **more)


def called_off(number, **more):
    return Order(number=number, progress="unfulfilled", payment="voided", cancelled=True, **more)


def dated(order, form):
    return order.time.strftime(form)


BC_PAGE = ("No.", "Sell-to Customer No.", "Sell-to Customer Name", "External Document No.",
           "Location Code", "Document Date", "Status", "Completely Shipped", "Amount")  # fmt: skip
BC_API = ("number", "externalDocumentNumber", "orderDate", "status", "fullyShipped",
          "currencyCode", "totalAmountIncludingTax", "lastModifiedDateTime")  # fmt: skip


BC_SEITE = ("Nr.", "Verk. an Deb.-Nr.", "Verk. an Name", "Externe Belegnr.", "Lagerortcode",
            "Belegdatum", "Status", "Komplettlieferung (Ausgang)", "Betrag")  # fmt: skip


def page_row(order, status, shipped):
    return {
        "No.": f"S-ORD{order.number + 100_000}", "External Document No.": order.name,
        "Sell-to Customer No.": "10000", "Document Date": dated(order, "%m/%d/%Y"),
        "Status": status, "Completely Shipped": shipped, "Amount": order.total,
    }  # fmt: skip


def german_row(order, status, shipped):
    return {
        "Nr.": f"{order.number + 100_000}", "Externe Belegnr.": order.name,
        "Verk. an Deb.-Nr.": "10000", "Belegdatum": dated(order, "%d.%m.%Y"),
        "Status": status, "Komplettlieferung (Ausgang)": shipped,
        "Betrag": order.total.replace(".", ","),
    }  # fmt: skip


def api_row(order, status, shipped):
    return {
        "number": f"S-ORD{order.number + 100_000}", "externalDocumentNumber": order.name,
        "orderDate": dated(order, "%Y-%m-%d"), "status": status, "fullyShipped": shipped,
        "currencyCode": "EUR", "totalAmountIncludingTax": order.total,
        "lastModifiedDateTime": dated(order, "%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "row", "words"),
    [
        (BC_PAGE, page_row, ("Open", "Released", "Yes", "No")),
        (BC_SEITE, german_row, ("Offen", "Freigegeben", "Ja", "Nein")),
        (BC_API, api_row, ("Draft", "Open", "true", "false")),
    ],
)
def test_business_centrals_page_and_api_mean_different_things_by_open(
    tmp_path, columns, row, words
):
    held, released, yes, no = words
    stale, ghost, stuck = (
        waiting(1500),
        called_off(1501),
        waiting(1502),
    )
    rows = [row(order, released, yes) for order in [*SHIPPED, LAST, stale, ghost]]
    rows += [row(waiting(number), released, no) for number in range(1601, 1611)]
    rows += [row(stuck, held, no)]
    orders = [*SHIPPED, LAST, stale, ghost, stuck, *map(waiting, range(1601, 1611))]

    outcome = audit(
        Request(files=[shop(tmp_path, orders), write(tmp_path / "list.csv", columns, rows)])
    )

    assert outcome.files[1].system == "business_central"
    assert outcome.files[1].join_column in {BC_PAGE[3], BC_SEITE[3], BC_API[1]}
    assert found(outcome) == [
        ("#1500", "stale_shipping_status"),
        ("#1501", "ghost_fulfillment"),
        ("#1502", "disagreement"),
    ]


ACUMATICA = ("Order Type", "Order Nbr.", "Status", "Date", "Requested On", "Customer",
             "Customer Order Nbr.", "External Reference", "Order Total", "Currency")  # fmt: skip


def acumatica_row(order, status):
    return {
        "Order Type": "SO", "Order Nbr.": f"SO{order.number + 4000:06}", "Status": status,
        "Date": dated(order, "%m/%d/%Y"), "Customer": "C000001", "Currency": "EUR",
        "External Reference": str(order.number), "Order Total": order.total,
    }  # fmt: skip


def test_acumaticas_statuses_are_read_on_the_order_screen(tmp_path):
    cases = [
        (waiting(1500), "Completed"),
        (called_off(1501), "Completed"),
        (waiting(1502), "Credit Hold"),
        (called_off(1503), "Canceled"),
        (waiting(1504), "Back Order"),
        (Order(number=1505), "Canceled"),
        (waiting(1506), "Teleported"),
    ]
    rows = [acumatica_row(order, "Completed") for order in [*SHIPPED, LAST]]
    rows += [acumatica_row(order, status) for order, status in cases]
    orders = [*SHIPPED, LAST, *(order for order, _ in cases)]

    outcome = audit(
        Request(files=[shop(tmp_path, orders), write(tmp_path / "list.csv", ACUMATICA, rows)])
    )

    assert outcome.files[1].system == "acumatica"
    assert outcome.files[1].join_column == "External Reference"
    assert found(outcome) == [
        ("#1500", "stale_shipping_status"),
        ("#1501", "ghost_fulfillment"),
        ("#1502", "disagreement"),
        ("#1505", "disagreement"),
        ("#1506", "unknown_word"),
    ]


STRIPE = ("id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency", "Captured",
          "Converted Amount", "Description", "Fee", "PaymentIntent ID", "Status", "Card ID",
          "order_id (metadata)")  # fmt: skip


def stripe_row(order, status, refunded="0.00"):
    return {
        "id": f"ch_{order.number}", "Created date (UTC)": dated(order, "%Y-%m-%d %H:%M:%S"),
        "Amount": order.total, "Amount Refunded": refunded, "Currency": "eur",
        "Captured": str(status in {"Paid", "Refunded"}).lower(), "Description": "Payment for order",
        "PaymentIntent ID": f"pi_{order.number}", "Status": status, "Card ID": "card_1",
        "order_id (metadata)": order.name,
    }  # fmt: skip


def test_stripes_payments_show_money_that_nobody_booked(tmp_path):
    orders = [Order(number=number) for number in range(1001, 1031)]
    lost = Order(number=1500, progress="unfulfilled", payment="pending", books=None, total="99.90")
    declined = Order(number=1501, progress="unfulfilled", payment="pending", books=None)
    unpaid = Order(number=1502, payment="paid")
    shop_file, books = pair(tmp_path, [*orders, LAST, lost, declined, unpaid])
    rows = [stripe_row(order, "Paid") for order in [*orders, LAST, lost]]
    rows += [stripe_row(declined, "Failed"), stripe_row(unpaid, "requires_capture")]
    payments = write(tmp_path / "unified_payments.csv", STRIPE, rows)

    outcome = audit(Request(files=[shop_file, books, payments]))

    assert [file.system for file in outcome.files] == ["shopify", "netsuite", "stripe"]
    assert ("#1500", "orphaned_payment") in found(outcome)
    assert ("#1502", "disagreement") in found(outcome)
    assert "#1501" not in {order for order, _ in found(outcome)}
    assert worth_of_first(outcome, "orphaned_payment") == Worth(Decimal("99.90"), "EUR", "captured")


SHIPMENTS = ("Shipment - Tracking Number", "Order - Number", "Ship Date", "Shipment - Status",
             "Carrier", "Service", "Label Create Date")  # fmt: skip


def parcel_row(order, status, parcel=1):
    return {
        "Shipment - Tracking Number": f"1Z{order.number}{parcel}", "Order - Number": order.name,
        "Ship Date": dated(order, "%m/%d/%Y"), "Shipment - Status": status, "Carrier": "UPS",
        "Service": "Ground", "Label Create Date": dated(order, "%m/%d/%Y"),
    }  # fmt: skip


def test_shipstations_shipments_are_parcels_of_the_orders(tmp_path):
    orders = [Order(number=number) for number in range(1001, 1031)]
    gone = called_off(1500, books="Sales Order : Closed")
    stopped = called_off(1501, books="Sales Order : Closed")
    shop_file, books = pair(tmp_path, [*orders, LAST, gone, stopped])
    rows = [parcel_row(order, "Shipped", at) for order in [*orders, LAST] for at in (1, 2)]
    rows += [parcel_row(gone, "In Transit"), parcel_row(stopped, "Voided")]
    shipments = write(tmp_path / "shipments.csv", SHIPMENTS, rows)

    outcome = audit(Request(files=[shop_file, books, shipments]))

    assert (outcome.files[2].system, outcome.files[2].kind) == ("shipstation", "shipments")
    assert found(outcome) == [("#1500", "ghost_fulfillment")]
    assert set(outcome.findings[0].words) == {"shopify", "shipstation"}


def workbook(path, columns, rows):
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        book.add_worksheet("About").write(0, 0, "Exported for the audit")
        sheet = book.add_worksheet("Orders")
        sheet.write(0, 0, "Open orders of the shop")
        sheet.write_row(1, 0, columns)
        for at, row in enumerate(rows, 2):
            for column, name in enumerate(columns):
                value = row.get(name, "")
                if hasattr(value, "year"):
                    sheet.write_datetime(at, column, value.replace(tzinfo=None), day)
                elif value != "":
                    sheet.write(at, column, value)
    return path


def test_a_workbook_with_numbers_and_dates_of_its_own_is_read(tmp_path):
    orders = [Order(number=number) for number in range(1001, 1031)]
    stale = waiting(1500, total="70.5", more={"Currency": "CHF"})
    rows = [
        {**row, "PO/Check Number": int(row["PO/Check Number"]), "Amount": float(row["Amount"]),
         "Date Created": order.time, "Last Modified": order.time + timedelta(minutes=5)}
        for order in [*orders, LAST, stale]
        for row in book_rows([order])
    ]  # fmt: skip
    books = workbook(tmp_path / "books.xlsx", BOOK_COLUMNS, rows)

    outcome = audit(Request(files=[shop(tmp_path, [*orders, LAST, stale]), books]))

    assert outcome.files[1].how.startswith("workbook, sheet Orders, header on line 2")
    assert outcome.files[1].rows_read == len(rows)
    assert found(outcome) == [("#1500", "stale_shipping_status")]
    assert worth_of_first(outcome, "stale_shipping_status") == Worth(
        Decimal("70.5"), "CHF", "total"
    )
    assert outcome.taken == START + timedelta(days=21, minutes=5)
