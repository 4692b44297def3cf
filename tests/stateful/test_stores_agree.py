"""Random histories hold PostgreSQL to its model: the same is done to both, answers compared."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accord.domain.outcome import Throttled, Unavailable
from accord.domain.reason import Objection, Poison, Reason, UnknownWord
from accord.domain.report import EXTERNAL, Ref
from accord.domain.shape import shape
from accord.engine.desk import EVERYTHING, EVERYWHERE, Deed, repairs_at
from accord.engine.envelope import Lookup, Standing
from accord.engine.ports import (
    Change,
    Doubt,
    LinkTakenError,
    Settlement,
    Sitting,
    Task,
    TaskKind,
    Verdict,
)
from accord.engine.subscription_book import SubscriptionLine
from accord.storage.memory import MemoryStore
from accord.storage.postgres import PostgresStore, postgres_store
from tests.stateful.repairing import WAYS, Way, ledger
from tests.storage.databases import Databases
from tests.storage.examples import MINUTE, NOW, AnyStore, cell, incoming, matrix

T = TypeVar("T")

SYSTEMS = st.sampled_from(["shop", "erp"])
NAMES = st.sampled_from("abcde")
REFS = st.builds(Ref, st.sampled_from(["shop", "erp", EXTERNAL]), NAMES)
KINDS = st.sampled_from(TaskKind)
MINUTES = st.integers(0, 5).map(lambda number: timedelta(minutes=number))
REASONS: st.SearchStrategy[Reason] = st.builds(UnknownWord, SYSTEMS, NAMES, NAMES) | st.builds(
    Poison, SYSTEMS, st.integers(3, 5)
)
OBJECTIONS = st.builds(Objection, REASONS, st.lists(NAMES, max_size=2).map(tuple))
VERDICTS = st.tuples(
    st.sampled_from(Standing), st.none() | REFS, st.lists(OBJECTIONS, min_size=1, max_size=2)
)
# The order a change is for is chosen by one of its names; None makes a new one.
CHANGES = st.tuples(
    st.none() | REFS,
    st.lists(REFS, min_size=1, max_size=3),
    st.sets(SYSTEMS),
    st.sets(SYSTEMS),
    st.dictionaries(SYSTEMS, NAMES),
)
WHATS = SYSTEMS | st.just(EVERYWHERE) | SYSTEMS.map(repairs_at)


class TwoStores(RuleBasedStateMachine):
    """Does the same to the store on PostgreSQL and to its model."""

    databases: Databases

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.Runner()
        self._open = AsyncExitStack()
        self._now = NOW
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

    tasks = Bundle("tasks")

    @rule(names=st.lists(NAMES, max_size=4), system=SYSTEMS)
    def keep(self, names: list[str], system: str) -> None:
        given = [incoming(name, system) for name in names]
        self._both(lambda store: store.keep(given))

    @rule(names=st.lists(NAMES, max_size=2), system=SYSTEMS, bookmark=NAMES)
    def advance(self, names: list[str], system: str, bookmark: str) -> None:
        given = [incoming(name, system) for name in names]
        self._both(lambda store: store.advance(system, given, bookmark))

    @rule(
        limit=st.integers(0, 4),
        verdicts=st.lists(VERDICTS, min_size=4, max_size=4),
        changes=st.lists(CHANGES, max_size=2),
        hints=st.dictionaries(SYSTEMS, st.lists(st.builds(Lookup, REFS), max_size=2)),
        fails=st.booleans(),
    )
    def interpret(self, *, fails: bool, limit: int, **written: Any) -> None:
        async def sit(store: AnyStore) -> object:
            try:
                async with store.interpreting(limit, self._now) as sitting:
                    answer = await write_down(sitting, self._now, **written)
                    stumble(1 - fails)
            except (LinkTakenError, ZeroDivisionError) as error:
                return repr(error)
            return answer

        self._both(sit)

    @rule(kind=KINDS, system=SYSTEMS, keys=st.lists(NAMES, max_size=3), wait=MINUTES)
    def ask(self, kind: TaskKind, system: str, keys: list[str], wait: timedelta) -> None:
        due = self._now + wait
        self._both(lambda store: store.ask(kind, system, keys, due))

    @rule(
        target=tasks,
        kind=KINDS,
        systems=st.sets(SYSTEMS),
        limit=st.integers(1, 4),
        lease=MINUTES,
        urgent=st.booleans(),
    )
    def claim(
        self, *, kind: TaskKind, systems: set[str], limit: int, lease: timedelta, urgent: bool
    ) -> Any:
        real, model = (
            self._run(store.claim(kind, systems, limit, lease, self._now, urgent=urgent))
            for store in (self._real, self._model)
        )
        pairs = list(zip(real, model, strict=True))
        assert [shown(one) for one, _ in pairs] == [shown(other) for _, other in pairs]
        return multiple(*pairs)

    @rule(target=tasks, system=SYSTEMS, limit=st.integers(1, 4), lease=MINUTES)
    def claim_repairs(self, *, system: str, limit: int, lease: timedelta) -> Any:
        real, model = (
            self._run(store.claim_repairs(system, limit, lease, self._now))
            for store in (self._real, self._model)
        )
        pairs = list(zip(real, model, strict=True))
        assert [shown(one) for one, _ in pairs] == [shown(other) for _, other in pairs]
        return multiple(*pairs)

    @rule(system=SYSTEMS, place=st.integers(0, 3), why=NAMES, wait=MINUTES)
    def ask_for_a_repair(self, system: str, place: int, why: str, wait: timedelta) -> None:
        async def do(store: AnyStore) -> None:
            orders = [line.order for line in await store.orders()][place : place + 2]
            await store.ask_repairs(system, orders, why, self._now + wait, self._now)

        self._both(do)

    @rule(system=SYSTEMS, place=st.integers(0, 2), how=st.sampled_from(WAYS))
    def decide_a_repair(self, system: str, place: int, how: Way) -> None:
        self._both(lambda store: how(store, system, place, self._now))

    @rule(
        pair=tasks,
        wait=st.none() | MINUTES,
        failed=st.booleans(),
        dead=st.booleans(),
        firm=st.booleans(),
        urgent=st.booleans(),
        repair=st.booleans(),
        doubt=st.none() | st.builds(Doubt, MINUTES.map(lambda wait: NOW + wait), st.integers(0, 2)),
        note=NAMES,
    )
    def settle(self, pair: tuple[Task, Task], wait: timedelta | None, **ending: Any) -> None:
        due = None if wait is None else self._now + wait
        endings = [Settlement(task=task, due=due, **ending) for task in pair]
        real = self._run(self._real.settle([endings[0]], self._now))
        model = self._run(self._model.settle([endings[1]], self._now))
        assert len(real) == len(model)

    @rule(system=SYSTEMS, topics=st.sets(NAMES, max_size=3), own=NAMES, there=st.booleans())
    def look_at_subscriptions(
        self, system: str, topics: set[str], own: str, *, there: bool
    ) -> None:
        found = [
            SubscriptionLine(
                system=system,
                topic=topic,
                own=own,
                seen_at=self._now if there else None,
                missing_since=None if there else self._now,
            )
            for topic in sorted(topics)
        ]
        self._both(lambda store: store.subscription_book.note(system, found))

    @rule(system=SYSTEMS, wait=MINUTES, fails=st.booleans())
    def hear_of_a_link(self, system: str, wait: timedelta, *, fails: bool) -> None:
        outcome = Unavailable("no answer") if fails else Throttled(wait)
        self._both(
            lambda store: store.reckon(system, lambda state: state.heard(outcome, self._now))
        )

    @rule(places=st.sets(st.integers(0, 3)), discarded=st.booleans())
    def empty_quarantine(self, places: set[int], *, discarded: bool) -> None:
        deed = Deed(what="discarded" if discarded else "released", who="Ana", at=self._now)

        async def do(store: AnyStore) -> object:
            act = store.desk.discard if discarded else store.desk.release
            numbers = [each.id for each in await store.desk.aside(EVERYTHING, 0, 99)]
            done = await act([numbers[place] for place in places if place < len(numbers)], deed)
            return [numbers.index(number) for number in done]

        self._both(do)

    @rule(places=st.sets(st.integers(0, 3)))
    def try_again(self, places: set[int]) -> None:
        deed = Deed(what="retried", who="Ana", at=self._now)

        async def do(store: AnyStore) -> int:
            letters = await store.desk.dead_letters(EVERYTHING, 0, 99)
            meant = [letter.id for place, letter in enumerate(letters) if place in places]
            return len(await store.desk.retry(meant, deed))

        self._both(do)

    @rule(system=WHATS, paused=st.booleans())
    def pause(self, system: str, *, paused: bool) -> None:
        deed = Deed(what="paused" if paused else "resumed", who="Ana", why="because", at=self._now)
        self._both(lambda store: (store.desk.pause if paused else store.desk.resume)(system, deed))

    @rule(wait=MINUTES)
    def time_passes(self, wait: timedelta) -> None:
        self._now += wait

    @invariant()
    def they_show_the_same(self) -> None:
        self._both(self._shown)

    async def _shown(self, store: AnyStore) -> object:
        lines = await store.orders()
        files = [await store.order(line.order) for line in lines]
        counts = await store.counts()
        return (
            [line.matrix for line in lines],
            [(file.history, file.pending) for file in files if file],
            (counts.orders, counts.history, counts.envelopes),
            await store.balance(),
            await store.due(self._now),
            [await store.bookmark(system) for system in ("shop", "erp")],
            [each.objections for each in await store.desk.aside(EVERYTHING, 0, 99)],
            await store.desk.grounds(),
            [each.waits_for for each in await store.desk.parked(self._now, 99)],
            [
                (each.kind, each.system, each.key, each.failures, each.note)
                for each in await store.desk.dead_letters(EVERYTHING, 0, 99)
            ],
            await store.desk.pauses(),
            [(each.what, len(each.things)) for each in await store.desk.deeds(99)],
            await store.links(self._now),
            await store.subscriptions(),
            await ledger(store, self._now),
            await shapes(store),
        )


def stumble(over: int) -> None:
    """Raise ``ZeroDivisionError`` for zero, in the middle of a sitting."""
    1 // over


def shown(task: Task) -> tuple[object, ...]:
    """Return what of a task is the same in both stores; tokens are each store's own."""
    held = (task.urgent, task.repair, task.taken_over, task.doubt)
    return (task.kind, task.system, task.key, task.failures, *held)


async def write_down(
    sitting: Sitting,
    now: datetime,
    verdicts: list[tuple[Standing, Ref | None, list[Objection]]],
    changes: list[tuple[Ref | None, list[Ref], set[str], set[str], dict[str, str]]],
    hints: dict[str, list[Lookup]],
) -> object:
    """Write to one order each what ``changes`` tell; return what the sitting showed."""
    asked = {ref for ref, *_ in changes if ref is not None}
    known = await sitting.find(asked)
    held = await sitting.matrices(frozenset(known.values()))
    written: dict[str | int, Change] = {}
    for place, (ref, refs, due, urgent, found) in enumerate(changes):
        order = known.get(ref) if ref is not None else None
        names = {*refs, *(held[order].refs if order else ())}
        told = cell(said_at=now)
        change = Change(
            order=order,
            matrix=matrix(*names, cells=[told]),
            told=(told,),
            due=tuple(sorted(due)),
            urgent=frozenset(urgent),
            repairs={name: why for name, why in found.items() if name not in urgent},
            wait=MINUTE,
            tell=bool(urgent),
        )
        written[order or place] = change
    judged = [
        Verdict(
            envelope=envelope.id,
            standing=standing,
            waits_for=ref,
            objections=tuple(why) if standing is Standing.QUARANTINED else (),
        )
        for envelope, (standing, ref, why) in zip(sitting.envelopes, verdicts, strict=False)
    ]
    await sitting.write(list(written.values()), judged, hints, now)
    bodies = [envelope.body for envelope in sitting.envelopes]
    return bodies, sorted(known, key=repr), sorted(map(repr, held.values()))


async def shapes(store: AnyStore) -> object:
    """Return how many orders there are of each shape; of which one is shown is no matter."""
    found = await store.drifts.shapes()
    assert all(shape(one.matrix) == one.digest for one in found)
    return [(one.digest, one.orders) for one in found]


def test_any_history_leaves_both_stores_the_same(embedded_databases: Databases) -> None:
    TwoStores.databases = embedded_databases
    run_state_machine_as_test(
        TwoStores,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            # Making a history shorter takes minutes on a database; the seed is told anyway.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
