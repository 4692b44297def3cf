"""The slow and exact reading of quoted fields, for files in which quotes are out of place."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from accord.audit.lines import LONGEST_FIELD_LINES, Refused, Structure

_Line = tuple[int, str]


def strict_structure(path: Path, delimiter: str, header_line: int, columns: int) -> Structure:
    """Return which lines are rows, reading each quote as the standard has it (RFC 4180)."""
    delim = re.escape(delimiter)
    field = f'(?:"(?:[^"]|"")*"|[^"{delim}\n]*)'
    row = re.compile(f"{field}(?:{delim}{field}){{{columns - 1}}}")
    refused: list[Refused] = []
    rows = 0
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        lines = ((at, line.rstrip("\r\n")) for at, line in enumerate(file, 1))
        window = deque(islice(lines, header_line, header_line + 1))
        while window:
            length = _length(row, window, lines)
            rows += bool(length)
            if not length:
                refused.append(_refusal(window[0], delimiter, columns))
            for _ in range(length or 1):
                window.popleft()
            if not window:
                window.extend(islice(lines, 1))
    blank: list[int] = []
    while refused and not refused[-1].text.strip() and _is_last(refused[-1], path):
        blank.append(refused.pop().line)  # empty lines at the end are no lines
    return Structure(rows, refused, quoted=True, blank=tuple(blank))


def _length(row: re.Pattern[str], window: deque[_Line], lines: Iterator[_Line]) -> int:
    """Return over how many lines the row that begins the window runs, or 0 if it is none."""
    text = window[0][1]
    if row.fullmatch(text):
        return 1
    if text.count('"') % 2 == 0:
        return 0
    for length in range(2, LONGEST_FIELD_LINES + 1):
        if length > len(window):
            window.extend(islice(lines, 1))
        if length > len(window):
            return 0
        more = window[length - 1][1]
        text = f"{text}\n{more}"
        if '"' in more and row.fullmatch(text):
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
