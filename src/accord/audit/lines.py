"""What became of the lines of a file: rows of its table, or refused with the reason."""

from collections.abc import Collection
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
    """What the lines after the header are. ``refused`` is in the order of the file.

    ``blank`` are the lines at its end that hold nothing: neither rows nor refused.
    """

    rows: int
    refused: list[Refused]
    quoted: bool
    blank: tuple[int, ...] = ()

    @property
    def left_out(self) -> frozenset[int]:
        """Return the lines that are no rows; whoever reads the rows must not meet them."""
        return frozenset(self.blank).union(one.line for one in self.refused)


def without(path: Path, bad: Collection[int], skip: int, copy: Path) -> Path:
    """Write ``path`` from line ``skip`` + 1 on, without the lines ``bad``, to ``copy``."""
    with path.open("rb") as source, copy.open("wb") as target:
        target.writelines(
            line for number, line in enumerate(source, 1) if number > skip and number not in bad
        )
    return copy
