"""How many kept envelopes a second are parsed, decided and committed, with the tasks they cause."""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import psycopg

from accord.bench.database import fresh_database
from accord.bench.deliveries import BODY_BYTES, order_id
from accord.bench.events import APART, EVENTS_AN_ORDER, events
from accord.bench.measured import LostError, Measured, Tell
from accord.bench.programs import Program, program, server_cpu_s
from accord.bench.setting import machine, server
from accord.storage.postgres import postgres_store

_BATCH = 500
_NAMED = "SELECT value FROM order_link WHERE scope = 'shop'"
# What must be so of every order in the end: paid, with the books behind, and on its way.
_PROOFS = {
    "are not paid": """
        SELECT count(DISTINCT order_id) FROM cell
         WHERE system = 'shop' AND track = 'payment' AND state = 'paid'""",
    "are not shipped": """
        SELECT count(DISTINCT order_id) FROM cell
         WHERE system = 'warehouse' AND track = 'fulfillment' AND state = 'shipped'""",
    "have no task at the books": """
        SELECT count(*) FROM task WHERE kind = 'propagate' AND system = 'books'""",
    "have not all of their events": """
        SELECT count(*) / 4 FROM envelope WHERE standing = 'applied'""",
}


async def decide(
    orders: int, processes: int, database: str | None, data: Path, tell: Tell
) -> Measured:
    """Keep four events of each order, then let ``processes`` workers decide them."""
    about = machine()
    async with fresh_database(database, data) as url:
        about |= server(url)
        tell("keeping events", 0.0)
        await fill(url, orders)
        tell("deciding", 0.4)
        seconds, cpu_s, server_s = await _run(url, processes)
        _verify(url, orders)
    async with fresh_database(database, data) as url:
        tell("the bare road", 0.7)
        await fill(url, orders)
        bare_seconds, bare_cpu_s, bare_server_s = await _run(url, processes, "bare")
    count = orders * EVENTS_AN_ORDER
    return Measured(
        figures={
            "decided_per_s": round(count / seconds),
            "orders": orders,
            "cpu_us_each": round(cpu_s / count * 1e6, 1),
            "postgresql_cpu_us_each": round(server_s / count * 1e6, 1),
        },
        baseline={
            "what": "decode, look up, upsert in batches of 500",
            "decided_per_s": round(count / bare_seconds),
            "cpu_us_each": round(bare_cpu_s / count * 1e6, 1),
            "postgresql_cpu_us_each": round(bare_server_s / count * 1e6, 1),
        },
        ratio=round(bare_seconds / seconds, 3),
        setting={
            "events": count,
            "events_an_order": EVENTS_AN_ORDER,
            "hook_body_bytes": BODY_BYTES,
            "orders_between_events": str(APART),
            "processes": processes,
            **about,
        },
    )


async def fill(url: str, orders: int) -> None:
    """Keep every event of ``orders`` orders, as receiving would, and let the server take stock."""
    coming = events(orders)
    async with postgres_store(url) as store:
        while batch := list(islice(coming, _BATCH)):
            await store.keep(batch)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


async def _run(url: str, processes: int, *words: str) -> tuple[float, float, float]:
    """Return the seconds on the clock, of the processes, and of PostgreSQL."""
    async with AsyncExitStack() as running:
        workers = [
            await running.enter_async_context(program("accord.bench.deciding", url, *words))
            for _ in range(processes)
        ]
        for worker in workers:
            await worker.line()
        server_s = server_cpu_s(url)
        began = time.perf_counter()
        told = await asyncio.gather(*map(_begin, workers))
        seconds = time.perf_counter() - began
        return seconds, sum(told), server_cpu_s(url) - server_s


async def _begin(worker: Program) -> float:
    assert worker.process.stdin is not None
    worker.process.stdin.write(b"begin\n")
    assert worker.process.stdout is not None
    line = await worker.process.stdout.readline()
    cpu_s: float = json.loads(line)["cpu_s"]
    return cpu_s


def _verify(url: str, orders: int) -> None:
    with psycopg.connect(url) as connection:
        named = [row[0] for row in connection.execute(_NAMED)]
        for what, proof in _PROOFS.items():
            row = connection.execute(proof).fetchone()
            if row is None or row[0] != orders:
                message = f"Of {orders} orders only {row and row[0]} were found: the others {what}."
                raise LostError(message)
    if sorted(named) != [str(order_id(order)) for order in range(orders)]:
        message = f"{orders} orders were told of, and the database names {len(named)}."
        raise LostError(message)
