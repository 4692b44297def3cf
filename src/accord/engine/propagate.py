"""Bring mirrors into step: load the facts, plan, ask for the difference, read back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.accord import Accord, Gate
from accord.domain.action import Action, Allocate, Destination, Release, Withdraw, stops
from accord.domain.case import case_of_refusal
from accord.domain.matrix import Matrix
from accord.domain.outcome import (
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unneeded,
)
from accord.domain.plan import plan
from accord.domain.report import NUMBER, Ref
from accord.domain.tracks import Track
from accord.domain.truth import truth
from accord.domain.warehouse_plan import gate_turns_at
from accord.engine.addresses import Addresses, Found
from accord.engine.attempting import ACTION_WITHIN, Attempting, Watch
from accord.engine.envelope import Origin
from accord.engine.permitting import Permits
from accord.engine.ports import Doubt, Link, Settlement, Store, Task, TaskKind
from accord.engine.reading import kept_from
from accord.engine.settling import Circumstances, Pace, done, settle, waiting
from accord.engine.traffic import Traffic, Wait

__all__ = ["Propagator", "Watch"]

PAIRS_A_TURN = 10
# Longer than several actions of one plan with their read-back may take.
LEASE = timedelta(minutes=5)
# What must be left of a lease for one more action and the look at what came of it.
ENOUGH = ACTION_WITHIN + timedelta(seconds=30)
# Facts older than this are loaded again before they are acted on.
FRESH = timedelta(seconds=1)
# After a write of unknown outcome the mirror is looked at so often, each time after a longer wait.
LOOKS = 2
FIRST_LOOK = timedelta(seconds=10)
LOOKS_GROW = 6

NOT_DONE = (Throttled, Unavailable, Unauthorized)


@dataclass(slots=True)
class _Turn:
    """Work claimed together at one link."""

    link: Link
    urgent: bool
    probe: bool
    claimed_at: datetime
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    asked: bool = False


@dataclass(slots=True)
class _Work:
    """One order in hand, with what it lacks at the mirror and where its parcels go."""

    task: Task
    turn: _Turn
    matrix: Matrix
    actions: Sequence[Action]
    where: Found | None
    asked: bool = False
    refused: list[tuple[Action, Refused]] = field(default_factory=list)


class Propagator:
    """The third step of the road. It never replays a change; it asks for what is missing."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        watch: Watch,
    ) -> None:
        """Tell ``watch`` of every attempt once it is on record."""
        self._accord = accord
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._attempting = Attempting(store, pace.clock, watch)
        self._addresses = Addresses(links, traffic, pace)
        self._permits = Permits(accord, links, store, traffic, pace)

    async def turn(self, system: str, *, urgent: bool = False) -> int:
        """Work on orders on which ``system`` is out of step; return how many were taken up.

        The urgent lane holds what is to be stopped there, the other lane everything else.
        """
        permission = await self._traffic.enter(system, urgent=urgent, writes=True)
        if isinstance(permission, Wait):
            return 0
        now = self._pace.clock()
        turn = _Turn(self._links[system], urgent, permission.probe, now)
        limit = 1 if turn.probe else PAIRS_A_TURN
        kind = TaskKind.PROPAGATE
        tasks = await self._store.claim(kind, [system], limit, LEASE, now, urgent=urgent)
        turn.matrices = await self._store.load([task.key for task in tasks])
        settlements = await asyncio.gather(*(self._work(task, turn) for task in tasks))
        if turn.probe and not turn.asked:
            await self._traffic.unused(system, urgent=urgent)
        await self._store.settle(settlements, self._pace.clock())
        return len(tasks)

    async def close(self) -> None:
        """Let go of what is still being asked."""
        await self._addresses.close()

    async def _work(self, task: Task, turn: _Turn) -> Settlement:
        matrix = turn.matrices[task.key]
        actions = self._planned(task, matrix)
        where = await self._where(task, matrix, actions)
        async with self._traffic.slot(task.system, urgent=turn.urgent):
            if self._pace.clock() - turn.claimed_at > FRESH:
                matrix = (await self._store.load([task.key]))[task.key]
                actions = self._planned(task, matrix)
            if not actions:
                return await self._look(task, turn, matrix)
            return await self._act(_Work(task, turn, matrix, actions, where))

    def _planned(self, task: Task, matrix: Matrix) -> list[Action]:
        return plan(matrix, self._accord, task.system, now=self._pace.clock())

    async def _where(self, task: Task, matrix: Matrix, actions: Sequence[Action]) -> Found | None:
        """Return where the order's parcels go, if that is needed; no place is held for asking."""
        if not any(isinstance(action, Allocate) for action in actions):
            return None
        owner = self._accord.ownership.owner(Track.ORDER) or task.system
        return await self._addresses.find(owner, task.key, matrix)

    async def _act(self, work: _Work) -> Settlement:
        task, turn = work.task, work.turn
        outcome: Outcome = Unneeded()
        wait: Wait | None = None
        for action in work.actions:
            held = self._held(task, turn) or await self._traffic.paused(task.system)
            if held is not None:
                wait = held
                break
            got = await self._ask(work, action)
            if isinstance(got, Wait):
                wait = got  # what else is to be done there need not wait for an address
            elif isinstance(got, Refused):
                work.refused.append((action, got))  # which must not keep the others back
            else:
                outcome = got
                if isinstance(got, NOT_DONE):
                    break
        failed_probe = turn.probe and isinstance(outcome, NOT_DONE)
        if work.asked and not failed_probe and not isinstance(outcome, Throttled):
            seen = await self._seen(work)
            if isinstance(seen, NOT_DONE) and not isinstance(outcome, NOT_DONE):
                outcome = seen
        return self._settled(work, outcome, wait)

    def _settled(self, work: _Work, outcome: Outcome, wait: Wait | None) -> Settlement:
        """Return how a task ends for now. Whatever was refused is for a person to see at once."""
        at = self._circumstances(
            work.task, work.turn, outcome, urgent=any(map(stops, work.actions))
        )
        refusals = tuple(case_of_refusal(work.task.system, *each) for each in work.refused)
        if isinstance(outcome, NOT_DONE):
            settlement = settle(work.task, outcome, at)
        elif wait is not None:
            settlement = waiting(work.task, wait, at)
        elif work.refused:
            settlement = settle(work.task, work.refused[0][1], at)
            return replace(settlement, cases=refusals, cleared=True)
        else:
            return replace(settle(work.task, outcome, at), cleared=True)
        return replace(settlement, cases=(*refusals, *settlement.cases))

    def _circumstances(
        self, task: Task, turn: _Turn, outcome: Outcome, *, urgent: bool
    ) -> Circumstances:
        """Return how a task stands; what may yet happen at the mirror is looked at later."""
        doubt = task.doubt and Doubt(task.doubt.until)
        if task.taken_over or isinstance(outcome, Unavailable):
            doubt = Doubt(self._pace.clock() + turn.link.gives_up_after)
        down = self._traffic.is_down(task.system)
        return Circumstances(pace=self._pace, down=down, urgent=urgent, doubt=doubt)

    def _held(self, task: Task, turn: _Turn) -> Wait | None:
        """Return why nothing more may be asked in this turn.

        Without enough of the lease left, another hand could act beside this one.
        """
        now = self._pace.clock()
        if not timedelta(0) <= now - turn.claimed_at <= LEASE - ENOUGH:
            return Wait(now, "too little was left of its lease")
        permission = self._traffic.may(
            task.system, urgent=turn.urgent, probe=turn.probe, again=task.failures > 0
        )
        return permission if isinstance(permission, Wait) else None

    async def _ask(self, work: _Work, action: Action) -> Outcome | Wait:
        task, now = work.task, self._pace.clock()
        if isinstance(action, Allocate):
            match work.where:
                case Destination() as destination:
                    action = replace(action, destination=destination)
                case Refused() as refused:
                    await self._attempting.keep(task.key, task.system, action, refused, now)
                    return refused
                case Wait() as wait:
                    return wait
                case None:
                    return Wait(now, "the address is asked for")
        if isinstance(action, Release) and self._is_gated(task.system):
            why_not = await self._permits.ask(task, work.matrix, action)
            if isinstance(why_not, Refused):
                await self._attempting.keep(task.key, task.system, action, why_not, now)
            if why_not is not None:
                return why_not
        work.asked = work.turn.asked = True
        self._traffic.tried(task.system, again=task.failures > 0)
        outcome = await self._attempting.make(task.key, work.turn.link, action, work.matrix)
        await self._traffic.heard(task.system, outcome)
        return outcome

    async def _seen(self, work: _Work) -> Outcome | None:
        """Read back, unless the link may not be asked; return why it could not be read."""
        if self._held(work.task, work.turn) is not None:
            return None
        gone = [action for action in work.actions if isinstance(action, Withdraw)]
        return await self._read_back(work.turn.link, work.matrix, gone)

    async def _look(self, task: Task, turn: _Turn, matrix: Matrix) -> Settlement:
        """End a task on which nothing is to do; where a write may still happen, look first."""
        now = self._pace.clock()
        doubt = task.doubt
        if doubt is None and task.taken_over:
            doubt = Doubt(now + turn.link.gives_up_after)
        if doubt is None or doubt.seen >= LOOKS or (doubt.seen and now >= doubt.until):
            return self._rested(task, matrix)
        at = Circumstances(pace=self._pace, doubt=doubt)
        held = self._held(task, turn)
        if held is not None:
            return waiting(task, held, at)
        turn.asked = True
        outcome = await self._read_back(turn.link, matrix, [])
        if isinstance(outcome, NOT_DONE):
            return settle(task, outcome, at)
        return Settlement(
            task=task,
            due=now + FIRST_LOOK * LOOKS_GROW**doubt.seen,
            doubt=Doubt(doubt.until, doubt.seen + 1),
            note="in step; looked at again, since a write of unknown outcome may yet happen",
        )

    def _is_gated(self, system: str) -> bool:
        return self._accord.systems[system].gate is Gate.HOLD

    def _rested(self, task: Task, matrix: Matrix) -> Settlement:
        """End a task; where time alone will leave something to do, until then."""
        if not self._is_gated(task.system):
            return done(task)
        so, system = truth(matrix, self._accord), self._accord.systems[task.system]
        due = gate_turns_at(matrix, self._accord, system, so, self._pace.clock())
        if due is None:
            return done(task)
        return Settlement(task=task, due=due, cleared=True, note="in step until then")

    async def _read_back(
        self, link: Link, matrix: Matrix, gone: Sequence[Withdraw]
    ) -> Outcome | None:
        """Keep what the mirror says now; return why it does not say it.

        What it answered to the action proves nothing. What was taken back is in no listing of
        the order any more: it is asked for by name.
        """
        own = matrix.own_ref(link.system)
        refs = [Ref("order", own) if own else Ref(NUMBER, matrix.number or "")]
        refs += [Ref("parcel", f"{own}/{action.parcel}") for action in gone]
        for ref in refs:
            answer = await link.reread(ref)
            if not isinstance(answer, Sequence):
                await self._traffic.heard(link.system, answer)
                return answer
            await self._traffic.heard(link.system, None)
            incoming = kept_from(link, answer, Origin.REREAD, self._pace.clock())
            await self._store.keep(incoming)
        return None
