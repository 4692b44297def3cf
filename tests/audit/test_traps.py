"""What must not be mistaken: reused numbers, repeated orders, twin columns, late edits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accord.audit.compare import NAMESAKE
from accord.audit.errors import UndecidedError, UnusableError
from accord.audit.hints import FileHint, Hints
from accord.audit.mapping import read_mapping, write_mapping
from accord.audit.run import Request, audit
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    START,
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
    return sorted((one.order, one.pattern.value) for one in outcome.findings)


def files(tmp_path, shop, books, *, shop_columns=SHOP_COLUMNS, book_columns=BOOK_COLUMNS):
    return [
        write(tmp_path / "orders_export.csv", shop_columns, shop),
        write(tmp_path / "netsuite_orders.csv", book_columns, books),
    ]


def test_only_the_first_row_of_an_order_carries_its_statuses(tmp_path):
    ghost = Order(number=1500, lines=4, cancelled=True, payment="voided", progress="unfulfilled")

    outcome = audit(Request(files=pair(tmp_path, [*MANY, ghost])))

    assert found(outcome) == [("#1500", "ghost_fulfillment")]
    assert outcome.files[0].orders == 42
    assert outcome.files[0].rows_read > 60


def test_words_in_other_capitals_are_the_same_words(tmp_path):
    shouted = [
        replace(order, payment=order.payment.upper(), books=str(order.books).upper())
        for order in MANY
    ]

    assert found(audit(Request(files=pair(tmp_path, shouted)))) == []


def test_an_order_edited_after_the_other_export_is_set_aside(tmp_path):
    edited = Order(
        number=1500, progress="fulfilled", books="Sales Order : Pending Fulfillment",
        edited=START + timedelta(days=21, hours=3),
    )  # fmt: skip

    outcome = audit(Request(files=pair(tmp_path, [*MANY, edited])))

    assert found(outcome) == []
    assert outcome.orders_set_aside >= 1


def test_numbers_reused_by_another_channel_are_not_compared_with_the_shop(tmp_path):
    shop = [*MANY, Order(number=1500, progress="unfulfilled", books=None)]
    other = [
        {**row, "Internal ID": f"9{row['Internal ID']}", "Document Number": f"SO9{at:05}",
         "Sales Channel": "eBay", "Status": "Sales Order : Closed", "Amount": "3.00"}
        for at, row in enumerate(book_rows([*MANY, Order(number=1500)]))
    ]  # fmt: skip
    own = [{**row, "Sales Channel": "Shopify"} for row in book_rows(shop)]

    outcome = audit(
        Request(
            files=files(
                tmp_path, shop_rows(shop), [*own, *other],
                book_columns=(*BOOK_COLUMNS, "Sales Channel"),
            )
        )
    )  # fmt: skip

    assert found(outcome) == [("#1500", "unacknowledged_order")]


def test_a_number_reused_without_a_telling_column_is_set_aside(tmp_path):
    books = book_rows(MANY)
    twin = {
        **books[3],
        "Internal ID": "1",
        "Document Number": "SO1",
        "Status": "Sales Order : Closed",
    }
    other = {**twin, "Internal ID": "2", "Document Number": "SO2", "Status": "Sales Order : Billed"}

    outcome = audit(Request(files=files(tmp_path, shop_rows(MANY), [*books, twin, other])))

    assert found(outcome) == []


def test_two_shop_orders_of_one_number_meet_their_own_records(tmp_path):
    first = Order(number=1500, cancelled=True, payment="voided", progress="unfulfilled",
                  books="Sales Order : Closed", created=START)  # fmt: skip
    again = Order(number=1500, created=START + timedelta(days=9))
    rows = shop_rows([*MANY, first]) + [{**r, "Id": "77"} for r in shop_rows([again])]
    books = book_rows([*MANY, first]) + [
        {**r, "Internal ID": "77", "Document Number": "SO77"} for r in book_rows([again])
    ]

    outcome = audit(Request(files=files(tmp_path, rows, books)))

    assert found(outcome) == []
    assert outcome.compared == 42


def test_an_order_cancelled_and_entered_anew_in_the_books_meets_the_living_record(tmp_path):
    order = Order(number=1500)
    books = book_rows([*MANY, order])
    dead = {
        **books[-1],
        "Internal ID": "5",
        "Document Number": "SO5",
        "Status": "Sales Order : Closed",
    }

    outcome = audit(Request(files=files(tmp_path, shop_rows([*MANY, order]), [dead, *books])))

    assert found(outcome) == []
    told = [(one.order, one.reason) for one in outcome.aside if one.order == "1500"]
    assert told == [("1500", NAMESAKE)]


def test_a_column_named_like_the_status_is_not_taken_for_it(tmp_path):
    columns = ("Approval Status", *BOOK_COLUMNS, "Shipping Status", "Order Status")
    books = [
        {**row, "Approval Status": "Approved", "Order Status": "Active", "Shipping Status": "n/a"}
        for row in book_rows(MANY)
    ]

    outcome = audit(Request(files=files(tmp_path, shop_rows(MANY), books, book_columns=columns)))

    assert found(outcome) == []
    assert outcome.files[1].status_columns == ("Status",)


def test_two_columns_of_one_name_are_asked_about(tmp_path):
    columns = [*BOOK_COLUMNS, "Status twin"]
    books = [{**row, "Status twin": "Sales Order : Closed"} for row in book_rows(MANY)]
    shop, path = files(tmp_path, shop_rows(MANY), books, book_columns=columns)
    path.write_text(path.read_text().replace("Status twin", "Status", 1))

    with pytest.raises(UndecidedError) as error:
        audit(Request(files=[shop, path]))

    assert error.value.flag == "--status"
    assert error.value.choices == ("Status", "Status (2)")


def test_numbers_of_the_books_own_are_not_taken_for_the_shops(tmp_path):
    books = book_rows(MANY)
    for at, row in enumerate(reversed(books)):
        row["Document Number"] = f"SO{1001 + at}"

    outcome = audit(Request(files=files(tmp_path, shop_rows(MANY), books)))

    assert outcome.files[1].join_column == "PO/Check Number"
    assert found(outcome) == []


@pytest.mark.parametrize("form", ["{}", "#{}", "{:08}", "SHOP-{}", "Shopify order #{}"])
def test_order_numbers_meet_however_they_are_written(tmp_path, form):
    books = book_rows(MANY)
    for row in books:
        row["Memo"] = form.format(int(row["PO/Check Number"]))
        row["PO/Check Number"] = ""

    outcome = audit(Request(files=files(tmp_path, shop_rows(MANY), books)))

    assert outcome.files[1].join_column == "Memo"
    assert found(outcome) == []


def test_a_gap_in_the_number_column_is_filled_from_another(tmp_path):
    books = [
        {**row, "Memo": row["PO/Check Number"], **({"PO/Check Number": ""} if at % 4 == 0 else {})}
        for at, row in enumerate(book_rows(MANY))
    ]

    assert found(audit(Request(files=files(tmp_path, shop_rows(MANY), books)))) == []


def test_an_order_whose_line_was_refused_is_not_called_missing(tmp_path):
    shop, books = pair(tmp_path, MANY)
    lines = books.read_text().splitlines()
    lines[5] += ",one too many"
    books.write_text("\n".join(lines) + "\n")

    outcome = audit(Request(files=[shop, books]))

    assert found(outcome) == []
    assert [one.line for one in outcome.files[1].refused] == [6]


def test_an_order_whose_first_row_was_refused_is_set_aside(tmp_path):
    shop, books = pair(tmp_path, [*MANY, Order(number=1500, lines=3)])
    lines = [
        line + ",too many" if line.startswith("#1500") and "paid" in line else line
        for line in shop.read_text().splitlines()
    ]
    shop.write_text("\n".join(lines) + "\n")

    outcome = audit(Request(files=[shop, books]))

    assert found(outcome) == []
    assert outcome.files[0].rows_refused == 1


def test_files_that_share_no_number_are_refused_with_the_flag_to_use(tmp_path):
    books = book_rows([replace(order, number=order.number + 500_000) for order in MANY])

    with pytest.raises(UnusableError, match="--join"):
        audit(Request(files=files(tmp_path, shop_rows(MANY), books)))


def test_orders_before_the_reach_of_the_other_export_are_set_aside(tmp_path):
    old = [
        replace(order, number=order.number + 1000, created=START - timedelta(days=60), books=None)
        for order in agreeing(range(1001, 1021))
    ]

    outcome = audit(Request(files=pair(tmp_path, [*MANY, *old])))

    assert found(outcome) == []


def test_a_row_of_totals_is_no_order(tmp_path):
    total = {"Document Number": "Total", "Amount": "12345.00"}

    outcome = audit(Request(files=files(tmp_path, shop_rows(MANY), [*book_rows(MANY), total])))

    assert found(outcome) == []


def test_a_record_from_before_an_order_is_not_its_record(tmp_path):
    missing = Order(number=1500, progress="unfulfilled", books=None)
    reused = Order(number=1500, created=START - timedelta(days=90), total="3.00")

    outcome = audit(
        Request(files=files(tmp_path, shop_rows([*MANY, missing]), book_rows([*MANY, reused])))
    )

    assert found(outcome) == [("#1500", "unacknowledged_order")]


def test_a_record_from_long_after_an_order_is_doubted(tmp_path):
    order = Order(number=1500, created=START - timedelta(days=60))
    late = Order(number=1500, created=START, total="3.00", books="Sales Order : Closed")

    outcome = audit(
        Request(files=files(tmp_path, shop_rows([*MANY, order]), book_rows([*MANY, late])))
    )

    assert found(outcome) == []
    assert outcome.orders_set_aside > 1


def test_an_order_listed_in_parts_that_differ_is_not_taken_for_its_first_part(tmp_path):
    order = Order(number=1500, progress="partial", created=START + timedelta(days=19))
    parts = [
        {"Order - Number": str(number), "Order - Status": word, "Date - Order Date": "10/20/2026"}
        for number, word in [
            *((o.number, "shipped") for o in MANY if o.progress == "fulfilled"),
            (1500, "shipped"),
            (1500, "awaiting_shipment"),
        ]
    ]
    shop = write(tmp_path / "shop.csv", SHOP_COLUMNS, shop_rows([*MANY, order]))

    outcome = audit(
        Request(files=[shop, write(tmp_path / "warehouse.csv", tuple(parts[0]), parts)])
    )

    assert [one for one in found(outcome) if one[0] == "#1500"] == []
    assert "#1500" in [one.order for one in outcome.aside]


def test_a_column_said_to_join_that_joins_nothing_is_refused(tmp_path):
    hints = Hints((FileHint("netsuite_orders.csv", join="Memo"),))

    with pytest.raises(UnusableError, match="holds no order number"):
        audit(Request(files=pair(tmp_path, MANY), hints=hints))


def test_what_was_assumed_and_written_down_is_read_back_as_the_same(tmp_path):
    parts = [
        Order(number=number, progress="partial", books="Sales Order : Partially Fulfilled", lines=2)
        for number in range(1500, 1506)
    ]
    shop = shop_rows([*MANY, *parts])
    seen: set[str] = set()
    for row in shop:  # of a partial shipment one line has left, and the other has not
        first = row["Name"] not in seen
        seen.add(row["Name"])
        row["Lineitem fulfillment status"] = "fulfilled" if first else "pending"
    both = files(tmp_path, shop, book_rows([*MANY, *parts]))
    assumed = audit(Request(files=both))
    write_mapping(tmp_path / "stack.toml", assumed)

    again = audit(Request(files=both, hints=read_mapping(tmp_path / "stack.toml")))

    assert (again.tally, again.aside) == (assumed.tally, assumed.aside)
    assert found(again) == found(assumed)
