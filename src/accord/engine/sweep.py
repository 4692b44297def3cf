"""The sweep of one system: list again what changed lately, keep it, have it compared."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.accord import Accord
from accord.domain.outcome import Outcome
from accord.engine.envelope import Origin
from accord.engine.paging import NotNowError, Pager, cannot_list
from accord.engine.ports import FeedError, Link, Settlement, Store, Task, TaskKind
from accord.engine.reading import kept_from
from accord.engine.sampling import WEIGHED, riskiest, whole
from accord.engine.schedule import next_sweep
from accord.engine.settling import Circumstances, Pace, unhurried
from accord.engine.sweep_book import Occasion, Phase, Sweep
from accord.engine.traffic import Traffic, Wait

LEASE = timedelta(minutes=5)
# So much is listed at once. What does not fit into a lease is listed in halves from then on.
LONGEST_STEP = timedelta(hours=1)
SHORTEST_STEP = timedelta(minutes=1)
# Whether all that was found is interpreted is looked at so often.
LOOK_AGAIN = timedelta(seconds=10)
NOT_INTERPRETED = "not all that was found is interpreted yet"


class Compared(Struct, frozen=True):
    """What a comparison of all orders found at one system, and how many repairs it asked for."""

    drifting: int
    asked: int


Compare = Callable[[str], Awaitable[Compared | None]]


async def no_comparison(system: str) -> None:
    """Compare nothing."""
    del system


class Sweeper:
    """Sweeps each system on schedule and on demand, one sweep of a system at a time."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        pager: Pager,
        compare: Compare = no_comparison,
    ) -> None:
        """Have what was found compared by ``compare`` at the end."""
        self._accord = accord
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._pager = pager
        self._compare = compare

    async def begin(self) -> None:
        """See that every system is swept when the schedule comes true, or did meanwhile."""
        due = next_sweep(self._accord.sweep, self._pace.clock())
        for system in self._links:
            await self._store.ask(TaskKind.SWEEP, system, ["*"], due)

    async def demand(self, system: str, since: timedelta) -> Sweep:
        """Ask for a sweep now; while one is under way, that one is returned."""
        sweep = await self._store.sweeps.begin(self._new(system, Occasion.DEMAND, since))
        await self._store.ask(TaskKind.SWEEP, system, ["*"], self._pace.clock())
        return sweep

    def _new(self, system: str, occasion: Occasion, since: timedelta) -> Sweep:
        now = self._pace.clock()
        begin = now - since - self._accord.sweep.overlap
        return Sweep(
            system=system,
            occasion=occasion,
            since=begin,
            until=now,
            place=begin,
            step=LONGEST_STEP,
            phase_since=now,
            started_at=now,
        )

    async def turn(self, system: str) -> int:
        """Go on with the sweep of ``system`` if it is due; return whether it was."""
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.SWEEP, [system], 1, LEASE, now)
        for task in tasks:
            settlement = await self._go_on(task, now + LEASE)
            await self._store.settle([settlement], self._pace.clock())
        return len(tasks)

    async def _go_on(self, task: Task, lease_ends: datetime) -> Settlement:
        usual = self._new(task.system, Occasion.SCHEDULE, self._accord.sweep.since)
        sweep: Sweep | None = await self._store.sweeps.begin(usual)
        try:
            while sweep is not None and sweep.phase is not Phase.ENDED:
                sweep = await self._step(sweep, lease_ends)
        except NotNowError as error:
            return await self._held(task, error.wait)
        except FeedError as error:
            return await self._failed(task, error.outcome)
        due = next_sweep(self._accord.sweep, self._pace.clock())
        return Settlement(task=task, due=due)

    async def _step(self, sweep: Sweep, lease_ends: datetime) -> Sweep | None:
        match sweep.phase:
            case Phase.READING:
                return await self._read(sweep, lease_ends)
            case Phase.REREADING:
                return await self._reread(sweep)
            case Phase.COMPARING | Phase.ENDED:
                return await self._finish(sweep)

    async def _read(self, sweep: Sweep, lease_ends: datetime) -> Sweep | None:
        """List one portion of the time to be swept, and keep what there is."""
        begin, system = sweep.place, sweep.system
        end = min(begin + sweep.step, sweep.until)
        began = self._pace.clock()
        going: Sweep | None = replace(sweep, trouble="")
        try:
            async for page in self._pager.listing(system, begin, end, lease_ends):
                assert going is not None
                counts = replace(going.counts, read=going.counts.read + len(page.documents))
                now = self._pace.clock()
                found = kept_from(self._links[system], page.documents, Origin.FEED, now)
                going = await self._store.sweeps.note(replace(going, counts=counts), found)
                if going is None:
                    return None
        except NotNowError as error:
            whole_lease = began <= lease_ends - LEASE + SHORTEST_STEP
            if error.out_of_time and whole_lease and going is not None:
                half = max(sweep.step / 2, SHORTEST_STEP)
                await self._store.sweeps.note(replace(going, step=half))
            raise
        except FeedError as error:
            if not cannot_list(error.outcome):
                raise
            return await self._without_a_list(sweep)
        return await self._further(going or sweep, end)

    async def _further(self, sweep: Sweep, place: datetime) -> Sweep | None:
        step = min(sweep.step * 2, LONGEST_STEP)
        further = replace(sweep, place=place, step=step)
        if place < sweep.until:
            return await self._store.sweeps.note(further)
        return await self._next(further, Phase.REREADING)

    async def _next(self, sweep: Sweep, phase: Phase) -> Sweep | None:
        now = self._pace.clock()
        ended_at = now if phase is Phase.ENDED else None
        turned = replace(sweep, phase=phase, phase_since=now, ended_at=ended_at)
        return await self._store.sweeps.note(turned)

    async def _without_a_list(self, sweep: Sweep) -> Sweep | None:
        """Have the change feed read on, where a system lists nothing by its time."""
        await self._store.ask(TaskKind.POLL, sweep.system, ["*"], self._pace.clock())
        told = f"{sweep.system} lists nothing by its time; its change feed is read instead"
        return await self._further(replace(sweep, trouble=told), sweep.until)

    async def _reread(self, sweep: Sweep) -> Sweep | None:
        """Ask for a sample of orders to be read whole, where lists can miss something."""
        system, most = sweep.system, self._accord.sweep.rereads
        chosen = []
        if most and self._links[system].silent:
            candidates = await self._store.sweeps.sample(system, WEIGHED)
            chosen = riskiest(candidates, self._accord, most)
        now = self._pace.clock()
        refs = [whole(one, system) for one in chosen]
        await self._store.ask(TaskKind.REREAD, system, [f"{r.scope}:{r.value}" for r in refs], now)
        await self._store.sweeps.sampled(system, [one.order for one in chosen], now)
        counts = replace(sweep.counts, reread=len(chosen))
        return await self._next(replace(sweep, counts=counts), Phase.COMPARING)

    async def _finish(self, sweep: Sweep) -> Sweep | None:
        """Have all orders compared once everything that was found is interpreted."""
        system, now = sweep.system, self._pace.clock()
        if not await self._store.sweeps.is_read(system, sweep.phase_since):
            raise NotNowError(Wait(now + LOOK_AGAIN, NOT_INTERPRETED))
        compared = await self._compare(system)
        misses = await self._store.heard.missed(system, sweep.since, sweep.until)
        holes = await self._store.census.open_holes(system, sweep.since, sweep.until)
        counts = replace(
            sweep.counts,
            missed=sum(one.hooks for one in misses),
            holes=len(holes),
            drifting=compared and compared.drifting,
            asked=compared and compared.asked,
        )
        trouble = sweep.trouble.removeprefix(NOT_INTERPRETED)
        return await self._next(replace(sweep, counts=counts, trouble=trouble), Phase.ENDED)

    async def _held(self, task: Task, wait: Wait) -> Settlement:
        await self._tell(task.system, wait.why)
        return Settlement(task=task, due=wait.until, note=wait.why)

    async def _failed(self, task: Task, outcome: Outcome) -> Settlement:
        down = self._traffic.is_down(task.system)
        settlement = unhurried(task, outcome, Circumstances(pace=self._pace, down=down))
        await self._tell(task.system, settlement.note)
        return settlement

    async def _tell(self, system: str, trouble: str) -> None:
        sweep = await self._store.sweeps.open(system)
        if sweep is not None:
            await self._store.sweeps.note(replace(sweep, trouble=trouble))
