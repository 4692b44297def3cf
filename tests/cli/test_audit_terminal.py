"""A person at a terminal is asked where two readings are as good, and sees long files read."""

from pathlib import Path

import pytest

from tests.audit.exported import BOOK_COLUMNS, agreeing, book_rows, newest, pair, write
from tests.cli.terminal import on_a_terminal

MANY = [*agreeing(range(1001, 1041)), newest(1999)]
LONG = 21 * 1024 * 1024


@pytest.fixture
def tied(tmp_path: Path) -> list[Path]:
    """Two exports; in the second either of two columns could hold the status."""
    shop, _ = pair(tmp_path, MANY)
    rows = [{**row, "Status twin": "Sales Order : Closed"} for row in book_rows(MANY)]
    books = write(tmp_path / "books.csv", (*BOOK_COLUMNS, "Status twin"), rows)
    books.write_text(books.read_text().replace("Status twin", "Status", 1))
    return [shop, books]


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ("Status", 0, "all of them agree"),
        ("", 0, "all of them agree"),
        ("Status (2)", 1, "not in agreement"),
        ("Stat", 2, "it has no column 'Stat'"),
    ],
)
def test_a_person_is_asked_and_the_answer_decides(
    tied: list[Path], answer: str, status: int, said: str
) -> None:
    left, seen = on_a_terminal("audit", *tied, answers={"Which is it": answer})

    assert "books.csv: its status could be in Status or Status (2)." in seen
    assert said in seen
    assert left == status


def test_a_program_is_not_asked(tied: list[Path]) -> None:
    left, seen = on_a_terminal("audit", "--json", *tied)

    assert "Which is it" not in seen
    assert left == 2


@pytest.mark.parametrize(("long", "shown"), [(True, True), (False, False)])
def test_the_reading_of_long_files_is_shown(tmp_path: Path, *, long: bool, shown: bool) -> None:
    shop, _ = pair(tmp_path, MANY)
    rows = book_rows(MANY)
    if long:
        for row in rows:
            row["Memo"] = "x" * (LONG // len(rows))
    books = write(tmp_path / "netsuite_orders.csv", BOOK_COLUMNS, rows)

    left, seen = on_a_terminal("audit", shop, books)

    assert ("Reading" in seen) is shown
    assert "all of them agree" in seen
    assert left == 0
