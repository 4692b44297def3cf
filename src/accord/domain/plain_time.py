"""Lengths of time as people read them at a glance."""

from datetime import timedelta

_SECOND, _MINUTE, _HOUR, _DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)


def plain_length(value: timedelta | None) -> str:
    """Return a length of time in its largest unit: ``4 s``, ``12 min``, ``3 h``, ``2 d``."""
    if value is None:
        return "·"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if value >= 2 * unit or value == unit:
            return f"{value // unit} {name}"
    return f"{value / _SECOND:.0f} s"


def plain_share(part: int, whole: int) -> str:
    """Return a share that says 100 % only where nothing is missing: ``99.9 %``."""
    if not whole:
        return "·"
    if part >= whole:
        return "100 %"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10} %"
