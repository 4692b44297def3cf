"""The change feed: shipments by the time they were modified, then parcels still under way."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from accord.connector_kit.http import FeedError
from accord.connectors.shipstation.payloads import Label, Picture
from accord.connectors.shipstation.pictures import LISTED_AT_ONCE, Pictures
from accord.connectors.shipstation.session import Failure, Listing, Session
from accord.domain.outcome import Refused, Unavailable
from accord.engine.ports import Document, Page

# A shipment may show up in a listing a little after the time it bears.
OVERLAP = timedelta(minutes=5)
FIRST_LOOK_BACK = timedelta(days=30)
# Scans do not touch the shipment, so parcels on their way are read again. Hooks are the fast
# road for scans; this is the net under it, and every reading counts against the rate limit.
TRACK_EVERY = timedelta(hours=1)
TRACK_FOR = timedelta(days=30)
TRACKED_AT_ONCE = 25
# The grain below which "after" and "at or after" cannot be told apart in the filter.
GRAIN = timedelta(seconds=1)


class UnderWay(Struct, array_like=True):
    """When a parcel was last asked for, and until when it is worth asking."""

    asked: datetime
    until: datetime


class Bookmark(Struct):
    """Where the feed was left: shipments up to ``since``, and the parcels still under way."""

    since: datetime
    under_way: dict[str, UnderWay] = {}

    def text(self) -> str:
        """Return the bookmark as it is stored."""
        return msgspec.json.encode(self).decode()


class Feed:
    """Reads what changed. The order of the pages is by time modified, oldest first."""

    def __init__(self, session: Session, pictures: Pictures) -> None:
        """Take the connection to read over."""
        self._session = session
        self._pictures = pictures
        self._clock = session.clock

    async def changes(self, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield pages of pictures. Raises ``FeedError`` where the vendor stops answering."""
        mark = self._mark(bookmark)
        seen: set[str] = set()
        async for listed in self._modified(mark.since - OVERLAP):
            documents = [await self._picture(shipment) for shipment in listed]
            for shipment, document in zip(listed, documents, strict=True):
                seen.add(str(shipment["shipment_id"]))
                self._follow(mark, document)
                mark.since = max(mark.since, _time(shipment, "modified_at"))
            yield Page(tuple(documents), mark.text())
        for ids in _portions(self._due(mark, seen)):
            again = [await self._again(mark, id_) for id_ in ids]
            yield Page(tuple(found for found in again if found), mark.text())

    def _mark(self, bookmark: str | None) -> Bookmark:
        if bookmark is None:
            return Bookmark(self._clock() - FIRST_LOOK_BACK)
        return msgspec.json.decode(bookmark, type=Bookmark)

    async def _modified(self, start: datetime) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield portions of shipments modified since ``start``, each statement once.

        A shipment modified meanwhile moves to the end and would shift the pages under us, so
        each portion starts again from the last time seen; page numbers serve only within one
        grain of time.
        """
        page = 1
        seen: set[tuple[str, str]] = set()
        while True:
            listing = await self._listing(start, page)
            fresh = [s for s in listing.shipments if _statement(s) not in seen]
            seen.update(map(_statement, fresh))
            if fresh:
                yield fresh
            if page >= listing.pages or not listing.shipments:
                return
            last = _time(listing.shipments[-1], "modified_at") - GRAIN
            start, page = (last, 1) if last > start else (start, page + 1)

    async def _listing(self, start: datetime, page: int) -> Listing:
        listing = await self._session.get(
            "/v2/shipments",
            Listing,
            {
                "modified_at_start": start.isoformat(),
                "sort_by": "modified_at",
                "sort_dir": "asc",
                "page_size": str(LISTED_AT_ONCE),
                "page": str(page),
            },
        )
        if not isinstance(listing, Listing):
            raise FeedError(listing)
        return listing

    async def _picture(self, shipment: dict[str, Any]) -> Document:
        return _or_stop(await self._pictures.of(shipment))

    async def _again(self, mark: Bookmark, shipment_id: str) -> Document | None:
        document = await self._pictures.of_id(shipment_id)
        if isinstance(document, Refused):  # it is gone; there is nothing left to ask for
            del mark.under_way[shipment_id]
            return None
        self._follow(mark, _or_stop(document))
        return _or_stop(document)

    def _follow(self, mark: Bookmark, document: Document) -> None:
        """Note whether the parcel of a picture is under way, and that it was just asked for."""
        try:
            picture = msgspec.json.decode(document.body, type=Picture)
        except msgspec.ValidationError:  # one odd shipment must not stop the feed
            return
        id_, now = picture.shipment.shipment_id, self._clock()
        before = mark.under_way.pop(id_, None)
        until = before.until if before else now + TRACK_FOR
        if any(map(_is_under_way, picture.labels)) and now < until:
            mark.under_way[id_] = UnderWay(now, until)

    def _due(self, mark: Bookmark, seen: set[str]) -> list[str]:
        now = self._clock()
        due = [
            (entry.asked, id_)
            for id_, entry in mark.under_way.items()
            if id_ not in seen and now - entry.asked >= TRACK_EVERY
        ]
        return [id_ for _, id_ in sorted(due)]


def _is_under_way(label: Label) -> bool:
    log = label.tracking
    return label.live and log is not None and log.status_code not in {"DE", "DELIVERED"}


def _or_stop(document: Document | Failure) -> Document:
    if not isinstance(document, Document):
        raise FeedError(document)
    return document


def _statement(shipment: dict[str, Any]) -> tuple[str, str]:
    return str(shipment.get("shipment_id")), str(shipment.get("modified_at"))


def _time(shipment: dict[str, Any], name: str) -> datetime:
    try:
        return msgspec.convert(shipment.get(name), datetime)
    except msgspec.ValidationError as error:
        raise FeedError(Unavailable(f"a shipment without its {name}: {error}")) from error


def _portions(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), TRACKED_AT_ONCE):
        yield ids[start : start + TRACKED_AT_ONCE]
