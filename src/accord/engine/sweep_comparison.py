"""The comparison at the end of a sweep: what drifts at the system, and what is to be repaired."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from accord.domain.accord import Accord
from accord.engine.compare_all import Comparing
from accord.engine.drift_ledger import DriftLedger
from accord.engine.ports import Store
from accord.engine.sweep import Compared


class SweepComparison:
    """Compares all orders of all systems, and puts down what a mirror is to be repaired of."""

    def __init__(
        self, accord: Accord, store: Store, ledger: DriftLedger, clock: Callable[[], datetime]
    ) -> None:
        self._accord = accord
        self._store = store
        self._ledger = ledger
        self._clock = clock

    async def __call__(self, system: str) -> Compared:
        """Return what was found at ``system``."""
        asked: Counter[str] = Counter()

        async def repairs(mirror: str, orders: Sequence[str], why: str) -> None:
            now = self._clock()
            due = now + self._accord.repairs.wait
            await self._store.ask_repairs(mirror, orders, why, due, now)
            asked[mirror] += len(orders)

        comparing = Comparing(
            ledger=self._ledger, accord=self._accord, clock=self._clock, repairs=repairs
        )
        found = (await comparing.run()).systems.get(system)
        return Compared(found.drifting if found else 0, asked[system])
