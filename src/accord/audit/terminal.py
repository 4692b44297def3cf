"""The outcome of an audit on a terminal: a summary for a manager, then the cases."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.audit.outcome import Outcome
from accord.audit.telling import COSTS, TITLES, Group, count, groups, headline, refusals, words_of

_REFUSED_SHOWN = 10


def show(outcome: Outcome, console: Console, most: int) -> None:
    """Print the outcome, with at most ``most`` orders of each cause."""
    console.print(Text(headline(outcome), style="bold"))
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
    totals = outcome.counts()
    for pattern, title in TITLES.items():
        if pattern in totals:
            table.add_row(f"{totals[pattern]:,}", f"{title} ({pattern})", COSTS[pattern])
    console.print(table)


def _show_group(group: Group, console: Console, most: int) -> None:
    console.print()
    console.print(Text(f"{TITLES[group.pattern]}: {_clean(group.cause)}", style="bold"))
    for finding in group.findings[:most]:
        since = f", since {finding.since:%Y-%m-%d %H:%M}" if finding.since else ""
        console.print(_text(f"  {finding.order}  {words_of(finding)}{since}"))
    if len(group.findings) > most:
        rest = count(len(group.findings) - most, "more order")
        console.print(Text(f"  … and {rest}; --out FILE lists them all.", style="dim"))


def _show_notes(outcome: Outcome, console: Console) -> None:
    if outcome.set_aside:
        console.print("\nSet aside")
        for reason, number in outcome.set_aside.items():
            console.print(f"  {count(number, 'order')} {reason}")
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
