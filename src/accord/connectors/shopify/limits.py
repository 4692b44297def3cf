"""What a store tells of its limit: a bucket of points that each call draws on.

https://shopify.dev/docs/api/usage/limits; its size and refill depend on the shop's plan, so they
are read from every answer and never assumed.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from accord.connector_kit.retry_after import clamped
from accord.domain.allowance import Allowance


class Bucket(Struct, frozen=True, rename="camel"):
    """The points a store grants this app: how many are left, how many come back each second."""

    maximum_available: float = 0
    currently_available: float = 0
    restore_rate: float = 0


class Cost(Struct, frozen=True, rename="camel"):
    """What one call asked for. What it then really cost has been taken off the bucket."""

    requested_query_cost: float | None = None
    throttle_status: Bucket | None = None

    def allowance(self, now: datetime) -> Allowance | None:
        """Return the limit as this answer tells it."""
        bucket = self.throttle_status
        if bucket is None or bucket.maximum_available <= 0 or bucket.restore_rate <= 0:
            return None
        return Allowance(
            size=bucket.maximum_available,
            left=max(bucket.currently_available, 0.0),
            seen=now,
            per_second=bucket.restore_rate,
        )

    def wait(self) -> timedelta:
        """Return how long until the bucket holds what was asked for."""
        bucket = self.throttle_status
        if bucket is None or bucket.restore_rate <= 0:
            return clamped(timedelta(0))
        lacking = (self.requested_query_cost or 0) - bucket.currently_available
        return clamped(timedelta(seconds=min(lacking / bucket.restore_rate, 3600)))
