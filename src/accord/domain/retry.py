"""When to try again: capped exponential backoff with full jitter, and a budget over all tries."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

# What is counted in whole seconds is counted a little to the safe side.
MINUTE = 60
# Without it a link with little work could try nothing again.
RETRIES_AT_LEAST = 10
RETRIES_SHARE = 0.2


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
        return self.pause(failures, jitter)

    def pause(self, failures: int, jitter: float) -> timedelta:
        """Return the wait after ``failures``, where nobody stops trying."""
        doublings = min(failures - 1, 20)  # past this the product outgrows any sensible cap
        return min(self.first * (1 << max(doublings, 0)), self.longest) * jitter


class Tries(Struct, frozen=True):
    """How many tries one second saw."""

    second: int
    first: int = 0
    again: int = 0


class RetryBudget(Struct, frozen=True):
    """The tries of the last minute on one link.

    Second tries may be a fifth of the first ones: when a system falters, trying everything again
    at once is what brings it down.
    """

    seconds: tuple[Tries, ...] = ()

    def allows(self, now: datetime) -> bool:
        """Return whether something may be tried again at ``now``."""
        second = int(now.timestamp())
        first = sum(each.first for each in self.seconds if each.second > second - MINUTE)
        again = sum(each.again for each in self.seconds if each.second >= second - MINUTE)
        return again + 1 <= max(RETRIES_AT_LEAST, RETRIES_SHARE * first)

    def tried(self, now: datetime, *, again: bool) -> "RetryBudget":
        """Return it with one more try counted."""
        second = int(now.timestamp())
        kept = [each for each in self.seconds if second - MINUTE <= each.second]
        latest = kept.pop() if kept and kept[-1].second == second else Tries(second)
        if again:
            latest = replace(latest, again=latest.again + 1)
        else:
            latest = replace(latest, first=latest.first + 1)
        return RetryBudget((*kept, latest))
