"""What an audit found, in the shape that every output is made from."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from accord.audit.lines import Refused
from accord.domain.patterns import Pattern
from accord.domain.tracks import Track


class FileFound(Struct, frozen=True, kw_only=True):
    """One file: what it was taken for, how sure that is from 0 to 1, and its rows.

    ``rows_read`` and ``rows_refused`` together are the lines of the file below its header.
    """

    file: str
    system: str
    kind: str
    confidence: float
    join_column: str | None
    join_share: float | None
    rows_read: int
    rows_refused: int
    orders: int
    how: str
    status_columns: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


class Finding(Struct, frozen=True, kw_only=True):
    """One pattern in one order. ``words`` holds each system's own words, None for no record.

    ``cause`` is shared by all findings of one cause; ``since`` is when the contradiction began,
    as far as the files tell; ``worth`` is the order's amount in the unit of its file.
    """

    pattern: Pattern
    track: Track
    order: str
    words: Mapping[str, str | None]
    cause: str
    since: datetime | None
    worth: float = 0.0


class UnknownWord(Struct, frozen=True):
    """A word in no table, where it stands and on how many orders."""

    system: str
    column: str
    word: str
    orders: int


class Outcome(Struct, frozen=True, kw_only=True):
    """Everything an audit says. ``set_aside`` counts orders by the reason they were not judged."""

    files: tuple[FileFound, ...]
    compared: int
    agreeing: int
    set_aside: Mapping[str, int]
    assumed: tuple[str, ...]
    unknown_words: tuple[UnknownWord, ...]
    findings: tuple[Finding, ...]
    taken: datetime | None

    @property
    def orders_set_aside(self) -> int:
        """Return how many orders were not judged."""
        return sum(self.set_aside.values())

    def counts(self) -> dict[Pattern, int]:
        """Return how many findings there are of each pattern found, the costliest first."""
        found = [finding.pattern for finding in self.findings]
        return {pattern: found.count(pattern) for pattern in Pattern if pattern in found}
