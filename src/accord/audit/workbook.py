"""The sheets of an XLSX file as a table."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import fastexcel
import polars as pl

from accord.audit.errors import UnusableError
from accord.audit.lines import Refused
from accord.audit.table import Table, header_of

ZIP = b"PK\x03\x04"


def is_workbook(source: Path) -> bool:
    """Return whether the file is an XLSX file, whatever it is called."""
    with source.open("rb") as file:
        return file.read(4) == ZIP


class _Sheet(NamedTuple):
    """A sheet with a header: where it stands, counted from 0, and the rows below it."""

    name: str
    header: int
    rows: pl.DataFrame

    @property
    def cells(self) -> int:
        return self.rows.height * self.rows.width


def read_workbook(source: Path) -> Table:
    """Return the table of the largest sheet, and of all others that have the same columns."""
    try:
        book = fastexcel.read_excel(source)
        sheets = [_sheet(book, name) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        told = str(error).partition("\n")[0]  # what follows are places in the reader's own code
        reason = f"it is packed, and no workbook that can be read; unpack it first ({told})."
        raise UnusableError(source.name, reason) from error
    found = [
        table
        for name, cells in zip(book.sheet_names, sheets, strict=True)
        if (table := _with_header(name, cells)) is not None
    ]
    if not found:
        raise UnusableError(source.name, "no sheet has a header with columns.", 1)
    largest = max(found, key=lambda one: one.cells)
    alike = [one for one in found if one.rows.columns == largest.rows.columns]
    left = [name for name in book.sheet_names if name not in {one.name for one in alike}]
    return _table(source.name, alike, left)


def _sheet(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
    return sheet.to_polars()


def _with_header(sheet: str, cells: pl.DataFrame) -> _Sheet | None:
    found = header_of([[cell or "" for cell in row] for row in cells.head(400).rows()])
    if found is None:
        return None
    at, names, _ = found
    return _Sheet(sheet, at, cells[at + 1 :].rename(dict(zip(cells.columns, names, strict=True))))


def _table(file: str, sheets: Sequence[_Sheet], left: Sequence[str]) -> Table:
    refused: list[Refused] = []
    parts: list[pl.DataFrame] = []
    for sheet in sheets:
        empty = sheet.rows.select(pl.all_horizontal(pl.all().is_null())).to_series()
        reason = "the line is empty"
        if len(sheets) > 1:
            reason = f"the line is empty, on sheet {sheet.name}"
        refused += [Refused(sheet.header + 2 + at, reason, "") for at in empty.arg_true().to_list()]
        parts.append(sheet.rows.filter(~empty))
    kept = pl.concat(parts)
    names = ", ".join(sheet.name for sheet in sheets)
    unread = f"; not read: {', '.join(left)}" if left else ""
    table = Table(
        name=file,
        frame=kept.lazy(),
        sample=pl.concat([kept.head(2000), kept[2000:].tail(2000)]),
        rows=kept.height,
        how=f"workbook, sheet {names}, header on line {sheets[0].header + 1}{unread}",
    )
    table.refused = refused
    return table
