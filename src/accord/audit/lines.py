"""What became of the lines of a file: rows of its table, or refused with the reason."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# A quoted field may run over lines; an unclosed quote must not swallow the file.
LONGEST_FIELD_LINES = 500


class Refused(NamedTuple):
    """One line that is no row. ``line`` counts from 1 in the file; ``text`` is as it stands."""

    line: int
    reason: str
    text: str


class Structure(NamedTuple):
    """What the lines after the header are. ``refused`` is in the order of the file."""

    rows: int
    refused: list[Refused]
    quoted: bool


def without(path: Path, refused: Iterable[Refused], skip: int, copy: Path) -> Path:
    """Write ``path`` from line ``skip`` + 1 on, without the refused lines, to ``copy``."""
    bad = {one.line for one in refused}
    with path.open("rb") as source, copy.open("wb") as target:
        target.writelines(
            line for number, line in enumerate(source, 1) if number > skip and number not in bad
        )
    return copy
