"""Put right what is out of step though nobody said anything new: look twice, few at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import Action, stops
from accord.domain.case import case_of_hold
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome
from accord.domain.plan import plan
from accord.domain.repair_rules import WITHIN
from accord.domain.report import NUMBER, Ref
from accord.domain.tracks import Track
from accord.engine.desk import Deed
from accord.engine.envelope import Incoming, Origin, Standing
from accord.engine.let_go import LOOK_LASTS
from accord.engine.ports import Link, Settlement, Store, Task
from accord.engine.reading import kept_from
from accord.engine.repair_ledger import ACCORD, Look, Repair, RepairOutcome, Tally
from accord.engine.settling import Circumstances, Pace, done, settle, waiting
from accord.engine.traffic import Go, Traffic, Wait

# So many are looked at in one turn, and so many at most are being done beside live work.
AT_ONCE = 10
# Those that are held are put down in steps of so many.
HELD_AT_ONCE = 100
# Longer than reading an order again at each of its systems may take.
LEASE = timedelta(minutes=5)
# How often it is asked whether what was read again is interpreted by now.
ASK_EVERY = timedelta(seconds=1)
# What was read again and is in quarantine is read once more after so long.
NOT_UNDERSTOOD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the turn ends for one repair: its task, and its row where that changed."""

    settlement: Settlement
    row: Repair | None = None


class Repairer:
    """The lane beside the road, for what nobody asked for."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
    ) -> None:
        self._accord = accord
        self._links = links
        self._store = store
        self._ledger = store.repairs
        self._pace = pace
        self._traffic = traffic

    async def ask(self, system: str, orders: Sequence[str], why: str) -> None:
        """Put down what a comparison found out of step at ``system``, with nobody at work on it."""
        now = self._pace.clock()
        due = now + self._accord.repairs.wait
        await self._store.ask_repairs(system, orders, why, due, now)

    async def turn(self, system: str) -> int:
        """Go on with due repairs at ``system``; return how many were taken up.

        Over the cap nothing of them is done: they are stopped, and each is a case.
        """
        if await self._ledger.is_idle(system):
            return 0
        now = self._pace.clock()
        await self._ledger.tidy(system, now)
        if await self._ledger.is_stopped(system):
            held = await self._hold(system, now)
            if held:
                return held
        room = AT_ONCE - await self._ledger.in_hand(system)
        if room <= 0 or not await self._may_begin(system):
            return 0
        tasks = await self._store.claim_repairs(system, room, LEASE, now)
        if not tasks:
            return 0
        rows = await self._ledger.undecided(system, [task.key for task in tasks], now)
        if await self._is_too_much(system, rows, now):
            return await self._give_back(tasks, rows) + await self._hold(system, now)
        endings = await self._look_at(tasks, rows)
        await self._ledger.write([each.row for each in endings if each.row is not None])
        await self._store.settle([each.settlement for each in endings], self._pace.clock())
        return len(tasks)

    async def _may_begin(self, system: str) -> bool:
        """Return whether the link may be asked; one that is down is probed by others."""
        if self._traffic.is_down(system):
            return False
        permission = await self._traffic.enter(system, writes=True)
        if isinstance(permission, Go) and permission.probe:
            await self._traffic.unused(system)
            return False
        return isinstance(permission, Go)

    async def _is_too_much(self, system: str, rows: Mapping[str, Repair], now: datetime) -> bool:
        """Return whether there are more than the cap; then no more are done until a person says.

        Whoever claims counts afterwards, so what others claimed before is counted too: however
        many processes there are, no more are let go than the cap.
        """
        if all(row.by_hand for row in rows.values()):
            return False
        rules = self._accord.repairs
        tally = await self._ledger.tally(system, now - WITHIN)
        cap = rules.cap(await self._ledger.orders_known(rules.enough))
        if tally.every <= cap:
            return False
        deed = Deed(what="paused", who=ACCORD, why=_too_many(tally, cap), at=now)
        await self._ledger.stop(system, deed)
        return True

    async def _give_back(self, tasks: Sequence[Task], rows: Mapping[str, Repair]) -> int:
        """Put back what was claimed; what a person asked for is claimed again all the same."""
        now = self._pace.clock()
        back = [_later(task, now, f"found since {rows[task.key].why}") for task in tasks]
        await self._store.settle(back, now)
        return len(back)

    async def _hold(self, system: str, now: datetime) -> int:
        """Make a case of what was found since repairs were stopped; return how many they were."""
        rows = await self._ledger.waiting(system, HELD_AT_ONCE)
        matrices = await self._store.load([row.order for row in rows])
        given = [
            replace(row, actions=tuple(self._planned(matrices[row.order], system))) for row in rows
        ]
        cases = {row.order: case_of_hold(system, row.why) for row in rows}
        await self._ledger.hold(given, cases, now)
        return len(rows)

    async def _look_at(self, tasks: Sequence[Task], rows: Mapping[str, Repair]) -> list[_Ending]:
        matrices = await self._store.load([task.key for task in tasks])
        return await asyncio.gather(
            *(self._go_on(task, rows[task.key], matrices[task.key]) for task in tasks)
        )

    def _planned(self, matrix: Matrix, system: str) -> list[Action]:
        return plan(matrix, self._accord, system, now=self._pace.clock())

    async def _go_on(self, task: Task, row: Repair, matrix: Matrix) -> _Ending:
        now = self._pace.clock()
        actions = tuple(self._planned(matrix, task.system))
        if not actions:
            return _Ending(done(task), _decided(row, RepairOutcome.CLEARED, now, _CLEARED))
        look = row.look
        if look is None or now - look.at > LOOK_LASTS:
            return await self._read_again(task, row, matrix, actions)
        standings = set((await self._ledger.standings(look)).values())
        if Standing.WAITING in standings:
            return _Ending(_later(task, now + ASK_EVERY, "what was read again is not read yet"))
        if Standing.QUARANTINED in standings:
            why = "what was read again is in quarantine"
            return _Ending(_later(task, now + NOT_UNDERSTOOD, why), replace(row, look=None))
        if actions != row.actions:
            due = now + self._accord.repairs.wait
            return _Ending(_later(task, due, _ANEW), replace(row, look=None, reason=_ANEW))
        released = _decided(row, RepairOutcome.RELEASED, now, _SAME)
        settlement = Settlement(task=task, due=now, urgent=any(map(stops, actions)), note=_SAME)
        return _Ending(settlement, released)

    async def _read_again(
        self, task: Task, row: Repair, matrix: Matrix, actions: tuple[Action, ...]
    ) -> _Ending:
        """Ask the owners and the mirror how the order stands, and keep what they say."""
        kept: list[Incoming] = []
        for name in asked_again(matrix, self._accord, task.system):
            if name not in self._links:
                continue  # nothing can be asked of it, here or anywhere
            answer = await self._reread(name, matrix)
            if not isinstance(answer, list):
                return _Ending(self._put_off(task, answer))
            kept += answer
        await self._store.keep(kept)
        now = self._pace.clock()
        look = Look(now, tuple((each.system, each.identity) for each in kept))
        seen = replace(row, look=look, actions=actions)
        return _Ending(_later(task, now, "read again at its owners and the mirror"), seen)

    async def _reread(self, name: str, matrix: Matrix) -> list[Incoming] | Outcome | Wait:
        link, own = self._links[name], matrix.own_ref(name)
        async with self._traffic.slot(name):
            permission = self._traffic.may(name)
            if isinstance(permission, Wait):
                return permission
            ref = Ref("order", own) if own else Ref(NUMBER, matrix.number or "")
            answer = await link.reread(ref)
        if not isinstance(answer, Sequence):
            await self._traffic.heard(name, answer)
            return answer
        await self._traffic.heard(name, None)
        return kept_from(link, answer, Origin.REREAD, self._pace.clock())

    def _put_off(self, task: Task, answer: Outcome | Wait) -> Settlement:
        """Return a repair put back as it is; what is ordinary by then need not wait as long."""
        at = Circumstances(pace=self._pace, down=self._traffic.is_down(task.system))
        if isinstance(answer, Wait):
            return replace(waiting(task, answer, at), firm=False)
        return replace(settle(task, answer, at), firm=False)


_SAME = "read again, and the same was still to be done"
_CLEARED = "read again, and nothing was to be done any more"
_ANEW = "read again, and something else was to be done: it waits anew"


def asked_again(matrix: Matrix, accord: Accord, system: str) -> list[str]:
    """Return who is asked a second time: every owner that knows the order, the mirror at last."""
    owners = {name for track in Track for name in accord.ownership.owners_of(track)}
    known = {name for name in owners if matrix.own_ref(name) is not None}
    return [*sorted(known - {system}), system]


def _later(task: Task, due: datetime, note: str) -> Settlement:
    return Settlement(task=task, due=due, repair=True, doubt=task.doubt, note=note)


def _decided(row: Repair, outcome: RepairOutcome, now: datetime, why: str) -> Repair:
    ended = None if outcome is RepairOutcome.RELEASED else now
    told = replace(row, outcome=outcome, decided_at=now, ended_at=ended)
    return told if row.by_hand else replace(told, who=ACCORD, reason=why)


def _too_many(tally: Tally, cap: int) -> str:
    hours = int(WITHIN.total_seconds() // 3600)
    within = "an hour" if hours == 1 else f"{hours} hours"
    return (
        f"{tally.every} repairs were found within {within}, and {cap} may be; "
        f"{tally.most} of them since {tally.cause}"
    )
