"""One export as a table: its columns, its rows as text, and the lines that were no rows."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from accord.audit.encoding import Progress, as_utf8
from accord.audit.errors import UnusableError
from accord.audit.lines import Refused, Structure, without
from accord.audit.strict import strict_structure
from accord.audit.structure import structure

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}

# One or two title lines occur above the header; beyond four it is no export we know.
_TITLE_LINES = 4
_FEWEST_COLUMNS = 2
_LONGEST_NAME = 120
# Below this share of rows as wide as the header it is prose with commas, not a table.
_FITTING = 0.5
_HEAD_ROWS_READ = 400
_HEAD_BYTES = 256 * 1024
_HEAD_BYTES_READ = 1024 * 1024
_TAIL_BYTES = 256 * 1024
_HEAD_ROWS = 2000


class _Layout(NamedTuple):
    """How the text is laid out; ``header_line`` counts from 1."""

    delimiter: str
    header_line: int
    columns: tuple[str, ...]


class Table:
    """The rows of one export. Every value is text, an empty one is null."""

    def __init__(
        self, *, name: str, frame: pl.LazyFrame, sample: pl.DataFrame, rows: int, how: str
    ) -> None:
        self.name = name
        self.columns = tuple(sample.columns)
        self.rows = rows
        self.how = how
        self.sample = sample
        self.refused: list[Refused] = []
        self._frame = frame
        # How to read the file anew where quotes far down in it mislead the fast reader.
        self.again: Callable[[], tuple[Structure, pl.LazyFrame]] | None = None

    def select(self, columns: Sequence[str | pl.Expr]) -> pl.DataFrame:
        """Return some columns of every row, or what is worked out of them value by value."""
        try:
            rows = self._frame.select(columns).collect(engine="streaming")
        except pl.exceptions.ComputeError:
            if self.again is None:
                raise
            found, self._frame = self.again()
            self.rows, self.refused = found.rows, found.refused
            rows = self._frame.select(columns).collect(engine="streaming")
        self.again = None  # what is read from now on stands beside these rows
        return rows


def read_text(source: Path, folder: Path, advance: Progress) -> Table:
    """Return the table in a text file; temporary copies go to ``folder``."""
    text = as_utf8(source, folder, advance)
    layout = _layout(source.name, text.path)
    columns = len(layout.columns)
    found = structure(text.path, layout.delimiter, layout.header_line, columns, advance)
    how = f"{text.encoding}, {DELIMITERS[layout.delimiter]}, header on line {layout.header_line}"

    def laid_out(found: Structure) -> tuple[Path, int]:
        path, skip = text.path, layout.header_line
        if found.refused:
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".rows", delete=False) as copy:
                path, skip = without(path, found.refused, skip, Path(copy.name)), 0
        return path, skip

    def exact() -> Structure:
        return strict_structure(text.path, layout.delimiter, layout.header_line, columns)

    def again() -> tuple[Structure, pl.LazyFrame]:
        found = exact()
        return found, _frame(*laid_out(found), layout, quoted=found.quoted)

    try:
        rows = laid_out(found)
        sample = _sample(text.path, rows, layout, found)
    except pl.exceptions.ComputeError:
        found = exact()
        rows = laid_out(found)
        sample = _sample(text.path, rows, layout, found)
    frame = _frame(*rows, layout, quoted=found.quoted)
    table = Table(name=source.name, frame=frame, sample=sample, rows=found.rows, how=how)
    table.refused = found.refused
    table.again = again
    return table


def _frame(path: Path | bytes, skip: int, layout: _Layout, *, quoted: bool) -> pl.LazyFrame:
    if isinstance(path, Path) and path.stat().st_size == 0:
        return pl.LazyFrame(schema=dict.fromkeys(layout.columns, pl.String))
    return pl.scan_csv(
        path,
        has_header=False,
        skip_lines=skip,
        schema=dict.fromkeys(layout.columns, pl.String),
        separator=layout.delimiter,
        quote_char='"' if quoted else None,
        null_values="",  # an empty cell is empty in quotes as well
        raise_if_empty=False,
    )


def _head(path: Path, skip: int, layout: _Layout, *, quoted: bool) -> pl.DataFrame:
    """Return the first rows. Of a long file only the beginning is read, if that holds enough."""
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES_READ)
    if len(start) == _HEAD_BYTES_READ:
        whole = start[: start.rfind(b"\n") + 1]
        few = _frame(whole, skip, layout, quoted=quoted).head(_HEAD_ROWS)
        try:
            head = few.collect(engine="streaming")
        except pl.exceptions.PolarsError:  # it may end within a quoted field
            head = pl.DataFrame()
        if head.height == _HEAD_ROWS:
            return head
    return _frame(path, skip, layout, quoted=quoted).head(_HEAD_ROWS).collect(engine="streaming")


def _sample(path: Path, rows: tuple[Path, int], layout: _Layout, found: Structure) -> pl.DataFrame:
    """Return rows from the beginning and from the end; orders are often sorted by time."""
    head = _head(*rows, layout, quoted=found.quoted)
    if found.rows <= _HEAD_ROWS:
        return head
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        tail = file.read().split(b"\n")[1:]
    plain = [line for line in tail if b'"' not in line]
    whole = [line for line in plain if line.count(layout.delimiter.encode()) + 1 == head.width]
    if not whole:
        return head
    rest = _frame(b"\n".join(whole), 0, layout, quoted=found.quoted)
    return pl.concat([head, rest.collect(engine="streaming")])


def _layout(name: str, path: Path) -> _Layout:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    text = head.decode("utf-8", "ignore")
    if len(head) == _HEAD_BYTES:
        text = text[: text.rfind("\n") + 1]
    if re.match(r"\s*(<|[{\[]\s*[\"{\[\]}]|%PDF)", text):
        raise UnusableError(name, "it is no table with columns; export it as CSV or XLSX.", 1)
    found = [
        candidate
        for delimiter in DELIMITERS
        if (candidate := _best_header(text, delimiter)) is not None
    ]
    if not found:
        line = _first_odd_line(text)
        reason = "no header with columns was found; a table needs one, and rows of as many fields."
        raise UnusableError(name, reason, line)
    return max(found, key=lambda one: one[0])[1]


def _best_header(text: str, delimiter: str) -> tuple[tuple[float, int], _Layout] | None:
    rows = _records(text, delimiter)
    found = header_of([cells for _, cells in rows])
    if found is None:
        return None
    at, names, fitting = found
    return (fitting, len(names)), _Layout(delimiter, rows[at][0], names)


def header_of(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...], float] | None:
    """Return where the header stands, its names, and the share of rows as wide as it is."""
    best: tuple[int, tuple[str, ...], float] | None = None
    for at, cells in enumerate(rows[: _TITLE_LINES + 1]):
        names = [cell.strip() for cell in cells]
        if len(names) < _FEWEST_COLUMNS or sum(map(bool, names)) < max(2, len(names) - 2):
            continue
        below = [len(row) for row in rows[at + 1 :] if any(row)]
        titled = all(sum(map(bool, above)) <= 1 for above in rows[:at])
        fitting = float(titled)  # an empty list is a header below nothing but titles
        if below:
            fitting = sum(width == len(names) for width in below) / len(below)
        fits = fitting >= _FITTING and _are_names(names)
        if fits and (best is None or fitting > best[2] + 0.1):
            best = at, _distinct(names), fitting
    return best


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the first rows with the line each begins on, as a plain CSV reader sees them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    line = 0
    try:
        for cells in reader:
            rows.append((line + 1, cells))
            line = reader.line_num
            if len(rows) > _HEAD_ROWS_READ:
                break
    except csv.Error:  # a quote left open swallows the rest; what came before it is enough
        return rows
    return rows


def _are_names(names: list[str]) -> bool:
    """Return whether these can be column names: not dates, amounts or long sentences."""
    numbers = sum(bool(re.fullmatch(r"[#$€-]?[\d.,:/\- ]+", name)) for name in names)
    return numbers <= len(names) // 4 and all(len(name) <= _LONGEST_NAME for name in names)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Return column names of which no two are alike: the second Status is ``Status (2)``."""
    seen: dict[str, int] = {}
    result = []
    for at, name in enumerate(names, 1):
        plain = name or f"column {at}"
        seen[plain] = seen.get(plain, 0) + 1
        result.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return tuple(result)


def _first_odd_line(text: str) -> int:
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.strip()), 1)
