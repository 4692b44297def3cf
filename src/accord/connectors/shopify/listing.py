"""The store's own list of orders: what changed since a time, or in a window of time."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from accord.connector_kit.http import FeedError
from accord.connector_kit.wire import write_json
from accord.connectors.shopify.payloads import moment
from accord.connectors.shopify.session import Session
from accord.domain.tracks import Track
from accord.engine.link import Document, Page

# Without the scope read_all_orders a store shows an app the last sixty days only.
FIRST_LOOK = timedelta(days=60)
# The search behind the feed shows a change somewhat later than the order itself does.
OVERLAP = timedelta(minutes=3)
EXACT = "EXACT"

# A hold moves the time of the fulfillment order and not that of the order:
# https://community.shopify.com/t/inconsistent-updated-at-behavior-between-order-and-fulfillmentorder/322697
# Money moves the order by what Shopify's support says, and minutes after the transaction by what
# others measured (https://github.com/singer-io/tap-shopify/pull/197); nothing is documented, so it
# counts as what may be missed.
SILENT = frozenset({Track.FULFILLMENT, Track.PAYMENT})


async def changes(
    session: Session, bookmark: str | None, clock: Callable[[], datetime]
) -> AsyncIterator[Page]:
    """Yield light orders, oldest change first. The bookmark is the latest change seen.

    Raises ``FeedError`` where the store does not answer; pages already yielded stay good.
    """
    last = moment(bookmark) or clock() - FIRST_LOOK
    async for orders in _pages(session, f"updated_at:>='{_text(last - OVERLAP)}'"):
        times = (moment(order["updatedAt"]) for order in orders)
        last = max([last, *(time for time in times if time)])
        yield Page(_documents(orders), last.isoformat())


async def listing(session: Session, since: datetime, until: datetime) -> AsyncIterator[Page]:
    """Yield the light orders last changed in a window, with how many the store says there are.

    The count comes first: an order that changes again meanwhile is counted and then not listed,
    so that the two differ. Where ``<`` takes in the edge, as some stores' search was seen to do
    (https://github.com/PostHog/posthog/pull/39687), both do.
    """
    query = f"updated_at:>='{_text(since)}' updated_at:<'{_text(until)}'"
    counted = await session.ask("count_orders", query=query)
    if not isinstance(counted, dict):
        raise FeedError(counted)
    count = counted["ordersCount"] or {}
    of = count["count"] if count.get("precision") == EXACT else None
    async for orders in _pages(session, query):
        yield Page(_documents(orders), of=of)


async def _pages(session: Session, query: str) -> AsyncIterator[list[dict[str, Any]]]:
    after: str | None = None
    while True:
        data = await session.ask("orders_changed", query=query, after=after)
        if not isinstance(data, dict):
            raise FeedError(data)
        orders = data["orders"]
        yield orders["nodes"]
        if not orders["pageInfo"]["hasNextPage"]:
            return
        after = orders["pageInfo"]["endCursor"]


def _documents(orders: list[dict[str, Any]]) -> tuple[Document, ...]:
    return tuple(Document("feed/order", write_json(order)) for order in orders)


def _text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
