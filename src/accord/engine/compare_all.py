"""Compare every order with the truth: once for each shape, then each order that differs."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from accord.domain.accord import Accord
from accord.domain.drift import (
    CORRECTED_WITHIN,
    SYSTEMIC_FROM,
    Drift,
    DriftClass,
    Unread,
)
from accord.domain.drifting import Examined, concern, examine
from accord.engine.drift_ledger import (
    EVERY_DRIFT,
    FOLLOWS_WITHIN,
    Cause,
    DriftLedger,
    OrderFacts,
)

# Told of orders that are out of step with nobody at work: the system, the orders, and why.
Repairs = Callable[[str, Sequence[str], str], Awaitable[None]]
# So many orders are loaded at a time; it bounds the memory.
BATCH = 500
# Out of step, put right, and out again: so many changes of one cell make two corrections.
_CHANGES_OF_TWO = 3


class SystemCount(Struct, frozen=True, kw_only=True):
    """On how many orders one system agrees, follows, or drifts."""

    agreeing: int
    in_flight: int
    drifting: int


class Compared(Struct, frozen=True, kw_only=True):
    """What a comparison found. An order counts once, at its worst."""

    at: datetime
    orders: int
    shapes: int
    agreeing: int
    in_flight: int
    drifting: int
    systems: Mapping[str, SystemCount]
    causes: tuple[Cause, ...]
    cleared: int
    repairs: int


async def nobody(system: str, orders: Sequence[str], why: str) -> None:
    """Repair nothing: only look."""
    del system, orders, why


@dataclass(slots=True)
class _Tally:
    """What is counted while the orders go by."""

    in_flight: int = 0
    drifting: int = 0
    following: Counter[str] = field(default_factory=Counter)
    out_of_step: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    repairs: int = 0

    def add(self, drifts: Sequence[Drift]) -> None:
        """Count one order."""
        late = {one.system for one in drifts if one.standing is not DriftClass.IN_FLIGHT}
        on_its_way = {one.system for one in drifts} - late
        self.out_of_step.update(late)
        self.following.update(on_its_way)
        self.drifting += bool(late)
        self.in_flight += bool(on_its_way and not late)
        self.causes.update(
            {one.cause for one in drifts if one.standing is not DriftClass.IN_FLIGHT}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """The set-based comparison. ``systemic_from`` orders of one cause have one fault behind them.

    ``note`` keeps what is found; without it the comparison only looks.
    """

    ledger: DriftLedger
    accord: Accord
    clock: Callable[[], datetime]
    repairs: Repairs = nobody
    systemic_from: int = SYSTEMIC_FROM
    note: bool = True

    async def run(self) -> Compared:
        """Compare all orders once."""
        now, tally = self.clock(), _Tally()
        total, shapes, suspects, unread = await self._suspects(now)
        for start in range(0, len(suspects), BATCH):
            await self._examine(suspects[start : start + BATCH], unread, tally, now)
        systemic = [cause for cause, n in tally.causes.items() if n >= self.systemic_from]
        cleared = await self.ledger.finish(systemic, now) if self.note else 0
        return Compared(
            at=now,
            orders=total,
            shapes=shapes,
            agreeing=total - tally.in_flight - tally.drifting,
            in_flight=tally.in_flight,
            drifting=tally.drifting,
            systems=self._by_system(total, tally),
            causes=tuple(await self.ledger.causes(EVERY_DRIFT)) if self.note else (),
            cleared=cleared,
            repairs=tally.repairs,
        )

    async def _suspects(
        self, now: datetime
    ) -> tuple[int, int, list[str], Mapping[str, Sequence[Unread]]]:
        """Return how many orders and shapes there are, and the orders to be looked at."""
        shapes = await self.ledger.shapes()
        concerns = {one.digest: concern(one.matrix, self.accord) for one in shapes}
        differs = [digest for digest, about in concerns.items() if about.differs]
        found = set(await self.ledger.of_shapes(differs)) if differs else set()
        for limit in {about.stalls_after for about in concerns.values()}:
            if limit is not None:
                rest = [d for d, c in concerns.items() if not c.differs and c.stalls_after == limit]
                found.update(await self.ledger.of_shapes(rest, now - limit))
        week = now - CORRECTED_WITHIN
        found.update(await self.ledger.restless([*self.accord.systems], week, _CHANGES_OF_TWO))
        unread = await self.ledger.unread()
        found.update(unread)
        return sum(one.orders for one in shapes), len(shapes), sorted(found, key=int), unread

    async def _examine(
        self,
        orders: Sequence[str],
        unread: Mapping[str, Sequence[Unread]],
        tally: _Tally,
        now: datetime,
    ) -> None:
        found: list[tuple[str, Drift]] = []
        wanted: dict[tuple[str, str], list[str]] = {}
        for facts in await self.ledger.facts(orders, now - FOLLOWS_WITHIN):
            under_way = self._under_way(facts, now)
            seen = examine(
                facts.matrix,
                self.accord,
                now,
                past=facts.past,
                under_way=under_way,
                unread=unread.get(facts.order, ()),
            )
            tally.add(seen.drifts)
            found += [(facts.order, one) for one in seen.drifts]
            for system in seen.to_do:
                if system not in under_way:
                    wanted.setdefault((system, _why(seen, system)), []).append(facts.order)
        if self.note:
            await self.ledger.note(found, now)
        for (system, why), out_of_step in wanted.items():
            tally.repairs += len(out_of_step)
            await self.repairs(system, out_of_step, why)

    def _under_way(self, facts: OrderFacts, now: datetime) -> frozenset[str]:
        just_told = facts.told_at > now - FOLLOWS_WITHIN
        return frozenset(self.accord.systems) if just_told else facts.under_way

    def _by_system(self, total: int, tally: _Tally) -> dict[str, SystemCount]:
        return {
            name: SystemCount(
                agreeing=total - tally.following[name] - tally.out_of_step[name],
                in_flight=tally.following[name],
                drifting=tally.out_of_step[name],
            )
            for name in self.accord.systems
        }


def _why(seen: Examined, system: str) -> str:
    """Return the cause of what is to be done at a system."""
    here = [one.cause for one in seen.drifts if one.system == system]
    return next(iter(here or [one.cause for one in seen.drifts]), f"left undone at {system}")
