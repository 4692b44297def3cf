"""The sentences in which an audit is told, on every medium the same."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from accord.audit.outcome import Finding, Outcome
from accord.domain.patterns import Pattern

TITLES = {
    Pattern.GHOST_FULFILLMENT: "Shipped or billed after cancel",
    Pattern.ORPHANED_PAYMENT: "Money without a record in the books",
    Pattern.UNACKNOWLEDGED_ORDER: "Paid, and unknown to the books",
    Pattern.UNPROCESSED_RETURN: "Returned or refunded, and not in the books",
    Pattern.OPEN_PARTIAL_SHIPMENT: "Partial shipment that never closes",
    Pattern.STALE_SHIPPING_STATUS: "Shipped, and the shop still waits",
    Pattern.DISAGREEMENT: "Other disagreement",
    Pattern.NO_COUNTERPART: "In the books, unknown to the shop",
    Pattern.UNKNOWN_WORD: "A word in no vocabulary",
}

COSTS = {
    Pattern.GHOST_FULFILLMENT: "Goods are gone, or will be claimed, that nobody pays for.",
    Pattern.ORPHANED_PAYMENT: "Revenue is missing in the books.",
    Pattern.UNACKNOWLEDGED_ORDER: "Nobody is going to ship these.",
    Pattern.UNPROCESSED_RETURN: "Money went back; nobody expects the goods.",
    Pattern.OPEN_PARTIAL_SHIPMENT: "Customers wait for a rest that nobody sends.",
    Pattern.STALE_SHIPPING_STATUS: "Customers are not told, and support is asked.",
    Pattern.DISAGREEMENT: "Two systems say different things.",
    Pattern.NO_COUNTERPART: "Entered by hand, or lost in the shop.",
    Pattern.UNKNOWN_WORD: "Not judged until the word is given a meaning.",
}


class Group(NamedTuple):
    """Findings of one pattern and one cause."""

    pattern: Pattern
    cause: str
    findings: tuple[Finding, ...]


def groups(outcome: Outcome) -> list[Group]:
    """Return the findings by pattern and cause: the costliest pattern, the largest cause first."""
    ordered = sorted(outcome.findings, key=lambda f: (list(Pattern).index(f.pattern), f.cause))
    found = [
        Group(pattern, cause, tuple(findings))
        for (pattern, cause), findings in groupby(ordered, key=lambda f: (f.pattern, f.cause))
    ]
    return sorted(found, key=lambda g: (list(Pattern).index(g.pattern), -len(g.findings)))


def headline(outcome: Outcome) -> str:
    """Return the whole result in one or two sentences."""
    orders = len({finding.order for finding in outcome.findings})
    if not orders:
        rest = f"{count(outcome.compared, 'order')} compared, and all of them agree."
    else:
        share = orders / max(1, outcome.compared)
        rest = (
            f"{count(orders, 'order')} of {outcome.compared:,} ({share:.1%}) "
            f"{'is' if orders == 1 else 'are'} not in agreement."
        )
    aside = outcome.orders_set_aside
    return rest + (f" {count(aside, 'order')} set aside." if aside else "")


def count(number: int, thing: str) -> str:
    """Return a number with its noun: 1 order, 2,000 orders."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def words_of(finding: Finding) -> str:
    """Return each system's word, or that it has no record."""
    return " · ".join(
        f"{name}: {word if word is not None else 'no record'}"
        for name, word in finding.words.items()
    )


def refusals(outcome: Outcome, most: int) -> Sequence[str]:
    """Return the refused lines by number, no more than ``most`` of each file."""
    told = []
    for file in outcome.files:
        told += [f"{file.file}, line {one.line}: {one.reason}" for one in file.refused[:most]]
        if len(file.refused) > most:
            told.append(f"{file.file}: {len(file.refused) - most:,} more lines refused")
    return told
