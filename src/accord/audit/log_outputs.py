"""The failures of a log as one JSON object, and on a terminal."""

import json
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from accord.audit.flight import as_instant
from accord.audit.log_telling import KINDS, Failures
from accord.audit.logs import LogOutcome

_SHOWN = 10
_BAR = 40


def log_as_json(outcome: LogOutcome) -> str:
    """Return the object as text; its keys are in the reference."""
    return json.dumps(_object(outcome), indent=2, ensure_ascii=False)


def _object(outcome: LogOutcome) -> Mapping[str, object]:
    return {
        "summary": {
            "file": outcome.file,
            "rows_read": outcome.rows_read,
            "rows_refused": outcome.rows_refused,
            "columns": dict(outcome.columns),
            "time_zone": outcome.time_zone,
            "since": as_instant(outcome.since),
            "until": as_instant(outcome.until),
            "events": outcome.events,
            "failures": outcome.failures,
            "client_errors": outcome.client_errors,
            "server_errors": outcome.server_errors,
            "throttling": _of(outcome, "throttling"),
            "schema_errors": _of(outcome, "schema"),
            "concentration": list(outcome.concentration),
            "refused": [{"line": one.line, "reason": one.reason} for one in outcome.refused],
        },
        "by_kind": _counts(outcome.by_kind),
        "by_system": _counts(outcome.by_system),
        "by_hour": _counts(outcome.by_hour),
        "by_error": _counts(outcome.by_error),
        "by_day": _counts(outcome.by_day),
    }


def _of(outcome: LogOutcome, kind: str) -> int:
    return sum(one.failures for one in outcome.by_kind if one.name == kind)


def _counts(counts: tuple[Failures, ...]) -> list[Mapping[str, object]]:
    return [{"name": one.name, "failures": one.failures} for one in counts]


def show_log(outcome: LogOutcome, console: Console) -> None:
    """Print where transport fails."""
    since = f"{outcome.since:%Y-%m-%d %H:%M}" if outcome.since else "?"
    until = f"{outcome.until:%Y-%m-%d %H:%M}" if outcome.until else "?"
    head = (
        f"{outcome.failures:,} of {outcome.events:,} calls failed from {since} to {until} "
        f"({outcome.time_zone}): "
        f"{outcome.client_errors:,} with 4xx, {outcome.server_errors:,} with 5xx."
    )
    console.print(Text(head, style="bold"))
    for sentence in outcome.concentration:
        console.print(Text(f"  {_clean(sentence)}"))
    kinds = tuple(Failures(KINDS[k.name].split(":")[0], k.failures) for k in outcome.by_kind)
    for title, counts in (
        ("By kind", kinds),
        ("By system", outcome.by_system),
        ("By error", outcome.by_error),
        ("By hour of the day", tuple(sorted(outcome.by_hour, key=lambda one: one.name))),
    ):
        _show_counts(title, counts, console)
    for one in outcome.refused[:_SHOWN]:
        console.print(Text(f"Refused line {one.line}: {one.reason}"))


def _show_counts(title: str, counts: tuple[Failures, ...], console: Console) -> None:
    if not counts:
        return
    console.print(f"\n{title}")
    most = max(one.failures for one in counts)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    shown = counts if title.startswith("By hour") else counts[:_SHOWN]
    for one in shown:
        bar = "█" * max(1, _BAR * one.failures // most)
        table.add_row(f"{one.failures:,}", Text(_clean(one.name)), bar)
    console.print(table)


def _clean(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable())
