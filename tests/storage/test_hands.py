"""An envelope that kills or stops whoever reads it is read alone, and the others flow."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest

from accord.engine.envelope import Standing
from accord.engine.ports import LinkTakenError, Verdict
from accord.storage.hands import is_passing
from accord.storage.postgres import PostgresStore, postgres_store
from tests.storage.examples import BEGIN, NOW, AnyStore, incoming, own

KILLER = "deadly"


class PoisonError(Exception):
    """Whoever read it failed."""


async def read(store: AnyStore, error: BaseException | None = None) -> list[tuple[str, int]]:
    """Read what is next and fail with ``error``, or apply it; return it with its tries."""
    async with store.interpreting(100, NOW) as sitting:
        found = [(e.body.removeprefix(BEGIN).decode(), e.tries) for e in sitting.envelopes]
        if error is not None and KILLER in dict(found):
            raise error
        verdicts = [
            Verdict(envelope=envelope.id, standing=Standing.APPLIED)
            for envelope in sitting.envelopes
        ]
        await sitting.write([], verdicts, {}, NOW)
    return found


async def test_after_a_failure_each_of_the_batch_is_read_alone_and_the_rest_together(
    store: AnyStore,
) -> None:
    await store.keep([incoming(name) for name in ("a", KILLER, "b")])
    with pytest.raises(PoisonError):
        await read(store, PoisonError())
    await store.keep([incoming(name) for name in ("c", "d")])

    assert await read(store, PoisonError()) == [("a", 1)]
    with pytest.raises(PoisonError):
        await read(store, PoisonError())
    with pytest.raises(PoisonError):
        await read(store, PoisonError())
    assert await read(store) == [(KILLER, 3)]
    assert await read(store) == [("b", 1)]
    assert await read(store) == [("c", 0), ("d", 0)]


async def test_another_hand_on_the_same_order_says_nothing_against_an_envelope(
    store: AnyStore,
) -> None:
    await store.keep([incoming(name) for name in (KILLER, "b")])
    for _ in range(4):
        with pytest.raises(LinkTakenError):
            await read(store, LinkTakenError(own("820")))

    assert await read(store) == [(KILLER, 0), ("b", 0)]


async def test_who_stands_still_in_the_middle_of_it_keeps_others_from_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.storage.engine.LONGEST_IDLE", timedelta(milliseconds=200))
    async with postgres_store(database) as still, postgres_store(database) as other:
        await other.keep([incoming("a")])

        async def stand_still() -> None:
            async with still.interpreting(100, NOW):
                assert await read_in_time(other) == [("a", 1)]

        with pytest.raises(psycopg.Error) as ended:
            await stand_still()
        assert is_passing(ended.value)
        assert await read(still) == []


async def read_in_time(store: AnyStore) -> list[tuple[str, int]]:
    """Read as soon as there is something, which the server decides."""
    async with asyncio.timeout(10):
        while True:
            found = await read(store)
            if found:
                return found
            await asyncio.sleep(0.02)  # no doorbell tells of it


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("gone"), asyncio.CancelledError()], ids=repr
)
async def test_a_database_that_is_gone_or_a_stop_says_nothing_against_an_envelope(
    database: str, error: BaseException
) -> None:
    async with postgres_store(database) as store:
        await store.keep([incoming(name) for name in (KILLER, "b")])
        with pytest.raises(type(error)):
            await read(store, error)

        assert await read(store) == [(KILLER, 0), ("b", 0)]


@asynccontextmanager
async def two_stores(database: str) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    async with postgres_store(database) as one, postgres_store(database) as other:
        yield one, other


async def test_a_living_hand_beside_us_is_not_taken_for_a_dead_one(database: str) -> None:
    async with two_stores(database) as (one, other):
        await one.keep([incoming(name) for name in ("a", "b")])
        async with one.interpreting(1, NOW) as sitting:
            assert len(sitting.envelopes) == 1
            assert await read(other) == [("b", 0)]
        assert await read(other) == [("a", 0)]


async def test_another_process_goes_on_with_what_a_dead_one_left_to_be_read_alone(
    database: str,
) -> None:
    async with two_stores(database) as (one, other):
        assert await read(other) == []  # it has looked, and found nobody dead
        await one.keep([incoming(name) for name in (KILLER, "b")])
        with pytest.raises(PoisonError):
            await read(one, PoisonError())
        assert await read(one, None) == [(KILLER, 1)]
        await one.keep([incoming("c")])

        assert {(await read(other))[0][0] for _ in range(2)} == {"b", "c"}


DYING = """
import asyncio, os, sys
from tests.storage.test_hands import KILLER, BEGIN, NOW, read
from accord.storage.postgres import postgres_store
from accord.engine.envelope import Standing


async def main(url):
    async with postgres_store(url) as store:
        while True:
            async with store.interpreting(100, NOW) as sitting:
                names = [e.body.removeprefix(BEGIN).decode() for e in sitting.envelopes]
                if KILLER in names:
                    os._exit(7)
            await asyncio.sleep(0)

asyncio.run(main(sys.argv[1]))
"""


async def test_a_process_killed_by_what_it_reads_is_counted_before_it_dies(database: str) -> None:
    async with postgres_store(database) as store:
        await store.keep([incoming(name) for name in (KILLER, "b")])
        for _ in range(3):
            dead = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-c", DYING, database],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                check=False,
            )
            assert dead.returncode == 7
            # The server may see a moment later that it is gone, and lets go of its rows only then.
            with psycopg.connect(database) as connection:
                connection.execute("SELECT FROM envelope FOR UPDATE")

        assert await read(store) == [(KILLER, 3)]
        assert await read(store) == [("b", 1)]
