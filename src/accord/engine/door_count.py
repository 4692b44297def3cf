"""Write down, now and then, how deliveries were answered at the door of each system."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from accord.engine.gauges import Instruments
from accord.engine.receive import Receipt

EVERY = timedelta(seconds=10)


class DoorCount:
    """Takes away what a receiver counted. What is not yet written down is lost with the process."""

    def __init__(
        self,
        tally: Counter[tuple[str, Receipt]],
        instruments: Instruments,
        clock: Callable[[], datetime],
    ) -> None:
        """Begin to count from now on."""
        self._tally = tally
        self._instruments = instruments
        self._clock = clock
        self._noted = clock()

    async def turn(self) -> int:
        """Write down what was counted, if it is time; nothing ever waits for it."""
        if self._clock() - self._noted >= EVERY:
            await self.note()
        return 0

    async def note(self) -> None:
        """Write down what was counted since the last time."""
        self._noted = self._clock()
        counted = Counter(self._tally)
        if not counted:
            return
        self._tally.subtract(counted)
        try:
            await self._instruments.count(counted, self._noted)
        except Exception:
            self._tally.update(counted)
            raise
        for name in [name for name, number in self._tally.items() if not number]:
            del self._tally[name]
