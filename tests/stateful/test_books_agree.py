"""Random histories hold the books of sweep and census in PostgreSQL to their model."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from accord.engine.census_book import HOUR, Census, CensusState, Hole
from accord.engine.envelope import Origin, Standing
from accord.engine.heard import Miss, TrafficHour
from accord.engine.sweep_book import Counts, Occasion, Sweep
from accord.engine.sweep_book import Phase as SweepPhase
from accord.storage.embedded import EmbeddedServer
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.databases import Databases, open_folder
from tests.storage.examples import NOW, AnyStore, incoming, judge, own, place_order

T = TypeVar("T")

SYSTEMS = st.sampled_from(["shop", "erp"])
ANY = st.sampled_from(["", "shop", "erp", "nobody"])
NAMES = st.lists(st.sampled_from("abcd"), max_size=3)
HOURS = st.integers(0, 4).map(lambda number: NOW + number * HOUR)
MAYBE_HOURS = st.none() | HOURS
NUMBERS = st.integers(0, 3)
TEXTS = st.sampled_from(["", "away", "a\x00b"])
ORIGINS = st.sampled_from(Origin)


class TwoBooks(RuleBasedStateMachine):
    """Does the same to the books in PostgreSQL and to their model."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._open = AsyncExitStack()
        self._database = self.databases.fresh()
        self._model = MemoryStore()
        self._real = self._run(self._connect(self._database.__enter__()))

    async def _connect(self, url: str) -> PostgresStore:
        return await self._open.enter_async_context(postgres_store(url))

    def _run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self._loop.run(waited())

    def teardown(self) -> None:
        self._run(self._open.aclose())
        self._loop.close()
        self._database.__exit__(None, None, None)

    def _both(self, do: Callable[[AnyStore], Awaitable[T]]) -> T:
        real, model = self._run(do(self._real)), self._run(do(self._model))
        assert real == model
        return real

    @initialize()
    def there_are_orders(self) -> None:
        for name in ("1", "2", "3"):
            self._both(lambda store, name=name: place_order(store, own(name)))  # type: ignore[misc]

    @rule(names=NAMES, system=SYSTEMS, origin=ORIGINS, hour=HOURS)
    def keep(self, names: list[str], system: str, origin: Origin, hour: Any) -> None:
        given = [replace(incoming(n, system, origin), received_at=hour) for n in names]
        self._both(lambda store: store.keep(given))

    @rule(standing=st.sampled_from(Standing))
    def interpret(self, standing: Standing) -> None:
        self._both(lambda store: judge(store, standing))

    @rule(system=SYSTEMS, occasion=st.sampled_from(Occasion), since=HOURS, trouble=TEXTS)
    def begin(self, system: str, occasion: Occasion, since: Any, trouble: str) -> None:
        sweep = Sweep(
            system=system,
            occasion=occasion,
            since=since,
            until=since + HOUR,
            place=since,
            step=HOUR,
            phase_since=since,
            started_at=NOW,
            trouble=trouble,
        )
        self._both(lambda store: begun(store, sweep))

    @rule(
        number=st.integers(0, 4),
        further=st.integers(-30, 60),
        phase=st.sampled_from(SweepPhase),
        counts=st.builds(Counts, read=NUMBERS, missed=NUMBERS, drifting=st.none() | NUMBERS),
        names=NAMES,
        trouble=TEXTS,
    )
    def note(
        self,
        *,
        number: int,
        further: int,
        phase: Any,
        counts: Counts,
        names: list[str],
        trouble: str,
    ) -> None:
        async def do(store: AnyStore) -> Sweep | None:
            found = [*await store.sweeps.sweeps("", 99)]
            # One that is not there is brought no further, and what it found is kept.
            held = found[number] if number < len(found) else replace(SOME, id=99)
            moved = replace(
                held,
                place=held.place + timedelta(minutes=further),
                phase=phase,
                phase_since=held.place,
                counts=counts,
                trouble=trouble,
                ended_at=NOW if phase is SweepPhase.ENDED else None,
            )
            given = [incoming(name, "shop", Origin.FEED) for name in names]
            noted = await store.sweeps.note(moved, given)
            return noted and shown(noted)

        self._both(do)

    @rule(orders=st.lists(st.sampled_from(["1", "2", "9", "x"])), system=SYSTEMS, at=HOURS)
    def sampled(self, orders: list[str], system: str, at: Any) -> None:
        self._both(lambda store: store.sweeps.sampled(system, orders, at))

    @rule(hours=st.lists(HOURS, max_size=3), system=SYSTEMS, state=st.sampled_from(CensusState))
    def add(self, hours: list[Any], system: str, state: CensusState) -> None:
        given = [
            Census(system=system, hour=hour, state=state, due=hour + HOUR, sentence="not yet")
            for hour in hours
        ]
        self._both(lambda store: store.census.add(given))

    @rule(
        system=SYSTEMS,
        hour=HOURS,
        state=st.sampled_from(CensusState),
        names=NAMES,
        fills=st.booleans(),
        listed=NUMBERS,
        sentence=TEXTS,
    )
    def write(
        self,
        system: str,
        hour: Any,
        *,
        state: CensusState,
        names: list[str],
        fills: bool,
        listed: int,
        sentence: str,
    ) -> None:
        census = Census(
            system=system,
            hour=hour,
            state=state,
            listed=listed,
            held=listed,
            found=len(names),
            tries=1,
            due=hour + 2 * HOUR,
            asked_at=NOW,
            sentence=sentence.replace("\x00", ""),
        )
        holes = [
            Hole(
                system=system,
                hour=hour,
                identity=name.encode(),
                topic="feed/order",
                name=name,
                was_there=not fills,
                found_at=NOW,
            )
            for name in names
        ]
        filling = [incoming(name, system, Origin.FEED) for name in names if fills]
        self._both(lambda store: store.census.write(census, holes, filling))

    @rule(system=SYSTEMS, hour=HOURS, names=NAMES, late=st.booleans())
    def miss(self, system: str, hour: Any, names: list[str], *, late: bool) -> None:
        misses = [
            Miss(system=system, topic="orders/updated", hour=hour, thing=name, said_at=hour)
            for name in names
        ]
        came = [replace(one, came_at=hour + HOUR) for one in misses]
        self._both(lambda store: store.heard.came(came) if late else store.heard.miss(misses))

    @rule(system=SYSTEMS, hour=HOURS, origin=ORIGINS, many=NUMBERS, silent=st.booleans())
    def traffic(self, system: str, hour: Any, origin: Origin, many: int, *, silent: bool) -> None:
        noted = TrafficHour(
            system=system,
            origin=origin,
            hour=hour,
            envelopes=many,
            usual=many or None,
            silent=silent,
        )
        self._both(lambda store: store.heard.note([noted]))

    @rule(system=ANY, since=MAYBE_HOURS, until=MAYBE_HOURS, limit=NUMBERS)
    def look(self, system: str, since: Any, until: Any, limit: int) -> None:
        async def do(store: AnyStore) -> object:
            return (
                [shown(one) for one in await store.sweeps.sweeps(system, limit)],
                await store.sweeps.is_read(system, since or NOW),
                await store.census.latest(system),
                await store.census.next_due(system),
                await store.census.next(system, since or NOW),
                await store.census.hours(system, since, until, limit),
                await store.census.open_holes(system, since, until),
                await store.census.kept(system, [b"a", b"b", b"z"]),
                await store.heard.missed(system, since or NOW, until),
                await store.heard.missing(system, since or NOW),
                await store.heard.silent(since or NOW),
                await store.heard.count(system, since or NOW, until or NOW + HOUR),
                await store.heard.traffic(system, Origin.HOOK, [NOW, NOW + HOUR]),
                [
                    h.body
                    for h in await store.heard.received(
                        system, [Origin.HOOK], NOW, NOW + 9 * HOUR, after=0, limit=limit
                    )
                ],
            )

        self._both(do)

    @invariant()
    def all_of_it_is_the_same(self) -> None:
        async def do(store: AnyStore) -> object:
            return (
                [shown(one) for one in await store.sweeps.sweeps("", 99)],
                [await begun(store, None, system) for system in ("shop", "erp")],
                await store.census.hours("", None, None, 99),
                await store.census.open_holes(""),
                [await store.census.holes("shop", NOW + n * HOUR) for n in range(5)],
                [(s.order, s.asked_at) for s in await store.sweeps.sample("shop", 2)],
                await store.sweeps.named([own("1"), own("7")]),
            )

        self._both(do)


SOME = Sweep(
    system="shop",
    occasion=Occasion.DEMAND,
    since=NOW,
    until=NOW,
    place=NOW,
    step=HOUR,
    phase_since=NOW,
    started_at=NOW,
)


async def begun(store: AnyStore, sweep: Sweep | None, system: str = "") -> Sweep | None:
    found = await (store.sweeps.open(system) if sweep is None else store.sweeps.begin(sweep))
    return found and shown(found)


def shown(sweep: Sweep) -> Sweep:
    """Return a sweep without its number; what no database keeps is shown by a sign."""
    return replace(sweep, id=0, trouble=sweep.trouble.replace("\x00", "\N{SYMBOL FOR NULL}"))


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with open_folder() as folder:
        server = EmbeddedServer(folder / "data")
        server.enter()
        yield Databases(server.url)
        server.leave()


def test_any_history_leaves_both_books_the_same(databases: Databases) -> None:
    TwoBooks.databases = databases
    run_state_machine_as_test(
        TwoBooks,
        settings=settings(
            max_examples=10,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
