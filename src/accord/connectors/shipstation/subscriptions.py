"""The V2 webhooks of an account. V1 has its own, by another key, and is subscribed to by hand."""

from collections.abc import Sequence

from msgspec import Struct

from accord.connector_kit.http import Answer
from accord.connectors.shipstation.session import Session
from accord.domain.outcome import Applied, Outcome, Refused
from accord.engine.link import Subscription

WEBHOOKS = "/v2/environment/webhooks"
V2 = "v2/"
SUBSCRIBABLE = frozenset({"v2/track", "v2/batch", "v2/sales_orders_imported"})


class Webhook(Struct):
    """One webhook of an account."""

    webhook_id: str
    url: str
    event: str


async def subscriptions(session: Session) -> Sequence[Subscription] | Outcome:
    """Return all webhooks of the account."""
    listed = await session.get(WEBHOOKS, list[Webhook])
    if not isinstance(listed, list):
        return listed
    return [Subscription(f"{V2}{one.event}", one.url, one.webhook_id) for one in listed]


async def subscribe(session: Session, topic: str, address: str, *, believed: bool) -> Outcome:
    """Have an event sent to an address; not as long as we would refuse what comes there."""
    if not believed:
        return Refused("no_jwks", "Give the secret jwks first: without it no V2 hook is believed.")
    body = {"event": topic.removeprefix(V2), "url": address}
    answer = await session.call("POST", WEBHOOKS, body=body)
    if not isinstance(answer, Answer):
        return answer
    made = answer.read(Webhook)
    return Applied(made.webhook_id) if isinstance(made, Webhook) else made
