"""Look at all orders now and then, and tell what is found, raised and settled."""

from datetime import timedelta

from accord.demo.scenarios import HOUR
from accord.demo.stack import Stack
from accord.domain.drift import DriftClass, DriftPattern
from accord.engine.case_desk import EVERY_OPEN
from accord.engine.compare_all import Comparing
from accord.engine.drift_ledger import EVERY_DRIFT

EVERY = 6 * HOUR
MOST = 10_000
# What comes of a system that is down: it settles once that answers again, and never has its time.
WAITS = frozenset({DriftPattern.STALE_SHIPPING_STATUS, DriftPattern.UNPROCESSED_RETURN})


class Lookout:
    """Compares every order with the truth, as the sweep does, and remembers what it told."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._comparing = Comparing(
            ledger=stack.store.drifts, accord=stack.accord, clock=stack.world.clock
        )
        self._looked = stack.world.now - EVERY
        self._open: dict[int, str] = {}
        self._cases: set[int] = set()
        # Every drift ever found, by pattern and order; True once it had had its time.
        self.found: dict[tuple[DriftPattern, str], bool] = {}

    async def look(self, *, now_or_never: bool = False) -> list[str]:
        """Look if it is time, or what is there will be gone; return what is new as sentences."""
        now = self._stack.world.now
        if not now_or_never and now - self._looked < EVERY - timedelta(minutes=1):
            return []
        self._looked = now
        await self._comparing.run()
        return [*await self._drifts(), *await self._raised()]

    async def _drifts(self) -> list[str]:
        open_ = await self._stack.store.drifts.list_drifts(EVERY_DRIFT, MOST)
        told = []
        for one in open_:
            pattern, number = one.drift.pattern, f"#{one.number}"
            late = one.drift.standing is not DriftClass.IN_FLIGHT
            name = (pattern, number)
            if late and not self.found.get(name):
                told.append(f"    Accord found {_plain(pattern)} on {number}: {one.drift.what}")
            elif name not in self.found and pattern in WAITS:
                told.append(f"    Accord sees {_plain(pattern)} on {number}, and waits")
            self.found[name] = self.found.get(name, False) or late
        late_now = {
            one.id: f"    {_plain(one.drift.pattern)} on #{one.number} is settled"
            for one in open_
            if one.drift.standing is not DriftClass.IN_FLIGHT
        }
        told += [sentence for id_, sentence in self._open.items() if id_ not in late_now]
        self._open = late_now
        return told

    async def _raised(self) -> list[str]:
        cases = await self._stack.store.cases.cases(EVERY_OPEN, self._stack.world.now, MOST)
        fresh = [case for case in cases if case.id not in self._cases]
        self._cases |= {case.id for case in fresh}
        return [f"    Accord calls somebody: #{case.number}: {case.what}" for case in fresh]


def _plain(pattern: DriftPattern) -> str:
    return pattern.replace("_", " ")
