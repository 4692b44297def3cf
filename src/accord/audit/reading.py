"""A file of any kind as a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accord.audit.encoding import Progress
from accord.audit.errors import UnusableError
from accord.audit.table import Table, TextFile
from accord.audit.workbook import is_workbook, read_workbook


def read_table(path: Path, folder: Path, advance: Progress) -> Table:
    """Return the table in a CSV, TSV or XLSX file; temporary copies go to ``folder``.

    Raises ``UnusableError`` where there is none, with the line that shows it.
    """
    with _opening(path):
        if is_workbook(path):
            return read_workbook(path)
        file = TextFile(path, folder, advance)
        return file.table(file.structure())


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise UnusableError(str(path), f"it cannot be opened: {error.strerror}.") from error
