"""Which lines of a text file are rows of its table, and which are refused and why.

Only the skeleton of a line decides: its delimiters, quotes and line ends. Files have few
different skeletons, so each is judged once however many lines share it.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from accord.audit.encoding import Progress
from accord.audit.lines import LONGEST_FIELD_LINES, Refused, Structure
from accord.audit.strict import strict_structure

# Small enough to stay in a processor's cache, and to let another thread have its turn.
_PIECE = 1024 * 1024

# Where no line of so many is wrong without quotes, nothing is quoted, and no closer look is needed.
_MANY_REFUSED = 100

_QUOTED = re.compile(rb'"[^"]*"')


class _Odd(NamedTuple):
    """A line that is no row by itself; ``quotes`` tells whether a quoted field is left open."""

    line: int
    skeleton: bytes

    @property
    def open(self) -> bool:
        return self.skeleton.count(b'"') % 2 == 1


class _Scan(NamedTuple):
    """All lines from the header on: how many, and those that are no row by themselves."""

    lines: int
    odd: list[_Odd]


def structure(
    path: Path, delimiter: str, header_line: int, columns: int, advance: Progress
) -> Structure:
    """Return which lines after ``header_line`` (from 1) are rows of ``columns`` fields.

    A quote is a field's own bracket, except in files that do not quote at all, such as
    Amazon's tab-separated reports: whichever reading refuses fewer lines is taken.
    """
    delim = delimiter.encode()
    scan = _scan(path, delim, header_line, columns, advance, quoted=True)
    structured = _resolved(path, scan, delim, columns, header_line)
    if not structured.refused or not any(b'"' in odd.skeleton for odd in scan.odd):
        return structured
    # More lines than these are refused by no reading that is better, so it need not go on.
    most = len(structured.refused) + len(structured.blank)
    plain = _scan(path, delim, header_line, columns, _ignore, quoted=False, most=most)
    unquoted = None
    if len(plain.odd) <= most:
        unquoted = _resolved(path, plain, delim, columns, header_line)._replace(quoted=False)
    if len(structured.refused) <= _MANY_REFUSED or unquoted is None or unquoted.refused:
        odd = [*(one.line for one in scan.odd), scan.lines + 1]
        strict = strict_structure(path, delimiter, header_line, columns, odd)
        structured = min(strict, structured, key=lambda one: len(one.refused))
    if unquoted is not None and len(unquoted.refused) < len(structured.refused):
        return unquoted
    return structured


def _ignore(_: int) -> None:
    return None


def _scan(
    path: Path,
    delimiter: bytes,
    header_line: int,
    columns: int,
    advance: Progress,
    *,
    quoted: bool,
    most: int | None = None,
) -> _Scan:
    """Look at every line; no further than needed to know that more than ``most`` are odd."""
    kept = delimiter + (b'"' if quoted else b"") + b"\n"
    dropped = bytes(set(range(256)) - set(kept))
    good: dict[bytes, bool] = {}
    odd: list[_Odd] = []
    lines = 0
    for skeletons in _skeletons(path, dropped, advance):
        different = set(skeletons)
        for skeleton in different - good.keys():
            good[skeleton] = _fields(skeleton, delimiter) == columns
        if not all(good[skeleton] for skeleton in different):
            odd += [
                _Odd(lines + at, skeleton)
                for at, skeleton in enumerate(skeletons, 1)
                if not good[skeleton]
            ]
        lines += len(skeletons)
        if most is not None and len(odd) > most + header_line:
            break
    return _Scan(lines, [one for one in odd if one.line > header_line])


def _skeletons(path: Path, dropped: bytes, advance: Progress) -> Iterator[list[bytes]]:
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            advance(len(piece))
            whole = (rest + piece.translate(None, dropped)).split(b"\n")
            rest = whole.pop()
            yield whole
        file.seek(-1, io.SEEK_END)
        if file.read(1) != b"\n":
            yield [rest]


def _fields(skeleton: bytes, delimiter: bytes) -> int:
    """Return how many fields a line has, or 0 where a quote is left open."""
    if b'"' in skeleton:
        skeleton = _QUOTED.sub(b"", skeleton)
        if b'"' in skeleton:
            return 0
    return skeleton.count(delimiter) + 1


def _resolved(
    path: Path, scan: _Scan, delimiter: bytes, columns: int, header_line: int
) -> Structure:
    """Join lines that are parts of one quoted field, and refuse what is left over."""
    spans, unclosed = _spans(path, scan, delimiter, columns)
    inside = {line for first, last in spans for line in range(first, last + 1)}
    starts = {first for first, _ in spans}
    refused = [odd for odd in scan.odd if odd.line not in inside]
    texts = _texts(path, {odd.line for odd in refused})
    blank: list[int] = []
    while refused and refused[-1].line == scan.lines and not texts[refused[-1].line].strip():
        scan = scan._replace(lines=scan.lines - 1)  # empty lines at the end are no lines
        blank.append(refused.pop().line)
    records = scan.lines - header_line - len(inside) + len(starts)
    listed = [
        Refused(o.line, _reason(o, texts[o.line], delimiter, columns, unclosed), texts[o.line])
        for o in refused
    ]
    return Structure(records - len(listed), listed, quoted=True, blank=tuple(blank))


def _spans(
    path: Path, scan: _Scan, delimiter: bytes, columns: int
) -> tuple[list[tuple[int, int]], set[int]]:
    """Pair lines that open a quoted field with the lines that close it."""
    openers = [odd for odd in scan.odd if odd.open]
    texts = _texts(path, {odd.line for odd in openers})
    lone = {odd.line: odd.skeleton for odd in scan.odd}
    spans: list[tuple[int, int]] = []
    unclosed: set[int] = set()
    at = 0
    while at < len(openers):
        first, *more = openers[at : at + 2]
        if more and _closes(first, more[0], lone, texts, (delimiter, columns)):
            spans.append((first.line, more[0].line))
            at += 2
        else:
            unclosed.add(first.line)
            at += 1
    return spans, unclosed


def _closes(
    first: _Odd, last: _Odd, lone: dict[int, bytes], texts: dict[int, str], shape: tuple[bytes, int]
) -> bool:
    """Return whether one quoted field runs from ``first`` to ``last``.

    A line between them that is a whole row by itself is a row, not a part of a text.
    """
    delimiter, columns = shape
    if last.line - first.line > LONGEST_FIELD_LINES:
        return False
    between = range(first.line + 1, last.line)
    if not all(line in lone for line in between):
        return False
    delim = re.escape(delimiter.decode())
    opens = re.search(rf'(?:^|{delim})"(?:[^"]|"")*$', texts[first.line])
    ends = re.match(rf'(?:[^"]|"")*"(?:{delim}|$)', texts[last.line])
    # A line between may close one field and open the next, so its quotes count as well.
    whole = (first.skeleton, *(lone[line] for line in between), last.skeleton)
    return bool(opens and ends) and _fields(b"".join(whole), delimiter) == columns


def _texts(path: Path, lines: set[int]) -> dict[int, str]:
    """Return the text of some lines, without reading further than the last of them."""
    if not lines:
        return {}
    last, found = max(lines), {}
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if number in lines:
                found[number] = text.decode("utf-8", "replace").rstrip("\r\n")
            if number == last:
                break
    return found


def _reason(odd: _Odd, text: str, delimiter: bytes, columns: int, unclosed: set[int]) -> str:
    if not text.strip():
        return "the line is empty"
    if odd.line in unclosed:
        return "a quote is opened and not closed"
    fields = _fields(odd.skeleton, delimiter)
    return f"{fields} fields where the header has {columns}"
