"""How a pretend store tells its webhook subscriptions, and makes one."""

from collections.abc import Mapping
from typing import Any

from accord.connector_kit.simulator_subscriptions import PretendSubscription, PretendSubscriptions
from accord.connectors.shopify.simulator_answers import Answers, Shape, gid
from accord.connectors.shopify.subscriptions import BY_ENUM, enum_of

TAKEN = "Address for this topic has already been taken"


class SubscriptionDesk:
    """Answers the operations on subscriptions."""

    def __init__(self, subscriptions: PretendSubscriptions, answers: Answers) -> None:
        self._subscriptions = subscriptions
        self._answers = answers

    def listed(self, variables: Mapping[str, Any]) -> Shape:
        """Return a page of subscriptions."""
        rows = list(self._subscriptions.rows.items())
        page = self._answers.page(rows, 100, _shown, variables["after"])
        return {"webhookSubscriptions": page}

    def make(self, variables: Mapping[str, Any]) -> Shape:
        """Make a subscription, unless its topic is sent there already."""
        enum = variables["topic"]
        own = self._subscriptions.make(BY_ENUM.get(enum, enum), variables["address"])
        error = {"field": ["webhookSubscription", "uri"], "message": TAKEN}
        made: Shape = {
            "webhookSubscription": own and {"id": gid("WebhookSubscription", own)},
            "userErrors": [] if own else [error],
        }
        return {"webhookSubscriptionCreate": made}


def _shown(row: tuple[str, PretendSubscription]) -> Shape:
    own, given = row
    return {
        "id": gid("WebhookSubscription", own),
        "topic": enum_of(given.topic),
        "uri": given.address,
        "format": "JSON",
        "filter": given.only,
        "includeFields": [],
    }
