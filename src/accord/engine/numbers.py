"""Agreement as a number: what is counted as it happens, and read by whoever asks how it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.domain.agreement import Agreed, Lateness, Spread, step_of
from accord.domain.tracks import Track

# Agreement is counted in slices of this length: fine enough for the short windows of an alert.
SLICE = timedelta(minutes=5)


class Slice(Struct, frozen=True, order=True):
    """One cell of the count: a system, a track, a slice of time, a step."""

    system: str
    track: Track
    at: datetime
    step: int


class Behind(Struct, frozen=True, kw_only=True):
    """How many orders wait to be brought into step at one system, how many for too long."""

    system: str
    waiting: int
    late: int


class Waits(Struct, frozen=True, kw_only=True):
    """How long envelopes of the last hour waited until they were read. None: there were none."""

    read: int
    p50: timedelta | None
    p99: timedelta | None


class Daily(Struct, frozen=True, kw_only=True):
    """What came about within a day."""

    received: int
    cases_opened: int
    cases_closed: int
    alerts_opened: int
    alerts_closed: int
    repairs_done: int


class Share(Struct, frozen=True, kw_only=True):
    """Of how many orders how many drift, by the last comparison. On all others systems agree."""

    orders: int
    drifting: int

    @property
    def agreeing(self) -> int:
        """Return on how many orders all systems agree, or were told and follow."""
        return max(self.orders - self.drifting, 0)


class Numbers(Protocol):
    """Where the count is read. Every store offers it as ``numbers``."""

    async def agreement(self, since: datetime) -> Mapping[tuple[str, Track], Spread]:
        """Return how long it took to agree, by system and track, from a moment on."""

    async def behind(self, late: timedelta, now: datetime) -> Sequence[Behind]:
        """Return what waits at each system, and how much of it longer than ``late``."""

    async def waits(self, since: datetime) -> Waits:
        """Return how long what was read from a moment on had waited."""

    async def tidy(self, before: datetime) -> None:
        """Forget how long it took to agree before a moment."""

    async def share(self) -> Share:
        """Return on how many orders systems are out of step, of all there are."""

    async def daily(self, since: datetime) -> Daily:
        """Return what came about from a moment on."""


def slice_of(moment: datetime) -> datetime:
    """Return the beginning of the slice of time."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % SLICE.seconds, moment.tzinfo)


def counted(agreed: Iterable[Agreed], now: datetime) -> dict[Slice, int]:
    """Return what is to be added to the count."""
    found: dict[Slice, int] = {}
    for one in agreed:
        name = Slice(one.system, one.track, slice_of(now), step_of(one.took))
        found[name] = found.get(name, 0) + 1
    return found


def lateness(spreads: Iterable[Spread], behind: Iterable[Behind], target: timedelta) -> Lateness:
    """Return how much was late in one window, or is late already and not done yet."""
    ended = list(spreads)
    done, in_time = sum(s.total for s in ended), sum(s.within(target) for s in ended)
    overdue = sum(one.late for one in behind)
    return Lateness(done - in_time + overdue, done + overdue)
