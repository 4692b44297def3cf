"""The outcome of an audit as an XLSX file: a summary, the cases, and what was set aside."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from accord.audit.case_rows import Cell, case_rows, harmless, headings
from accord.audit.outcome import Outcome
from accord.audit.telling import TITLES, headline, sums_of, unknown_word

# Wide enough to read, in letters; the rest of a long cell is seen by clicking on it.
_WIDTHS = {"meaning": 32, "order": 22, "cause": 60, "since": 21, "pattern": 22}
_USUAL_WIDTH, _WORDS_WIDTH = 12, 30
_FIRST_SYSTEM, _AFTER_SYSTEMS = 4, 5


def save_workbook(outcome: Outcome, path: Path) -> None:
    """Write the workbook. Amounts are numbers in it, so that a column can be added up."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        summary = book.add_worksheet("Summary")
        summary.set_column(0, 0, _WIDTHS["pattern"])
        summary.set_column(1, 4, _WORDS_WIDTH)
        for at, cells in enumerate(_summary(outcome)):
            summary.write_row(at, 0, [harmless(cell) for cell in cells])
        _add_sheet(book, "Cases", headings(outcome), case_rows(outcome))
        aside = ((harmless(one.order), one.system, one.reason) for one in outcome.aside)
        _add_sheet(book, "Set aside", ("order", "system", "cause"), aside)


def _add_sheet(book: Any, name: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(name)
    for at, title in enumerate(titles):
        system = _FIRST_SYSTEM <= at < len(titles) - _AFTER_SYSTEMS
        sheet.set_column(at, at, _WORDS_WIDTH if system else _WIDTHS.get(title, _USUAL_WIDTH))
    sheet.write_row(0, 0, titles, bold)
    last = 1
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(at, column, cell, amount)
            elif cell:
                sheet.write_string(at, column, cell)
        last = at
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(titles) - 1)


def _summary(outcome: Outcome) -> Iterator[tuple[str, ...]]:
    yield "result", " ".join(headline(outcome))
    yield "orders compared", str(outcome.compared)
    yield "orders in agreement", str(outcome.agreeing)
    yield "orders in disagreement", str(outcome.tally.disagreeing)
    yield "orders set aside", str(outcome.orders_set_aside)
    for reason, number in outcome.set_aside.items():
        yield "set aside", str(number), reason
    worth = outcome.worth()
    for pattern, number in outcome.counts().items():
        yield pattern.value, str(number), TITLES[pattern], sums_of(worth.get(pattern, {}))
    for word in outcome.unknown_words:
        yield "word in no vocabulary", unknown_word(word)
    for file in outcome.files:
        rows = f"{file.rows_read} rows read, {file.rows_refused} refused"
        yield "file", file.file, file.system, file.join_column or "", rows
        for refused in file.refused:
            yield "refused", file.file, f"line {refused.line}", refused.reason
    for sentence in outcome.assumed:
        yield "assumed", sentence
