"""Repairs that were let go and are not done yet: how old the look is that they were let go on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from accord.domain.action import Action, stops
from accord.engine.ports import Settlement, Task
from accord.engine.repair_ledger import Repair, RepairLedger

# A look that is older has to be taken again.
LOOK_LASTS = timedelta(minutes=5)
# Less than a look lasts: whatever is too old was among those let go when they were asked for last.
ASK_EVERY = timedelta(minutes=1)


class LetGo:
    """Gives back to the repairs what a link kept waiting until nobody knows how it stands."""

    def __init__(self, ledger: RepairLedger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._known: dict[str, tuple[datetime, Mapping[str, Repair]]] = {}

    async def too_old(self, task: Task, actions: Sequence[Action]) -> Settlement | None:
        """Return a repair put back to be looked at again; None where it may be done.

        Whatever else is to be done than was let go, somebody said something new about: then it
        is no repair. What stops goods waits for nothing.
        """
        now = self._clock()
        if not actions or any(map(stops, actions)):
            return None
        row = (await self._let_go(task.system, now)).get(task.key)
        if row is None or row.decided_at is None or row.actions != tuple(actions):
            return None
        if now - row.decided_at <= LOOK_LASTS:
            return None
        why = "it waited too long after it was read again"
        return Settlement(task=task, due=now, repair=True, doubt=task.doubt, note=why)

    async def _let_go(self, system: str, now: datetime) -> Mapping[str, Repair]:
        asked_at, rows = self._known.get(system, (None, {}))
        if asked_at is None or not timedelta(0) <= now - asked_at < ASK_EVERY:
            rows = await self._ledger.let_go(system)
            self._known[system] = (now, rows)
        return rows
