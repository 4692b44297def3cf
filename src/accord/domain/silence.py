"""Whether an hour without a word is a silence: by what is usual in that hour of the week."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median_low

WEEK = timedelta(weeks=1)
# So many weeks are looked back on, and so many of them must be known before anything is said.
WEEKS = 6
KNOWN_WEEKS = 3
# Where less than this is usual an hour without a word is nothing special: if things come by
# chance, seven an hour on average, one hour in a thousand is silent.
EXPECTED = 7


def same_hours(hour: datetime) -> list[datetime]:
    """Return the same hour of the weeks before."""
    return [hour - week * WEEK for week in range(1, WEEKS + 1)]


def usual(noted: Mapping[datetime, int], hour: datetime) -> int | None:
    """Return how much is usual in this hour of the week; None while too little is known.

    An hour that was silent before counts as well: what is silent every week is not expected.
    """
    known: Sequence[int] = [noted[one] for one in same_hours(hour) if one in noted]
    return median_low(known) if len(known) >= KNOWN_WEEKS else None


def is_silent(envelopes: int, expected: int | None) -> bool:
    """Return whether nothing came where something was to be expected."""
    return envelopes == 0 and expected is not None and expected >= EXPECTED
