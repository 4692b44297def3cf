"""How long a system asks us to wait: ``Retry-After`` in all the forms it comes in."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=1)

# Whole seconds are what RFC 9110 allows (10.2.3); fractions are met, and signs from bad clocks.
_SECONDS = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


def retry_after(headers: Mapping[str, str], now: datetime, otherwise: timedelta) -> timedelta:
    """Return the wait a system asks for, kept between a second and an hour.

    It may be seconds or a date; what is neither, or absent, counts as ``otherwise``.
    """
    text = headers.get("retry-after", "").strip()
    wait = _until(text, now) if _SECONDS.fullmatch(text) is None else _seconds(text)
    return clamped(otherwise if wait is None else wait)


def clamped(wait: timedelta) -> timedelta:
    """Return ``wait`` between a second, so that nobody spins, and an hour, so that none is lost."""
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _seconds(text: str) -> timedelta:
    longest = LONGEST_WAIT.total_seconds()
    return timedelta(seconds=min(max(float(text), -longest), longest))


def _until(text: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(text)
        # A date without a zone, or with the unknown zone -0000, is meant in GMT as all are.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
