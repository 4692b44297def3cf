"""One hour as its system lists it: the rows, each once, and how many there are by its own count."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from accord.engine.census_book import HOUR
from accord.engine.envelope import Incoming, Origin
from accord.engine.naming import named
from accord.engine.paging import Pager
from accord.engine.ports import Link
from accord.engine.reading import kept_from
from accord.engine.settling import Pace

# A row on an edge may be in two hours, and where a clock goes back it is an hour off. What changed
# longer before or after the hour is of another one, and so is the whole list.
SLACK = timedelta(hours=2)


class Listed(Struct, frozen=True, kw_only=True):
    """What a system lists of one hour, by the identity of each row.

    ``told`` are the counts that came with the pages, or the number of rows of a second list where
    none came; they must all be the number of rows.
    """

    rows: Mapping[bytes, Incoming]
    told: frozenset[int]
    asked_at: datetime
    again: bool = False

    @property
    def count(self) -> int:
        """How many rows there are, by whoever says most."""
        return max(len(self.rows), *self.told, 0)


async def list_hour(
    pager: Pager, link: Link, hour: datetime, lease_ends: datetime, pace: Pace
) -> Listed:
    """Return one hour as its system lists it.

    A page can lose a row that moves while the list is read, and no single reading shows it. So
    the system's own count must agree; one that tells none is asked twice.
    """
    asked_at = pace.clock()
    rows, counts = await _list(pager, link, hour, lease_ends, pace)
    if None not in counts:
        return Listed(
            rows=rows, told=frozenset(c for c in counts if c is not None), asked_at=asked_at
        )
    second, _ = await _list(pager, link, hour, lease_ends, pace)
    either = {**rows, **second}
    return Listed(
        rows=either, told=frozenset({len(rows), len(second)}), asked_at=asked_at, again=True
    )


async def _list(
    pager: Pager, link: Link, hour: datetime, lease_ends: datetime, pace: Pace
) -> tuple[dict[bytes, Incoming], set[int | None]]:
    rows: dict[bytes, Incoming] = {}
    counts: set[int | None] = set()
    async for page in pager.listing(link.system, hour, hour + HOUR, lease_ends):
        for row in kept_from(link, page.documents, Origin.FEED, pace.clock()):
            rows[row.identity] = row
        counts.add(page.of)
    return rows, counts or {None}


def disagreement(listed: Listed, link: Link, hour: datetime) -> str:
    """Return where list and count do not agree, or are of another hour; empty where all is well."""
    rows = len(listed.rows)
    begin, end = hour - SLACK, hour + HOUR + SLACK
    for row in listed.rows.values():
        about = named(link, row)
        if about.said_at and about.since and (about.said_at < begin or about.since >= end):
            return f"it lists {about.name}, which changed at {about.said_at:%Y-%m-%d %H:%M}"
    if listed.told == {rows}:
        return ""
    told = " and ".join(map(str, sorted(listed.told)))
    if listed.again:
        return f"asked twice, it lists {told} rows, {rows} different ones"
    return f"it counts {told} and lists {rows}"
