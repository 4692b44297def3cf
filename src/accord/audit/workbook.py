"""A sheet of an XLSX file as a table."""

from pathlib import Path

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


def read_workbook(source: Path) -> Table:
    """Return the table on the first sheet that holds one."""
    try:
        book = fastexcel.read_excel(source)
        sheets = [_sheet(book, name) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        raise UnusableError(source.name, f"it is no workbook that can be read: {error}") from error
    for name, sheet in zip(book.sheet_names, sheets, strict=True):
        table = _table(source.name, name, sheet)
        if table is not None:
            return table
    raise UnusableError(source.name, "no sheet has a header with columns.", 1)


def _sheet(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_whitespace_tail_rows=True)
    return sheet.to_polars()


def _table(file: str, sheet: str, cells: pl.DataFrame) -> Table | None:
    found = header_of([[cell or "" for cell in row] for row in cells.head(400).rows()])
    if found is None:
        return None
    at, names, _ = found
    rows = cells[at + 1 :].rename(dict(zip(cells.columns, names, strict=True)))
    empty = rows.select(pl.all_horizontal(pl.all().is_null())).to_series()
    refused = [
        Refused(at + 2 + index, "the line is empty", "") for index in empty.arg_true().to_list()
    ]
    kept = rows.filter(~empty)
    table = Table(
        name=file,
        frame=kept.lazy(),
        sample=pl.concat([kept.head(2000), kept[2000:].tail(2000)]),
        rows=kept.height,
        how=f"workbook, sheet {sheet}, header on line {at + 1}",
    )
    table.refused = refused
    return table
