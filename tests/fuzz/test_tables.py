"""A file is read with every line accounted for, or it is said why it cannot be."""

import json
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.audit.as_json import as_json
from accord.audit.errors import UnusableError
from accord.audit.log_outputs import log_as_json
from accord.audit.logs import audit_logs
from accord.audit.mapping import read_mapping
from accord.audit.reading import read_table
from accord.audit.run import Request, audit
from accord.audit.table import Table
from tests.audit.exported import (
    BOOK_COLUMNS,
    SHOP_COLUMNS,
    START,
    agreeing,
    book_rows,
    pair,
    shop_rows,
    write,
)
from tests.fuzz.spoiling import Draw, mangled, one_of
from tests.fuzz.spoiling import text as spoiled_text

FUZZ = settings.get_profile("fuzz")
FEW = settings(FUZZ, max_examples=max(FUZZ.max_examples // 3, 1))
ORDERS = agreeing(range(1001, 1009))
LOG = """\
Time,Flow,Status Code,Error Message
2026-11-01 10:00:00,Orders to NetSuite,429,Too many requests
2026-11-01 10:05:00,Orders to NetSuite,400,"INVALID_KEY_OR_REF: the ""entity"" field"
2026-11-01 11:00:00,Tracking to Shopify,200,
2026-11-01 11:00:01,Tracking to Shopify,503,Service unavailable
"""
MAPPING = """\
time_zone = "Europe/Berlin"

[[files]]
file = "netsuite_orders.csv"
system = "netsuite"
kind = "orders"
join = "PO/Check Number"
status = ["Status"]

[[files.words]]
kind = "SalesOrd"
word = "Odd"
means = { order = "open" }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def exports(folder: Path) -> dict[str, str]:
    """Return the text of two exports of the same orders."""
    shop = write(folder / "orders_export.csv", SHOP_COLUMNS, shop_rows(ORDERS))
    books = write(folder / "netsuite_orders.csv", BOOK_COLUMNS, book_rows(ORDERS))
    return {path.name: path.read_text("utf-8") for path in (shop, books)}


def attempted(work: Callable[[], Any]) -> Any:
    """Return what came of it; None where it was said why nothing could."""
    try:
        return work()
    except UnusableError:
        return None


@FUZZ
@given(data=st.data())
def test_every_line_of_any_text_is_a_row_or_refused(
    folder: Path, exports: dict[str, str], data: st.DataObject
) -> None:
    raw = spoiled_text(data.draw, one_of(data.draw, [*exports.values(), LOG]))
    path = folder / "any.csv"
    path.write_bytes(raw)

    table = attempted(lambda: read_table(path, folder, lambda _: None))

    if table is not None:
        assert rows_in(table) == table.rows
        if plain(raw):
            assert table.rows + len(table.refused) == lines_below_the_header(table, raw)


def rows_in(table: Table) -> int:
    """Return how many rows are really there, read whole; reading it may correct the count."""
    return table.select(list(table.columns)).height


def plain(raw: bytes) -> bool:
    """Return whether lines can be counted by their ends alone."""
    return b'"' not in raw and b"\r" not in raw.replace(b"\r\n", b"") and raw.isascii()


def lines_below_the_header(table: Table, raw: bytes) -> int:
    lines = raw.rstrip(b"\r\n \t").split(b"\n")
    return len(lines) - int(table.how.rpartition(" ")[2])


@FEW
@given(data=st.data())
def test_any_two_files_are_compared_or_it_is_said_why_not(
    folder: Path, exports: dict[str, str], data: st.DataObject
) -> None:
    paths = []
    for name, text in exports.items():
        path = folder / name
        path.write_bytes(spoiled_text(data.draw, text))
        paths.append(path)

    outcome = attempted(lambda: audit(Request(files=paths)))

    assert outcome is None or json.loads(as_json(outcome))


@FEW
@given(data=st.data())
def test_any_log_is_counted_or_it_is_said_why_not(folder: Path, data: st.DataObject) -> None:
    path = folder / "log.csv"
    path.write_bytes(spoiled_text(data.draw, LOG))

    outcome = attempted(lambda: audit_logs(path, folder, lambda _: None))

    if outcome is not None:
        assert json.loads(log_as_json(outcome))
        assert outcome.failures <= outcome.events <= outcome.rows_read


@FUZZ
@given(data=st.data())
def test_any_mapping_file_is_read_or_it_is_said_why_not(folder: Path, data: st.DataObject) -> None:
    path = folder / "mapping.toml"
    path.write_bytes(spoiled_text(data.draw, MAPPING))

    attempted(lambda: read_mapping(path))


def test_a_mapping_of_brackets_in_brackets_is_none(folder: Path) -> None:
    path = folder / "deep.toml"
    path.write_text("a = " + "[" * 5_000, "utf-8")

    with pytest.raises(UnusableError):
        read_mapping(path)


@FUZZ
@given(data=st.data())
def test_any_workbook_is_read_or_it_is_said_why_not(folder: Path, data: st.DataObject) -> None:
    path = folder / "any.xlsx"
    path.write_bytes(spoiled_book(data.draw))

    table = attempted(lambda: read_table(path, folder, lambda _: None))

    assert table is None or rows_in(table) == table.rows


def spoiled_book(draw: Draw) -> bytes:
    """Return a spoiled workbook: the archive itself, or a document within it."""
    whole = book()
    if not draw(st.integers(0, 3)):
        return mangled(draw, whole)
    turned = BytesIO()
    with zipfile.ZipFile(BytesIO(whole)) as before, zipfile.ZipFile(turned, "w") as after:
        names = sorted(before.namelist())
        one = names[draw(st.integers(0, len(names) - 1))]
        for name in names:
            inside = before.read(name)
            after.writestr(name, mangled(draw, inside) if name == one else inside)
    return turned.getvalue()


@cache
def book() -> bytes:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as made:
        made.set_properties({"created": START})
        for title in ("Orders", "More"):
            sheet = made.add_worksheet(title)
            for at, row in enumerate(book_rows(ORDERS)):
                if at == 0:
                    sheet.write_row(0, 0, list(row))
                sheet.write_row(at + 1, 0, list(row.values()))
            sheet.write_number(3, 7, 25.5)
            sheet.write_boolean(4, 7, True)  # noqa: FBT003 - a cell that is true
    return written.getvalue()


def test_two_columns_of_one_name_and_a_third_that_is_called_like_the_second_are_three(
    folder: Path,
) -> None:
    path = folder / "twice.csv"
    path.write_text("Order,Status,Status (2),Status\n1,a,b,c\n2,d,e,f\n", "utf-8")

    table = read_table(path, folder, lambda _: None)

    assert len(set(table.columns)) == len(table.columns) == 4
    assert table.rows == 2


@pytest.mark.parametrize("end", ["\n", "\n\n\n", "  \n", "\t\n \n", "  "])
def test_lines_of_nothing_at_the_end_are_no_orders(folder: Path, end: str) -> None:
    paths = pair(folder, ORDERS)
    before = audit(Request(files=paths))
    paths[0].write_text(paths[0].read_text("utf-8") + end, "utf-8")

    after = audit(Request(files=paths))

    assert (after.files, after.aside, after.findings) == (
        before.files,
        before.aside,
        before.findings,
    )
