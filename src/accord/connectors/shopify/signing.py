"""Whether a delivery really comes from the store, and which deliveries are copies."""

from datetime import datetime

from accord.connector_kit.connector import Context
from accord.connector_kit.signature import fingerprint, hmac_sha256_matches, strict_base64
from accord.engine.ports import Delivery

SIGNATURE = "x-shopify-hmac-sha256"
TRIGGERED_AT = "x-shopify-triggered-at"
WEBHOOK_ID = "x-shopify-webhook-id"

# Their bodies hold neither a time nor a version: a second hold, a second reopening is the same
# bytes as the first.
TIMELESS = ("fulfillment_orders/", "fulfillment_holds/", "returns/")


def authentic(delivery: Delivery, context: Context, _now: datetime) -> bool:
    """Return whether the body is signed with the app's client secret, or the one before it.

    base64 of HMAC-SHA256 over the raw body:
    https://shopify.dev/docs/apps/build/webhooks/verify-deliveries. A store signs with the old
    secret for up to an hour after a rotation.
    """
    given = strict_base64(delivery.headers.get(SIGNATURE, ""))
    if not given:
        return False
    return hmac_sha256_matches(delivery.body, given, context.secret_pair("client_secret"))


def identity(delivery: Delivery) -> bytes:
    """Return what copies of a delivery share: topic and body, for timeless ones also when sent."""
    parts = [delivery.topic.encode(), delivery.body]
    if delivery.topic.startswith(TIMELESS):
        parts += [
            delivery.headers.get(TRIGGERED_AT, "").encode(),
            delivery.headers.get(WEBHOOK_ID, "").encode(),
        ]
    return fingerprint(*parts)
