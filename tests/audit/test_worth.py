"""What a case is worth: exact, in a named currency, never added up across two."""

import csv
import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from accord.audit.money import comma_is_decimal, currency_in, decimal, written
from accord.audit.run import Request, audit
from accord.cli.audit import audit as command
from tests.audit.exported import BOOK_COLUMNS, Order, agreeing, book_rows, newest, pair, write

MANY = [*agreeing(range(1001, 1041)), newest(1999)]
PAYMENT_COLUMNS = ("Order", "Kind", "Status", "Gateway", "Created At", "Amount", "Currency")

cents = st.decimals(0, 10**9, places=2)


def stale(number, total, currency="EUR"):
    more = {"Currency": currency}
    return Order(number=number, progress="unfulfilled", total=total, more=more)


def worths(outcome):
    return [(f.order, str(f.worth.amount), f.worth.currency, f.worth.of) for f in outcome.findings]


@given(cents)
def test_an_amount_is_read_as_it_was_written_on_either_side_of_the_ocean(amount):
    american, german = f"{amount:,.2f}", f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

    assert decimal(f"{american} USD", comma=False) == amount
    assert decimal(f"€ {german}", comma=True) == amount


@pytest.mark.parametrize(
    ("text", "comma", "amount"),
    [
        ("(1,250.00)", False, "-1250.00"), ("-$5", False, "-5"), ("1 234,5", True, "1234.5"),
        ("1.234", False, "1.234"), ("1.234", True, "1234"), ("25.", False, "25"),
    ],
)  # fmt: skip
def test_amounts_of_books_are_read(text, comma, amount):
    assert decimal(text, comma=comma) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "free", "1" * 40, "1.2.3"])
def test_what_is_no_amount_is_none(text):
    assert decimal(text, comma=False) is None


def test_the_column_tells_what_a_comma_is_in_it():
    assert comma_is_decimal(["1.234", "7,50"])
    assert comma_is_decimal(["1.234.567"])
    assert not comma_is_decimal(["1,234", "7.50"])


def test_an_amount_is_shown_with_its_currency_and_no_lone_decimal():
    assert written(Decimal("12345.5"), "EUR") == "12,345.50 EUR"
    assert written(Decimal(1500), "JPY") == "1,500 JPY"
    assert written(Decimal("1.234"), "") == "1.234 (no currency named)"
    assert currency_in("USD 12") == "USD"


def test_of_one_pattern_the_most_expensive_case_is_first_and_currencies_stay_apart(tmp_path):
    cases = [stale(1500, "9.50"), stale(1501, "120.00"), stale(1502, "90000", "JPY")]

    outcome = audit(Request(files=pair(tmp_path, [*MANY, *cases])))

    assert worths(outcome) == [
        ("#1501", "120.00", "EUR", "total"),
        ("#1500", "9.50", "EUR", "total"),
        ("#1502", "90000", "JPY", "total"),
    ]
    assert list(outcome.worth().values()) == [{"EUR": Decimal("129.50"), "JPY": Decimal(90000)}]


def test_a_return_is_worth_what_was_refunded(tmp_path):
    back = Order(number=1500, payment="partially_refunded", refunded="7.25")

    assert worths(audit(Request(files=pair(tmp_path, [*MANY, back])))) == [
        ("#1500", "7.25", "EUR", "refunded")
    ]


@pytest.mark.parametrize(
    ("currencies", "worth"),
    [
        (("USD", "USD"), ("30.10", "USD", "captured")),
        (("USD", "EUR"), ("25.00", "EUR", "total")),  # one sum of two currencies would be none
    ],
)
def test_money_without_a_record_is_worth_what_was_captured(tmp_path, currencies, worth):
    lost = Order(number=1500, books=None)
    shop, books = pair(tmp_path, [*MANY, lost])
    paid = [(order.name, "sale", "25.00", "EUR") for order in MANY if order.payment == "paid"]
    kinds = [("authorization", "99.00", "USD"), ("capture", "10.10", currencies[0]),
             ("capture", "20.00", currencies[1])]  # fmt: skip
    paid += [("#1500", *kind) for kind in kinds]
    rows = [
        {"Order": name, "Kind": kind, "Status": "success", "Gateway": "visa", "Amount": amount,
         "Currency": currency, "Created At": "2026-10-05 09:00:00 +0000"}
        for name, kind, amount, currency in paid
    ]  # fmt: skip
    payments = write(tmp_path / "payments.csv", PAYMENT_COLUMNS, rows)

    outcome = audit(Request(files=[shop, books, payments]))

    assert worths(outcome) == [("#1500", *worth)]


def test_a_record_the_shop_does_not_know_is_worth_what_the_books_say(tmp_path):
    shop, _ = pair(tmp_path, MANY)
    rows = [{**row, "Currency": "GBP"} for row in book_rows([*MANY, Order(number=1700)])]
    books = write(tmp_path / "netsuite_orders.csv", (*BOOK_COLUMNS, "Currency"), rows)

    assert worths(audit(Request(files=[shop, books]))) == [("1700", "25.00", "GBP", "total")]


def test_without_an_amount_nothing_is_said_to_be_worth_anything(tmp_path):
    files = pair(tmp_path, [*MANY, Order(number=1500, progress="unfulfilled", total="")])

    outcome = audit(Request(files=files))

    assert [finding.worth for finding in outcome.findings] == [None]
    assert outcome.worth() == {}


def test_every_report_names_the_amount_and_its_currency(tmp_path):
    files = pair(tmp_path, [*MANY, stale(1500, "1234.5"), stale(1501, "-3.00")])
    outs = [tmp_path / f"report{suffix}" for suffix in (".html", ".xlsx", ".csv")]
    words = [str(word) for out in outs for word in ("--out", out)]

    told = CliRunner().invoke(command, [*map(str, files), *words]).stdout
    summary = json.loads(CliRunner().invoke(command, ["--json", *map(str, files)]).stdout)

    assert "#1500  1,234.50 EUR" in told
    assert "1,234.50 EUR" in outs[0].read_text()
    cases = pl.read_excel(outs[1], sheet_name="Cases").select("worth", "currency", "worth of")
    assert cases.rows() == [(1234.5, "EUR", "total"), (-3.0, "EUR", "total")]
    with outs[2].open(encoding="utf-8-sig", newline="") as file:
        listed = [row["worth"] for row in csv.DictReader(file)]
    assert listed == ["1234.5", "-3.00", ""]
    assert summary["summary"]["worth"] == {
        "stale_shipping_status": [{"currency": "EUR", "amount": "1231.50"}]
    }
