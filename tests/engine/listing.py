"""A far side that lists what changed in a window, rightly or not."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

from accord.domain.allowance import Allowance
from accord.domain.outcome import Outcome
from accord.domain.report import Report
from accord.engine.envelope import Origin
from accord.engine.link import Document, FeedError, Page
from accord.engine.ports import Store
from accord.engine.reading import kept_from
from accord.storage.memory import MemoryStore
from tests.domain.stack import stack
from tests.engine.plain import Hand, Plain, body

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class ListingHand(Hand):
    """Rows laid out by the test with the time of their last change.

    ``meanwhile`` is called before each page with its number, ``stops`` is met at the page
    ``stops_at``; ``counts`` says what the system says there are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[datetime, Document]] = []
        self.page_size = 2
        self.counts: Callable[[int], int | None] = lambda number: number
        self.meanwhile: Callable[[int], None] = lambda page: None
        self.stops: Outcome | None = None
        self.stops_at = 0
        self.windows: list[tuple[datetime, datetime]] = []

    def change(self, at: datetime, *said: Report, more: str = "") -> Document:
        document = Document("plain", body(*said, more=more))
        self.rows.append((at, document))
        return document

    async def listing(self, since: datetime, until: datetime) -> AsyncIterator[Page]:
        self.windows.append((since, until))

        def within() -> list[Document]:
            return [row for at, row in sorted(self.rows, key=_time) if since <= at < until]

        of, page = self.counts(len(within())), 0
        while True:
            self.meanwhile(page)
            if self.stops is not None and page >= self.stops_at:
                raise FeedError(self.stops)
            begin = page * self.page_size
            yield Page(tuple(within()[begin : begin + self.page_size]), of=of)
            page += 1
            if page * self.page_size >= len(within()):
                return


def _time(row: tuple[datetime, Document]) -> datetime:
    return row[0]


class Listing(Plain):
    """A running engine over systems that list; the shop is the one that is looked at."""

    def __init__(self, store: Store | None = None, **given: Any) -> None:
        super().__init__(
            given.pop("accord", stack()), store or MemoryStore(), hand=ListingHand, **given
        )

    @property
    def shop(self) -> ListingHand:
        hand = self.hands["shop"]
        assert isinstance(hand, ListingHand)
        return hand

    async def interpret(self) -> None:
        while await self.engine.interpreter.turn():
            continue

    async def feed(self) -> None:
        """Let everything laid out so far come by the change feed, and be interpreted."""
        self.shop.pages = [Page(tuple(row for _, row in self.shop.rows), "1")]
        link = self.engine.links["shop"]
        async for page in link.changes(None):
            found = kept_from(link, page.documents, Origin.FEED, self.now - MINUTE)
            await self.store.keep(found)
        await self.interpret()

    def limited(self, left: float, per_second: float) -> None:
        """Let the shop tell that ``left`` of a hundred calls are left."""
        link: Any = self.engine.links["shop"]
        link._context.meter.allowance = Allowance(  # noqa: SLF001
            size=100, left=left, seen=self.now, per_second=per_second
        )
