"""What is known of one link by all who work on it: how it stands, and when it may be asked."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.allowance import Allowance
from accord.domain.breaker import Breaker
from accord.domain.outcome import (
    Accepted,
    Applied,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)


class LinkState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One link, as every process sees it.

    ``not_before`` is what the system asked for when it last said that this was too much: until
    then nothing is asked of it. ``allowance`` is its limit as last told, for people to see.
    """

    breaker: Breaker = Breaker()
    not_before: datetime | None = None
    allowance: Allowance | None = None

    def next_at(self, now: datetime, *, urgent: bool) -> datetime:
        """Return when the next call may go; ``now`` for at once."""
        waits = [self.not_before, self.breaker.next_at(urgent=urgent)]
        return max([now, *(wait for wait in waits if wait is not None)])

    def heard(self, outcome: Outcome | None, now: datetime) -> "LinkState":
        """Return it after one outcome; None stands for what was read."""
        match outcome:
            case Throttled(wait=wait, link_wide=True):
                until = max(now + wait, self.not_before or now)
                return replace(self, not_before=until, breaker=self.breaker.answered(now))
            case Unavailable(message=why) | Unauthorized(message=why):
                refused = isinstance(outcome, Unauthorized)
                breaker = self.breaker.failed_once(now, why, unauthorized=refused)
                return replace(self, breaker=breaker)
            case None | Applied() | Accepted() | Unneeded() | Refused() | Throttled():
                return replace(self, breaker=self.breaker.answered(now))
