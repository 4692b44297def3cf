"""What a sweep would take in and ask for: the same interpreter, over a store that goes after."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from accord.bootstrap import Engine, engine
from accord.domain.accord import Accord
from accord.domain.action import Action
from accord.domain.link_state import LinkState
from accord.domain.matrix import Matrix
from accord.domain.outcome import in_words
from accord.domain.plan import plan
from accord.engine.census_book import CensusBook
from accord.engine.envelope import Incoming, Origin, Standing
from accord.engine.naming import named
from accord.engine.paging import NotNowError, Pager
from accord.engine.ports import FeedError, Link, TaskKind
from accord.engine.reading import kept_from
from accord.engine.settling import Pace
from accord.engine.sweep_book import SweepBook
from accord.storage.memory import MemoryStore

# Nobody else waits for what a dry run holds, so it may take as long as it takes.
AS_LONG_AS_IT_TAKES = timedelta(days=1)


class Held(Protocol):
    """What is only read of the real store."""

    @property
    def sweeps(self) -> SweepBook:
        """By which names orders are known."""

    @property
    def census(self) -> CensusBook:
        """What was received."""

    async def load(self, orders: Sequence[str]) -> Mapping[str, Matrix]:
        """Return the matrices of some orders."""

    async def link_state(self, system: str) -> LinkState:
        """Return what all processes know of one link."""


class Taken(Struct, frozen=True, kw_only=True):
    """One thing that would be taken in, and what would become of it."""

    system: str
    about: str
    topic: str
    standing: Standing
    reason: str


class Asked(Struct, frozen=True, kw_only=True):
    """What would be asked of one mirror for one order."""

    system: str
    order: str
    actions: tuple[Action, ...]


class DrySweep(Struct, frozen=True, kw_only=True):
    """What a sweep would do. ``reread`` are the things that would be read again for it.

    ``trouble`` names the systems that could not be listed to the end, and why.
    """

    read: int
    taken: tuple[Taken, ...]
    asked: tuple[Asked, ...]
    reread: tuple[str, ...]
    trouble: Mapping[str, str]


class _Aside(MemoryStore):
    """The store that is thrown away, with what the real one knows of the orders concerned."""

    def place(self, order: str, matrix: Matrix) -> None:
        """Put an order where the real store has it."""
        self._place(order, matrix)

    def taken(self, links: Mapping[str, Link]) -> tuple[Taken, ...]:
        """Return what became of everything that was kept."""
        return tuple(
            Taken(
                system=row.incoming.system,
                about=named(links[row.incoming.system], row.incoming).name,
                topic=row.incoming.topic,
                standing=row.standing,
                reason=row.reason,
            )
            for row in self._envelopes
        )

    def wanted(self, kind: TaskKind) -> list[tuple[str, str]]:
        """Return the systems and keys of work that was asked for."""
        return self._tasks.wanted(kind)


class DrySweeper:
    """Lists what a sweep would, and lets it be interpreted aside."""

    def __init__(
        self,
        accord: Accord,
        links: Mapping[str, Link],
        held: Held,
        clock: Callable[[], datetime],
    ) -> None:
        self._accord = accord
        self._links = links
        self._held = held
        self._clock = clock

    async def run(self, systems: Sequence[str], since: timedelta) -> DrySweep:
        """Return what a sweep of these systems would do. Nothing is written anywhere."""
        aside = _Aside()
        works, now = engine(self._accord, self._links, aside, clock=self._clock), self._clock()
        window = (now - since - self._accord.sweep.overlap, now)
        read, trouble = 0, {}
        for system in systems:
            state = await self._held.link_state(system)
            await aside.reckon(system, lambda _, state=state: state)  # type: ignore[misc]
            found: dict[bytes, Incoming] = {}
            try:
                read += await self._list(works, system, window, found)
            except FeedError as error:
                trouble[system] = in_words(error.outcome)
            except NotNowError as error:
                trouble[system] = str(error)
            await self._take(aside, system, found)
        while await works.interpreter.turn():
            continue
        return DrySweep(
            read=read,
            taken=aside.taken(self._links),
            asked=await self._asked(aside),
            reread=tuple(f"{s} {key}" for s, key in aside.wanted(TaskKind.REREAD)),
            trouble=trouble,
        )

    async def _list(
        self,
        works: Engine,
        system: str,
        window: tuple[datetime, datetime],
        found: dict[bytes, Incoming],
    ) -> int:
        pager = Pager(self._links, works.traffic, Pace(self._clock, lambda: 0.5))
        ends, read = window[1] + AS_LONG_AS_IT_TAKES, 0
        async for page in pager.listing(system, *window, ends):
            now = self._clock()
            for one in kept_from(self._links[system], page.documents, Origin.FEED, now):
                found[one.identity] = one
            read += len(page.documents)
        return read

    async def _take(self, aside: _Aside, system: str, found: Mapping[bytes, Incoming]) -> None:
        """Put aside what is not here yet, and the orders it speaks of."""
        kept = await self._held.census.kept(system, found)
        news = [one for identity, one in found.items() if identity not in kept]
        refs = {ref for one in news for ref in named(self._links[system], one).refs}
        orders = await self._held.sweeps.named(refs)
        for order, matrix in (await self._held.load(sorted({*orders.values()}))).items():
            aside.place(order, matrix)
        await aside.keep(news)

    async def _asked(self, aside: _Aside) -> tuple[Asked, ...]:
        asked = []
        for system, order in aside.wanted(TaskKind.PROPAGATE):
            matrix = (await aside.load([order]))[order]
            actions = tuple(plan(matrix, self._accord, system, now=self._clock()))
            if actions:
                asked.append(Asked(system=system, order=matrix.number or order, actions=actions))
        return tuple(asked)
