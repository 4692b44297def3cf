"""Reports written to files: a page to mail, a workbook and a list to work through."""

import csv
import io
from pathlib import Path

from accord.audit.case_rows import case_rows, headings, set_aside_rows
from accord.audit.errors import UnusableError
from accord.audit.outcome import Outcome

FORMATS = (".html", ".xlsx", ".csv")


def check_format(path: Path) -> None:
    """Raise ``UnusableError`` where no report can be written under this name."""
    if path.suffix.casefold() not in FORMATS:
        raise UnusableError(str(path), f"a report ends in {', '.join(FORMATS)}.")
    if not path.parent.is_dir():
        raise UnusableError(str(path), "its folder does not exist.")


def save(outcome: Outcome, path: Path) -> None:
    """Write the outcome in the format the file's name asks for."""
    match path.suffix.casefold():
        case ".html":
            from accord.audit.page import page  # noqa: PLC0415 - templates load when asked for

            path.write_text(page(outcome), encoding="utf-8")
        case ".xlsx":
            from accord.audit.spreadsheet import save_workbook  # noqa: PLC0415 - the same

            save_workbook(outcome, path)
        case _:
            path.write_text(_list(outcome), encoding="utf-8-sig", newline="")


def _list(outcome: Outcome) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings(outcome))
    for row in (*case_rows(outcome), *set_aside_rows(outcome)):
        writer.writerow(["" if cell is None else cell for cell in row])
    return text.getvalue()
