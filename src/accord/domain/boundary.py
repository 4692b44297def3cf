"""What no order can be, whatever a system says: checked before anything is decided."""

from datetime import UTC, datetime, timedelta

from accord.domain.reason import ImpossibleQuantity, ImpossibleTime, UnusableName
from accord.domain.report import SILENT, Report

# More than any order line holds; a larger figure is a field read wrongly.
LARGEST_QUANTITY = 1_000_000
# Longer than any vendor's id; a longer one is another field read by mistake.
LONGEST_NAME = 200
# Before there were such systems (an empty date in many of them is the year 1, 1900 or 1970), and
# later than anything is promised.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# A time zone set wrongly is off by 14 hours at most, and a clock by less; what is later than this
# would keep the truth out for longer than anybody can leave it.
FUTURE = timedelta(days=1)

Unusable = ImpossibleQuantity | ImpossibleTime | UnusableName


def unusable(report: Report) -> Unusable | None:
    """Return why a report cannot be used whatever the accord says, or None."""
    told = report.particulars
    named = len(report.subject.id) <= LONGEST_NAME
    for ref in report.order:
        named = named and 0 < len(ref.value) <= LONGEST_NAME
    # Almost every report passes, and none is looked at more often than this is asked.
    if (
        named
        and (told is SILENT or (_possible(told.lines) and _possible(told.ordered)))
        and EARLIEST <= report.said_at < LATEST
        and (report.happened_at is None or EARLIEST <= report.happened_at < LATEST)
        and (told.promised_at is None or EARLIEST <= told.promised_at < LATEST)
    ):
        return None
    return _unusable_name(report) or _impossible_quantity(report) or _impossible_time(report)


def _possible(lines: dict[str, int] | None) -> bool:
    return not lines or (min(lines.values()) >= 0 and max(lines.values()) <= LARGEST_QUANTITY)


def untimely(report: Report, received_at: datetime) -> ImpossibleTime | None:
    """Return that a report speaks from the future, seen from when it was received, or None."""
    if report.said_at > received_at + FUTURE:
        return ImpossibleTime(report.system, "said_at", report.said_at)
    return None


def _unusable_name(report: Report) -> UnusableName | None:
    for ref in report.order:
        if not 0 < len(ref.value) <= LONGEST_NAME:
            return UnusableName(report.system, ref.scope, len(ref.value))
    subject = report.subject
    if len(subject.id) > LONGEST_NAME:
        return UnusableName(report.system, subject.kind, len(subject.id))
    return None


def _impossible_quantity(report: Report) -> ImpossibleQuantity | None:
    for lines in (report.particulars.lines, report.particulars.ordered):
        for line, quantity in (lines or {}).items():
            if not 0 <= quantity <= LARGEST_QUANTITY:
                return ImpossibleQuantity(report.system, line, quantity)
    return None


def _impossible_time(report: Report) -> ImpossibleTime | None:
    times = (
        ("said_at", report.said_at),
        ("happened_at", report.happened_at),
        ("promised_at", report.particulars.promised_at),
    )
    for field, time in times:
        if time is not None and not EARLIEST <= time < LATEST:
            return ImpossibleTime(report.system, field, time)
    return None
