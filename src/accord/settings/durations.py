"""Lengths of time as people write them: ``5 minutes``, ``1 day 12 hours``, ``2 weeks``."""

import re
from datetime import timedelta

_UNITS = {
    "s": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "second": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
    "w": timedelta(weeks=1),
    "week": timedelta(weeks=1),
}
# A moment much further ahead may not exist: the last year there is has four digits.
LONGEST = timedelta(weeks=52 * 100)
_PART = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE)
_JOINTS = re.compile(r"(?:\s|,|\band\b)*")


def duration(text: str) -> timedelta | None:
    """Return the length of time written in ``text``.

    None if it is none above zero, or one of more than a hundred years.
    """
    total = timedelta(0)
    at = 0
    text = text.strip()
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        unit = part.group(2).casefold()
        size = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
        if size is None:
            return None
        total += int(part.group(1)) * size
        if total > LONGEST:
            return None
        joint = _JOINTS.match(text, part.end())
        at = joint.end() if joint else part.end()
    return total or None


def written(length: timedelta) -> str:
    """Return ``length`` in the largest units that fit, as ``duration`` reads it."""
    seconds = int(length.total_seconds())
    parts = []
    for unit in ("week", "day", "hour", "minute", "second"):
        size = int(_UNITS[unit].total_seconds())
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts)
