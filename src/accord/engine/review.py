"""By when somebody should read the accord file again."""

from datetime import datetime, timedelta

from accord.domain.accord import Accord
from accord.engine.gauges import Gauges

# An accord that has stood so long without trouble is read again more seldom.
STABLE_AFTER = timedelta(weeks=4)


def review_due(accord: Accord, gauges: Gauges, now: datetime) -> datetime | None:
    """Return by when the accord should be read again; None before anything was received."""
    first, last = gauges.first_received_at, gauges.reviewed_at or gauges.first_received_at
    if first is None or last is None:
        return None
    calm = now - max(first, gauges.last_alert_at or first) >= STABLE_AFTER
    return last + (accord.review_when_stable if calm else accord.review_every)
