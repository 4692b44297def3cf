"""The webhook subscriptions of a store, as far as the app made them by the API."""

from collections.abc import Sequence

from accord.connectors.shopify.parse import TOPICS
from accord.connectors.shopify.session import Data, Session, refusal
from accord.domain.outcome import Applied, Outcome
from accord.engine.link import Subscription


def enum_of(topic: str) -> str:
    """Return how the API writes a topic: in capitals, and no way leads back but by a table."""
    return topic.replace("/", "_").upper()


BY_ENUM = {enum_of(topic): topic for topic in TOPICS}


async def subscriptions(session: Session) -> Sequence[Subscription] | Outcome:
    """Return what is sent whole and as JSON; part of a payload is none of ours.

    What stands in ``shopify.app.toml`` is not among them: the API does not show it.
    """
    found: list[Subscription] = []
    after: str | None = None
    while True:
        data = await session.ask("subscriptions", after=after)
        if not isinstance(data, dict):
            return data
        page = data["webhookSubscriptions"]
        found += [
            Subscription(BY_ENUM.get(node["topic"], node["topic"]), node["uri"], node["id"])
            for node in page["nodes"]
            if _is_whole(node)
        ]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def subscribe(session: Session, topic: str, address: str) -> Outcome:
    """Have a topic sent to an address. Where the scopes do not allow it, the store refuses."""
    data = await session.ask("subscribe", topic=enum_of(topic), address=address)
    if not isinstance(data, dict):
        return data
    made = data["webhookSubscriptionCreate"]
    return refusal(made) or Applied(made["webhookSubscription"]["id"])


def _is_whole(node: Data) -> bool:
    return node["format"] == "JSON" and not node["filter"] and not node["includeFields"]
