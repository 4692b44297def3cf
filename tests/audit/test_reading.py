"""Every line of a file is a row or is refused by its number; what is no table is no input."""

import csv
import io
import re
from collections import deque

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from accord.audit import strict
from accord.audit.errors import UnusableError
from accord.audit.reading import read_table
from accord.audit.strict import strict_structure

ROWS = [["#1001", "paid", 'A "fine" shirt, blue'], ["#1002", "voided", "two\nlines"]]
HEADER = ["Name", "Financial Status", "Lineitem name"]


def table(tmp_path, data, name="file.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_table(path, tmp_path, lambda _: None)


def text(rows, delimiter=","):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("titles", ["", "Orders of Müller\r\n", "Orders\r\nMade on 2026-11-20\r\n"])
def test_a_table_is_read_in_any_usual_writing(tmp_path, delimiter, encoding, titles):
    data = (titles + text([HEADER, *ROWS, ["#1003", "paid", "Größe 5"]], delimiter)).encode(
        encoding
    )

    read = table(tmp_path, data)

    assert read.columns == tuple(HEADER)
    assert read.select(["Name", "Lineitem name"]).rows() == [
        ("#1001", 'A "fine" shirt, blue'),
        ("#1002", "two\nlines"),
        ("#1003", "Größe 5"),
    ]
    assert (read.rows, read.refused) == (3, [])


def test_lines_that_are_no_rows_are_refused_by_number(tmp_path):
    lines = ["a,b,c", "1,2,3", "4,5", "6,7,8,9", "", '10,"11,12', "13,14,15", '"16,17",18,19']
    lines += ["20,21,22"] * 20

    read = table(tmp_path, "\n".join(lines).encode())

    assert [(one.line, one.reason) for one in read.refused] == [
        (3, "2 fields where the header has 3"),
        (4, "4 fields where the header has 3"),
        (5, "the line is empty"),
        (6, "a quote is opened and not closed"),
    ]
    assert read.rows + len(read.refused) == len(lines) - 1
    assert read.select(["a"]).to_series().to_list()[:3] == ["1", "13", "16,17"]


def test_a_report_that_does_not_quote_keeps_its_inches(tmp_path):
    data = (
        b'sku\tname\torder-status\nA\t24" screen\tShipped\nB\t3" nail\tShipped\nC\tnone\tPending\n'
    )

    read = table(tmp_path, data, "report.txt")

    assert read.refused == []
    assert read.select(["name"]).to_series().to_list() == ['24" screen', '3" nail', "none"]


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        (["Name,Status", "#1,paid,", "#2,paid,"], 3),  # only the rows end in a delimiter
        (["Name,Status,", "#1,paid", "#2,paid"], 2),  # only the header does
    ],
)
def test_a_delimiter_more_at_the_end_is_no_fault(tmp_path, lines, columns):
    read = table(tmp_path, "\n".join(lines).encode())

    assert (read.rows, read.refused, len(read.columns)) == (2, [], columns)
    assert read.select(["Name", "Status"]).rows() == [("#1", "paid"), ("#2", "paid")]


def test_a_field_more_than_the_header_with_something_in_it_is_a_fault(tmp_path):
    with pytest.raises(UnusableError):
        table(tmp_path, b"Name,Status\n#1,paid,\n#2,Smith, paid\n")


def test_the_rows_of_a_long_file_are_all_but_the_refused_lines(tmp_path):
    row = '#{:05},"{}, and more",paid'
    lines = [row.format(at, "x" * 90) for at in range(30_000)]  # some three mebibytes
    across = 1 + (2 * 1024 * 1024 - len("Name,Note,Status\r\n\r\n")) // (len(lines[0]) + 2)
    wrong = {0: "", across: "w" * len(lines[0]), 20_000: '#0,"open,paid', 29_999: ",,,,"}
    for at, line in wrong.items():
        lines[at] = line

    read = table(tmp_path, "\r\n".join(["Name,Note,Status", *lines, "", ""]).encode())

    assert [one.line for one in read.refused] == [at + 2 for at in wrong]
    assert read.rows == 29_996
    names = read.select(["Name"]).to_series().to_list()
    assert names == [f"#{at:05}" for at in range(30_000) if at not in wrong]


def test_no_further_line_is_read_for_a_quote_that_opens_no_field():
    shape = strict._shape("\t", 3)  # noqa: SLF001 - how far it reads shows nowhere else
    later = enumerate([b'2\t3" nail\tShipped\n'] * 9, 2)

    length = strict._length(shape, deque([(1, '1\t3" pipe\tShipped')]), later)  # noqa: SLF001

    assert (length, next(later)[0]) == (0, 2)


def test_two_columns_of_one_name_are_kept_apart(tmp_path):
    read = table(tmp_path, b"Status,Name,Status\nA,1,B\n")

    assert read.columns == ("Status", "Name", "Status (2)")


def test_a_workbook_is_read_like_a_text_file(tmp_path):
    path = tmp_path / "book.xlsx"
    pl.DataFrame({"Name": ["#1", "#2"], "Total": ["1.00", "2.00"]}).write_excel(path)

    read = read_table(path, tmp_path, lambda _: None)

    assert read.columns == ("Name", "Total")
    assert read.select(["Name"]).to_series().to_list() == ["#1", "#2"]


def workbook(path, **sheets):
    with Workbook(path) as book:
        for name, rows in sheets.items():
            pl.DataFrame(rows).write_excel(book, name)
    return path


def test_the_largest_sheet_is_the_list_and_the_others_are_named(tmp_path):
    path = workbook(
        tmp_path / "book.xlsx",
        Info={"Exported by": ["Rows"], "Eve": ["2"]},
        Orders={"Name": ["#1", "#2"], "Total": ["1.00", "2.00"]},
    )

    read = read_table(path, tmp_path, lambda _: None)

    assert read.columns == ("Name", "Total")
    assert read.how == "workbook, sheet Orders, header on line 1; not read: Info"


def test_sheets_of_the_same_columns_are_one_list(tmp_path):
    months = {m: {"Name": [f"#{m}"], "Total": ["1.00"]} for m in ("May", "June")}

    read = read_table(workbook(tmp_path / "book.xlsx", **months), tmp_path, lambda _: None)

    assert read.rows == 2
    assert read.select(["Name"]).to_series().to_list() == ["#May", "#June"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"%PDF-1.7\nsome, thing\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        b"PK\x03\x04 not really a workbook",
        b'{"orders": [\n {"name": "#1001", "status": "paid"},\n {"name": "#1002"}\n]}',
        b"<!doctype html><html><body>Sign in, please</body></html>",
        b"Dear team,\n\nplease find the orders, the returns, and the rest below.\nRegards, A.\n",
        b"just one column\n1\n2\n3\n",
    ],
)
def test_what_is_no_table_is_unusable(tmp_path, data):
    with pytest.raises(UnusableError):
        table(tmp_path, data)


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"\x1f\x8b\x08 packed", "unpack"),
        (b"PK\x03\x04 not really a workbook", "unpack"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 of 1997", "save it as XLSX"),
    ],
)
def test_what_is_no_text_is_refused_with_its_remedy(tmp_path, data, remedy):
    with pytest.raises(UnusableError, match=remedy):
        table(tmp_path, data)


FIELD = st.text(alphabet='ab1,"\n ', max_size=6)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(FIELD, min_size=3, max_size=3), max_size=12))
def test_what_a_writer_of_csv_writes_is_read_whole(tmp_path_factory, rows):
    rows = [["x", *row] for row in rows]

    read = table(tmp_path_factory.mktemp("csv"), text([["n", "a", "b", "c"], *rows]).encode())

    assert read.refused == []
    got = [["x", *(cell or "" for cell in row)] for row in read.select(["a", "b", "c"]).rows()]
    assert got == [[row[0], *row[1:]] for row in rows]


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(["1,2,3", "a,b", "a,b,c,d", '1,"2,3', '1,"2, 3",4', "", "x", '"a""b",c,d']),
        max_size=15,
    )
)
def test_every_line_is_a_row_or_refused(tmp_path_factory, lines):
    body = [*["7,8,9"] * 20, *lines, "1,2,3"]

    read = table(tmp_path_factory.mktemp("csv"), "\n".join(["n,o,p", *body]).encode())

    assert read.rows + len(read.refused) == len(body)
    assert read.select(["n"]).height == read.rows


@settings(max_examples=300, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(
            ["1,2,3", "a,b", '1,"2,3', '"x,y",2,3', 'q"r,2,3', '"u', 'v",2,3', ",,", ""]
        ),
        max_size=15,
    ),
    end=st.sampled_from(["", "\n", "\n\n"]),
)
def test_reading_strictly_from_odd_lines_on_is_reading_strictly_everywhere(
    tmp_path_factory, lines, end
):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_text("\n".join(["n,o,p", *lines]) + end)
    every = range(2, len(path.read_text().splitlines()) + 2)
    alone = re.compile(r'("[^"]*"|[^",]*)(,("[^"]*"|[^",]*)){2}')
    odd = [at for at in every[:-1] if not alone.fullmatch(path.read_text().splitlines()[at - 1])]

    assert strict_structure(path, ",", 1, 3, [*odd, every[-1]]) == strict_structure(path, ",", 1, 3)
