"""When the next sweep begins, by the accord's schedule."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

from accord.domain.sweep_rules import SweepRules


def next_sweep(rules: SweepRules, now: datetime) -> datetime:
    """Return the first moment after ``now`` at which the schedule comes true.

    As Debian's cron does: where a clock skips the hour it runs right after, where it repeats one
    it runs once.
    """
    zone = ZoneInfo(rules.time_zone)
    return next(CronSim(rules.at, now.astimezone(zone))).astimezone(UTC)
