"""Over a wire that loses, doubles, delays and shuffles, the matrix ends as the system stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import pytest

from accord.bootstrap import Engine, engine
from accord.connector_kit.link import ConnectedSystem
from accord.connector_kit.simulator import Hook
from accord.domain.matrix import Matrix
from accord.domain.report import NUMBER
from accord.engine.envelope import Standing
from accord.storage.memory import MemoryStore
from tests.contracts.bench import A_STEP, SYSTEM, Bench, delivery

NUMBERS = ("4001", "4002", "4003")
# Shares of hooks, far more of each than any vendor warns of.
LOST, DOUBLED, DELAYED = 0.2, 0.3, 0.3
TOLD_BEFORE_THE_NEXT = 0.7
# Within so long the slowest change feed has told what no hook did.
HOURS_TO_CATCH_UP = 8


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[tuple[Engine, MemoryStore]]:
    """Run an engine over the one system, from an empty store."""
    store = MemoryStore()
    links = {SYSTEM: ConnectedSystem(bench.connector, bench.context)}
    works = engine(bench.accord, links, store, clock=bench.world.clock, chance=lambda: 0.5)
    await works.begin()
    yield works, store
    await works.close()


async def play(bench: Bench, works: Engine, chance: Random) -> None:
    """Live through some orders at once, their hooks on a wire that does what it likes."""
    stories = {number: bench.simulator.story(number) for number in NUMBERS}
    late: list[Hook] = []
    while stories:
        number = chance.choice(sorted(stories))
        if next(stories[number], "ended") == "ended":
            del stories[number]
        if chance.random() < TOLD_BEFORE_THE_NEXT:
            bench.world.pass_time(A_STEP)
            ready, late = through(late + bench.world.sent, chance)
            bench.world.sent.clear()
            await deliver(works, ready)


def through(hooks: list[Hook], chance: Random) -> tuple[list[Hook], list[Hook]]:
    """Return what arrives now of ``hooks``, in any order, and what is still on its way."""
    kept = [hook for hook in hooks if chance.random() >= LOST]
    late = [hook for hook in kept if chance.random() < DELAYED]
    ready = [hook for hook in kept if hook not in late]
    ready += [hook for hook in kept if chance.random() < DOUBLED]
    chance.shuffle(ready)
    return ready, late


async def deliver(works: Engine, hooks: list[Hook]) -> None:
    for hook in hooks:
        await works.receiver.receive(SYSTEM, delivery(hook))
    await works.settle()


async def rest(bench: Bench, works: Engine) -> None:
    """Let the change feeds catch up."""
    for _ in range(HOURS_TO_CATCH_UP):
        bench.world.pass_time(timedelta(hours=1))
        await works.settle()


async def known(store: MemoryStore) -> dict[str, object]:
    """Return all that is known, by order number, but for when it was said and heard."""
    matrices = [line.matrix for line in await store.orders()]
    return {number(matrix): facts(matrix) for matrix in matrices}


def number(matrix: Matrix) -> str:
    return next(ref.value for ref in matrix.refs if ref.scope == NUMBER)


def facts(matrix: Matrix) -> object:
    cells = {key: (c.kind, c.word, c.state, c.happened_at) for key, c in matrix.cells.items()}
    told = {key: entry.particulars for key, entry in matrix.known.items()}
    return cells, told, sorted(matrix.refs)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_wire_does_the_matrix_ends_as_a_fresh_reading_tells(
    bench: Bench, seed: int
) -> None:
    async with running(bench) as (works, store):
        await play(bench, works, Random(seed))
        await rest(bench, works)
        in_the_end = await known(store)
        assert Standing.QUARANTINED not in (await store.balance())[SYSTEM]
    async with running(bench) as (afresh, empty):
        await afresh.settle()

        assert in_the_end == await known(empty)
        assert set(in_the_end) == set(NUMBERS)


async def test_without_a_single_hook_the_feed_tells_everything(bench: Bench) -> None:
    async with running(bench) as (works, store):
        for _ in bench.simulator.story(NUMBERS[0]):
            bench.world.pass_time(A_STEP)
            await works.settle()
        await rest(bench, works)
        polled = await known(store)
    async with running(bench) as (afresh, empty):
        await afresh.settle()

        assert polled == await known(empty)


async def test_the_same_envelope_twice_is_one_change(bench: Bench) -> None:
    async with running(bench) as (works, store):
        hooks: list[Hook] = []
        for _ in bench.simulator.story(NUMBERS[0]):
            hooks += bench.world.sent
            await deliver(works, bench.world.sent)
            bench.world.sent.clear()
        before, counted = await known(store), await store.counts()

        await deliver(works, hooks)

        assert await known(store) == before
        assert await store.counts() == counted
