"""The outcome of an audit on a terminal: a summary for a manager, then the cases."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.audit.outcome import Outcome
from accord.audit.telling import (
    COSTS,
    TITLES,
    Group,
    count,
    groups,
    headline,
    refusals,
    set_aside,
    sums_of,
    unknown_word,
    words_of,
    worth_of,
)

_REFUSED_SHOWN = 10
_ASIDE_SHOWN = 5


def show(outcome: Outcome, console: Console, most: int) -> None:
    """Print the outcome, with at most ``most`` orders of each cause."""
    console.print(Text(" ".join(headline(outcome)), style="bold"))
    console.print()
    _show_files(outcome, console)
    found = groups(outcome)
    if found:
        _show_patterns(outcome, console)
    for group in found:
        _show_group(group, console, most)
    _show_notes(outcome, console)


def _show_files(outcome: Outcome, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "taken for", "order number in", "rows", "refused", "orders"):
        table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
    for file in outcome.files:
        sure = f"{file.system} {file.kind}, {file.confidence:.0%} sure"
        join = file.join_column or ""
        figures = (f"{file.rows_read:,}", f"{file.rows_refused:,}", f"{file.orders:,}")
        table.add_row(_text(file.file), sure, _text(join), *figures)
    console.print(table)
    console.print()


_NUMBERS = ("rows", "refused", "orders")


def _show_patterns(outcome: Outcome, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("orders", justify="right")
    table.add_column("pattern")
    table.add_column("what it costs")
    table.add_column("worth")
    worth = outcome.worth()
    for pattern, number in outcome.counts().items():
        title = f"{TITLES[pattern]} ({pattern})"
        sums = _text(sums_of(worth.get(pattern, {})))
        table.add_row(f"{number:,}", title, COSTS[pattern], sums)
    console.print(table)


def _show_group(group: Group, console: Console, most: int) -> None:
    console.print()
    console.print(Text(f"{TITLES[group.pattern]}: {_clean(group.cause)}", style="bold"))
    for finding in group.findings[:most]:
        since = f", since {finding.since:%Y-%m-%d %H:%M} UTC" if finding.since else ""
        worth = f"  {worth_of(finding.worth)}" if finding.worth else ""
        console.print(_text(f"  {finding.order}{worth}  {words_of(finding)}{since}"))
    if len(group.findings) > most:
        rest = count(len(group.findings) - most, "more order")
        console.print(Text(f"  … and {rest}; --out FILE lists them all.", style="dim"))


def _show_notes(outcome: Outcome, console: Console) -> None:
    if outcome.unknown_words:
        console.print(
            "\nWords in no vocabulary (--write-mapping gives them a place to be explained)"
        )
        for word in outcome.unknown_words:
            console.print(_text(f"  {unknown_word(word)}"))
    if outcome.aside:
        console.print("\nSet aside")
        for reason, orders in set_aside(outcome):
            names = ", ".join(one.order for one in orders[:_ASIDE_SHOWN])
            more = len(orders) - _ASIDE_SHOWN
            rest = f" and {more:,} more; --json and --out FILE name them all" if more > 0 else ""
            console.print(_text(f"  {count(len(orders), 'order')}: {reason} ({names}{rest})"))
    refused = refusals(outcome, _REFUSED_SHOWN)
    if refused:
        console.print("\nRefused lines")
        for line in refused:
            console.print(_text(f"  {line}"))
    console.print("\nAssumed")
    for sentence in outcome.assumed:
        console.print(_text(f"  {sentence}"))


def _text(value: str) -> Text:
    return Text(_clean(value))


def _clean(value: str) -> str:
    """Return text from a file without characters that would steer the terminal."""
    return "".join(letter for letter in value if letter.isprintable())
