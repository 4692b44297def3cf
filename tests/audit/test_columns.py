"""Which column tells a status, and what a list says that has none."""

from dataclasses import replace

import pytest

from accord.audit.errors import UnusableError
from accord.audit.run import Request, audit
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
PARCELS = (
    "Order - Number", "Date - Shipped Date", "Shipment - Tracking Number",
    "Carrier - Service Selected", "Carrier - Name", "Voided",
)  # fmt: skip


def found(outcome):
    return sorted((one.order, one.pattern.value) for one in outcome.findings)


def books_with(folder, columns, **cells):
    rows = [{**row, **cells} for row in book_rows(MANY)]
    shop = write(folder / "orders_export.csv", SHOP_COLUMNS, shop_rows(MANY))
    return [shop, write(folder / "books.csv", columns, rows)]


@pytest.mark.parametrize("first", [True, False])
def test_of_two_columns_of_one_name_the_one_with_words_we_know_is_taken(tmp_path, first):
    columns = ("Twin", *BOOK_COLUMNS) if first else (*BOOK_COLUMNS, "Twin")
    shop, path = books_with(tmp_path, columns, Twin="Active")
    path.write_text(path.read_text().replace("Twin", "Status", 1))

    assert found(audit(Request(files=[shop, path]))) == []


def test_columns_that_mean_something_to_other_systems_only_are_not_asked_about(tmp_path):
    more = {"Payment Status": "Open", "Approval Status": "Approved", "Billing Status": "false"}

    files = books_with(tmp_path, (*more, *BOOK_COLUMNS), **more)

    assert audit(Request(files=files)).files[1].status_columns == ("Status",)


def test_an_open_order_is_no_open_return(tmp_path):
    rows = [{**row, "Order Status": "open"} for row in shop_rows(MANY)]
    shop = write(tmp_path / "shop.csv", (*SHOP_COLUMNS, "Order Status"), rows)
    books = books_with(tmp_path, BOOK_COLUMNS)[1]

    assert found(audit(Request(files=[shop, books]))) == []


def parcel(order, **cells):
    return {
        "Order - Number": str(order.number),
        "Date - Shipped Date": order.time.strftime("%m/%d/%Y"),
        "Shipment - Tracking Number": f"1Z{order.number}",
        "Carrier - Name": "UPS",
        **cells,
    }


def test_parcels_without_a_status_have_shipped_if_they_have_a_date(tmp_path):
    stale = Order(number=1500, progress="unfulfilled", books="Sales Order : Pending Fulfillment")
    ghost = Order(number=1501, progress="unfulfilled", payment="voided", cancelled=True,
                  books="Sales Order : Closed")  # fmt: skip
    voided = replace(ghost, number=1502)
    rows = [parcel(order) for order in MANY if order.progress == "fulfilled"]
    rows += [parcel(stale), parcel(ghost), parcel(voided, Voided="true")]
    files = pair(tmp_path, [*MANY, stale, ghost, voided])

    outcome = audit(Request(files=[*files, write(tmp_path / "parcels.csv", PARCELS, rows)]))

    assert (outcome.files[2].system, outcome.files[2].kind) == ("shipstation", "shipments")
    assert found(outcome) == [("#1500", "stale_shipping_status"), ("#1501", "ghost_fulfillment")]


def test_what_needs_no_shipping_is_not_behind(tmp_path):
    card = Order(number=1500, progress="fulfillment_not_required")

    assert found(audit(Request(files=pair(tmp_path, [*MANY, card])))) == []


def test_the_words_of_the_shops_screen_are_known(tmp_path):
    labels = {"pending": "Payment pending", "partial": "Partially fulfilled"}
    shown = [
        replace(o, payment=labels.get(o.payment, o.payment),
                progress=labels.get(o.progress, o.progress))
        for o in MANY
    ]  # fmt: skip
    rows = [{**row, "Lineitem fulfillment status": ""} for row in shop_rows(shown)]
    shop = write(tmp_path / "shop.csv", SHOP_COLUMNS, rows)
    books = books_with(tmp_path, BOOK_COLUMNS)[1]

    assert found(audit(Request(files=[shop, books]))) == []


def test_a_list_of_no_orders_is_refused(tmp_path):
    shop, books = pair(tmp_path, MANY)
    books.write_text(books.read_text().splitlines()[0] + "\n")

    with pytest.raises(UnusableError, match="no rows"):
        audit(Request(files=[shop, books]))
