"""NetSuite's own list of transactions: what changed since a time, or in a window of time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from accord.connector_kit.http import FeedError
from accord.connector_kit.wire import write_json
from accord.connectors.netsuite import suiteql
from accord.connectors.netsuite.feed_time import Cursor, starting_point, window
from accord.connectors.netsuite.session import Session
from accord.domain.outcome import Refused, Unavailable
from accord.domain.tracks import Track
from accord.engine.link import Document, Page

# The most a page may hold.
PAGE = 1000
# What was deleted is in no list of transactions: NetSuite keeps deletions in a list of their own,
# and we do not read that.
SILENT = frozenset({Track.FULFILLMENT, Track.RETURN})


class Rows(Struct, frozen=True, rename="camel"):
    """A page of what a query found. Rows are kept as they came."""

    items: tuple[dict[str, Any], ...]
    has_more: bool = False


class Key(Struct, frozen=True):
    """Where a row stands in the feed."""

    id: str
    lm: str


class Counted(Struct, frozen=True):
    """How many a question found. NetSuite writes numbers as text."""

    found: str | int


class Counts(Struct, frozen=True):
    """What a question for a count found."""

    items: tuple[Counted, ...]


async def changes(session: Session, zone_name: str, bookmark: str | None) -> AsyncIterator[Page]:
    """Yield pages of changed transactions; the bookmark is the last time seen on the account."""
    since = starting_point(bookmark, _zone(zone_name), session.now())
    seen = bookmark or since
    async for rows in _pages(session, since):
        cursor = _last(rows)
        seen = max(seen, cursor.moment) if cursor else seen
        yield Page(_documents(rows), seen)


async def listing(
    session: Session, zone_name: str, since: datetime, until: datetime
) -> AsyncIterator[Page]:
    """Yield the transactions last changed in a window, with how many NetSuite counts in it.

    The count comes first: what changes again meanwhile is counted and then not listed.
    """
    start, end = window(since, until, _zone(zone_name))
    counts = await session.query(suiteql.count_changed(start, end), PAGE, Counts)
    if not isinstance(counts, Counts):
        raise FeedError(counts)
    of = _number(counts)
    async for rows in _pages(session, start, end):
        yield Page(_documents(rows), of=of)


async def _pages(session: Session, since: str, until: str | None = None) -> AsyncIterator[Rows]:
    cursor: Cursor | None = None
    more = True
    while more:
        rows = await session.query(suiteql.changed_since(since, cursor, until), PAGE, Rows)
        if not isinstance(rows, Rows):
            raise FeedError(rows)
        cursor = _last(rows) or cursor
        more = rows.has_more and bool(rows.items)
        yield rows


def _documents(rows: Rows) -> tuple[Document, ...]:
    return tuple(Document("feed/transaction", write_json(row)) for row in rows.items)


def _number(counts: Counts) -> int | None:
    text = str(counts.items[0].found) if counts.items else ""
    return int(text) if text.isdecimal() else None


def _last(rows: Rows) -> Cursor | None:
    if not rows.items:
        return None
    try:
        key = msgspec.convert(rows.items[-1], Key)
        return Cursor(key.lm, int(key.id))
    except (msgspec.ValidationError, ValueError) as error:
        raise FeedError(Unavailable(f"a row without its id and time: {error}")) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{name!r} is no IANA time zone; correct the setting timezone"
        raise FeedError(Refused("timezone", message)) from error
