"""The one place where a link may be asked: may we? Pause, throttle, breaker, limit, budget."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from accord.domain.allowance import wait_for
from accord.domain.link_state import LinkState
from accord.domain.outcome import Outcome, Throttled, Unauthorized, Unavailable
from accord.domain.retry import RetryBudget
from accord.engine.gathering import Gathering
from accord.engine.pausing import HEEDED_WITHIN
from accord.engine.ports import Link, Store
from accord.engine.slots import Slots

# What other processes learned is looked up so often; what this one learns counts at once.
LOOK_EVERY = timedelta(milliseconds=500)
# Work that can wait leaves this share of a limit to what happens now.
HEADROOM = 0.5
# And looks after a link that does not answer so often.
LEFT_ALONE = timedelta(minutes=5)
# A paused link is looked at again so often; a task in hand is given back until then.
PAUSED_FOR = timedelta(seconds=1)
# When the budget of retries is spent, a little of it comes back every second.
BUDGET_WAIT = timedelta(seconds=5)
# How often the limit last told is written down for the pages.
TELL_LIMIT_EVERY = timedelta(seconds=10)


class Go(Struct, frozen=True):
    """Ask. As a ``probe``: one thing only, and say what came of it."""

    probe: bool = False


class Wait(Struct, frozen=True):
    """Ask nothing before ``until``."""

    until: datetime
    why: str


Permission = Go | Wait


class Traffic:
    """What goes out on every link of this process, held to what all processes know of it."""

    def __init__(
        self,
        links: Mapping[str, Link],
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self._links = links
        self._store = store
        self._clock = clock
        self._states = dict.fromkeys(links, LinkState())
        self._looked: dict[str, datetime] = {}
        self._limit_told: dict[str, datetime] = {}
        self._budgets = dict.fromkeys(links, RetryBudget())
        self._slots = {name: Slots(link.at_once) for name, link in links.items()}
        self._pauses = defaultdict[str, Gathering[str, str | None]](self._looking)
        self._free_since: dict[str, datetime] = {}  # when a look began that found no pause

    def slot(self, system: str, *, urgent: bool = False) -> AbstractAsyncContextManager[None]:
        """Return a place at the link, to be held while it is asked."""
        return self._slots[system].taken(urgent=urgent)

    async def enter(self, system: str, *, urgent: bool = False, writes: bool = False) -> Permission:
        """Return whether a turn of work at ``system`` may begin; a pause stops only what writes.

        A probe that was let go is given back by ``unused`` when there is nothing to ask.
        """
        now = self._clock()
        paused = await self.paused(system) if writes else None
        if paused is not None:
            return paused
        state = await self._look(system, now)
        found = self._held(system, now, urgent=urgent)
        if found is not None:
            return found
        await self._tell_limit(system, now)
        if state.breaker.opened_at is None:
            return Go()
        return await self._probe(system, now, urgent=urgent)

    async def paused(self, system: str) -> Wait | None:
        """Return that somebody lets nothing be written to ``system``.

        It is so now, or at most ``HEEDED_WITHIN`` ago it was not.
        """
        free = self._free_since.get(system)
        if free is not None and timedelta(0) <= self._clock() - free < HEEDED_WITHIN:
            return None
        reason = await self._pauses[system].ask(system)
        if reason is None:
            return None
        return Wait(self._clock() + PAUSED_FOR, f"paused by {reason}")

    def _looking(self) -> Gathering[str, str | None]:
        return Gathering(self._why_paused)

    async def _why_paused(self, asked: Sequence[str]) -> Sequence[str | None]:
        """Look once for all who asked since the look before began."""
        system, began = asked[0], self._clock()
        reason = await self._store.why_paused(system)
        if reason is None:
            self._free_since[system] = began
        return [reason] * len(asked)

    def may(
        self, system: str, *, urgent: bool = False, probe: bool = False, again: bool = False
    ) -> Permission:
        """Return whether the next call of a turn may go; nothing is looked up for it.

        ``again``: it is a second try, which draws on the budget. Neither a probe nor a
        cancellation does: the breaker and their backoff keep them few.
        """
        now = self._clock()
        found = self._held(system, now, urgent=urgent, probe=probe)
        if found is not None:
            return found
        if again and not urgent and not probe and not self._budgets[system].allows(now):
            return Wait(now + BUDGET_WAIT, "the budget of second tries is spent")
        return Go(probe)

    async def spare(self, system: str) -> Permission:
        """Return whether work that can wait may make its next call, with headroom for the rest.

        It is no probe: a sick link is tried by smaller things.
        """
        now = self._clock()
        state = await self._look(system, now)
        found = self._held(system, now, urgent=False)
        if state.breaker.opened_at is not None:
            until = max(found.until if found else now, now + LEFT_ALONE)
            return Wait(until, f"{system} does not answer: {state.breaker.why}")
        limit = self._links[system].allowance
        if found is not None or limit is None:
            return found or Go()
        wait = limit.wait(HEADROOM * limit.size + limit.call, now)
        return Wait(now + wait, f"the limit of {system}, half of it left alone") if wait else Go()

    def tried(self, system: str, *, again: bool) -> None:
        """Count one try against the budget."""
        self._budgets[system] = self._budgets[system].tried(self._clock(), again=again)

    async def heard(self, system: str, outcome: Outcome | None) -> None:
        """Take in what came of asking; None stands for what was read."""
        now, slots = self._clock(), self._slots[system]
        if isinstance(outcome, Throttled) and outcome.link_wide:
            slots.narrow()
        else:
            slots.widen()
        before = self._states[system]
        after = self._states[system] = before.heard(outcome, now)
        bad = isinstance(outcome, Throttled | Unavailable | Unauthorized)
        known_sick = before.breaker.failures or before.breaker.opened_at
        if after == before or not (bad or known_sick):
            return  # while all goes well there is nothing for others to know
        await self._reckon(system, lambda s: _counting(s, before).heard(outcome, now))

    async def unused(self, system: str, *, urgent: bool = False) -> None:
        """Give a probe back: there was nothing to ask."""
        now = self._clock()
        await self._reckon(
            system, lambda state: replace(state, breaker=state.breaker.unused(now, urgent=urgent))
        )

    def is_down(self, system: str) -> bool:
        """Return whether nothing but probes is asked of the system."""
        return self._states[system].breaker.opened_at is not None

    def _held(
        self, system: str, now: datetime, *, urgent: bool, probe: bool = False
    ) -> Wait | None:
        state = self._states[system]
        if state.not_before is not None and state.not_before > now:
            return Wait(state.not_before, f"{system} asked us to wait")
        due = None if probe else state.breaker.next_at(urgent=urgent)
        if due is not None and due > now:
            return Wait(due, f"{system} does not answer: {state.breaker.why}")
        wait = wait_for(self._links[system].allowance, now, urgent=urgent or probe)
        return Wait(now + wait, f"the limit of {system}") if wait else None

    async def _look(self, system: str, now: datetime) -> LinkState:
        looked = self._looked.get(system)
        if looked is None or not timedelta(0) <= now - looked < LOOK_EVERY:
            found = await self._store.link_state(system)
            self._states[system] = _counting(found, self._states[system])
            self._looked[system] = now
        return self._states[system]

    async def _probe(self, system: str, now: datetime, *, urgent: bool) -> Permission:
        def take(state: LinkState) -> LinkState:
            if state.breaker.opened_at is None or state.next_at(now, urgent=urgent) > now:
                return state
            return replace(state, breaker=state.breaker.probing(now, urgent=urgent))

        before, after = await self._reckon(system, take)
        if after.breaker.opened_at is None:
            return Go()
        if before == after:
            return Wait(before.next_at(now, urgent=urgent), "another probe is under way")
        return Go(probe=True)

    async def _reckon(
        self, system: str, change: Callable[[LinkState], LinkState]
    ) -> tuple[LinkState, LinkState]:
        before, after = await self._store.reckon(system, change)
        self._states[system] = after
        return before, after

    async def _tell_limit(self, system: str, now: datetime) -> None:
        limit, told = self._links[system].allowance, self._limit_told.get(system)
        if limit is None or (told is not None and now - told < TELL_LIMIT_EVERY):
            return
        self._limit_told[system] = now
        await self._reckon(system, lambda state: replace(state, allowance=limit))


def _counting(shared: LinkState, own: LinkState) -> LinkState:
    """Return what all know with the count of answers this process keeps for itself.

    Writing every good answer down would cost more than the calls; only what changes the way a
    link is treated is shared.
    """
    if shared.breaker.opened_at is not None or own.breaker.opened_at is not None:
        return shared
    count = own.breaker
    breaker = replace(
        shared.breaker,
        counted_from=count.counted_from,
        counted=count.counted,
        failed=count.failed,
    )
    return replace(shared, breaker=breaker)
