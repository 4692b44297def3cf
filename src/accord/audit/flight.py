"""Which orders were still on their way between the systems when the exports were taken."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import polars as pl

from accord.audit.listing import Listing

# Connectors poll every few minutes to an hour; what is younger has had no time to arrive.
WINDOW = timedelta(hours=1)
# Exports of one comparison are made on one day. A file that ends earlier is behind, which is
# what is looked for, and not older.
_SAME_DAY = timedelta(days=1)
# Orders on their way are few. Where a rule would set aside more, the times mean something else.
_MOST_YOUNG, _MOST_NEWER, _FEW = 0.5, 0.2, 2


class Taken(NamedTuple):
    """The newest times in one listing: of creation, and of anything at all."""

    name: str
    created: datetime | None
    any: datetime | None
    edits: bool


class Flight(NamedTuple):
    """When the newest export was taken, and what was assumed in saying so."""

    now: datetime | None
    window: timedelta
    asked: bool
    taken: tuple[Taken, ...]


def taken(name: str, listing: Listing) -> Taken:
    """Return when an export was taken at the earliest, by the newest times in it."""
    frame, source = listing.frame, listing.source
    created, touched = frame.select(
        pl.col("created").max(), pl.col("touched").max().alias("touched")
    ).row(0)
    if created and source.created and source.created.days:
        created += timedelta(days=1, seconds=-1)
    days = [time for time in source.touched if not time.days]
    if touched and source.touched and not days:
        touched += timedelta(days=1, seconds=-1)
    times = [time for time in (created, touched) if time is not None]
    return Taken(name, created, max(times, default=None), edits=bool(source.touched))


def flight(all_taken: Sequence[Taken], window: timedelta | None) -> Flight:
    """Return the horizon of a comparison; without ``window`` the usual one is taken."""
    now = max((one.any for one in all_taken if one.any), default=None)
    return Flight(now, WINDOW if window is None else window, window is not None, tuple(all_taken))


def on_the_way(flown: Flight, own: Taken, frame: pl.DataFrame) -> pl.Series:
    """Return for each row of ``frame`` (``created``, ``touched``) whether it is set aside.

    It is if it was made or changed within the window before the newest export, or after
    another export was taken.
    """
    if flown.now is None or frame.is_empty() or not flown.window:
        return pl.Series("young", [False]).new_from_index(0, frame.height)
    latest = pl.max_horizontal("created", "touched")
    young = _mask(frame, latest > flown.now - flown.window)
    if not flown.asked and (_share(young) > _MOST_YOUNG or _one_time(frame)):
        young = young & False
    newer = _mask(frame, _after_others(flown, own))
    if _share(newer) > _MOST_NEWER and newer.sum() > _FEW:
        newer = newer & False
    return young | newer


def _after_others(flown: Flight, own: Taken) -> pl.Expr:
    expression = pl.lit(value=False)
    for other in flown.taken:
        if other.name == own.name or flown.now is None:
            continue
        earliest = flown.now - _SAME_DAY
        if other.created is not None:
            expression |= pl.col("created") > max(other.created, earliest)
        if other.edits and other.any is not None:
            expression |= pl.col("touched") > max(other.any, earliest)
    return expression


def _mask(frame: pl.DataFrame, expression: pl.Expr) -> pl.Series:
    return frame.select(young=expression.fill_null(value=False)).to_series()


def _share(mask: pl.Series) -> float:
    return int(mask.sum()) / max(1, mask.len())


def _one_time(frame: pl.DataFrame) -> bool:
    return frame.get_column("created").drop_nulls().n_unique() <= 1 < frame.height


def as_instant(value: datetime | None) -> str | None:
    """Return a time as written in JSON."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
