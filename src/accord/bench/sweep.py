"""How long it takes to compare all orders of four systems with the truth, by meaning."""

import json
import resource
import time
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain
from pathlib import Path

import msgspec
import psycopg

from accord.bench.database import fresh_database
from accord.bench.invented_lives import Life, drifting, following, healthy
from accord.bench.measured import Figure, LostError, Measured, Tell
from accord.bench.programs import program, server_cpu_s
from accord.bench.setting import machine, server
from accord.bench.stack import four_systems
from accord.bootstrap import utc_now
from accord.domain.shape import begun_at, shape
from accord.storage.postgres import postgres_store

_PORTION = 20_000
# What is planted is what is found, order by order; what somebody works on is found by nobody.
_MISSED = """
SELECT count(*) FROM planted
 WHERE NOT EXISTS (
    SELECT FROM drift
     WHERE drift.order_id = planted.order_id AND drift.pattern = planted.pattern
       AND drift.class <> 'in_flight' AND drift.cleared_at IS NULL
 )"""
_INVENTED = """
SELECT count(DISTINCT order_id) FROM drift
 WHERE class <> 'in_flight' AND order_id NOT IN (SELECT order_id FROM planted)"""


async def sweep(orders: int, database: str | None, data: Path, tell: Tell) -> Measured:
    """Store ``orders`` orders of which one in a hundred drifts, and let a program find those."""
    about = machine()
    async with fresh_database(database, data) as url:
        about |= server(url)
        async with postgres_store(url):
            pass  # makes the tables
        planted = _store(url, orders, tell)
        tell("reading in SQL alone", 0.85)
        bare = await _run(url, "bare")
        tell("comparing", 0.9)
        used = await _run(url, "accord")
        _verify(url, used, planted)
    return Measured(
        figures={**used, "verified": planted},
        baseline={"what": "count by shape, read the rows of those that differ", **bare},
        ratio=round(float(bare["seconds"] or 0) / float(used["seconds"] or 1), 3),
        setting={"orders": orders, "systems": 4, "planted_drift": planted, **about},
    )


def _store(url: str, orders: int, tell: Tell) -> int:
    """Store the orders; return how many of them drift."""
    parts = [[*make(four_systems(), utc_now())] for make in (healthy, drifting, following)]
    statement = files("accord.bench").joinpath("swept_orders.sql").read_text(encoding="utf-8")
    with psycopg.connect(url, autocommit=True) as connection:
        _keep_lives(connection, [*chain(*parts)])
        for first in range(0, orders, _PORTION):
            tell("storing orders", 0.8 * first / orders)
            given = {
                "first": first,
                "portion": min(_PORTION, orders - first),
                "orders": orders,
                "healthy": len(parts[0]),
                "drifting": len(parts[1]),
                "following": len(parts[2]),
            }
            for each in statement.split(";\n"):
                if each.strip():
                    connection.execute(_filled(each, given))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT count(*) FROM planted").fetchone()
    return int(row[0]) if row else 0


def _filled(statement: str, given: dict[str, int]) -> bytes:
    """Return a statement with its values in it: one that makes a table takes no parameters."""
    for name, value in given.items():
        statement = statement.replace(f":{name}", str(value))
    return statement.encode()


def _keep_lives(connection: psycopg.Connection, lives: list[Life]) -> None:
    connection.execute("CREATE TABLE planted (order_id bigint PRIMARY KEY, pattern text)")
    connection.execute(
        "CREATE TABLE life (place bigint PRIMARY KEY, matrix text, told json, shape bytea,"
        " begun_at timestamptz, drifts text, follows text)"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO life VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    place,
                    msgspec.json.encode(life.matrix).decode(),
                    json.dumps([*_rows(life)]),
                    shape(life.matrix),
                    begun_at(life.matrix),
                    life.drifts or "",
                    life.follows,
                )
                for place, life in enumerate(lives)
            ],
        )


def _rows(life: Life) -> Iterator[dict[str, str]]:
    for cell in life.told:
        yield {
            "system": cell.system,
            "track": cell.track.value,
            "subject": str(cell.subject),
            "kind": cell.kind,
            "word": cell.word,
            "state": cell.state.value,
            "said_at": cell.said_at.isoformat(),
            "evidence": cell.evidence,
        }


async def _run(url: str, way: str) -> dict[str, Figure]:
    async with program("accord.bench.sweeping", url, way) as running:
        await running.line()
        before, began = server_cpu_s(url), time.perf_counter()
        running.begin()
        told = await running.told()
        seconds = time.perf_counter() - began
        server_s = server_cpu_s(url) - before
    return {
        "seconds": round(seconds, 3),
        **told,
        "postgresql_cpu_s": round(server_s, 3),
    }


def _verify(url: str, used: dict[str, Figure], planted: int) -> None:
    with psycopg.connect(url) as connection:
        missed, invented = (
            (connection.execute(proof).fetchone() or (0,))[0] for proof in (_MISSED, _INVENTED)
        )
    if missed or invented or used["drifting_orders"] != planted:
        message = (
            f"Of {planted} orders that drift {missed} were not found, and {invented} were found "
            f"that do not; {used['drifting_orders']} were counted."
        )
        raise LostError(message)


def peak_rss_mib() -> float:
    """Return the most memory this program has used."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
