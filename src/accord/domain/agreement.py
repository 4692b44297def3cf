"""How long it takes until a mirror says what its owner says, counted in steps."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.action import (
    Action,
    AddTracking,
    Advance,
    AuthorizeReturn,
    CloseReturn,
    Ship,
    TellDelivery,
    Withdraw,
)
from accord.domain.matrix import Matrix
from accord.domain.tracks import Track

# What took no longer than a step counts in it; the last has no end. The latency target of five
# minutes is one of them, so that what was late is known exactly.
STEPS: tuple[timedelta, ...] = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 86400)
)

_TRACKS: Mapping[type[Action], Track] = {
    Ship: Track.FULFILLMENT,
    Advance: Track.FULFILLMENT,
    Withdraw: Track.FULFILLMENT,
    AddTracking: Track.FULFILLMENT,
    TellDelivery: Track.DELIVERY,
    AuthorizeReturn: Track.RETURN,
    CloseReturn: Track.RETURN,
}


class Agreed(Struct, frozen=True, order=True):
    """One mirror came to say on one track what its owner says, ``took`` after the owner did."""

    system: str
    track: Track
    took: timedelta


def track_of(action: Action) -> Track:
    """Return the track an action brings into step; what stops or books is the order's."""
    return _TRACKS.get(type(action), Track.ORDER)


def agreed_on(
    matrix: Matrix, accord: Accord, system: str, actions: Sequence[Action], now: datetime
) -> list[Agreed]:
    """Return on which tracks ``system`` came into step, given what was asked of it before.

    It is counted from the owner's latest word on the track, by the owner's own time.
    """
    found = []
    for track in sorted({track_of(action) for action in actions}):
        owners = {*accord.ownership.owners_of(track)} - {system}
        said = [
            cell.happened_at or cell.said_at
            for cell in matrix.cells.values()
            if cell.track is track and cell.system in owners
        ]
        if said:
            found.append(Agreed(system, track, max(now - max(said), timedelta(0))))
    return found


def step_of(took: timedelta) -> int:
    """Return the place among ``STEPS`` of the one it counts in; one past the end if in none."""
    return bisect_left(STEPS, took)


class Spread(Struct, frozen=True):
    """How many took how long: ``counts`` by the place of the step, the last without an end."""

    counts: tuple[int, ...] = (0,) * (len(STEPS) + 1)

    @property
    def total(self) -> int:
        """Return how many there were."""
        return sum(self.counts)

    def within(self, limit: timedelta) -> int:
        """Return how many certainly took no longer than ``limit``."""
        return sum(n for step, n in zip(STEPS, self.counts, strict=False) if step <= limit)

    def percentile(self, share: int) -> timedelta | None:
        """Return the step within which ``share`` of a hundred lie; None where there are none.

        What lies beyond the last step counts as the last.
        """
        wanted, seen = -(-self.total * share // 100), 0
        for place, count in enumerate(self.counts):
            seen += count
            if count and seen >= wanted:
                return STEPS[min(place, len(STEPS) - 1)]
        return None

    def with_counts(self, counts: Mapping[int, int]) -> "Spread":
        """Return it with more counted, by the place of the step."""
        return Spread(tuple(n + counts.get(place, 0) for place, n in enumerate(self.counts)))


def together(spreads: Iterable[Spread]) -> Spread:
    """Return the count of all of them."""
    return Spread(tuple(map(sum, zip(*(one.counts for one in (Spread(), *spreads)), strict=True))))


class Lateness(Struct, frozen=True):
    """Of how many changes in one window how many were late."""

    late: int
    all: int


# A hundredth may be late. Burnt at this rate a month's share is gone in two days (long window an
# hour, short one five minutes) or in five days (six hours, half an hour); as in Google's workbook.
ALLOWED_LATE = 100
BURNS: tuple[tuple[timedelta, timedelta, int], ...] = (
    (timedelta(hours=1), timedelta(minutes=5), 14),
    (timedelta(hours=6), timedelta(minutes=30), 6),
)


def is_burning(long: Lateness, short: Lateness, rate: int) -> bool:
    """Return whether in both windows so much is late that the promise is at risk.

    The long window tells that it matters, the short one that it still goes on: a single spike
    is in one of them only.
    """
    return all(
        window.all and window.late * ALLOWED_LATE > rate * window.all for window in (long, short)
    )
