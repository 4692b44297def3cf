"""Forget once a day what nobody asks for any more, so that no table grows for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accord.engine.alert_desk import AlertDesk
from accord.engine.numbers import Numbers

DAY = timedelta(days=1)
# Messages that were taken are of use while somebody may ask what was told.
MESSAGES_KEPT = timedelta(days=90)
# An incident that is over is compared with those of the same season a year later, at most.
ALERTS_KEPT = timedelta(days=365)
# Time to agree is asked for by the hour, the day and the quarter.
AGREEMENT_KEPT = timedelta(days=90)


class Tidying:
    """Any number of processes may do it at once; what is gone is gone."""

    def __init__(self, alerts: AlertDesk, numbers: Numbers, clock: Callable[[], datetime]) -> None:
        self._alerts = alerts
        self._numbers = numbers
        self._clock = clock
        self._done: datetime | None = None

    async def turn(self) -> int:
        """Forget what is old, if it is time; nothing ever waits for it."""
        now = self._clock()
        if self._done is not None and now - self._done < DAY:
            return 0
        await self._alerts.tidy(now - MESSAGES_KEPT, now - ALERTS_KEPT)
        await self._numbers.tidy(now - AGREEMENT_KEPT)
        self._done = now
        return 0
