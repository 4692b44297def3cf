"""How much a system lets us ask: what it told of its limit last, carried forward to any moment."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

# Ordinary work leaves this share of every limit alone: for cancels and holds, for our other
# processes whose calls we do not see, and for the shop's other apps.
RESERVE = 0.2
# A limit whose refill nobody told of: no documented window is longer than a minute.
UNTOLD_REFILL = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
NO_WAIT = timedelta(0)


class Allowance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limit as its vendor tells it, in the vendor's own units (points, requests).

    ``left`` of ``size`` were there at ``seen``. ``per_second`` come back by and by, or all of
    them at ``refills``. ``call`` is what the dearest call that is known asks for.
    """

    size: float
    left: float
    seen: datetime
    per_second: float = 0.0
    refills: datetime | None = None
    call: float = 1.0

    def at(self, now: datetime) -> float:
        """Return how much is there at ``now``, if nobody else asked meanwhile."""
        if now >= self._full_again():
            return self.size
        passed = max((now - self.seen).total_seconds(), 0.0)
        return min(self.left + self.per_second * passed, self.size)

    def wait(self, need: float, now: datetime) -> timedelta:
        """Return how long until ``need`` is there; a need beyond the limit is the whole of it."""
        lacking = min(need, self.size) - self.at(now)
        if lacking <= 0:
            return NO_WAIT
        until_full = self._full_again() - now
        if self.per_second <= 0:
            return min(until_full, LONGEST_WAIT)
        by_and_by = min(lacking / self.per_second, LONGEST_WAIT.total_seconds())
        return min(timedelta(seconds=by_and_by), until_full, LONGEST_WAIT)

    def spent(self, cost: float, now: datetime) -> "Allowance":
        """Return it after a call whose answer is not there yet."""
        left = max(self.at(now) - cost, 0.0)
        refills = self.refills if self.refills is None or self.refills > now else None
        return replace(self, left=left, seen=now, refills=refills)

    def _full_again(self) -> datetime:
        """Return when all of it is there again, however little it was."""
        if self.refills is not None:
            return self.refills
        if self.per_second > 0:
            lacking = max(self.size - self.left, 0.0) / self.per_second
            return self.seen + timedelta(seconds=min(lacking, LONGEST_WAIT.total_seconds()))
        return self.seen + UNTOLD_REFILL


def wait_for(allowance: Allowance | None, now: datetime, *, urgent: bool) -> timedelta:
    """Return how long a piece of work waits so that the limit is kept with room to spare.

    Urgent work may use the reserve; it needs only what a call asks for.
    """
    if allowance is None:
        return NO_WAIT
    reserve = 0.0 if urgent else RESERVE * allowance.size
    return allowance.wait(reserve + allowance.call, now)
