"""A file of any kind as a table."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import polars as pl

from accord.audit.encoding import Progress
from accord.audit.errors import UnusableError
from accord.audit.lines import Structure
from accord.audit.table import HEAD_ROWS, Table, TextFile
from accord.audit.workbook import is_workbook, read_workbook

Made = TypeVar("Made")

# A shorter file is read before anything could be gained by working on it at the same time.
_LONG = 8 * 1024 * 1024
# What nearly every long file turns out to be. How many rows it has is not known beforehand.
_FLAWLESS = Structure(rows=_LONG, refused=[], quoted=True)


def read_table(path: Path, folder: Path, advance: Progress) -> Table:
    """Return the table in a CSV, TSV or XLSX file; temporary copies go to ``folder``.

    Raises ``UnusableError`` where there is none, with the line that shows it.
    """
    return read_ahead(path, folder, advance, lambda table: table)


def read_ahead(path: Path, folder: Path, advance: Progress, make: Callable[[Table], Made]) -> Made:
    """Return what ``make`` makes of the table in a file.

    It may be called twice: of a long text file while its lines are still being looked at, and
    once more where some of them turn out to be no rows.
    """
    with _opening(path):
        if is_workbook(path):
            return make(read_workbook(path))
        file = TextFile(path, folder, advance)
        if file.size < _LONG:
            return make(file.table(file.structure()))
        with ThreadPoolExecutor(max_workers=1) as pool:
            looking = pool.submit(file.structure)
            ahead = _tried(file, make)
            found = looking.result()
        if ahead is None or found.left_out or not found.quoted or found.rows <= HEAD_ROWS:
            return make(file.table(found))
        table, made = ahead
        table.rows = found.rows
        return made


def _tried(file: TextFile, make: Callable[[Table], Made]) -> tuple[Table, Made] | None:
    """Return what comes of a file without flaws, or None where it has some after all."""
    try:
        table = file.table(_FLAWLESS)
        table.again = None
        return table, make(table)
    except (pl.exceptions.PolarsError, UnusableError):
        return None


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise UnusableError(str(path), f"it cannot be opened: {error.strerror}.") from error
