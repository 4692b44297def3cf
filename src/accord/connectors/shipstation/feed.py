"""The change feed: shipments by the time they were modified, then parcels still under way."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from accord.connector_kit.http import FeedError
from accord.connectors.shipstation.payloads import Label, Picture
from accord.connectors.shipstation.pictures import LISTED_AT_ONCE, Pictures
from accord.connectors.shipstation.session import Failure, Session, Shipments
from accord.domain.outcome import Refused, Unavailable
from accord.domain.tracks import Track
from accord.engine.link import Document, Page

T = TypeVar("T")

# A shipment may show up in a listing a little after the time it bears.
OVERLAP = timedelta(minutes=5)
FIRST_LOOK_BACK = timedelta(days=30)
# Scans do not touch the shipment, so parcels on their way are read again. Hooks are the fast
# road for scans; this is the net under it, and every reading counts against the rate limit.
TRACK_EVERY = timedelta(hours=6)
TRACK_FOR = timedelta(days=30)
# Each shipment takes two calls or more: few enough that a page is kept well within the limit
# of 200 a minute, or a throttled feed would start from the same place for ever.
READ_AT_ONCE = 25
# https://docs.shipstation.com/apis/openapi: tracking is an object of its own, and a scan changes
# no ``modified_at`` of a shipment.
SILENT = frozenset({Track.DELIVERY})
# The grain below which "after" and "at or after" cannot be told apart in the filter.
GRAIN = timedelta(seconds=1)


class UnderWay(Struct, array_like=True):
    """When a parcel was last asked for, and until when it is worth asking."""

    asked: datetime
    until: datetime


class Bookmark(Struct):
    """Where the feed was left: shipments up to ``since``, and the parcels still under way.

    ``told`` maps what was read within the overlap to the time each bore. Without it every turn
    would read the overlap again, and after a batch of labels that alone uses up the rate limit.
    """

    since: datetime
    told: dict[str, datetime] = {}
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
        async for listed in self._modified(mark, mark.since - OVERLAP):
            documents = [await self._picture(shipment) for shipment in listed]
            for shipment, document in zip(listed, documents, strict=True):
                self._follow(mark, document)
                _note(mark, shipment)
            yield Page(tuple(documents), mark.text())
        for ids in _portions(self._due(mark)):
            again = [await self._again(mark, id_) for id_ in ids]
            yield Page(tuple(found for found in again if found), mark.text())

    async def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        """Yield pictures of the shipments last modified in a window, and how many are listed.

        The filter asks for "after", so it begins a little early. The count comes first: what is
        modified again meanwhile is counted and then not listed.
        """
        mark, start = Bookmark(since), since - GRAIN
        of = (await self._listing(start, 1, until, size=1)).total
        empty = True
        async for listed in self._modified(mark, start, until):
            documents = [await self._picture(shipment) for shipment in listed]
            for shipment in listed:
                _note(mark, shipment)
            empty = False
            yield Page(tuple(documents), of=of)
        if empty:
            yield Page((), of=of)

    def _mark(self, bookmark: str | None) -> Bookmark:
        if bookmark is None:
            return Bookmark(self._clock() - FIRST_LOOK_BACK)
        return msgspec.json.decode(bookmark, type=Bookmark)

    async def _modified(
        self, mark: Bookmark, start: datetime, end: datetime | None = None
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield portions of shipments modified in a window, each statement once.

        A shipment modified meanwhile moves to the end and would shift the pages under us, so
        each listing starts again from the last time seen; page numbers serve only within one
        grain of time.
        """
        page = 1
        while True:
            listing = await self._listing(start, page, end)
            fresh = [s for s in listing.shipments if not _is_told(mark, s)]
            for portion in _portions(fresh):
                yield portion
            if page >= listing.pages or not listing.shipments:
                return
            last = _time(listing.shipments[-1]) - GRAIN
            start, page = (last, 1) if last > start else (start, page + 1)

    async def _listing(
        self, start: datetime, page: int, end: datetime | None, size: int = LISTED_AT_ONCE
    ) -> Shipments:
        params = {
            "modified_at_start": start.isoformat(),
            "sort_by": "modified_at",
            "sort_dir": "asc",
            "page_size": str(size),
            "page": str(page),
        }
        if end is not None:
            params["modified_at_end"] = end.isoformat()
        listing = await self._session.get("/v2/shipments", Shipments, params)
        if not isinstance(listing, Shipments):
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

    def _due(self, mark: Bookmark) -> list[str]:
        now = self._clock()
        due = [
            (entry.asked, id_)
            for id_, entry in mark.under_way.items()
            if now - entry.asked >= TRACK_EVERY
        ]
        return [id_ for _, id_ in sorted(due)]


def _is_under_way(label: Label) -> bool:
    log = label.tracking
    return label.live and log is not None and log.status_code not in {"DE", "DELIVERED"}


def _or_stop(document: Document | Failure) -> Document:
    if not isinstance(document, Document):
        raise FeedError(document)
    return document


def _is_told(mark: Bookmark, shipment: dict[str, Any]) -> bool:
    return mark.told.get(str(shipment.get("shipment_id"))) == _time(shipment)


def _note(mark: Bookmark, shipment: dict[str, Any]) -> None:
    """Note that a shipment was read, and forget what lies before the overlap."""
    mark.told[str(shipment.get("shipment_id"))] = _time(shipment)
    mark.since = max(mark.since, _time(shipment))
    kept = mark.since - OVERLAP
    mark.told = {id_: time for id_, time in mark.told.items() if time >= kept}


def _time(shipment: dict[str, Any]) -> datetime:
    try:
        return msgspec.convert(shipment.get("modified_at"), datetime)
    except msgspec.ValidationError as error:
        raise FeedError(Unavailable(f"a shipment without its modified_at: {error}")) from error


def _portions(whole: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(whole), READ_AT_ONCE):
        yield whole[start : start + READ_AT_ONCE]
