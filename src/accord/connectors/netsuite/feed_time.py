"""Where a change feed goes on: times on the account's clock, which has no zone and may go back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

# A change carries the time its saving began and is seen when it ends. Scripts that run on
# saving may take minutes; five covers what they are allowed to use in practice.
OVERLAP = timedelta(minutes=5)
# From how far back the first reading begins.
FIRST_READING = timedelta(days=30)
# By how much clocks go back at the end of summer time.
CLOCK_CHANGE = timedelta(hours=1)

A_SECOND = timedelta(seconds=1)
FORMAT = "%Y-%m-%dT%H:%M:%S"


class Cursor(Struct, frozen=True):
    """The last row seen: its second on the account's clock, and its id among those of it."""

    moment: str
    id: int


def starting_point(bookmark: str | None, zone: ZoneInfo, now: datetime) -> str:
    """Return the time on the account's clock from which on to read again.

    In the hour in which the clock goes back, a later change carries an earlier time. Reading
    then begins an hour further back.
    """
    if bookmark is None:
        return (now.astimezone(zone) - FIRST_READING).strftime(FORMAT)
    moment = datetime.strptime(bookmark, FORMAT).replace(tzinfo=zone)
    start = moment - OVERLAP
    if _offset(moment + 2 * CLOCK_CHANGE, zone) < _offset(start, zone):
        start -= CLOCK_CHANGE
    return start.strftime(FORMAT)


def window(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return the times on the account's clock between which everything of a window lies.

    Where the clock goes back inside the window, or shows its times a second time, what changed
    at the other reading of them is in it too: more than was asked for, never less.
    """
    starts, ends = [_wall(since, zone)], [_wall(_whole(until), zone)]
    turn = _turn(since, until, zone)
    if turn is not None:
        starts.append(_wall(turn, zone))
        ends.append(_wall(turn - A_SECOND, zone) + A_SECOND)
    return min(starts).strftime(FORMAT), max(ends).strftime(FORMAT)


def _turn(since: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the clock was changed in the window, to the second; None if it was not."""
    early, late = since.astimezone(UTC), until.astimezone(UTC)
    offset = late.astimezone(zone).utcoffset()
    if early.astimezone(zone).utcoffset() == offset:
        return None
    while late - early > A_SECOND:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def _wall(time: datetime, zone: ZoneInfo) -> datetime:
    return time.astimezone(zone).replace(tzinfo=None)


def _whole(time: datetime) -> datetime:
    """Return the full second at or after a time."""
    return time if not time.microsecond else time.replace(microsecond=0) + A_SECOND


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta()
