"""What waiting and stored masses cost: memory with a backlog, one event among many orders."""

from importlib.resources import files
from pathlib import Path

import msgspec
import psycopg
from msgspec import Struct

from accord.bench.database import fresh_database
from accord.bench.decide import fill, run_workers
from accord.bench.deliveries import BEGINNING, order_id
from accord.bench.events import EVENTS_AN_ORDER
from accord.bench.measured import Measured, Tell
from accord.bench.setting import machine, server
from accord.domain.matrix import Cell, Matrix
from accord.domain.report import THE_ORDER, Ref
from accord.domain.shape import shape
from accord.domain.tracks import State, Track
from accord.storage.postgres import postgres_store

# Orders whose events are decided in each measurement.
SAMPLE = 2_000
FEW = 10_000
# Stored orders are made so many at a time, and their names are far from those of the sample.
_PORTION = 100_000
_FIRST_NAME = 8_000_000_000_000


class Masses(Struct, frozen=True, kw_only=True):
    """How much is there: envelopes waiting, and orders stored."""

    waiting: int
    stored: int


# What is promised, and a part of it that is measured in a few minutes.
WHOLE = Masses(waiting=1_000_000, stored=10_000_000)
PART = Masses(waiting=40_000, stored=200_000)


class _Cost(Struct, frozen=True):
    cpu_us_each: float
    postgresql_cpu_us_each: float
    peak_rss_mib: float

    @property
    def whole(self) -> float:
        return self.cpu_us_each + self.postgresql_cpu_us_each


async def backlog(masses: Masses, database: str | None, data: Path, tell: Tell) -> Measured:
    """Decide a sample among few and among many, of waiting envelopes and of stored orders."""
    about = machine()
    async with fresh_database(database, data) as url:
        about |= server(url)
        tell("few orders stored, few events waiting", 0.0)
        few = await _cost(url, stored=FEW, waiting_orders=SAMPLE)
    async with fresh_database(database, data) as url:
        tell(f"{masses.stored:,} orders stored", 0.2)
        many = await _cost(url, stored=masses.stored, waiting_orders=SAMPLE)
    async with fresh_database(database, data) as url:
        tell(f"{masses.waiting:,} events waiting", 0.7)
        behind = await _cost(url, stored=FEW, waiting_orders=masses.waiting // EVENTS_AN_ORDER)
    return Measured(
        figures={
            "event_cpu_us": round(many.whole, 1),
            "postgresql_cpu_us": round(many.postgresql_cpu_us_each, 1),
            "times_the_cost_among_few": round(many.whole / few.whole, 3),
            "peak_rss_mib": round(behind.peak_rss_mib, 1),
            "times_the_memory_of_few": round(behind.peak_rss_mib / few.peak_rss_mib, 3),
        },
        baseline={
            "what": f"{FEW:,} orders stored, {SAMPLE * EVENTS_AN_ORDER:,} events waiting",
            "event_cpu_us": round(few.whole, 1),
            "postgresql_cpu_us": round(few.postgresql_cpu_us_each, 1),
            "peak_rss_mib": round(few.peak_rss_mib, 1),
        },
        ratio=round(few.whole / many.whole, 3),
        setting={
            "stored_orders": masses.stored,
            "events_waiting": masses.waiting,
            "events_decided": SAMPLE * EVENTS_AN_ORDER,
            **about,
        },
    )


async def _cost(url: str, *, stored: int, waiting_orders: int) -> _Cost:
    """Return what one event costs, and the memory of the worker, when so much is there."""
    async with postgres_store(url):
        _store(url, stored)
    await fill(url, waiting_orders)
    used = await run_workers(url, 1, at_most=SAMPLE * EVENTS_AN_ORDER)
    return _Cost(
        used.cpu_s / used.events * 1e6, used.server_s / used.events * 1e6, used.peak_rss_mib
    )


def _store(url: str, orders: int) -> None:
    statement = files("accord.bench").joinpath("stored_orders.sql").read_bytes()
    with psycopg.connect(url, autocommit=True) as connection:
        for start in range(0, orders, _PORTION):
            given = {
                "matrix": msgspec.json.encode(_stored()).decode(),
                "shape": shape(_stored()),
                "orders": min(_PORTION, orders - start),
                "first": _FIRST_NAME,
            }
            connection.execute(statement, given)


def _stored() -> Matrix:
    """Return an order of which the shop has spoken."""
    said = [
        Cell(
            system="shop",
            track=track,
            subject=THE_ORDER,
            kind=track,
            word="open",
            state=State.OPEN if track is Track.ORDER else State.PENDING,
            said_at=BEGINNING,
        )
        for track in (Track.ORDER, Track.PAYMENT)
    ]
    return Matrix(cells={cell.key: cell for cell in said}, refs=(Ref("shop", str(order_id(0))),))
