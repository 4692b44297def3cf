"""What became of the lines of a file: rows of its table, or refused with the reason."""

import io
from bisect import bisect_right
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

# A quoted field may run over lines; an unclosed quote must not swallow the file.
LONGEST_FIELD_LINES = 500
_PIECE = 1024 * 1024


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
    out = sorted({*range(1, skip + 1), *bad})
    left = frozenset(out)
    before = 0  # so many lines ended before this piece
    with path.open("rb") as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            ended = before + piece.count(b"\n")
            # The last line of a piece goes on in the next one.
            if bisect_right(out, before) < bisect_right(out, ended + 1):
                lines = enumerate(io.BytesIO(piece), before + 1)
                target.writelines(line for at, line in lines if at not in left)
            else:
                target.write(piece)
            before = ended
    return copy
