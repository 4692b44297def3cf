"""A long file is worked on while its lines are looked at, and what comes of it is the same."""

from pathlib import Path

import polars as pl
import pytest

from accord.audit.reading import read_ahead
from accord.audit.table import Table, TextFile

HEADER = "Name,Note,Status"
ROW = '#{},"{}, and more",paid'
FILLED = "x" * 150
ROWS = 60_000  # some ten mebibytes: enough to be begun early


def lines(rows: int = ROWS, filled: str = FILLED) -> list[str]:
    return [HEADER, *(ROW.format(at, filled) for at in range(rows))]


def late(change: str) -> list[str]:
    written = lines()
    written[-100] = change
    return written


FILES = {
    "flawless": lines(),
    "too few fields": late("#1,short"),
    "too many fields": late("#1,a,b,c,d"),
    "a quote left open": late('#1,"open,paid'),
    "a text over two lines": late('#1,"one\ntwo",paid'),
    "a quote within a field": late('#1,12" wide,paid'),
    "no quotes at all": [line.replace('"', "").replace(", and", " and") for line in lines()],
    "few but long rows": lines(1_500, FILLED * 40),
    "empty lines at the end": [*lines(), "", ""],
}


def both(table: Table) -> tuple[Table, pl.DataFrame]:
    return table, table.select(["Name", "Note", "Status"])


@pytest.mark.parametrize("kind", FILES)
def test_what_is_read_ahead_is_what_is_read_after_all_lines_were_looked_at(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_text("\n".join(FILES[kind]) + "\n")
    ahead, rows = read_ahead(path, tmp_path, lambda _: None, both)
    file = TextFile(path, tmp_path, lambda _: None)
    after, expected = both(file.table(file.structure()))
    assert rows.equals(expected)
    assert (ahead.rows, ahead.refused) == (after.rows, after.refused)
    assert ahead.sample.equals(after.sample)


def test_all_lines_of_a_long_file_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("\n".join(FILES["too few fields"]) + "\n")
    table, rows = read_ahead(path, tmp_path, lambda _: None, both)
    assert rows.height == table.rows == ROWS - 1
    assert [(one.line, one.text) for one in table.refused] == [(ROWS - 98, "#1,short")]
