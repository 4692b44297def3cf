"""The census: each closed hour of each system, its own list of what changed against ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from accord.domain.outcome import Outcome
from accord.domain.silence import is_silent, same_hours, usual
from accord.domain.sweep_rules import SweepRules
from accord.engine.census_book import HOUR, SETTLED, Census, Hole
from accord.engine.census_listing import Listed, disagreement, list_hour
from accord.engine.census_telling import (
    certificate,
    in_short,
    not_made,
    not_possible,
    with_holes,
)
from accord.engine.census_unlisted import unlisted
from accord.engine.envelope import Incoming, Origin, Standing
from accord.engine.heard import TrafficHour
from accord.engine.hook_watch import HookWatch
from accord.engine.naming import named
from accord.engine.paging import NotNowError, Pager, cannot_list
from accord.engine.ports import FeedError, Link, Settlement, Store, Task, TaskKind
from accord.engine.settling import Circumstances, Pace, unhurried
from accord.engine.traffic import Traffic, Wait

# A list cannot be gone on with where it stopped, so there must be time for all of it.
LEASE = timedelta(minutes=15)
# After this every connector's feed has had time to show the hour: their overlaps are 3 to 5
# minutes, and they are read every 5 minutes at the least.
SETTLES = timedelta(minutes=15)
# What was down for longer is not made up for: a list of so many hours would take days.
LONGEST_GAP = timedelta(days=31)
# Holes, and lists that disagree, are looked at again after a minute, two, four, …
FIRST_LOOK, LONGEST_WAIT, MOST_DOUBLINGS = timedelta(minutes=1), timedelta(hours=6), 10
# At first it is enough to see whether a hole is settled. One that stays must not hide another,
# so from then on the whole hour is asked for again as well.
LOOKS_FIRST = 3
# What a list lacks after so many looks, which is after two hours, is taken for deleted.
DELETED_AFTER = 7
# An hour is called silent only while we know that we were there to listen.
JUDGED_WITHIN = timedelta(hours=2)


class CensusTaker:
    """Asks for each hour once it has settled, oldest first, until it is certified."""

    def __init__(
        self,
        rules: SweepRules,
        links: Mapping[str, Link],
        store: Store,
        pace: Pace,
        *,
        traffic: Traffic,
        pager: Pager,
    ) -> None:
        self._rules = rules
        self._links = links
        self._store = store
        self._pace = pace
        self._traffic = traffic
        self._pager = pager
        self._hooks = HookWatch(links, store, pace.clock)

    async def begin(self) -> None:
        """See that there is a census of every hour from now on, and of those missed."""
        for system in self._links:
            await self._store.ask(TaskKind.CENSUS, system, ["*"], self._pace.clock())

    async def turn(self, system: str) -> int:
        """Make or look at one hour of ``system`` that is due; return whether there was work."""
        now = self._pace.clock()
        tasks = await self._store.claim(TaskKind.CENSUS, [system], 1, LEASE, now)
        for task in tasks:
            settlement = await self._one(task, now + LEASE)
            await self._store.settle([settlement], self._pace.clock())
        return len(tasks)

    async def _one(self, task: Task, lease_ends: datetime) -> Settlement:
        system, now = task.system, self._pace.clock()
        await self._add_hours(system, _floor(now))
        census = await self._store.census.next(system, now)
        if census is not None:
            try:
                await self._look(census, lease_ends)
            except NotNowError as error:
                return await self._not_now(task, census, error.wait)
            except FeedError as error:
                return await self._failed(task, census, error.outcome)
        due = await self._store.census.next_due(system)
        closes = _floor(now) + HOUR
        return Settlement(task=task, due=min(due or closes, closes))

    async def _add_hours(self, system: str, running: datetime) -> None:
        """Put down the hours up to the one that is running, with what came in those before."""
        latest = await self._store.census.latest(system)
        if latest is not None and latest >= running:
            return
        first = running if latest is None else max(latest + HOUR, running - LONGEST_GAP)
        hours = [first + n * HOUR for n in range((running - first) // HOUR + 1)]
        settles = HOUR + SETTLES + self._rules.overlap
        await self._store.census.add([_new(system, hour, hour + settles) for hour in hours])
        if latest is not None:
            for hour in {latest, running - HOUR}:
                await self._listen(system, hour)
        await self._hooks.correct(system)

    async def _listen(self, system: str, hour: datetime) -> None:
        """Note how much came in an hour that just closed, and whether that is too little."""
        end = hour + HOUR
        if not end <= self._pace.clock() <= end + JUDGED_WITHIN:
            return
        counts = await self._store.heard.count(system, hour, end)
        ways = [Origin.FEED, *([Origin.HOOK] if self._links[system].topics else [])]
        noted: list[TrafficHour] = []
        for origin in ways:
            before = await self._store.heard.traffic(system, origin, same_hours(hour))
            expected, came = usual(before, hour), counts.get(origin, 0)
            now_known = TrafficHour(
                system=system,
                origin=origin,
                hour=hour,
                envelopes=came,
                usual=expected,
                silent=is_silent(came, expected),
            )
            noted.append(now_known)
        await self._store.heard.note(noted)

    async def _look(self, census: Census, lease_ends: datetime) -> None:
        """Look at the holes of an hour, or ask the system for all of it."""
        system, hour = census.system, census.hour
        holes = await self._store.census.holes(system, hour)
        left = [hole for hole in holes if hole.is_open]
        if left and census.tries < LOOKS_FIRST:
            held = max(census.listed - len(left), 0)
            await self._store.census.write(self._still(replace(census, held=held), left))
            return
        try:
            listed = await list_hour(self._pager, self._links[system], hour, lease_ends, self._pace)
        except FeedError as error:
            if not cannot_list(error.outcome):
                raise
            await self._store.census.write(not_possible(census, error.outcome))
            return
        await self._compare(census, listed, holes)

    async def _compare(self, census: Census, listed: Listed, known: Sequence[Hole]) -> None:
        """Hold a list against what was here before it was asked for; keep what was not.

        ``known`` are the holes that the hour has by now; one that is still open stays one, also
        where the system lists another row in its place.
        """
        system, now = census.system, self._pace.clock()
        kept = await self._store.census.kept(system, listed.rows)
        missing: list[Incoming] = []
        news: list[Incoming] = []
        holes: list[Hole] = []
        for identity, row in listed.rows.items():
            had = kept.get(identity)
            if had is None or had.received_at >= listed.asked_at:
                missing.append(row)
                holes.append(self._hole(census, row, now))
            elif had.standing not in SETTLED:
                holes.append(self._hole(census, row, now, had.standing))
            if had is None or (had.origin, had.standing) == (Origin.FEED, Standing.APPLIED):
                news.append(row)
        asked = replace(
            census,
            listed=listed.count,
            held=len(listed.rows) - len(holes),
            found=len({hole.identity for hole in (*known, *holes)}),
            asked_at=listed.asked_at,
        )
        before = {hole.identity: hole for hole in known if hole.is_open}
        holes = [*{**{hole.identity: hole for hole in holes}, **before}.values()]
        if holes:
            told = self._still(asked, holes)
        elif differs := disagreement(listed, self._links[system], census.hour):
            told = self._again(asked, differs)
        else:
            told = await self._certified(asked, listed)
        if await self._store.census.write(told, holes, missing):
            await self._hooks.look(system, census.hour, news)

    async def _certified(self, asked: Census, listed: Listed) -> Census:
        """Return the certificate, unless the list lacks what its own system told of the hour.

        That may have changed again since, and is read again at once. What stays away for hours
        was deleted there; the certificate names it. An empty list proves nothing of the kind.
        """
        now, link = self._pace.clock(), self._links[asked.system]
        absent = await unlisted(link, self._store, listed, asked.hour, now)
        names = [*absent.values()]
        if absent and (asked.tries < DELETED_AFTER or not listed.rows):
            if asked.tries == 0:
                keys = [f"order:{own}" for own in absent]
                await self._store.ask(TaskKind.REREAD, asked.system, keys, now)
            return self._again(asked, f"it does not list {in_short(names)}, which it told of")
        return certificate(asked, names)

    def _hole(
        self, census: Census, row: Incoming, now: datetime, standing: Standing | None = None
    ) -> Hole:
        """Return a row as a hole; with a ``standing`` it was here, and not settled."""
        return Hole(
            system=census.system,
            hour=census.hour,
            identity=row.identity,
            topic=row.topic,
            name=named(self._links[census.system], row).name,
            was_there=standing is not None,
            found_at=now,
            standing=standing,
        )

    def _still(self, census: Census, holes: list[Hole]) -> Census:
        """Return an hour with holes that nothing has settled yet."""
        return with_holes(self._later(census), holes)

    def _again(self, census: Census, why: str) -> Census:
        return not_made(self._later(census), why)

    def _later(self, census: Census) -> Census:
        wait = min(FIRST_LOOK * 2 ** min(census.tries, MOST_DOUBLINGS), LONGEST_WAIT)
        return replace(census, tries=census.tries + 1, due=self._pace.clock() + wait)

    async def _not_now(self, task: Task, census: Census, wait: Wait) -> Settlement:
        await self._store.census.write(not_made(census, wait.why))
        return Settlement(task=task, due=wait.until, note=wait.why)

    async def _failed(self, task: Task, census: Census, outcome: Outcome) -> Settlement:
        """Try the same hour again later: what the link answers says nothing about the hour."""
        down = self._traffic.is_down(task.system)
        settlement = unhurried(task, outcome, Circumstances(pace=self._pace, down=down))
        await self._store.census.write(not_made(census, settlement.note))
        return settlement


def _floor(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _new(system: str, hour: datetime, due: datetime) -> Census:
    fresh = Census(system=system, hour=hour, due=due)
    return not_made(fresh, "it is asked for once the hour has settled")
