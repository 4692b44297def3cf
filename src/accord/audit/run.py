"""One audit from files to outcome."""

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import polars as pl

from accord.audit.aside import set_aside
from accord.audit.compare import PARTIAL_LIMIT, Judged, judge, takens
from accord.audit.encoding import Progress
from accord.audit.errors import UnusableError
from accord.audit.findings import findings
from accord.audit.flight import Flight, flight
from accord.audit.hints import Hints
from accord.audit.join import likely_numbers
from accord.audit.listing import read_rows
from accord.audit.outcome import FileFound, Outcome
from accord.audit.reading import read_table
from accord.audit.recognition import Recognised, recognise
from accord.audit.stack import Stack, build
from accord.audit.words import DEFAULT_SETTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: the files, what is said of them, and the limits.

    ``settings`` maps a system to declared facts about it. Without ``window`` the usual one
    holds. ``advance`` is told of bytes read.
    """

    files: Sequence[Path]
    hints: Hints = field(default_factory=Hints)
    settings: Mapping[str, Mapping[str, str | bool]] = field(default_factory=dict)
    window: timedelta | None = None
    partial_limit: timedelta = PARTIAL_LIMIT
    advance: Progress = lambda _: None


def audit(request: Request) -> Outcome:
    """Return what the files say against each other.

    Raises ``UnusableError`` where they cannot be compared, ``UndecidedError`` where a hint is
    needed to do so without guessing.
    """
    with tempfile.TemporaryDirectory(prefix="accord-audit-") as folder:
        prepared = _prepared(request, Path(folder))
        files = [source for source, _ in prepared]
        rows = {source.table.name: read for source, read in prepared}
        stack = build(files, rows, request.hints)
        flown = flight(takens(stack), request.window)
        judged = judge(stack, flown, request.partial_limit)
        return _outcome(files, stack, judged, flown, request)


def _prepared(request: Request, folder: Path) -> list[tuple[Recognised, pl.DataFrame]]:
    """Return what each file was taken for, and its rows."""
    names = [path.name for path in request.files]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        reason = "two files have this name; rename one, so that they can be told apart."
        raise UnusableError(twice, reason)

    def prepared(path: Path) -> tuple[Recognised, pl.DataFrame]:
        found = recognise(
            read_table(path, folder, request.advance), request.hints, request.settings
        )
        return found, read_rows(found, likely_numbers(found))

    # Two at a time: while the lines of one are looked at, the columns of the other are read.
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(prepared, request.files))


def _outcome(
    files: Sequence[Recognised], stack: Stack, judged: Judged, flown: Flight, request: Request
) -> Outcome:
    told = findings(stack, judged)
    return Outcome(
        files=tuple(_file(source, stack) for source in files),
        tally=told.tally,
        aside=set_aside(stack, judged),
        assumed=tuple(_assumed(files, stack, flown, request)),
        unknown_words=told.unknown,
        findings=told.findings,
        taken=flown.now,
    )


def _file(source: Recognised, stack: Stack) -> FileFound:
    shop = next((s for _, s in stack.shops if s.listing.source is source), None)
    followers = [f for f in stack.followers if f.coded.listing.source is source]
    table = source.table
    column = None
    orders = 0
    share = None
    if shop is not None:
        orders = shop.frame.height
        column = next(iter(source.columns(source.export.numbers or source.export.own_ids)), None)
    elif followers:
        orders = followers[0].coded.frame.height
        column, share = followers[0].join.columns[0], followers[0].join.share
    return FileFound(
        file=table.name,
        system=source.export.system,
        kind=source.export.kind.value,
        confidence=source.confidence,
        join_column=column,
        join_share=share,
        rows_read=table.rows,
        rows_refused=len(table.refused),
        orders=orders,
        how=table.how,
        status_columns=tuple(status.column for status in source.statuses),
        refused=tuple(table.refused),
        time_zone=source.clock,
    )


def _assumed(
    files: Sequence[Recognised], stack: Stack, flown: Flight, request: Request
) -> list[str]:
    """Return in sentences what was taken for granted, and how it can be said otherwise."""
    told = []
    for source in files:
        columns = ", ".join(status.column for status in source.statuses) or "none"
        told.append(
            f"{source.table.name} is {source.export.kind} of {source.export.system} "
            f"({source.confidence:.0%} sure; --system). Its statuses: {columns} (--status)."
        )
        times = [t for t in (source.created, *source.touched) if t]
        if any(time.ambiguous() for time in times):
            told.append(f"{source.table.name} writes dates with the month first.")
        if source.clock:
            told.append(
                f"Times in {source.table.name} name no time zone; they are read as {source.clock} "
                "(--time-zone)."
            )
    for follower in stack.followers:
        join = follower.join
        told.append(
            f"{follower.coded.listing.source.table.name}: {' or '.join(join.columns)} holds the "
            f"shop's order number; {join.share:.0%} of it is met (--join)."
        )
    told += _clocks(stack)
    for system in dict.fromkeys(source.export.system for source in files):
        for name, usual in DEFAULT_SETTINGS.get(system, {}).items():
            value = request.settings.get(system, {}).get(name, usual)
            told.append(f"{system}: {name} is {str(value).lower()} (--setting).")
    if flown.now is not None:
        told.append(
            f"The newest export was taken at {flown.now:%Y-%m-%d %H:%M} UTC or soon after; what "
            "was made or changed in the hour before, or after another export, is set aside "
            "(--in-flight)."
        )
    return told


def _clocks(stack: Stack) -> list[str]:
    """Return which clocks were taken to stand in another zone than the shop's."""
    found = {
        f.coded.listing.source.table.name: f.ahead // timedelta(hours=1) for f in stack.followers
    }
    return [
        f"Nearly every order in {name} was made {abs(hours)} h {_side(hours)} the shop's: its "
        "clock is taken to stand in another zone (--time-zone)."
        for name, hours in found.items()
        if hours
    ]


def _side(hours: int) -> str:
    return "after" if hours > 0 else "before"
