"""The sentences in which an audit is told, on every medium the same."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from accord.audit.money import written
from accord.audit.outcome import Finding, Outcome, SetAside, Tally, UnknownWord, Worth
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


def headline(outcome: Outcome) -> list[str]:
    """Return the whole result in a few sentences, none of which says more than was found."""
    tally = outcome.tally
    sentences = [_agreement(tally)]
    others = " other" if tally.disagreeing else ""
    if tally.overdue:
        sentences.append(
            f"On {count(tally.overdue, f'{others} order'.strip())} the systems agree that a part "
            "has shipped, and the rest is overdue."
        )
    if tally.unread:
        have, them = ("has", "it") if tally.unread == 1 else ("have", "them")
        sentences.append(
            f"{count(tally.unread, f'{others} order'.strip())} {have} a word in no vocabulary; "
            f"nothing else in {them} disagrees."
        )
    aside = outcome.orders_set_aside
    return [*sentences, *([f"{count(aside, 'order')} set aside."] if aside else [])]


def _agreement(tally: Tally) -> str:
    if tally.disagreeing:
        share = tally.disagreeing / max(1, tally.compared)
        are = "is" if tally.disagreeing == 1 else "are"
        disagreeing = count(tally.disagreeing, "order")
        return f"{disagreeing} of {tally.compared:,} ({share:.1%}) {are} not in agreement."
    compared = f"{count(tally.compared, 'order')} compared"
    if tally.overdue or tally.unread:
        return f"{compared}, and on none do the systems contradict each other."
    return f"{compared}, and all of them agree."


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


def worth_of(worth: Worth | None) -> str:
    """Return an amount with its currency, and which amount it is where it is not the total."""
    if worth is None:
        return ""
    amount = written(worth.amount, worth.currency)
    return amount if worth.of == "total" else f"{amount} {worth.of}"


def sums_of(sums: Mapping[str, Decimal]) -> str:
    """Return the sums of each currency beside each other, the currencies in order."""
    return ", ".join(written(sums[currency], currency) for currency in sorted(sums))


def unknown_word(word: UnknownWord) -> str:
    """Return where a word stands that no table knows, and on how many orders."""
    judged = [f"on {count(word.orders, 'order')}"] if word.orders else []
    aside = [f"on {count(word.aside, 'order')} set aside"] if word.aside else []
    return f"`{word.word}` in {word.system}, column {word.column}: {' and '.join(judged + aside)}"


def set_aside(outcome: Outcome) -> list[tuple[str, list[SetAside]]]:
    """Return the orders that were not judged, by the reason."""
    return [
        (reason, list(found)) for reason, found in groupby(outcome.aside, key=lambda o: o.reason)
    ]
