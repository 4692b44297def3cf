"""Whether a link is asked at all: closed while it answers, open while it does not, with probes."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

# One lost answer is chance, five in a row are an outage; nothing is asked of a link that is down
# but a probe now and then.
FAILURES_IN_A_ROW = 5
# A link that fails every other call is as good as down, if there were enough calls to say so.
COUNTED_FOR = timedelta(minutes=1)
COUNTED_AT_LEAST = 20
FAILED_SHARE = 0.5

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=2)
# A cancellation is worth a probe of its own at once, and then every so often.
URGENT_PAUSE = timedelta(seconds=5)
# A probe whose asker vanished is forgotten after so long.
PROBE_LEASE = timedelta(minutes=2)
# One good answer may be luck.
GOOD_PROBES = 2


class Circuit(StrEnum):
    """How a breaker stands."""

    CLOSED = "closed"  # everything is asked
    OPEN = "open"  # nothing is asked before the next probe is due
    HALF_OPEN = "half_open"  # a probe is due or under way


class Breaker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the last answers of one link say about it.

    ``failures`` counts failures in a row. ``counted`` and ``failed`` count answers since
    ``counted_from``, which is always a failure: while all goes well there is nothing to keep.
    ``unauthorized``: it opened because the system refused our credentials.
    """

    failures: int = 0
    counted_from: datetime | None = None
    counted: int = 0
    failed: int = 0
    opened_at: datetime | None = None
    pauses: int = 0
    probe_at: datetime | None = None
    urgent_at: datetime | None = None
    probes: int = 0
    good: int = 0
    why: str = ""
    unauthorized: bool = False

    def circuit(self, now: datetime) -> Circuit:
        """Return how it stands at ``now``."""
        if self.opened_at is None:
            return Circuit.CLOSED
        due = self.probe_at is None or self.probe_at <= now
        return Circuit.HALF_OPEN if due or self.probes else Circuit.OPEN

    def next_at(self, *, urgent: bool) -> datetime | None:
        """Return when the next call may go: None for at any time, else the time of a probe."""
        if self.opened_at is None:
            return None
        return self.urgent_at if urgent else self.probe_at

    def probing(self, now: datetime, *, urgent: bool) -> "Breaker":
        """Return it with one more probe under way; each lane has one at a time."""
        if urgent:
            return replace(self, probes=self.probes + 1, urgent_at=now + URGENT_PAUSE)
        return replace(self, probes=self.probes + 1, probe_at=now + PROBE_LEASE)

    def unused(self, now: datetime, *, urgent: bool) -> "Breaker":
        """Return it with a probe given back: there was nothing to ask."""
        if self.opened_at is None:
            return self
        probes = max(self.probes - 1, 0)
        if urgent:
            return replace(self, probes=probes, urgent_at=now)
        return replace(self, probes=probes, probe_at=now)

    def answered(self, now: datetime) -> "Breaker":
        """Return it after an answer, of whatever content: the system is there."""
        if self.opened_at is None:
            return replace(self._counting(now, failed=False), failures=0)
        if self.good + 1 >= GOOD_PROBES:
            return Breaker()
        probes = max(self.probes - 1, 0)
        return replace(self, good=self.good + 1, probes=probes, probe_at=now, urgent_at=now)

    def failed_once(self, now: datetime, why: str, *, unauthorized: bool = False) -> "Breaker":
        """Return it after a call without a usable answer."""
        if self.opened_at is not None:
            return self._failed_probe(now, why, unauthorized=unauthorized)
        counting = replace(self._counting(now, failed=True), failures=self.failures + 1)
        often = counting.counted >= COUNTED_AT_LEAST
        sick = often and counting.failed >= FAILED_SHARE * counting.counted
        if not sick and counting.failures < FAILURES_IN_A_ROW:
            return counting
        return Breaker(
            opened_at=now,
            probe_at=now + FIRST_PAUSE,
            urgent_at=now,
            why=why,
            unauthorized=unauthorized,
        )

    def _failed_probe(self, now: datetime, why: str, *, unauthorized: bool) -> "Breaker":
        if not self.probes:
            return self  # asked before it opened: that says nothing new
        pauses = self.pauses + 1
        pause = min(FIRST_PAUSE * (1 << min(pauses, 10)), LONGEST_PAUSE)
        return replace(
            self,
            pauses=pauses,
            probe_at=now + pause,
            probes=self.probes - 1,
            good=0,
            why=why,
            unauthorized=unauthorized,
        )

    def _counting(self, now: datetime, *, failed: bool) -> "Breaker":
        """Return it with one more answer counted; a count that is over begins at a failure."""
        began = self.counted_from
        if began is None or not timedelta(0) <= now - began < COUNTED_FOR:
            began = now if failed else None
            return replace(self, counted_from=began, counted=int(failed), failed=int(failed))
        return replace(self, counted=self.counted + 1, failed=self.failed + int(failed))
