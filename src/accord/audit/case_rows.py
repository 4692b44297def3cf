"""The cases of an audit as rows of a table, for whoever works through the list."""

from collections.abc import Iterator
from decimal import Decimal

from accord.audit.flight import as_instant
from accord.audit.outcome import Finding, Outcome
from accord.audit.telling import TITLES

# What stands in the column of patterns for an order that was not judged.
SET_ASIDE = "set_aside"

# A spreadsheet takes a cell that begins so for a formula and would run it.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")

Cell = str | Decimal | None


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def headings(outcome: Outcome) -> list[str]:
    """Return the names of the columns; each system has one with its words."""
    before = ["pattern", "meaning", "track", "order"]
    return [*before, *_systems(outcome), "cause", "since", "worth", "currency", "worth of"]


def case_rows(outcome: Outcome) -> Iterator[list[Cell]]:
    """Yield a row for each finding, in the order of the headings."""
    systems = _systems(outcome)
    for finding in outcome.findings:
        yield [harmless(c) if isinstance(c, str) else c for c in _cells(finding, systems)]


def set_aside_rows(outcome: Outcome) -> Iterator[list[Cell]]:
    """Yield a row for each order that was not judged; the cause is why."""
    systems = ["" for _ in _systems(outcome)]
    for one in outcome.aside:
        row = [SET_ASIDE, "Not judged", "", one.order, *systems, one.reason, "", "", "", ""]
        yield [harmless(cell) for cell in row]


def _systems(outcome: Outcome) -> list[str]:
    return list(dict.fromkeys(name for finding in outcome.findings for name in finding.words))


def _cells(finding: Finding, systems: list[str]) -> Iterator[Cell]:
    yield finding.pattern.value
    yield TITLES[finding.pattern]
    yield finding.track.value
    yield finding.order
    for system in systems:
        word = finding.words.get(system, "")
        yield "no record" if word is None else word
    yield finding.cause
    yield as_instant(finding.since) or ""
    yield finding.worth.amount if finding.worth else None
    yield finding.worth.currency if finding.worth else ""
    yield finding.worth.of if finding.worth else ""
