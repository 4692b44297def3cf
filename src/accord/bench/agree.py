"""How many orders a second are in agreement: told of, a mirror told in turn, and read back.

The warehouse says that a parcel is on its way, the shop is told and read again. The shop is the
simulator of its connector, in this process, with its limits lifted: what is left is our own cost.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from msgspec.structs import replace

from accord.bench import bare_telling
from accord.bench.database import fresh_database
from accord.bench.events import shipped, tracking
from accord.bench.measured import Figure, LostError, Measured, Tell
from accord.bench.pretend_shop import LINES, PretendShop, pretend_shop
from accord.bench.setting import machine, server
from accord.bench.stack import stack
from accord.bootstrap import Engine, engine, utc_now
from accord.connector_kit.http import in_process
from accord.engine.envelope import Incoming
from accord.engine.runner import Runner
from accord.storage.postgres import postgres_store

# The pace at which latency is measured: what a large shop has on its largest day.
PACE = 200  # orders a second
# The pace is kept by groups that come so often.
TICK = timedelta(milliseconds=50)
# An order that is not in agreement after so long is counted as lost.
WITHIN = timedelta(minutes=5)

_LEGS = """
SELECT extract(epoch FROM decided - accepted) * 1000 AS decided_ms,
       extract(epoch FROM told - decided) * 1000 AS told_ms,
       extract(epoch FROM agreed - told) * 1000 AS agreed_ms,
       extract(epoch FROM agreed - accepted) * 1000 AS all_ms
  FROM (SELECT warehouse.order_id, min(envelope.received_at) AS accepted,
               min(warehouse.decided_at) AS decided
          FROM history AS warehouse
          JOIN envelope ON envelope.id = CAST(warehouse.evidence AS bigint)
         WHERE warehouse.system = 'warehouse'
         GROUP BY warehouse.order_id) AS first
  JOIN (SELECT order_id, min(at + took) AS told FROM attempt
         WHERE system = 'shop' AND outcome_kind = 'applied' GROUP BY order_id) AS second
 USING (order_id)
  JOIN (SELECT order_id, min(decided_at) AS agreed FROM history
         WHERE system = 'shop' AND kind = 'fulfillment' GROUP BY order_id) AS third
 USING (order_id)
"""
_LEG_NAMES = ("decided", "told", "read_back", "all")
_AGREED = "SELECT count(*) FROM history WHERE system = 'shop' AND kind = 'fulfillment'"


async def agree(orders: int, database: str | None, data: Path, tell: Tell) -> Measured:
    """Bring ``orders`` orders into agreement as fast as it goes, and as many at a steady pace."""
    about = machine()
    tell("the bare loop", 0.0)
    bare = await bare_telling.told_per_s(orders)
    async with fresh_database(database, data) as url:
        about |= server(url)
        tell("a burst", 0.2)
        per_s, _ = await _run(url, orders, None)
    async with fresh_database(database, data) as url:
        tell(f"{PACE} a second", 0.6)
        _, legs = await _run(url, orders, PACE)
    return Measured(
        figures={"agreed_per_s": round(per_s, 1), "verified": 2 * orders, **legs},
        baseline={
            "what": "the same calls of the same client, and no database",
            "agreed_per_s": round(bare, 1),
        },
        ratio=round(per_s / bare, 3),
        setting={
            "orders": orders,
            "paced_per_s": PACE,
            "calls_an_order": 3,
            "mirror": "the shop's simulator in the same process, without limits",
            **about,
        },
    )


async def _run(url: str, orders: int, pace: int | None) -> tuple[float, dict[str, Figure]]:
    """Return how many orders a second came into agreement, and how long each leg took.

    What is decided is stamped with the time its batch began, so the first leg ends, and the last
    one, at most one batch too early.
    """
    shop = pretend_shop(orders)
    async with _working(url, shop) as works:
        came = [_news(number) for number in shop.numbers]
        began = time.perf_counter()
        every = len(came) if pace is None else max(round(pace * TICK.total_seconds()), 1)
        for start in range(0, orders, every):
            due = began + (0.0 if pace is None else start / pace)
            await asyncio.sleep(max(due - time.perf_counter(), 0.0))
            group = [replace(one, received_at=utc_now()) for one in came[start : start + every]]
            await works.store.keep(group)
        await _until_agreed(url, orders)
        seconds = time.perf_counter() - began
    shop.verify()
    return orders / seconds, _legs(url)


def _news(number: str) -> Incoming:
    at = datetime.now(UTC) - timedelta(hours=6)
    return shipped(number, tracking(number), LINES, at)


@asynccontextmanager
async def _working(url: str, shop: PretendShop) -> AsyncIterator[Engine]:
    """Yield the use cases at work, every order of the shop already known."""
    accord, links = stack(in_process(shop.simulator.app), shop.simulator.secrets)
    failures: list[Exception] = []
    runner = Runner(lambda _step, error: failures.append(error))
    async with postgres_store(url) as store:
        works = engine(accord, links, store, wake=runner.wake)
        await store.keep(shop.placed())
        while await works.interpreter.turn() + await works.reader.reread_turn("shop"):
            pass
        runner.start("interpret", works.interpreter.turn)
        runner.start(
            "propagate",
            partial(works.propagator.step, "shop"),
            partial(works.propagator.finish, "shop"),
        )
        try:
            yield works
        finally:
            await runner.stop()
            await works.close()
    if failures:
        raise failures[0]


async def _until_agreed(url: str, orders: int) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        give_up = time.monotonic() + WITHIN.total_seconds()
        while time.monotonic() < give_up:
            row = await (await connection.execute(_AGREED)).fetchone()
            if row is not None and row[0] >= orders:
                return
            await asyncio.sleep(TICK.total_seconds())
    what = f"After {WITHIN} only {row and row[0]} of {orders} orders were in agreement."
    raise LostError(what)


def _legs(url: str) -> dict[str, Figure]:
    with psycopg.connect(url) as connection:
        rows = [tuple(map(float, row)) for row in connection.execute(_LEGS)]
    legs: dict[str, Figure] = {}
    for name, took in zip(_LEG_NAMES, zip(*rows, strict=True), strict=True):
        legs[f"{name}_p50_ms"] = _percentile(took, 0.5)
        legs[f"{name}_p99_ms"] = _percentile(took, 0.99)
    return legs


def _percentile(took: Sequence[float], share: float) -> Figure:
    return round(sorted(took)[int(len(took) * share)], 1)
