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
HEAD_ROWS = 2000


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


class TextFile:
    """A text file with a header, opened; temporary copies of it go to ``folder``."""

    def __init__(self, source: Path, folder: Path, advance: Progress) -> None:
        self._name = source.name
        self._folder = folder
        self._advance = advance
        self._path, self._encoding = as_utf8(source, folder, advance)
        self._layout = _layout(source.name, self._path)

    def structure(self) -> Structure:
        """Look at every line and return which are rows."""
        delimiter, header_line, columns = self._layout
        return structure(self._path, delimiter, header_line, len(columns), self._advance)

    def table(self, found: Structure) -> Table:
        """Return the table that the lines make, of which ``found`` tells what they are."""
        try:
            rows = self._rows(found)
            sample = _sample(self._path, rows, self._layout, found)
        except pl.exceptions.ComputeError:
            found = self._exact()
            rows = self._rows(found)
            sample = _sample(self._path, rows, self._layout, found)
        how = f"{self._encoding}, {DELIMITERS[self._layout.delimiter]}"
        table = Table(
            name=self._name,
            frame=_frame(*rows, self._layout, quoted=found.quoted),
            sample=sample,
            rows=found.rows,
            how=f"{how}, header on line {self._layout.header_line}",
        )
        table.refused = found.refused
        table.again = self._again
        return table

    def _rows(self, found: Structure) -> tuple[Path, int]:
        """Return a file of nothing but rows, and how many lines stand above its rows."""
        if not found.left_out:
            return self._path, self._layout.header_line
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".rows", delete=False) as copy:
            path = Path(copy.name)
        return without(self._path, found.left_out, self._layout.header_line, path), 0

    def _exact(self) -> Structure:
        delimiter, header_line, columns = self._layout
        return strict_structure(self._path, delimiter, header_line, len(columns))

    def _again(self) -> tuple[Structure, pl.LazyFrame]:
        found = self._exact()
        return found, _frame(*self._rows(found), self._layout, quoted=found.quoted)


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
        few = _frame(whole, skip, layout, quoted=quoted).head(HEAD_ROWS)
        try:
            head = few.collect(engine="streaming")
        except pl.exceptions.PolarsError:  # it may end within a quoted field
            head = pl.DataFrame()
        if head.height == HEAD_ROWS:
            return head
    return _frame(path, skip, layout, quoted=quoted).head(HEAD_ROWS).collect(engine="streaming")


def _sample(path: Path, rows: tuple[Path, int], layout: _Layout, found: Structure) -> pl.DataFrame:
    """Return rows from the beginning and from the end; orders are often sorted by time."""
    head = _head(*rows, layout, quoted=found.quoted)
    if found.rows <= HEAD_ROWS:
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
        names = _as_wide([cell.strip() for cell in cells], rows[at + 1 :])
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


def _as_wide(names: list[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the names as many as the fields, where only the rows end in a delimiter, or none does.

    Some exports close every row with a delimiter and the header not, and some the other way round.
    """
    below = [row for row in rows if any(row)]
    longer = [row for row in below if len(row) == len(names) + 1]
    shorter = [row for row in below if len(row) == len(names) - 1]
    if 2 * len(longer) > len(below) and not any(row[-1].strip() for row in longer):
        return [*names, ""]
    if names and not names[-1] and 2 * len(shorter) > len(below):
        return names[:-1]
    return names


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
    alike: dict[str, int] = {}
    result: dict[str, None] = {}
    for at, name in enumerate(names, 1):
        distinct = plain = name or f"column {at}"
        while distinct in result:  # a column may be called like the second of another name
            alike[plain] = alike.get(plain, 1) + 1
            distinct = f"{plain} ({alike[plain]})"
        result[distinct] = None
    return tuple(result)


def _first_odd_line(text: str) -> int:
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.strip()), 1)
