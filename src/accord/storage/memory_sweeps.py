"""Sweeps, census and what is counted of hooks, in the memory store."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import islice

from msgspec.structs import replace

from accord.domain.report import Ref
from accord.engine.census_book import Census, CensusState, Hole, Kept
from accord.engine.envelope import Envelope, Incoming, Origin
from accord.engine.heard import Miss, MissCount, TrafficHour
from accord.engine.sweep_book import Phase, Sampled, Sweep
from accord.storage.memory_rows import EnvelopeRow, OrderRow, Shelf

_PHASES = [*Phase]
_UNFINISHED = frozenset({CensusState.OPEN, CensusState.HOLES})


class MemorySweeps:
    """A ``SweepBook``, as simple as its meaning allows."""

    def __init__(self, shelf: Shelf) -> None:
        """Look envelopes and orders up on ``shelf``."""
        self._shelf = shelf
        self._rows: list[Sweep] = []
        self._sampled: dict[tuple[str, str], datetime] = {}

    async def open(self, system: str) -> Sweep | None:
        """Return the sweep of ``system`` that has not ended."""
        running = (row for row in self._rows if row.system == system and row.ended_at is None)
        return next(running, None)

    async def begin(self, sweep: Sweep) -> Sweep:
        """Begin a sweep; while another of the same system has not ended, return that one."""
        running = await self.open(sweep.system)
        if running is None:
            running = replace(sweep, id=len(self._rows) + 1, ended_at=None)
            self._rows.append(running)
        return running

    async def note(self, sweep: Sweep, incoming: Sequence[Incoming] = ()) -> Sweep | None:
        """Keep what was found and how far the sweep has come, in one commit."""
        fresh = await self._shelf.keep(incoming)
        held = self._rows[sweep.id - 1] if 0 < sweep.id <= len(self._rows) else None
        if held is None or held.ended_at is not None or held.place > sweep.place:
            return None
        if _PHASES.index(held.phase) > _PHASES.index(sweep.phase):
            return None
        counts = replace(sweep.counts, new=held.counts.new + fresh)
        first = {"system": held.system, "occasion": held.occasion, "started_at": held.started_at}
        noted = replace(sweep, counts=counts, since=held.since, until=held.until, **first)
        self._rows[sweep.id - 1] = noted
        return noted

    async def sweeps(self, system: str, limit: int) -> Sequence[Sweep]:
        """Return sweeps of one system, or of all, newest first."""
        meant = [row for row in reversed(self._rows) if system in {"", row.system}]
        return meant[:limit]

    async def is_read(self, system: str, until: datetime) -> bool:
        """Return whether all that was kept of ``system`` up to a moment and can be read is."""
        return not any(
            row.is_ready
            for row in self._shelf.waiting()
            if row.incoming.system == system and row.incoming.received_at <= until
        )

    async def sample(self, system: str, limit: int) -> Sequence[Sampled]:
        """Return the newest orders that ``system`` knows."""
        known = (
            row
            for row in sorted(self._shelf.rows.values(), key=OrderRow.number, reverse=True)
            if row.matrix.own_ref(system) is not None
        )
        return [
            Sampled(
                order=row.order,
                matrix=row.matrix,
                updated_at=row.updated_at,
                asked_at=self._sampled.get((system, row.order)),
            )
            for row in islice(known, limit)
        ]

    async def sampled(self, system: str, orders: Collection[str], now: datetime) -> None:
        """Note that these orders are read again."""
        self._sampled.update({(system, one): now for one in orders if one in self._shelf.rows})

    async def named(self, refs: Collection[Ref]) -> Mapping[Ref, str]:
        """Return which of ``refs`` name one order; nothing is locked."""
        found = {ref: self._shelf.named(ref) for ref in refs}
        return {ref: order for ref, order in found.items() if order is not None}


class MemoryCensus:
    """A ``CensusBook``, as simple as its meaning allows."""

    def __init__(self, shelf: Shelf) -> None:
        """Look envelopes up on ``shelf``, and keep them there."""
        self._shelf = shelf
        self._rows: dict[tuple[str, datetime], Census] = {}
        self._holes: dict[tuple[str, datetime, bytes], Hole] = {}

    async def latest(self, system: str) -> datetime | None:
        """Return the newest hour that is in the book, None before the first."""
        return max((hour for name, hour in self._rows if name == system), default=None)

    async def add(self, hours: Sequence[Census]) -> None:
        """Put hours down; those that are there stay as they are."""
        for one in hours:
            self._rows.setdefault((one.system, one.hour), one)

    def _unfinished(self, system: str) -> list[Census]:
        found = [r for r in self._rows.values() if r.system == system and r.state in _UNFINISHED]
        return sorted(found, key=lambda row: row.hour)

    async def next(self, system: str, now: datetime) -> Census | None:
        """Return the oldest hour that is due and neither certified nor impossible."""
        return next((row for row in self._unfinished(system) if row.due <= now), None)

    async def next_due(self, system: str) -> datetime | None:
        """Return when the first of those hours is due."""
        return min((row.due for row in self._unfinished(system)), default=None)

    async def kept(self, system: str, identities: Collection[bytes]) -> Mapping[bytes, Kept]:
        """Return which of these are received, and how they stand."""
        found = {one: self._shelf.kept(system, one) for one in identities}
        return {
            one: Kept(
                standing=row.standing,
                origin=row.incoming.origin,
                received_at=row.incoming.received_at,
            )
            for one, row in found.items()
            if row is not None
        }

    async def write(
        self, census: Census, holes: Sequence[Hole] = (), incoming: Sequence[Incoming] = ()
    ) -> bool:
        """Store how an hour stands, its new holes and what fills them, in one commit."""
        held = self._rows.get((census.system, census.hour))
        if held is None or held.state not in _UNFINISHED:
            return False
        self._rows[census.system, census.hour] = census
        for hole in holes:
            self._holes.setdefault((hole.system, hole.hour, hole.identity), hole)
        await self._shelf.keep(incoming)
        return True

    def _standing(self, hole: Hole) -> Hole:
        row = self._shelf.kept(hole.system, hole.identity)
        standing, reason = (None, "") if row is None else (row.standing, row.reason)
        return replace(hole, standing=standing, reason=reason)

    async def holes(self, system: str, hour: datetime) -> Sequence[Hole]:
        """Return every hole of one hour with how it stands, as they were found."""
        found = [h for (name, at, _), h in self._holes.items() if (name, at) == (system, hour)]
        found.sort(key=lambda hole: (hole.found_at, hole.identity))
        return [self._standing(hole) for hole in found]

    async def open_holes(
        self, system: str, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Hole]:
        """Return the holes of one system, or of all, that nothing has settled; oldest first."""
        found = [
            self._standing(hole)
            for hole in self._holes.values()
            if system in {"", hole.system}
            and _is_within(hole.hour, since, until)
            and self._rows[hole.system, hole.hour].state in _UNFINISHED
        ]
        found.sort(key=lambda hole: (hole.hour, hole.system, hole.found_at, hole.identity))
        return [hole for hole in found if hole.is_open]

    async def hours(
        self, system: str, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[Census]:
        """Return hours of one system, or of all, newest first."""
        found = [
            row
            for row in self._rows.values()
            if system in {"", row.system} and _is_within(row.hour, since, until)
        ]
        found.sort(key=lambda row: row.system)
        found.sort(key=lambda row: row.hour, reverse=True)
        return found[:limit]


class MemoryHeard:
    """A ``HeardBook``, as simple as its meaning allows."""

    def __init__(self, envelopes: Sequence[EnvelopeRow]) -> None:
        """Count what is kept in ``envelopes``."""
        self._envelopes = envelopes
        self._misses: dict[tuple[str, str, datetime, str], Miss] = {}
        self._traffic: dict[tuple[str, Origin, datetime], TrafficHour] = {}

    def _received(self, system: str, since: datetime, until: datetime) -> list[EnvelopeRow]:
        return [
            row
            for row in self._envelopes
            if row.incoming.system == system and since <= row.incoming.received_at < until
        ]

    async def received(
        self,
        system: str,
        ways: Collection[Origin],
        since: datetime,
        until: datetime,
        *,
        after: int,
        limit: int,
    ) -> Sequence[Envelope]:
        """Return what came by some ways in a time, numbered above ``after``, in its order."""
        received = self._received(system, since, until)
        found = [r for r in received if r.incoming.origin in ways and r.id > after]
        return [row.envelope() for row in found[:limit]]

    async def miss(self, misses: Sequence[Miss]) -> None:
        """Note hooks that did not come; one that is noted already stays as it is."""
        for one in misses:
            self._misses.setdefault(_named(one), one)

    async def came(self, misses: Sequence[Miss]) -> None:
        """Note when hooks came after all."""
        for one in misses:
            held = self._misses.get(_named(one))
            if held is not None and held.came_at is None:
                self._misses[_named(one)] = replace(held, came_at=one.came_at)

    def _missing(self, system: str) -> list[Miss]:
        open_ = [one for one in self._misses.values() if one.came_at is None]
        return [one for one in open_ if system in {"", one.system}]

    async def missing(self, system: str, since: datetime) -> Sequence[Miss]:
        """Return the changes since a moment of which no hook has told yet, oldest first."""
        found = [m for m in self._missing(system) if m.system == system and m.hour >= since]
        return sorted(found, key=lambda one: (one.said_at, one.topic, one.thing))

    async def missed(
        self, system: str, since: datetime, until: datetime | None = None
    ) -> Sequence[MissCount]:
        """Return by topic and hour how many hooks did not come, of one system or of all."""
        counts = Counter(
            (one.system, one.hour, one.topic)
            for one in self._missing(system)
            if _is_within(one.hour, since, until)
        )
        return sorted(
            MissCount(system=name, hour=hour, topic=topic, hooks=number)
            for (name, hour, topic), number in counts.items()
        )

    async def count(self, system: str, since: datetime, until: datetime) -> Mapping[Origin, int]:
        """Return how many envelopes were received in a time, by the way they came."""
        return dict(Counter(r.incoming.origin for r in self._received(system, since, until)))

    async def traffic(
        self, system: str, origin: Origin, hours: Sequence[datetime]
    ) -> Mapping[datetime, int]:
        """Return what was noted of these hours."""
        found = {hour: self._traffic.get((system, origin, hour)) for hour in hours}
        return {hour: one.envelopes for hour, one in found.items() if one is not None}

    async def note(self, hours: Sequence[TrafficHour]) -> None:
        """Note how much came; an hour that is noted already stays as it is."""
        for one in hours:
            self._traffic.setdefault((one.system, one.origin, one.hour), one)

    async def silent(self, since: datetime) -> Sequence[TrafficHour]:
        """Return the hours in which nothing came where something was to be expected."""
        found = [one for one in self._traffic.values() if one.silent and one.hour >= since]
        found.sort(key=lambda one: (one.system, one.origin))
        return sorted(found, key=lambda one: one.hour, reverse=True)


def _is_within(hour: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or hour >= since) and (until is None or hour < until)


def _named(miss: Miss) -> tuple[str, str, datetime, str]:
    return (miss.system, miss.topic, miss.hour, miss.thing)
