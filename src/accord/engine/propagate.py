"""Bring mirrors into step: load the facts, plan, ask for the difference, read back."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.action import (
    Action,
    Allocate,
    CancelOrder,
    Destination,
    Release,
    Withdraw,
    stops,
)
from accord.domain.case import case_of_refusal
from accord.domain.matrix import Matrix
from accord.domain.outcome import Outcome, Refused, Throttled, Unavailable, Unneeded
from accord.domain.plan import plan
from accord.domain.tracks import Track
from accord.domain.truth import truth
from accord.domain.warehouse_plan import gate_turns_at
from accord.engine.addresses import Addresses, Found
from accord.engine.attempting import ACTION_WITHIN, Attempting, Watch
from accord.engine.doubting import doubt_of, looked_at
from accord.engine.gathering import Gathering
from accord.engine.in_hand import InHand
from accord.engine.let_go import LetGo
from accord.engine.permitting import Permits
from accord.engine.ports import Attempt, Doubt, Link, Settlement, Store, Task, TaskKind
from accord.engine.read_back import ReadBack
from accord.engine.settling import Circumstances, Pace, done, settle, waiting
from accord.engine.traffic import Traffic, Wait
from accord.engine.work import NOT_DONE, Turn, Work

__all__ = ["Propagator", "Watch"]

# Longer than several actions of one plan with their read-back may take.
LEASE = timedelta(minutes=5)
# What must be left of a lease for one more action and the look at what came of it.
ENOUGH = ACTION_WITHIN + timedelta(seconds=30)
# Facts older than this are loaded again before they are acted on.
FRESH = timedelta(seconds=1)


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
        kept: Callable[[], None] = lambda: None,
    ) -> None:
        """Tell ``watch`` of every attempt on record, call ``kept`` when there is news to read."""
        self._accord = accord
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._attempting = Attempting(store, pace.clock, watch)
        self._addresses = Addresses(links, traffic, pace)
        self._let_go = LetGo(store.repairs, pace.clock)
        self._permits = Permits(accord, links, store, traffic, pace)
        self._read_back = ReadBack(store, traffic, pace, kept)
        self._settling = Gathering(self._settle_all)
        lanes = ((system, urgent) for system in links for urgent in (False, True))
        self._in_hand = {lane: InHand(pace.clock) for lane in lanes}

    async def turn(self, system: str, *, urgent: bool = False) -> int:
        """Work to the end on orders on which ``system`` is out of step; return how many."""
        taken = await self.step(system, urgent=urgent)
        await self.finish(system, urgent=urgent)
        return taken

    async def finish(self, system: str, *, urgent: bool = False) -> None:
        """Return once nothing is in hand."""
        await self._in_hand[system, urgent].empty()

    async def step(self, system: str, *, urgent: bool = False) -> int:
        """Take up as many orders as there is room for, and let the work on them go on.

        The urgent lane holds what is to be stopped there, the other lane everything else.
        """
        in_hand = self._in_hand[system, urgent]
        room = await in_hand.room()
        permission = await self._traffic.enter(system, urgent=urgent, writes=True)
        if isinstance(permission, Wait):
            return 0
        now = self._pace.clock()
        turn = Turn(self._links[system], urgent, permission.probe, now)
        lane = (TaskKind.PROPAGATE, [system], 1 if turn.probe else room, LEASE, now)
        tasks = await self._store.claim(*lane, urgent=urgent)
        turn.matrices = await self._store.load([task.key for task in tasks])
        begun = [in_hand.begin(self._piece(task, turn)) for task in tasks]
        if turn.probe:
            await self._end_probe(turn, begun)
        return len(tasks)

    async def _end_probe(self, turn: Turn, begun: Sequence[asyncio.Task[None]]) -> None:
        await asyncio.gather(*begun, return_exceptions=True)
        if not turn.asked:
            await self._traffic.unused(turn.link.system, urgent=turn.urgent)

    async def close(self) -> None:
        """Let go of what is in hand, and of what is still being asked."""
        for each in self._in_hand.values():
            await each.close()
        await self._addresses.close()

    async def _piece(self, task: Task, turn: Turn) -> None:
        await self._settling.ask(await self._work(task, turn))

    async def _settle_all(self, settlements: Sequence[Settlement]) -> Sequence[None]:
        await self._store.settle(settlements, self._pace.clock())
        return [None] * len(settlements)

    async def _work(self, task: Task, turn: Turn) -> Settlement:
        matrix = turn.matrices[task.key]
        actions = self._planned(task, matrix)
        if not actions and doubt_of(task, turn.link, self._pace.clock()) is None:
            return self._rested(task, matrix)
        too_old = await self._let_go.too_old(task, actions)
        if too_old is not None:
            return too_old
        where = await self._where(task, matrix, actions)
        async with self._traffic.slot(task.system, urgent=turn.urgent):
            if self._pace.clock() - turn.claimed_at > FRESH:
                matrix = (await self._store.load([task.key]))[task.key]
                actions = self._planned(task, matrix)
            if not actions:
                return await self._look(task, turn, matrix)
            work = Work(task, turn, matrix, actions, where)
            last = await self._act(work)
        # Whoever comes next need not wait at the link until this is on record.
        await self._attempting.keep(last)
        return await self._ended(work)

    def _planned(self, task: Task, matrix: Matrix) -> list[Action]:
        return plan(matrix, self._accord, task.system, now=self._pace.clock())

    async def _where(self, task: Task, matrix: Matrix, actions: Sequence[Action]) -> Found | None:
        """Return where the order's parcels go, if that is needed; no place is held for asking."""
        if not any(isinstance(action, Allocate) for action in actions):
            return None
        owner = self._accord.ownership.owner(Track.ORDER) or task.system
        return await self._addresses.find(owner, task.key, matrix)

    async def _act(self, work: Work) -> Attempt | None:
        """Ask for one action after the other; return the last try, which is to be kept yet."""
        task, turn = work.task, work.turn
        tried: Attempt | None = None
        for action in work.actions:
            await self._attempting.keep(tried)
            tried = None
            held = await self._traffic.paused(task.system) or self._held(task, turn)
            if held is not None:
                work.wait = held
                break
            got = await self._ask(work, action)
            if isinstance(got, Wait):
                work.wait = got  # what else is to be done there need not wait for an address
                continue
            tried = got
            if isinstance(got.outcome, Refused):
                work.refused.append((action, got.outcome))  # which must not keep the others back
                continue
            work.outcome = got.outcome
            work.is_unseen = work.is_unseen or not isinstance(got.outcome, (*NOT_DONE, Unneeded))
            if isinstance(got.outcome, NOT_DONE):
                break
        return tried

    async def _ended(self, work: Work) -> Settlement:
        """Look at what came of it, and return how the task ends for now."""
        outcome = work.outcome
        failed_probe = work.turn.probe and isinstance(outcome, NOT_DONE)
        if work.asked and not failed_probe and not isinstance(outcome, Throttled):
            seen = await self._seen(work)
            if isinstance(seen, NOT_DONE) and not isinstance(outcome, NOT_DONE):
                outcome = seen
        return self._settled(work, outcome, work.wait)

    def _settled(self, work: Work, outcome: Outcome, wait: Wait | None) -> Settlement:
        """Return how a task ends for now. Whatever was refused is for a person to see at once."""
        at = self._circumstances(work, outcome)
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

    def _circumstances(self, work: Work, outcome: Outcome) -> Circumstances:
        """Return how a task stands; what may yet come to light at the mirror is looked at later."""
        task, urgent = work.task, any(map(stops, work.actions))
        doubt = task.doubt and Doubt(task.doubt.until)
        if task.taken_over or work.is_unseen or isinstance(outcome, Unavailable):
            doubt = Doubt(self._pace.clock() + work.turn.link.gives_up_after)
        down = self._traffic.is_down(task.system)
        return Circumstances(pace=self._pace, down=down, urgent=urgent, doubt=doubt)

    def _held(self, task: Task, turn: Turn) -> Wait | None:
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

    async def _ask(self, work: Work, action: Action) -> Attempt | Wait:
        task, now = work.task, self._pace.clock()
        tried = partial(self._attempting.tried, task.key, task.system, began=now)
        if isinstance(action, Allocate) and isinstance(work.where, Destination):
            action = replace(action, destination=work.where)
        why_not = await self._why_not_now(work, action)
        if why_not is not None:
            return tried(action, why_not) if isinstance(why_not, Refused) else why_not
        work.asked = work.turn.asked = True
        self._traffic.tried(task.system, again=task.failures > 0)
        attempt = await self._attempting.make(task.key, work.turn.link, action, work.matrix)
        await self._traffic.heard(task.system, attempt.outcome)
        return attempt

    async def _why_not_now(self, work: Work, action: Action) -> Refused | Wait | None:
        """Return why something may not be asked for yet, or why it is not ours to do any more.

        A permission takes its time: by then the lease may have run out to another hand.
        """
        if isinstance(action, Allocate) and not isinstance(work.where, Destination):
            return work.where or Wait(self._pace.clock(), "the address is asked for")
        if isinstance(action, CancelOrder):
            why_not: Refused | Wait | None = await self._permits.to_cancel(work.task)
        elif isinstance(action, Release) and self._accord.systems[work.task.system].is_gated:
            why_not = await self._permits.ask(work.task, work.matrix, action)
        else:
            return None
        return why_not if why_not is not None else self._held(work.task, work.turn)

    async def _seen(self, work: Work) -> Outcome | None:
        """Read back, unless the link may not be asked; return why it could not be read."""
        task, link = work.task, work.turn.link
        gone = [action for action in work.actions if isinstance(action, Withdraw)]
        async with self._traffic.slot(task.system, urgent=work.turn.urgent):
            if self._held(task, work.turn) is not None:
                return None
            heard = await self._read_back.ask(link, work.matrix, gone)
        if not isinstance(heard, Sequence):
            return heard
        await self._read_back.keep(link, heard)
        work.is_unseen = False
        return None

    async def _look(self, task: Task, turn: Turn, matrix: Matrix) -> Settlement:
        """End a task on which nothing is to do; where a write may still happen, look first."""
        now = self._pace.clock()
        doubt = doubt_of(task, turn.link, now)
        if doubt is None:
            return self._rested(task, matrix)
        at = Circumstances(pace=self._pace, doubt=doubt)
        held = self._held(task, turn)
        if held is not None:
            return waiting(task, held, at)
        turn.asked = True
        heard = await self._read_back.ask(turn.link, matrix, [])
        if isinstance(heard, NOT_DONE):
            return settle(task, heard, at)
        if isinstance(heard, Sequence):
            await self._read_back.keep(turn.link, heard)
        return looked_at(task, doubt, now)

    def _rested(self, task: Task, matrix: Matrix) -> Settlement:
        """End a task; where time alone will leave something to do, until then."""
        system = self._accord.systems[task.system]
        if not system.is_gated:
            return done(task)
        so = truth(matrix, self._accord)
        due = gate_turns_at(matrix, self._accord, system, so, self._pace.clock())
        if due is None:
            return done(task)
        return Settlement(task=task, due=due, cleared=True, note="in step until then")
