"""Random orders and work hold the comparison in PostgreSQL to its model."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from accord.domain.action import Approve
from accord.domain.drift import DriftClass
from accord.domain.matrix import Matrix
from accord.domain.outcome import Applied
from accord.domain.reason import Objection, UnknownWord
from accord.domain.report import Ref
from accord.engine.compare_all import Compared, Comparing
from accord.engine.drift_ledger import DriftSought
from accord.engine.envelope import Standing
from accord.engine.ports import Attempt, Change, Settlement, Verdict
from accord.storage.embedded import EmbeddedServer
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store
from tests.domain.lives import orders
from tests.domain.stack import NOON, stack
from tests.storage.databases import Databases, open_folder
from tests.storage.examples import PROPAGATE, AnyStore, incoming

T = TypeVar("T")
ACCORD = stack()
SYSTEMS = st.sampled_from([*ACCORD.systems])
PLACES = st.integers(1, 4)
WAITS = st.sampled_from([timedelta(minutes=1), timedelta(hours=6), timedelta(days=2)])


def under(number: int, matrix: Matrix) -> Matrix:
    return replace(matrix, refs=(Ref("books", f"b{number}"), Ref("number", str(number))))


class TwoComparisons(RuleBasedStateMachine):
    """Does the same to both stores, and compares all orders in both."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._open = AsyncExitStack()
        self._now = NOON
        self._orders = 0
        self._database = self.databases.fresh()
        self._model = MemoryStore()
        self._heard = 0
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

    @rule(matrix=orders(), due=st.sets(SYSTEMS), place=st.none() | PLACES)
    def tell(self, matrix: Matrix, due: set[str], place: int | None) -> None:
        known = place is not None and place <= self._orders
        self._orders += not known
        number = place if place is not None and known else self._orders
        whole = under(number, matrix)
        told = tuple(replace(cell, evidence="1") for cell in matrix.cells.values())
        order = str(number) if known else None
        change = Change(order=order, matrix=whole, told=told, due=tuple(sorted(due)))

        async def write(store: AnyStore) -> None:
            async with store.interpreting(0, self._now) as sitting:
                await sitting.find(whole.refs)
                await sitting.write([change], [], {}, self._now)

        self._both(write)

    @rule(place=PLACES, word=st.sampled_from("QR"))
    def hear_a_word_in_no_table(self, place: int, word: str) -> None:
        objection = Objection(UnknownWord("books", "SalesOrd", word), (str(place), f"b{place}"))
        # A copy would use up a number of PostgreSQL's, and the numbers are evidence.
        self._heard += 1
        name = f"{place}{word}{self._heard}"

        async def set_aside(store: AnyStore) -> None:
            received = replace(incoming(name, "books"), received_at=self._now)
            await store.keep([received])
            async with store.interpreting(9, self._now) as sitting:
                verdicts = [
                    Verdict(
                        envelope=each.id,
                        standing=Standing.QUARANTINED,
                        objections=(objection,),
                    )
                    for each in sitting.envelopes
                ]
                await sitting.write([], verdicts, {}, self._now)

        self._both(set_aside)

    @rule(system=SYSTEMS, dead=st.booleans())
    def work(self, system: str, *, dead: bool) -> None:
        async def settle(store: AnyStore) -> None:
            lease = timedelta(minutes=1)
            tasks = await store.claim(PROPAGATE, [system], 2, lease, self._now)
            due = self._now if dead else None
            endings = [Settlement(task=task, due=due, dead=dead) for task in tasks]
            await store.settle(endings, self._now)

        self._both(settle)

    @rule(system=SYSTEMS, place=PLACES)
    def ask(self, system: str, place: int) -> None:
        attempt = Attempt(
            order=str(place),
            system=system,
            action=Approve(),
            outcome=Applied(),
            at=self._now,
            took=timedelta(0),
        )
        if place <= self._orders:
            self._both(lambda store: store.record([attempt]))

    @rule(wait=WAITS)
    def time_passes(self, wait: timedelta) -> None:
        self._now += wait

    @rule()
    def look(self) -> None:
        """Compare with nothing kept: a difference of the two is seen in the counts."""
        self._both(lambda store: self._compared(store, note=False))

    @invariant()
    def they_find_the_same(self) -> None:
        self._now += timedelta(seconds=1)
        self._both(self._shown)

    async def _shown(self, store: AnyStore) -> object:
        compared = await self._compared(store, note=True)
        open_ = await store.drifts.list_drifts(DriftSought(), 99)
        cleared = await store.drifts.list_drifts(DriftSought(cleared=True), 99)
        assert len({(one.order, one.drift.key) for one in [*open_, *cleared]}) == len(
            [*open_, *cleared]
        )
        systemic = DriftSought(standing=DriftClass.SYSTEMIC)
        return (
            compared,
            [without_number(one) for one in open_],
            sorted(repr(without_number(one)) for one in cleared),
            len(await store.drifts.list_drifts(systemic, 99)),
            await store.drifts.causes(DriftSought(system="books", order="1")),
            await store.drifts.drifting(),
            await store.numbers.share(),
        )

    async def _compared(self, store: AnyStore, *, note: bool) -> tuple[Compared, object]:
        asked: list[tuple[str, tuple[str, ...], str]] = []

        async def repairs(system: str, orders_: Sequence[str], why: str) -> None:
            asked.append((system, tuple(orders_), why))

        comparing = Comparing(
            ledger=store.drifts,
            accord=ACCORD,
            clock=lambda: self._now,
            repairs=repairs,
            systemic_from=2,
            note=note,
        )
        return await comparing.run(), sorted(asked)


def without_number(one: Any) -> Any:
    """Return it without the number of its row: each store counts for itself."""
    return replace(one, id=0)


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with open_folder() as folder:
        server = EmbeddedServer(folder / "data")
        server.enter()
        yield Databases(server.url)
        server.leave()


def test_both_stores_find_the_same_in_all_orders(databases: Databases) -> None:
    TwoComparisons.databases = databases
    run_state_machine_as_test(
        TwoComparisons,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
