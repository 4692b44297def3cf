"""What an audit found, in the shape that every output is made from."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from accord.audit.lines import Refused
from accord.domain.patterns import Pattern
from accord.domain.tracks import Track

# Both sides say the same here, or nothing is known that they say differently.
AGREEING = frozenset({Pattern.OPEN_PARTIAL_SHIPMENT, Pattern.UNKNOWN_WORD})


class FileFound(Struct, frozen=True, kw_only=True):
    """One file: what it was taken for, how sure that is from 0 to 1, and its rows.

    ``rows_read`` and ``rows_refused`` together are the lines of the file below its header.
    ``time_zone`` is what times without a zone of their own were read in, if there are any.
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
    time_zone: str | None = None


class Worth(Struct, frozen=True):
    """What one order is about: an amount, in a currency as its file names it.

    ``currency`` is empty where no file names one. ``of`` tells which amount it is: the order's
    ``total``, what was ``captured`` or what was ``refunded``.
    """

    amount: Decimal
    currency: str
    of: str


class Finding(Struct, frozen=True, kw_only=True):
    """One pattern in one order. ``words`` holds each system's own words, None for no record.

    ``cause`` is shared by all findings of one cause; ``since`` is when the contradiction began,
    as far as the files tell; ``worth`` is None where no file tells an amount.
    """

    pattern: Pattern
    track: Track
    order: str
    words: Mapping[str, str | None]
    cause: str
    since: datetime | None
    worth: Worth | None = None


class UnknownWord(Struct, frozen=True):
    """A word in no table, where it stands, on how many orders judged and how many set aside."""

    system: str
    column: str
    word: str
    orders: int
    aside: int = 0


class SetAside(Struct, frozen=True):
    """One order that was not judged: who lists it, and why that proves nothing."""

    order: str
    system: str
    reason: str


class Tally(Struct, frozen=True, kw_only=True):
    """How many orders there are of each sort. ``compared`` is all that were judged.

    ``disagreeing`` are those with a finding in which two systems say different things. Of the
    others, ``overdue`` have a partial shipment that both sides know and nobody closes, and
    ``unread`` a word in no table.
    """

    compared: int
    disagreeing: int
    overdue: int
    unread: int

    @property
    def agreeing(self) -> int:
        """Return on how many orders no finding of disagreement stands."""
        return self.compared - self.disagreeing


class Outcome(Struct, frozen=True, kw_only=True):
    """Everything an audit says."""

    files: tuple[FileFound, ...]
    tally: Tally
    aside: tuple[SetAside, ...]
    assumed: tuple[str, ...]
    unknown_words: tuple[UnknownWord, ...]
    findings: tuple[Finding, ...]
    taken: datetime | None

    @property
    def compared(self) -> int:
        """Return how many orders were judged."""
        return self.tally.compared

    @property
    def agreeing(self) -> int:
        """Return on how many orders no finding of disagreement stands."""
        return self.tally.agreeing

    @property
    def orders_set_aside(self) -> int:
        """Return how many orders were not judged."""
        return len(self.aside)

    @property
    def set_aside(self) -> dict[str, int]:
        """Return how many orders were not judged, by the reason."""
        return dict(Counter(one.reason for one in self.aside))

    def counts(self) -> dict[Pattern, int]:
        """Return how many findings there are of each pattern found, the costliest first."""
        found = Counter(finding.pattern for finding in self.findings)
        return {pattern: found[pattern] for pattern in Pattern if pattern in found}

    def worth(self) -> dict[Pattern, dict[str, Decimal]]:
        """Return the sums of each pattern by currency; no two currencies are ever added up."""
        sums: dict[Pattern, dict[str, Decimal]] = {}
        for finding in self.findings:
            if finding.worth is not None:
                of_pattern = sums.setdefault(finding.pattern, {})
                before = of_pattern.get(finding.worth.currency, Decimal(0))
                of_pattern[finding.worth.currency] = before + finding.worth.amount
        return sums
