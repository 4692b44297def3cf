"""A program that compares all orders of a database: ``… URL WAY``.

``WAY`` is ``accord`` or ``bare``.
It says that it is ready and waits for a line on its standard input to begin.
"""

import asyncio
import json
import sys
import time

import psycopg

from accord.bench.measured import Figure
from accord.bench.programs import say
from accord.bench.stack import four_systems
from accord.bench.sweep import peak_rss_mib
from accord.bootstrap import utc_now
from accord.engine.compare_all import BATCH, Comparing
from accord.storage.postgres import postgres_store

# The least that the same answer can cost: what there is of each shape, and the rows that differ.
_COUNT = "SELECT shape, count(*) FROM orders GROUP BY shape"
_ORDERS = "SELECT order_id FROM planted ORDER BY order_id"
_READ = "SELECT id, matrix::text FROM orders WHERE id = ANY(%s)"
_PAST = "SELECT * FROM history WHERE order_id = ANY(%s)"


def _ready() -> None:
    say("ready")
    sys.stdin.readline()


def _tell(before: float, **figures: Figure) -> None:
    cpu_s = round(time.process_time() - before, 3)
    say(json.dumps({"cpu_s": cpu_s, "peak_rss_mib": peak_rss_mib(), **figures}))


async def compare(url: str) -> None:
    """Compare with the product's own use case."""
    async with postgres_store(url) as store:
        comparing = Comparing(ledger=store.drifts, accord=four_systems(), clock=utc_now)
        _ready()
        before = time.process_time()
        compared = await comparing.run()
    _tell(
        before,
        orders=compared.orders,
        shapes=compared.shapes,
        in_flight_orders=compared.in_flight,
        drifting_orders=compared.drifting,
        causes=len(compared.causes),
    )


def read(url: str) -> None:
    """Read and group the same rows, and know nothing of orders."""
    with psycopg.connect(url, autocommit=True) as connection:
        _ready()
        before = time.process_time()
        shapes = connection.execute(_COUNT).fetchall()
        orders = [row[0] for row in connection.execute(_ORDERS)]
        for start in range(0, len(orders), BATCH):
            batch = orders[start : start + BATCH]
            connection.execute(_READ, [batch]).fetchall()
            connection.execute(_PAST, [batch]).fetchall()
    _tell(before, orders=sum(row[1] for row in shapes), shapes=len(shapes))


if __name__ == "__main__":
    address, way = sys.argv[1:]
    if way == "bare":
        read(address)
    else:
        asyncio.run(compare(address))
