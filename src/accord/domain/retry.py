"""When to try again: capped exponential backoff with full jitter."""

from datetime import timedelta

from msgspec import Struct


class RetryPolicy(Struct, frozen=True):
    """How long to wait after each failure in a row, and when to stop trying."""

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=10)
    attempts: int = 12

    def wait(self, failures: int, jitter: float) -> timedelta | None:
        """Return the wait after ``failures``, or None when it is time to stop.

        ``jitter`` in [0, 1) spreads the wait over its whole range, so that what failed
        together does not come back together.
        """
        if failures >= self.attempts:
            return None
        doublings = min(failures - 1, 20)  # past this the product outgrows any sensible cap
        return min(self.first * (1 << max(doublings, 0)), self.longest) * jitter
