"""Where a change feed goes on: times on the account's clock, which has no zone and may go back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

# A change carries the time its saving began and is seen when it ends. Scripts that run on
# saving may take minutes; five covers what they are allowed to use in practice.
OVERLAP = timedelta(minutes=5)
# From how far back the first reading begins.
FIRST_READING = timedelta(days=30)
# By how much clocks go back at the end of summer time.
CLOCK_CHANGE = timedelta(hours=1)

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


def _offset(wall: datetime, zone: ZoneInfo) -> timedelta:
    return wall.replace(tzinfo=zone).utcoffset() or timedelta()
