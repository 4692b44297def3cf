"""What the command prints, writes and leaves with."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest
from typer.testing import CliRunner

from accord.cli.audit import audit
from tests.audit.exported import BOOK_COLUMNS, Order, agreeing, book_rows, newest, pair, write

MANY = [*agreeing(range(1001, 1041)), newest(1999)]
GHOST = Order(number=1500, cancelled=True, payment="voided", progress="unfulfilled")


def run(*arguments):
    return CliRunner().invoke(audit, [str(one) for one in arguments])


def test_one_object_is_printed_for_programs(tmp_path):
    result = run("--json", *pair(tmp_path, [*MANY, GHOST]))

    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["findings"] == [
        {
            "pattern": "ghost_fulfillment",
            "track": "fulfillment",
            "order": "#1500",
            "words": {"shopify": "unfulfilled, cancelled", "netsuite": "Sales Order : Billed"},
            "cause": "word `Sales Order : Billed` in netsuite beside `unfulfilled, cancelled` in "
            "shopify, on 1 order",
            "since": told["findings"][0]["since"],
        }
    ]
    summary = told["summary"]
    assert {key: summary["files"][1][key] for key in ("system", "join_column", "rows_read")} == {
        "system": "netsuite",
        "join_column": "PO/Check Number",
        "rows_read": 42,
    }
    assert summary["orders_compared"] == 41
    assert summary["orders_in_agreement"] == 40
    assert summary["orders_set_aside"] == 1


def test_agreement_leaves_with_status_nought(tmp_path):
    result = run(*pair(tmp_path, MANY))

    assert result.exit_code == 0
    assert "all of them agree" in result.stdout


def test_the_costliest_cases_are_told_first(tmp_path):
    stale = Order(number=1501, progress="unfulfilled")

    told = run(*pair(tmp_path, [*MANY, stale, GHOST])).stdout

    assert told.index("Shipped or billed after cancel:") < told.index("the shop still waits:")
    assert "word `Sales Order : Billed` in netsuite" in told


def test_a_file_that_is_no_table_leaves_with_status_two_and_its_line(tmp_path):
    shop, _ = pair(tmp_path, MANY)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all,\nthe numbers follow.\n")

    result = run(shop, letter)
    as_object = run("--json", shop, letter)

    assert (result.exit_code, as_object.exit_code) == (2, 2)
    assert "letter.txt, line 1" in result.stderr
    assert json.loads(as_object.stdout)["error"]["line"] == 1


@pytest.mark.parametrize("missing", ["absent.csv", "."])
def test_a_file_that_cannot_be_opened_is_unusable(tmp_path, missing):
    shop, _ = pair(tmp_path, MANY)

    assert run(shop, tmp_path / missing).exit_code == 2


def test_without_a_terminal_a_tie_names_the_flag(tmp_path):
    shop, _ = pair(tmp_path, MANY)
    rows = [{**row, "Status twin": "Sales Order : Closed"} for row in book_rows(MANY)]
    books = write(tmp_path / "books.csv", (*BOOK_COLUMNS, "Status twin"), rows)
    books.write_text(books.read_text().replace("Status twin", "Status", 1))

    asked = run(shop, books)
    told = run(shop, books, "--status", "books.csv=Status")

    assert asked.exit_code == 2
    assert "--status 'books.csv=Status'" in asked.stderr
    assert told.exit_code == 0


def test_what_was_assumed_can_be_written_corrected_and_used(tmp_path):
    files = pair(tmp_path, [*MANY, Order(number=1500, books="Sales Order : Gone Fishing")])
    mapping = tmp_path / "stack.toml"
    run(*files, "--write-mapping", mapping)
    text = mapping.read_text().replace("# [[files.words]]", "[[files.words]]")
    text = text.replace('# kind = ""', 'kind = "SalesOrd"').replace("# word", "word")
    text = text.replace("Sales Order : Gone", "Gone")
    mapping.write_text(text.replace('# means = { order = "open" }', 'means = { order = "open" }'))

    result = run("--json", *files, "--mapping", mapping)

    assert json.loads(result.stdout)["findings"] == []


def test_a_page_a_workbook_and_a_list_are_written(tmp_path):
    files = pair(tmp_path, [*MANY, replace(GHOST, more={"Tags": "<b>"})])
    outs = [tmp_path / f"report{suffix}" for suffix in (".html", ".xlsx", ".csv")]

    run(*files, *(argument for out in outs for argument in ("--out", out)))

    page = outs[0].read_text()
    assert "1 order of 41" in page
    assert "<svg" in page
    assert not any(word in page for word in ("<script", "http://", "https://", "url("))
    assert pl.read_excel(outs[1], sheet_name="Cases").height == 1
    listed = pl.read_csv(outs[2]).select("pattern", "order").rows()
    assert listed == [("ghost_fulfillment", "#1500"), ("set_aside", "#1999")]


def test_a_cell_that_looks_like_a_formula_is_made_harmless(tmp_path):
    evil = '=HYPERLINK("http://x","y")'
    files = pair(tmp_path, [*MANY, Order(number=1500, books=evil)])
    out, page = tmp_path / "report.csv", tmp_path / "report.html"

    run(*files, "--out", out, "--out", page)

    cells = pl.read_csv(out).row(0)
    assert f"'{evil}" in cells
    assert not any(str(cell).startswith(("=", "+", "-", "@")) for cell in cells)
    assert evil not in page.read_text()


def test_the_program_needs_no_service_to_compare(tmp_path):
    files = [str(path) for path in pair(tmp_path, [*MANY, GHOST])]
    command = [sys.executable, "-m", "accord", "audit", "--json", *files]

    done = subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))

    assert done.returncode == 1
    assert len(json.loads(done.stdout)["findings"]) == 1
