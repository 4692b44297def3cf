"""The slow and exact reading of quoted fields, for files in which quotes are out of place."""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from accord.audit.lines import LONGEST_FIELD_LINES, Refused, Structure

_Line = tuple[int, str]


def strict_structure(
    path: Path,
    delimiter: str,
    header_line: int,
    columns: int,
    odd: Sequence[int] | None = None,
) -> Structure:
    """Return which lines are rows, reading each quote as the standard has it (RFC 4180).

    ``odd`` are the lines that are no row by themselves, in order, and the one past the last. Where
    they are known, reading begins with each of them, and any other line is taken as it is unless
    it turns out to lie within a row.
    """
    shape = _shape(delimiter, columns)
    refused: list[Refused] = []
    rows = 0
    with path.open("rb") as file:
        lines = enumerate(file, 1)
        window = deque(_read(lines, 1, after=header_line))
        while window:
            plain = _plain(window[0], odd)
            length = 0 if plain else _length(shape, window, lines)
            rows += plain or bool(length)
            if not plain and not length:
                refused.append(_refusal(window[0], delimiter, columns))
            over = (plain or length or 1) - len(window)
            for _ in range(min(plain or length or 1, len(window))):
                window.popleft()
            if not window:
                window.extend(_read(lines, 1, after=over))
    blank: list[int] = []
    while refused and not refused[-1].text.strip() and _is_last(refused[-1], path):
        blank.append(refused.pop().line)  # empty lines at the end are no lines
    return Structure(rows, refused, quoted=True, blank=tuple(blank))


class _Shape(NamedTuple):
    """What a whole row looks like, and what lines do that end within a quoted field of it."""

    row: re.Pattern[str]
    begun: re.Pattern[str]


def _shape(delimiter: str, columns: int) -> _Shape:
    delim = re.escape(delimiter)
    open_field = '"[^"]*(?:""[^"]*)*'
    field = f'(?:{open_field}"|[^"{delim}\n]*)'
    return _Shape(
        row=re.compile(f"{field}(?:{delim}{field}){{{columns - 1}}}"),
        begun=re.compile(f"(?:{field}{delim}){{0,{columns - 1}}}{open_field}"),
    )


def _read(lines: Iterator[tuple[int, bytes]], number: int, *, after: int = 0) -> Iterator[_Line]:
    """Yield the next lines as text, without looking at those before them."""
    for at, line in islice(lines, after, after + number):
        yield at, line.decode("utf-8", "replace").rstrip("\r\n")


def _plain(line: _Line, odd: Sequence[int] | None) -> int:
    """Return how many lines from this one on are known to be rows by themselves."""
    return 0 if odd is None else odd[bisect_left(odd, line[0])] - line[0]


def _length(shape: _Shape, window: deque[_Line], lines: Iterator[tuple[int, bytes]]) -> int:
    """Return over how many lines the row that begins the window runs, or 0 if it is none."""
    text = last = window[0][1]
    if shape.row.fullmatch(text):
        return 1
    if '"' not in text:
        return 0
    for length in range(2, LONGEST_FIELD_LINES + 1):
        # What does not end within a quoted field is no part of a row, whatever comes after it.
        if '"' in last and not shape.begun.fullmatch(text):
            return 0
        if length > len(window):
            window.extend(_read(lines, 1))
        if length > len(window):
            return 0
        last = window[length - 1][1]
        text = f"{text}\n{last}"
        if '"' in last and shape.row.fullmatch(text):
            return length
    return 0


def _refusal(line: _Line, delimiter: str, columns: int) -> Refused:
    number, text = line
    if not text.strip():
        return Refused(number, "the line is empty", text)
    if text.count('"') % 2:
        return Refused(number, "a quote is opened and not closed", text)
    fields = text.count(delimiter) + 1
    if '"' in text and fields == columns:
        return Refused(number, "a quote stands within a field", text)
    return Refused(number, f"{fields} fields where the header has {columns}", text)


def _is_last(refused: Refused, path: Path) -> bool:
    with path.open("rb") as file:
        return not any(line.strip() for line in islice(file, refused.line, None))
