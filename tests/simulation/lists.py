"""What befalls a system's own lists, and what it holds itself while we take a census of it."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any

import msgspec

from accord.connector_kit.http import in_process
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.simulator import Simulator, World
from accord.engine.census import SETTLES
from accord.engine.census_book import HOUR, SETTLED, Census, CensusState
from accord.engine.envelope import Incoming, Origin
from accord.engine.link import Document, FeedError, Page
from accord.engine.naming import named
from accord.engine.reading import kept_from
from accord.settings.linking import links
from accord.settings.systems import SystemSettings
from tests.simulation.chronicle import Chronicle
from tests.simulation.weather import Weather

TIMES = frozenset({"updatedAt", "lm", "modified_at"})
# An hour has its certificate or its hole by then: it settles, and is asked for within one more.
NAMED_WITHIN = SETTLES + 2 * HOUR


class Lists:
    """Feeds that are silent or skip an order, lists that lose, repeat and spoil rows."""

    def __init__(
        self,
        world: World,
        weather: Weather,
        chance: Random,
        *,
        chronicle: Chronicle,
        store: Any,
        pretend: Mapping[str, Simulator],
        systems: Mapping[str, SystemSettings],
    ) -> None:
        """Draw how bad the lists of this seed are."""
        self._world, self._weather, self._chance = world, weather, chance
        self._chronicle, self._store = chronicle, store
        apps = {name: in_process(simulator.app) for name, simulator in pretend.items()}
        self._clean = links(systems, apps, world.clock)
        self._skipped = chance.choice((0, 0, 0.2, 0.5))
        self._spoilt = chance.choice((0, 0, 0.1, 0.4))
        self._silent = {name: [*self._silences(world.now)] for name in pretend}
        self._drawn: dict[str, bool] = {}
        self._held: dict[tuple[str, datetime], tuple[set[str], dict[bytes, str]]] = {}

    def _silences(self, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
        span = self._weather.calm_at - begin
        for _ in range(self._chance.choice((0, 0, 1, 2))):
            start = begin + self._chance.random() * span
            yield start, start + self._chance.choice((HOUR / 4, HOUR, 3 * HOUR))

    async def changes(self, link: ConnectedSystem, bookmark: str | None) -> AsyncIterator[Page]:
        """Yield a feed as it comes: silent at times, and of some orders at all."""
        async for page in link.changes(bookmark):
            yield Page(tuple(d for d in page.documents if self._is_shown(link, d)), page.bookmark)

    def _is_shown(self, link: ConnectedSystem, document: Document) -> bool:
        now = self._world.now
        if self._weather.calm:
            return True
        if any(begin <= now < end for begin, end in self._silent[link.system]):
            self._chronicle.reach("feed silent")
            return False
        (row,) = kept_from(link, [document], Origin.FEED, now)
        about = f"{link.system} {named(link, row).name}"
        if about not in self._drawn:
            self._drawn[about] = self._chance.random() < self._skipped
        if self._drawn[about]:
            self._chronicle.reach("order skipped by the feed")
        return not self._drawn[about]

    async def listing(
        self, link: ConnectedSystem, since: datetime, until: datetime
    ) -> AsyncIterator[Page]:
        """Yield a list as it comes, and note what the system holds when it is told."""
        shown: set[str] = set()
        async for page in link.listing(since, until):
            told = self._spoil(page)
            rows = kept_from(link, told.documents, Origin.FEED, self._world.now)
            shown |= {named(link, row).name for row in rows}
            yield told
        if until - since == HOUR:
            held = await self._holds(link.system, since, until)
            self._held[link.system, since] = (shown, held)

    def _spoil(self, page: Page) -> Page:
        rows = [*page.documents]
        if self._weather.calm or not rows or self._chance.random() >= self._spoilt:
            return page
        place = self._chance.randrange(len(rows))
        how = self._chance.choice(("lost", "repeated", "without its time"))
        self._chronicle.reach(f"row {how}")
        if how == "lost":
            del rows[place]
        elif how == "repeated":
            rows.append(rows[place])
        else:
            rows[place] = _timeless(rows[place])
        return Page(tuple(rows), of=page.of)

    async def _holds(self, system: str, since: datetime, until: datetime) -> dict[bytes, str]:
        """Return what a system holds of a window, by identity, asked without any weather."""
        link = self._clean[system]
        rows: list[Incoming] = []
        try:
            async for page in link.listing(since, until):
                rows += kept_from(link, page.documents, Origin.FEED, self._world.now)
        except FeedError:
            return {}  # somebody else's fault struck us; the next certificate is looked at
        return {row.identity: named(link, row).name for row in rows}

    async def written(self, census: Census) -> None:
        """Hold a certificate against what the system held when it told its list."""
        if census.state is not CensusState.CERTIFIED:
            return
        self._chronicle.reach("hour certified")
        if census.found:
            self._chronicle.reach("hour certified after holes were filled")
        shown, held = self._held.get((census.system, census.hour), (set(), {}))
        kept = await self._store.census.kept(census.system, [*held])
        for identity, name in held.items():
            row = kept.get(identity)
            if (row is None or row.standing not in SETTLED) and name not in shown:
                self._chronicle.blame(f"{census.sentence}: but {name} is not here")
        if len(held) > census.listed:
            self._chronicle.blame(f"{census.sentence}: but {len(held)} are there")

    async def judge(self) -> None:
        """Blame every hour that is neither certified nor has a hole by its name in time."""
        now, book = self._world.now, self._store.census
        for system in self._clean:
            hours = {one.hour: one for one in await book.hours(system, None, None, 9999)}
            hour = min(hours, default=now)
            while hour + HOUR + NAMED_WITHIN < now:
                one = hours.get(hour)
                if one is None or one.state is CensusState.OPEN:
                    self._chronicle.blame(f"{system} {hour}: {one and one.sentence}")
                elif one.state is CensusState.HOLES:
                    self._chronicle.reach("hour with a hole at the end")
                    if not any(hole.is_open for hole in await book.holes(system, hour)):
                        self._chronicle.blame(f"{one.sentence}: no hole is open")
                hour += HOUR

    async def close(self) -> None:
        """Let go of the clean links."""
        for link in self._clean.values():
            await link.close()


def _timeless(document: Document) -> Document:
    return Document(document.topic, msgspec.json.encode(_bare(msgspec.json.decode(document.body))))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if key not in TIMES}
    return [_bare(each) for each in value] if isinstance(value, list) else value
