"""How many kept envelopes a second are parsed, decided and committed, with the tasks they cause."""

import sys
import time
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import psycopg
from msgspec import Struct

from accord.bench.bare_deciding import BARE_TABLE
from accord.bench.database import fresh_database
from accord.bench.deliveries import BODY_BYTES, order_id
from accord.bench.events import APART, EVENTS_AN_ORDER, events
from accord.bench.measured import Figure, LostError, Measured, Tell
from accord.bench.programs import program, server_cpu_s
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
    # With several workers an order's second event may be decided before its first is.
    "have an event that is not decided": """
        SELECT count(*) / 4 FROM envelope WHERE standing IN ('applied', 'repeated', 'late')""",
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
        used = await run_workers(url, processes)
        _verify(url, orders)
    async with fresh_database(database, data) as url:
        tell("the bare road", 0.7)
        await fill(url, orders)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(BARE_TABLE)
        bare = await run_workers(url, processes, "bare")
    return Measured(
        figures={**used.figures(), "verified": orders},
        baseline={"what": "decode, look up, upsert in batches of 500", **bare.figures()},
        ratio=round(bare.seconds / used.seconds, 3),
        setting={
            "events": orders * EVENTS_AN_ORDER,
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


class Used(Struct, frozen=True):
    """What deciding took: seconds on the clock, of the workers, and of PostgreSQL."""

    events: int
    seconds: float
    cpu_s: float
    server_s: float
    peak_rss_mib: float

    def figures(self) -> dict[str, Figure]:
        """Return it by event."""
        return {
            "decided_per_s": round(self.events / self.seconds),
            "cpu_us_each": round(self.cpu_s / self.events * 1e6, 1),
            "postgresql_cpu_us_each": round(self.server_s / self.events * 1e6, 1),
            "peak_rss_mib": round(self.peak_rss_mib, 1),
        }


async def run_workers(
    url: str, processes: int, way: str = "accord", at_most: int = sys.maxsize
) -> Used:
    """Let workers decide side by side until nothing waits, or each has decided ``at_most``."""
    async with AsyncExitStack() as running:
        words = ("accord.bench.deciding", url, way, str(at_most))
        workers = [await running.enter_async_context(program(*words)) for _ in range(processes)]
        for worker in workers:
            await worker.line()
        server_s = server_cpu_s(url)
        began = time.perf_counter()
        for worker in workers:
            worker.begin()
        told = [await worker.told() for worker in workers]
        return Used(
            events=sum(int(one["events"]) for one in told),
            seconds=time.perf_counter() - began,
            cpu_s=sum(one["cpu_s"] for one in told),
            server_s=server_cpu_s(url) - server_s,
            peak_rss_mib=max(one["peak_rss_mib"] for one in told),
        )


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
