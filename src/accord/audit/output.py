"""Reports written to files: a page to mail, a workbook and a list to work through."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from accord.audit.errors import UnusableError
from accord.audit.flight import as_instant
from accord.audit.outcome import Finding, Outcome
from accord.audit.telling import TITLES

FORMATS = (".html", ".xlsx", ".csv")

_HEADINGS = ("pattern", "meaning", "track", "order", "words", "cause", "since", "worth")
# A spreadsheet takes a cell that begins so for a formula and would run it.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")


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
            _save_workbook(outcome, path)
        case _:
            path.write_text(_list(outcome), encoding="utf-8-sig", newline="")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def _list(outcome: Outcome) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*_HEADINGS[:4], *_systems(outcome), *_HEADINGS[5:]])
    for finding in outcome.findings:
        writer.writerow([harmless(cell) for cell in _cells(finding, _systems(outcome))])
    return text.getvalue()


def _systems(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(name for finding in outcome.findings for name in finding.words))


def _cells(finding: Finding, systems: list[str]) -> Iterator[str]:
    yield finding.pattern.value
    yield TITLES[finding.pattern]
    yield finding.track.value
    yield finding.order
    for system in systems:
        word = finding.words.get(system, "")
        yield "no record" if word is None else word
    yield finding.cause
    yield as_instant(finding.since) or ""
    yield f"{finding.worth.amount:f}" if finding.worth else ""


def _save_workbook(outcome: Outcome, path: Path) -> None:
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 - the same

    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        summary = book.add_worksheet("Summary")
        for at, cells in enumerate(_summary(outcome)):
            summary.write_row(at, 0, [harmless(cell) for cell in cells])
        cases = book.add_worksheet("Cases")
        systems = _systems(outcome)
        cases.write_row(0, 0, [*_HEADINGS[:4], *systems, *_HEADINGS[5:]], bold)
        for at, finding in enumerate(outcome.findings, 1):
            cases.write_row(at, 0, [harmless(cell) for cell in _cells(finding, systems)])
        cases.freeze_panes(1, 0)
        cases.autofilter(0, 0, max(1, len(outcome.findings)), len(systems) + 6)


def _summary(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    yield "orders compared", str(outcome.compared)
    yield "orders in agreement", str(outcome.agreeing)
    yield "orders set aside", str(outcome.orders_set_aside)
    for reason, number in outcome.set_aside.items():
        yield "set aside", str(number), reason
    for pattern, number in outcome.counts().items():
        yield pattern.value, str(number), TITLES[pattern]
    for file in outcome.files:
        rows = f"{file.rows_read} rows read, {file.rows_refused} refused"
        yield "file", file.file, file.system, file.join_column or "", rows
    for sentence in outcome.assumed:
        yield "assumed", sentence
